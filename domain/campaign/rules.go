package campaign

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Scene is what the other campaigns say when an event of one is judged.
type Scene struct {
	// Parent returns the parent of a campaign, "" when it has none or is not in this ledger:
	// a province's campaign (省级百日集中整治) may be named without being known here.
	Parent func(id string) string
	Law    codes.LawLimits // in force
	// NotAsked returns an item that the published checklists do not have, and their version; "" when there is none.
	NotAsked func(items map[string][]string) (item string, version uint64)
	// Team returns the campaign that a team was formed for; ok is false when there is no such team.
	Team func(id string) (campaign string, ok bool)
	// Root returns the root of the ledger at a position behind the first entry; ok is false when it is not known.
	Root func(position uint64) (root [32]byte, ok bool)
	j    judgement // of the event being judged
}

// maxDepth bounds the walk up the hierarchy of campaigns.
const maxDepth = 16

// judgement is one event before the rules. It lies in its scene, to spare an allocation.
type judgement = stream.Judgement[*State, *Scene]

// Decide judges one event of a campaign's stream; st is nil when the stream is new. The error
// is an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if e.Campaign != "" && e.Campaign != e.Stream.ID {
		return nil, event.Refuse(law.R01, law.CampaignMismatch, law.Str("campaign", e.Stream.ID), law.Str("named", e.Campaign))
	}
	if _, plan := e.Data.(*PlanPublished); st == nil && !plan {
		return nil, event.Refuse(law.R01, law.UnknownCampaign, law.Str("campaign", e.Stream.ID))
	}
	return stream.Decide(&sc.j, st, sc, e)
}

// Judge: every version of the plan is published once, before the campaign has ended (R01).
func (d *PlanPublished) Judge(j *judgement) *event.Refusal {
	if stated, least := d.Policy.MinInspectors, j.Scene.Law.LeastOfficers(j.Event.Day()); stated < least { // [law.PenaltyOfficers]
		return event.Refuse(law.R42, law.PlanBelowTheLaw, law.Int("stated", stated), law.Int("least", least))
	}
	if item, version := j.Scene.NotAsked(d.Policy.RequiredItems); item != "" {
		return event.Refuse(law.R27, law.UnknownCode, law.Str("list", "checklists"), law.Int("version", version),
			law.Str("field", "policy.required_items"), law.Str("code", item))
	}
	j.Flags = append(drops(d), quotas(d)...)
	st := j.State
	if st == nil {
		return nil
	}
	if slices.ContainsFunc(st.Plans, func(p Plan) bool { return p.Version == d.Version }) {
		return event.Refuse(law.R01, law.PlanVersionPublished, law.Str("version", d.Version))
	}
	if !st.EndedAt.IsZero() {
		return event.Refuse(law.R48, law.CampaignEnded, law.At("ended_at", st.EndedAt))
	}
	return nil
}

// drops flags what a plan leaves out of the speech's own lists: recipients of the record (R43),
// sections (R35), and items (R27, R32, R33, R34). It may add to them. What is compared is the
// plan that is published, not the one in force.
func drops(d *PlanPublished) (flags []event.Deviation) {
	full, p := DefaultPolicy(), &d.Policy
	flag := func(rule law.Rule, code law.Code, item string, values ...law.Value) {
		f := event.Flagged(rule, code, values...)
		f.Plan, f.Item = d.Version, item
		flags = append(flags, f)
	}
	if left := codes.Missing(full.Copies, p.Copies); left != nil {
		flag(law.R43, law.PlanDropsCopies, "", law.List("recipients", left))
	}
	if left := codes.Missing(full.RequiredSections, p.RequiredSections); left != nil {
		flag(law.R35, law.PlanDropsSections, "", law.List("sections", left))
	}
	items := func(rule law.Rule, profile string) {
		if left := codes.Missing(full.RequiredItems[profile], p.RequiredItems[profile]); left != nil {
			flag(rule, law.PlanDropsItems, profile, law.Str("profile", profile), law.List("items", left))
		}
	}
	items(law.R33, "enterprise")
	items(law.R32, "government-unit")
	items(law.R34, "high-risk")
	return flags
}

// Judge: once, and not below itself (R03, R48).
func (d *Started) Judge(j *judgement) *event.Refusal {
	st, id := j.State, j.Event.Stream.ID
	if st.Started() {
		return event.Refuse(law.R48, law.CampaignAlreadyStarted, law.At("start_at", st.Start), law.At("end_at", st.End))
	}
	parent := d.Parent
	for depth := 0; parent != "" && depth < maxDepth; depth++ {
		if parent == id {
			return event.Refuse(law.R03, law.CampaignBelowItself, law.Str("campaign", id))
		}
		parent = j.Scene.Parent(parent)
	}
	j.Flags = implausible(j.Event, d)
	return nil
}

// implausible flags a period that is taken for a slip of the pen (R48): a campaign lasts a month,
// and is announced in the year of its start.
func implausible(e *event.Event, d *Started) []event.Deviation {
	const year = 366 * 24 * time.Hour
	if away := d.Start.Sub(e.Occurred).Abs(); away <= year && d.End.Sub(d.Start) <= 2*year {
		return nil
	}
	return []event.Deviation{event.Flagged(law.R48, law.CampaignPeriodImplausible,
		law.Str("stated_on", e.Day()), law.At("start_at", d.Start), law.At("end_at", d.End))}
}

// Judge: once, after the start (R48).
func (d *Ended) Judge(j *judgement) *event.Refusal {
	st, e := j.State, j.Event
	if !st.Started() {
		return event.Refuse(law.R48, law.CampaignNotStarted, law.Str("campaign", e.Stream.ID))
	}
	if !st.EndedAt.IsZero() {
		return event.Refuse(law.R48, law.CampaignEnded, law.At("ended_at", st.EndedAt))
	}
	if e.Occurred.Before(st.Start) {
		return event.Refuse(law.R48, law.CampaignEndedBeforeStart, law.At("end_at", e.Occurred), law.At("start_at", st.Start))
	}
	return nil
}
