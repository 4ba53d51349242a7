// Package assessment is what a unit's assessment of a year takes from the campaign (R67, 要注重督查结果、考核结果运用; R69,
// 该考核扣分的一律扣分). The ledger says of which accident a deduction is due, by the rules of deduction that the city published; the
// office deducts, and what stays undone is owed. The stream is named UNIT.YEAR.
package assessment

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/table"
)

// Name is that of the kind.
const Name event.Kind = "assessment"

// Recorded states what was deducted from a unit, and what its result was used for.
type Recorded struct {
	Points   *float64 `json:"points,omitempty" is:"number(0…1000 points)" zh:"扣分" doc:"that were deducted; left out: a use is stated"`
	Rule     string   `json:"rule,omitempty" is:"id" zh:"扣分规则" doc:"id in the table deduction-rules; required with points"`
	Source   *uint64  `json:"source,omitempty" is:"position" zh:"扣分事项" doc:"position of the entry that it is for; required with points"`
	Applied  string   `json:"applied,omitempty" is:"code(assessment-use)" zh:"结果运用" doc:"what the result was used for"`
	Document string   `json:"document_no,omitempty" is:"text(100)" zh:"文号" doc:"of the paper that says so"`
	Note     string   `json:"note,omitempty" is:"lines(2000)" zh:"说明" doc:"anything else"`
}

// The codes of assessments.
const (
	AssessmentStream      law.Code = "assessment-stream"
	AssessmentSaysNothing law.Code = "assessment-says-nothing"
	DeductionNeedsSource  law.Code = "deduction-needs-source"
	DeductedAlready       law.Code = "deducted-already"
	PointsDiffer          law.Code = "points-differ"
	DeductionDue          law.Code = "deduction-due"
)

var _ = []bool{
	law.Declare(law.OfPersons, law.Text{Code: AssessmentStream, Acts: law.Refuses, Rules: []law.Rule{law.R67},
		TitleZH: "考核的流名称有误", Title: "The stream is of no assessment",
		SaysZH: "{stream} 不是单位和年份", Says: "{stream} is not a unit and a year",
		RemedyZH: "流写作 assessment/单位.年份，单位在单位表中且编号不含点号",
		Remedy:   "name the stream assessment/UNIT.YEAR, of a unit of the table, whose id has no dot"}),
	law.Declare(law.OfPersons, law.Text{Code: AssessmentSaysNothing, Acts: law.Refuses, Rules: []law.Rule{law.R67},
		TitleZH: "既未扣分也未运用", Title: "Nothing is deducted and nothing is used",
		RemedyZH: "写明扣分（points），或结果运用（applied）", Remedy: "state points, or what the result was used for (applied)"}),
	law.Declare(law.OfPersons, law.Text{Code: DeductionNeedsSource, Acts: law.Refuses, Rules: []law.Rule{law.R69},
		TitleZH: "扣分须写明规则和事项", Title: "A deduction names its rule and its source",
		RemedyZH: "写明 points、rule 和 source，三者同时写明或同时不写", Remedy: "state points, rule and source, or none of them"}),
	law.Declare(law.OfPersons, law.Text{Code: DeductedAlready, Acts: law.Refuses, Rules: []law.Rule{law.R69},
		TitleZH: "该事项已扣分", Title: "Points were deducted for it already",
		SaysZH: "{stream} 已按规则 {rule} 就位置 {entry} 的事项扣分", Says: "{stream} has a deduction by rule {rule} for the entry at position {entry}",
		RemedyZH: "无须再做", Remedy: "nothing is left to do"}),
	law.Declare(law.OfPersons, law.Text{Code: PointsDiffer, Acts: law.Flags, Rules: []law.Rule{law.R69},
		TitleZH: "扣分与规则不符", Title: "Other points than those of the rule",
		SaysZH: "扣 {points} 分，规则 {rule} 为 {of_rule} 分", Says: "{points} points are deducted, and rule {rule} has {of_rule}",
		RemedyZH: "说明原因", Remedy: "explain it"}),
	law.Declare(law.OfPersons, law.Text{Code: DeductionDue, Acts: law.Flags, Rules: []law.Rule{law.R69},
		TitleZH: "应予扣分", Title: "A deduction is due",
		SaysZH:   "位置 {entry} 的{accident}为{grade:accident-grade}，按规则 {rule} 应扣 {unit} {points} 分",
		Says:     "{accident}, at position {entry}, is {grade:accident-grade}: by rule {rule} {unit} loses {points} points",
		RemedyZH: "由市安委办扣分（assessment-recorded）", Remedy: "the office deducts them (assessment-recorded)"}),
}

