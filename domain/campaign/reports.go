package campaign

import (
	"crypto/sha256"
	"encoding/base64"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Reports of a campaign: R62, 市政府将专门听取各综合督查组和专业督查组工作情况汇报. Figures carry the position and the root of the
// ledger that they are of, so that whoever doubts them folds the same entries and gets the same.

// Replayable is what makes the figures of a report replayable.
type Replayable struct {
	Position uint64 `json:"position" is:"position" zh:"账本位置" doc:"size of the ledger of which the figures are"`
	Root     string `json:"root" is:"text(44)" zh:"根哈希" doc:"of the ledger at that position, base64, as every view states it"`
}

// TeamReportSubmitted is the report of a team to the city (R62).
type TeamReportSubmitted struct {
	Team      string           `json:"team" is:"id" zh:"督查组" doc:"that reports"`
	Of        Replayable       `json:"of" zh:"数据时点" doc:"of which state of the ledger the figures are"`
	Figures   map[string]int64 `json:"figures" key:"text(60)" is:"value" many:"0…60" zh:"数据" doc:"by the names that the views give them"`
	Narrative string           `json:"narrative" is:"lines(12000)" zh:"工作情况" doc:"what the team reports"`
	Document  string           `json:"document_sha256,omitempty" is:"sha256" zh:"文书哈希" doc:"of the report as a document"`
}

// ReportPublished is the report of the whole campaign (R62).
type ReportPublished struct {
	Of        Replayable       `json:"of" zh:"数据时点" doc:"of which state of the ledger the figures are"`
	Figures   map[string]int64 `json:"figures" key:"text(60)" is:"value" many:"0…60" zh:"数据" doc:"by the names that the views give them"`
	Narrative string           `json:"narrative" is:"lines(12000)" zh:"工作情况" doc:"what the campaign achieved"`
	Document  string           `json:"document_sha256,omitempty" is:"sha256" zh:"文书哈希" doc:"of the report as a document"`
}

// The refusals of reports.
const (
	RootNotOfPosition     law.Code = "root-not-of-position"
	TeamOfAnotherCampaign law.Code = "team-of-another-campaign"
)

var _ = law.Declare(law.OfCampaigns, law.Text{Code: RootNotOfPosition, Acts: law.Refuses, Rules: []law.Rule{law.R62},
	TitleZH: "根哈希与位置不符", Title: "The root is not that of the position",
	SaysZH: "位置 {position} 的根哈希不是 {root}", Says: "the root of the ledger at position {position} is not {root}",
	RemedyZH: "写明同一个视图给出的 position 和 root，数据也取自该视图",
	Remedy:   "state position and root as one and the same view gives them, and its figures"})

var _ = law.Declare(law.OfCampaigns, law.Text{Code: TeamOfAnotherCampaign, Acts: law.Refuses, Rules: []law.Rule{law.R62},
	TitleZH: "督查组不属于本行动", Title: "The team is of another campaign",
	SaysZH: "督查组 {team} 不是为行动 {campaign} 成立的", Says: "team {team} was not formed for campaign {campaign}",
	RemedyZH: "追加到该督查组所属的行动", Remedy: "append it to the campaign for which the team was formed"})

var (
	teamReportSubmitted = stream.Then((*TeamReportSubmitted).Judge, event.Type{Name: "team-report-submitted", Version: 1, Chinese: "督查组工作汇报",
		Doc:   "A team reported to the city; its figures can be replayed.",
		Rules: []law.Rule{law.R17, law.R48, law.R62}, Append: []event.Role{event.RoleTeamLeader}})
	reportPublished = stream.Then((*ReportPublished).Judge, event.Type{Name: "campaign-report-published", Version: 1, Chinese: "行动总结报告发布",
		Doc:   "The report of the campaign was published; its figures can be replayed.",
		Rules: []law.Rule{law.R48, law.R62}, Append: office})
)

// Judge: of the leader's own team, which is of this campaign (R62).
func (d *TeamReportSubmitted) Judge(j *judgement) *event.Refusal {
	e := j.Event
	campaign, known := j.Scene.Team(d.Team)
	switch {
	case d.Team != e.Actor.Team:
		return event.Refuse(law.R17, law.NotYourTeam, law.Str("team", d.Team), law.Str("token_team", e.Actor.Team))
	case !known:
		return event.Refuse(law.R17, law.UnknownTeam, law.Str("team", d.Team))
	case campaign != e.Stream.ID:
		return event.Refuse(law.R62, TeamOfAnotherCampaign, law.Str("team", d.Team), law.Str("campaign", e.Stream.ID))
	}
	return reports(j, &d.Of)
}

// Judge: once it has begun (R62).
func (d *ReportPublished) Judge(j *judgement) *event.Refusal { return reports(j, &d.Of) }

// reports refuses the report of a campaign that has not begun, and figures that nobody can replay (R62).
func reports(j *judgement, of *Replayable) *event.Refusal {
	if !j.State.Started() {
		return event.Refuse(law.R48, law.CampaignNotStarted, law.Str("campaign", j.Event.Stream.ID))
	}
	root, known := emptyRoot, true
	if of.Position > 0 {
		root, known = j.Scene.Root(of.Position)
	}
	if !known || base64.StdEncoding.EncodeToString(root[:]) != of.Root {
		return event.Refuse(law.R62, RootNotOfPosition, law.Int("position", of.Position), law.Str("root", of.Root))
	}
	return nil
}

// emptyRoot is the root of a ledger without entries (RFC 6962, section 2.1).
var emptyRoot = sha256.Sum256(nil)

func (d *TeamReportSubmitted) Fold(s *State, e *event.Event) {
	if !s.EndedAt.IsZero() {
		s.Reports = append(s.Reports, Report{d.Team, e.Happened()})
	}
}

func (d *ReportPublished) Fold(s *State, e *event.Event) {
	if !s.EndedAt.IsZero() {
		s.Reports = append(s.Reports, Report{"", e.Happened()})
	}
}
