package accident

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// The investigation: R11, 60 days and at most 60 more, answered within 15 (Order 493 Arts 29, 32); R12, the year in which an
// accident counts is stated; R68, 件件有结果: every accident has a result; R66, who may call officials to account.

// InvestigationOpened says which government opened the investigation.
type InvestigationOpened struct {
	Government string `json:"government" is:"text(200)" zh:"组织调查的人民政府" doc:"that investigates (Order 493 Art. 19)"`
	Leader     string `json:"leader,omitempty" is:"text(100)" zh:"调查组组长" doc:"who leads the investigation"`
	DocumentNo string `json:"document_no,omitempty" is:"text(100)" zh:"文书号" doc:"number of the document"`
}

// InvestigationReported is the report of the investigation.
type InvestigationReported struct {
	DocumentNo     string           `json:"document_no" is:"text(100)" zh:"文书号" doc:"number of the document"`
	Responsibility bool             `json:"responsibility" zh:"是否责任事故" doc:"whether somebody is responsible for the accident"`
	Causes         string           `json:"causes" is:"lines(4000)" zh:"事故原因" doc:"what caused it"`
	Measures       string           `json:"measures,omitempty" is:"lines(4000)" zh:"防范和整改措施" doc:"what is to be done"`
	Evidence       []event.Evidence `json:"evidence,omitempty" many:"0…50" zh:"证据" doc:"the report and what belongs to it"`
}

// InvestigationReplied is the government's answer to the report.
type InvestigationReplied struct {
	Government      string `json:"government" is:"text(200)" zh:"批复机关" doc:"who answers"`
	DocumentNo      string `json:"document_no" is:"text(100)" zh:"批复文号" doc:"number of the document"`
	ConclusionYear  int    `json:"conclusion_year" is:"year" zh:"结案年度" doc:"in which the investigation is concluded (R12)"`
	StatisticalYear int    `json:"statistical_year,omitzero" is:"year" zh:"统计年度" doc:"in which it counts, where that is decided now (R12)"`
	CountingRule    string `json:"counting_rule,omitempty" is:"text(500)" zh:"统计口径" doc:"by which it is counted"`
}

// ResultRecorded is the result of an accident (R68).
type ResultRecorded struct {
	Result      string `json:"result" is:"code(accident-result)" zh:"处理结果" doc:"how it ended"`
	Summary     string `json:"summary" is:"lines(4000)" zh:"结果说明" doc:"who answers for it, and how"`
	DecidedBy   string `json:"decided_by" is:"text(200)" zh:"决定机关" doc:"who decided"`
	PublishedOn string `json:"published_on,omitempty" is:"date" zh:"公布日期" doc:"when it was made public"`
}

// RectificationEvaluated says whether what the investigation asked for was done (安全生产法 Art. 86).
type RectificationEvaluated struct {
	EvaluatedBy string `json:"evaluated_by" is:"text(200)" zh:"评估机关" doc:"who evaluated"`
	Outcome     string `json:"outcome" is:"code(evaluation-outcome)" zh:"评估结论" doc:"how much of it was done"`
	Summary     string `json:"summary" is:"lines(4000)" zh:"评估说明" doc:"what was done and what was not"`
	PublishedOn string `json:"published_on,omitempty" is:"date" zh:"公布日期" doc:"when it was made public"`
}

// SocialImpactFound says how the public was affected. That an official neglected a duty is for people to decide (R66).
type SocialImpactFound struct {
	Grave   bool   `json:"grave" zh:"是否造成重大负面影响" doc:"whether the impact is grave (重大社会负面影响)"`
	Basis   string `json:"basis" is:"lines(4000)" zh:"认定依据" doc:"what that rests on"`
	FoundBy string `json:"found_by" is:"text(200)" zh:"认定机关" doc:"who found so"`
}

// step is a fact of the investigation that an accident has once.
type step int

const (
	opened step = iota
	reportedOn
	replied
	result
	evaluated
	steps // how many
)

// stepTypes are their event types.
var stepTypes = [steps]string{"investigation-opened", "investigation-reported", "investigation-replied", "accident-result-recorded",
	"rectification-evaluated"}

// The codes of the investigation.
const (
	AccidentStepRepeated law.Code = "accident-step-repeated"
	AccidentStepMissing  law.Code = "accident-step-missing"
	AccidentReportedLate law.Code = "accident-reported-late"
)