// ID returns the name of the stream of a unit's assessment of a year.
func ID(unit string, year int) string { return unit + "." + strconv.Itoa(year) }

// Points writes points as a value of a flag.
func Points(p float64) string { return strconv.FormatFloat(p, 'f', -1, 64) }

// Due is what the ledger says when a unit is to lose points for an accident: fact is its report, at the position entry.
func Due(rule *table.Deduction, unit string, year int, accident event.Stream, grade string, fact uuid.UUID, entry uint64) (event.Stream,
	event.Deviation) {
	f := event.Flagged(law.R69, DeductionDue, law.Str("accident", accident.String()), law.Str("grade", grade), law.Int("entry", entry),
		law.Str("rule", rule.ID), law.Str("unit", unit), law.Str("points", Points(rule.Points)))
	f.Fact, f.Item = fact, rule.ID
	return event.Stream{Kind: Name, ID: ID(unit, year)}, f
}

// Called returns by which rule, and for the entry at which position, the ledger says that a deduction is due; ok is false when it says
// something else.
func Called(d *oversight.DeviationFlagged) (rule string, entry uint64, ok bool) {
	n, _ := d.Values.Get("entry").Any().(int64)
	return d.Item, uint64(n), d.Code == string(DeductionDue)
}

type judgement = stream.Judgement[*State, stream.Ledger]

// Judge: of a unit that there is; a deduction names the rule by which, and the entry for which (R69).
func (d *Recorded) Judge(j *judgement) *event.Refusal {
	at := j.Event.Stream
	if unit := stream.UnitOf(at.ID); !ofYear(at.ID[len(unit):]) || j.Scene.UnknownUnit(unit) {
		return event.Refuse(law.R67, AssessmentStream, law.Str("stream", at.String()))
	}
	switch points, rule, source := d.Points != nil, d.Rule != "", d.Source != nil; {
	case points != rule || points != source:
		return event.Refuse(law.R69, DeductionNeedsSource)
	case !points && d.Applied == "":
		return event.Refuse(law.R67, AssessmentSaysNothing)
	case !points:
		return nil
	}
	rules := stream.StateOf[table.State](j.Scene, event.Stream{Kind: event.Table, ID: table.Deductions}).Newest()
	if rules == nil {
		return table.Unknown(law.R69, table.Deductions, 0, "rule", d.Rule)
	}
	rule, known := rules.Deduction(d.Rule)
	switch {
	case !known:
		return table.Unknown(law.R69, table.Deductions, rules.Version, "rule", d.Rule)
	case *d.Source >= j.Event.Index:
		return event.Refuse(law.R69, law.EntryNotRecordedYet, law.Int("entry", *d.Source), law.Int("size", j.Event.Index))
	case j.State != nil && j.State.has(deduction{*d.Source, d.Rule}):
		return event.Refuse(law.R69, DeductedAlready, law.Str("stream", at.String()), law.Str("rule", d.Rule), law.Int("entry", *d.Source))
	}
	if rule.Points != *d.Points {
		j.Flag(event.Flagged(law.R69, PointsDiffer, law.Str("rule", d.Rule), law.Str("points", Points(*d.Points)),
			law.Str("of_rule", Points(rule.Points))))
	}
	return nil
}

// ofYear reports whether the rest of a name, behind the unit, is a dot and a year.
func ofYear(rest string) bool {
	year, ok := strings.CutPrefix(rest, ".")
	n, err := strconv.Atoi(year)
	return ok && err == nil && len(year) == 4 && n >= 1900
}

// deduction is what points are deducted for: an entry, by a rule.
type deduction struct {
	entry uint64
	rule  string
}

// State is the assessment of one unit in one year as the rules need it. Lists are replaced, never changed.
type State struct {
	due  []due
	made []made
}

// due is a deduction of which the ledger said that it is due.
type due struct {
	deduction
	said   obligation.Fact // the entry that says so
	lapsed bool
}

// made is a deduction that was made.
type made struct {
	deduction
	at obligation.Fact
}

// Carry keeps what the ledger said is to be deducted, which no correction changes: the values of its words are not kept.
func (s *State) Carry(old *State) { s.due = old.due }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Fold keeps what was deducted.
func (d *Recorded) Fold(s *State, e *event.Event) {
	if d.Source == nil {
		return
	}
	f, is := obligation.FactOf(e), deduction{*d.Source, d.Rule}
	s.made = append(slices.Clip(s.made), made{is, f})
}

func (s *State) has(is deduction) bool {
	return slices.ContainsFunc(s.made, func(m made) bool { return m.deduction == is })
}

// met returns what met a deduction that is due, nil when nothing did: that people were first meets it at once.
func (s *State) met(d *due) *obligation.Fact {
	for i := range s.made {
		switch m := &s.made[i]; {
		case m.deduction != d.deduction:
		case m.at.Index < d.said.Index:
			return &d.said
		default:
			return &m.at
		}
	}
	return nil
}

// said folds that a deduction is due, or is not after all.
func said(s *State, e *event.Event) {
	s.due = slices.Clone(s.due)
	switch d := e.Data.(type) {
	case *oversight.DeviationFlagged:
		rule, entry, ok := Called(d)
		if !ok {
			return
		}
		s.due = append(s.due, due{deduction: deduction{entry, rule}, said: obligation.FactOf(e)})
	case *oversight.StatementLapsed:
		for i := range s.due {
			if s.due[i].said.Event.String() == d.Statement {
				s.due[i].lapsed = true
			}
		}
	}
}

var deducts = obligation.Kind{Name: "deduction", Owner: obligation.Office, From: obligation.Known, Rule: law.R69, Escalates: true,
	Unmodelled: "the model has no assessments",
	Opens:      "deviation-flagged", Meets: "assessment-recorded", Limit: "deduction_days"}

func owes(s *State, t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	for i := range s.due {
		if d, met := &s.due[i], s.met(&s.due[i]); !d.lapsed || met != nil {
			into = append(into, deducts.Owed(t, &d.said, met))
		}
	}
	return into
}

// flags reports whether a body says that a deduction is due: it may begin a stream, too.
func flags(d event.Data) bool {
	f, ok := d.(*oversight.DeviationFlagged)
	return ok && f.Code == string(DeductionDue)
}

// about: a deduction that the ledger calls for is of the campaign of the accident.
func about(l stream.Ledger, e *event.Event) event.About {
	d, ok := e.Data.(*oversight.DeviationFlagged)
	if !ok {
		return event.About{}
	}
	of, _ := d.Values.Get("accident").Any().(string)
	accident, _ := event.ParseStream(of)
	a, _ := l.About(accident)
	return event.About{Campaign: a.Campaign}
}

// Kind declares assessments and their events.
var Kind = func() stream.Kind {
	k, begins := declared, declared.Begins
	k.Begins = func(d event.Data) bool { return flags(d) || begins(d) }
	return k
}()

var declared = stream.Of(stream.Kind{
	Name: Name, Chinese: "考核", Doc: "the assessment of a unit in a year, `assessment/UNIT.YEAR` (R67, R69)",
	Access: stream.Access{To: stream.OwnUnit},
	About:  about,
	Lapses: func(c law.Code) bool { return c == DeductionDue },
}, stream.Rules[*State]{Said: said, Owes: owes, Obligations: []*obligation.Kind{&deducts}},
	stream.Either((*Recorded).Judge, event.Type{Name: "assessment-recorded", Version: 1, Chinese: "考核记录",
		Doc: "Points were deducted from a unit, by a rule and for an entry of the ledger, or its result was used. It meets the duty to " +
			"deduct of the same rule and entry.",
		Rules: []law.Rule{law.R67, law.R69}, Append: []event.Role{event.RoleSupervisionOffice}}),
)