var (
	_ = law.Declare(law.OfAccidents, law.Text{Code: AccidentStepRepeated, Acts: law.Refuses, Rules: []law.Rule{law.R11, law.R68},
		TitleZH: "该步骤已记录", Title: "The step is recorded already",
		SaysZH: "本事故已有 {type}（{event}）", Says: "the accident has {type} already ({event})",
		RemedyZH: "无须再做；写错的更正原事件", Remedy: "nothing is left to do; correct the event where it is wrong"})
	_ = law.Declare(law.OfAccidents, law.Text{Code: AccidentStepMissing, Acts: law.Refuses, Rules: []law.Rule{law.R11},
		TitleZH: "缺少前一步骤", Title: "An earlier step is missing",
		SaysZH: "本事故还没有 {type}", Says: "the accident has no {type} yet",
		RemedyZH: "先追加 {type}", Remedy: "append {type} first"})
	_ = law.Declare(law.OfAccidents, law.Text{Code: AccidentReportedLate, Acts: law.Flags, Rules: []law.Rule{law.R10},
		TitleZH: "迟报事故", Title: "The accident was reported late",
		SaysZH: "{level:report-level}于{learned_at}接报，{passed_at}上报；应在 {within_hours} 内（国务院令第493号第九条、第十一条）",
		Says: "the {level:report-level} knew of it at {learned_at} and passed it on at {passed_at}; it has {within_hours} (State Council " +
			"Order 493, Arts 9, 11)",
		RemedyZH: "说明原因（deviation-explained）", Remedy: "explain it (deviation-explained)"})
)

// once refuses a step that is there, and one that rests on a step that is not.
func once(j *judgement, is step, after ...step) *event.Refusal {
	st := j.State
	if f := &st.steps[is]; st.has(is) {
		return event.Refuse(stepRules[is], AccidentStepRepeated, law.Str("type", stepTypes[is]), law.Str("event", f.Event.String()))
	}
	for _, s := range after {
		if !st.has(s) {
			return event.Refuse(stepRules[is], AccidentStepMissing, law.Str("type", stepTypes[s]))
		}
	}
	return nil
}

var stepRules = [steps]law.Rule{law.R11, law.R11, law.R11, law.R68, law.R11}

// Judge: an investigation is opened once.
func (d *InvestigationOpened) Judge(j *judgement) *event.Refusal { return once(j, opened) }

// Judge: one report; who opened the investigation may be told later.
func (d *InvestigationReported) Judge(j *judgement) *event.Refusal { return once(j, reportedOn) }

// Judge: an answer to a report that is there (R11), with the year in which the accident counts explained (R12).
func (d *InvestigationReplied) Judge(j *judgement) *event.Refusal {
	if r := once(j, replied, reportedOn); r != nil {
		return r
	}
	if year := j.State.Year; d.StatisticalYear != 0 && d.StatisticalYear != year && d.CountingRule == "" {
		j.Flag(event.Flagged(law.R12, law.CountedInAnotherYear, law.Int("year", year), law.Int("counted", d.StatisticalYear)))
	}
	return nil
}

// Judge: one result (R68).
func (d *ResultRecorded) Judge(j *judgement) *event.Refusal { return once(j, result) }

// Judge: what an answered report asked for is evaluated (安全生产法 Art. 86).
func (d *RectificationEvaluated) Judge(j *judgement) *event.Refusal {
	return once(j, evaluated, replied)
}

// Judge: it may be found anew, and the newest counts.
func (d *SocialImpactFound) Judge(*judgement) *event.Refusal { return nil }

// late flags each level that passed the accident on later than the law allows (R10).
func (d *Reported) late(j *judgement) {
	for _, r := range d.Reports {
		matter := "report-level"
		if r.Level == "unit" {
			matter = "report-unit"
		}
		row, ok := j.Scene.Law.Of(matter, d.Happened.In(event.Beijing).Format(time.DateOnly)) // [law.AccidentReports]
		if within := time.Duration(row.Number) * time.Hour; ok && r.Reported.Sub(r.Learned) > within {
			f := event.Flagged(law.R10, AccidentReportedLate, law.Str("level", r.Level), law.At("learned_at", r.Learned),
				law.At("passed_at", r.Reported),
				law.Int("within_hours", row.Number))
			f.Item = r.Level
			j.Flag(f)
		}
	}
}

func (d *InvestigationOpened) Fold(s *State, e *event.Event) { s.take(opened, e) }

func (d *InvestigationReported) Fold(s *State, e *event.Event) { s.take(reportedOn, e) }

func (d *InvestigationReplied) Fold(s *State, e *event.Event) { s.take(replied, e) }

func (d *ResultRecorded) Fold(s *State, e *event.Event) { s.take(result, e) }

func (d *RectificationEvaluated) Fold(s *State, e *event.Event) { s.take(evaluated, e) }

func (d *SocialImpactFound) Fold(s *State, e *event.Event) { s.Grave = d.Grave }
