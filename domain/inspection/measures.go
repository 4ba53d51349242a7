package inspection

import (
	"math"
	"slices"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/order"
)

// R47, 对不落实安全生产投入、存在重大安全隐患的违法违规企业，必须坚决予以关停: either ground suffices; that of the investment begins with an
// order that has a date (安全生产法 Art. 93). R55, 该关停的关停，该曝光的曝光，该处罚的严厉处罚，该追究法律责任的一律追究法律责任: of each
// violation each of the four measures is applied, or the closing says why not.

// NotApplied says why one of the four measures was not applied.
type NotApplied struct {
	Measure  string   `json:"measure" is:"code(four-measure)" zh:"措施" doc:"which of the four (R55)"`
	Findings []string `json:"findings,omitempty" is:"id" many:"0…500 distinct" zh:"隐患编号" doc:"to which findings; left out: to none"`
	Reason   string   `json:"reason" is:"lines(2000)" zh:"理由" doc:"why not"`
}

// The codes of measures.
const (
	MeasureUnexplained     law.Code = "measure-unexplained"
	InvestmentWithoutOrder law.Code = "investment-without-order"
	AggravationNotStated   law.Code = "aggravation-not-stated"
)

var (
	_ = law.Declare(law.OfCourse, law.Text{Code: MeasureUnexplained, Acts: law.Flags, Rules: []law.Rule{law.R55},
		TitleZH: "四项措施未采取也未说明理由", Title: "Of the four measures some are neither applied nor explained",
		SaysZH:   "违法行为 {finding} 未采取{measures:four-measure}，办结时未说明理由",
		Says:     "to violation {finding} these are not applied, and the closing does not say why: {measures:four-measure}",
		RemedyZH: "更正办结，在 not_applied 中说明理由；或说明原因",
		Remedy:   "correct the closing and state the reason in not_applied, or explain it"})
	_ = law.Declare(law.OfFindings, law.Text{Code: InvestmentWithoutOrder, Acts: law.Flags, Rules: []law.Rule{law.R47},
		TitleZH: "安全投入不落实，未责令限期改正或停产", Title: "Investment is wanting, and nothing was ordered",
		SaysZH:   "隐患 {finding} 安全投入不落实，没有限期改正的措施，也没有{measures:order-kind}",
		Says:     "finding {finding} is of investment that is wanting; it has no order with a date, and none of these: {measures:order-kind}",
		RemedyZH: "下达限期整改或停产等措施（order-issued），或说明原因", Remedy: "order it by a date, or a stop (order-issued), or explain it"})
)

var _ = law.Declare(law.OfFindings, law.Text{Code: AggravationNotStated, Acts: law.Flags, Rules: []law.Rule{law.R47},
	TitleZH: "有从重情形，处罚决定未写明", Title: "What aggravates is known, and no penalty states it",
	SaysZH:   "隐患 {finding} 已受处罚，此前有{grounds:aggravation}，处罚决定未写明从重情形",
	Says:     "finding {finding} was punished, there was before: {grounds:aggravation}, and no decision states what aggravates it",
	RemedyZH: "写了而未记的，更正处罚决定（aggravated）；未予从重的，说明理由（deviation-explained）",
	Remedy: "where the decision states it, correct penalty-decided (aggravated); where nothing was aggravated, explain it " +
		"(deviation-explained)"})

var _ = stands(standing{place: 135, rule: law.R47, code: InvestmentWithoutOrder, since: departed | recorded | closed,
	begin: slices.Concat(records, closes, []string{inspectorDeparted.Name}),
	reads: append([]string{order.IssuedType}, corrections...), says: unordered})

// unordered: investment is wanting, and neither an order with a date nor a measure that ends the danger was made. What an import
// states entails nothing.
func unordered(s *State, say *speech) {
	n := 0
	for i := range s.findings {
		if f := &s.findings[i]; n < most && f.marks&(wanting|examined|halted|dated|importedFact) == wanting|examined {
			say.say(f.fact, law.List("measures", stopOrders), law.Str("finding", f.id))
			n++
		}
	}
}

// R47, 从严从重处罚: of what the ledger knows that aggravates before a finding is punished, the decision speaks. How much more severe that
// makes it, people judge. What is closed or revoked is not punished more.
var _ = stands(standing{place: 137, rule: law.R47, code: AggravationNotStated, begin: []string{casefile.PenaltyType},
	reads: corrections, says: func(s *State, say *speech) {
		n := 0
		for i := range s.findings {
			f := &s.findings[i]
			if n == most || f.marks&(punished|importedFact) != punished {
				continue
			}
			if s.aggravates(f, math.MaxUint64) == nil { // nothing ever did: the facts need not be read
				continue
			}
			if at, stated := s.aggravated(f.id); !stated {
				if grounds := s.aggravates(f, at); grounds != nil {
					say.say(f.fact, law.Str("finding", f.id), law.List("grounds", grounds))
					n++
				}
			}
		}
	}})

// aggravated is the position of the last penalty that was decided for a finding, and whether nothing more is to be stated: one of them
// states what aggravates it, or is of the gravest kinds.
func (s *State) aggravated(finding string) (last uint64, stated bool) {
	for f := range s.facts.Counting() {
		d, is := f.Data.(*casefile.PenaltyDecided)
		if !is || !d.Final || f.Assurance == event.Imported || s.annuls(d.Penalty) || !slices.Contains(d.Findings, finding) {
			continue
		}
		if last = f.Index; len(d.Aggravated) > 0 || slices.Contains(graveKinds, d.Kind) {
			return last, true
		}
	}
	return last, false
}

// aggravates are the codes of what was recorded before a position and aggravates a finding: both grounds of R47, of which it is one, and
// that it was not put right, or an order about it not obeyed.
func (s *State) aggravates(f *finding, before uint64) (codes []string) {
	var grounds findingMark
	for i := range s.findings {
		if o := &s.findings[i]; o.index < before && o.marks&importedFact == 0 {
			grounds |= o.marks & (wanting | major)
		}
	}
	if grounds == wanting|major && f.marks&(wanting|major) != 0 {
		codes = append(codes, "both-grounds")
	}
	for _, defies := range []bool{false, true} {
		if slices.ContainsFunc(s.failures, func(l failure) bool {
			return l.defies == defies && l.Index < before && slices.Contains(l.findings, f.id)
		}) {
			codes = append(codes, map[bool]string{false: "not-corrected", true: "defied"}[defies])
		}
	}
	return codes
}

// heard is what other streams say of findings: that they were handed over, and that as a crime, and that they are to be made public.
type heard struct{ handed, prosecuted, exposed obligation.Handovers }

// tell takes what another stream says.
func (s *State) tell(fn func(*heard)) {
	var t heard
	if s.heard != nil {
		t = *s.heard
	}
	fn(&t)
	s.editRest().heard = &t
}

// HandedOver notes what a transfer says now of a finding: that it was handed over to who has to decide it, or (nil) is not.
func (s *State) HandedOver(transfer, finding string, at *obligation.Fact) {
	s.tell(func(t *heard) { t.handed = t.handed.With(transfer, []string{finding}, at) })
}

// Prosecuted notes what a transfer says now of findings: that they, or their case, were handed over as a crime, or (nil) were not.
func (s *State) Prosecuted(transfer string, findings []string, at *obligation.Fact) {
	s.tell(func(t *heard) { t.prosecuted = t.prosecuted.With(transfer, findings, at) })
}

// Exposed notes what an exposure says now: that findings are to be made public, or (nil) are not.
func (s *State) Exposed(exposure string, findings []string, at *obligation.Fact) {
	s.tell(func(t *heard) { t.exposed = t.exposed.With(exposure, findings, at) })
}

// measures flags the violations of which the closing neither finds one of the four measures applied nor says why not.
func (d *Closed) measures(j *judgement) {
	n := 0
	for i := range j.st.findings {
		f := &j.st.findings[i]
		if f.marks&(violating|importedFact) != violating || n == most {
			continue
		}
		var missing []string
		for _, m := range fourMeasures {
			if !m.applied(j.st, f, j.e) && !d.explains(m.code, f.id) {
				missing = append(missing, m.code)
			}
		}
		if missing != nil {
			n++
			j.flagItem(law.R55, MeasureUnexplained, f.id, law.Str("finding", f.id), law.List("measures", missing))
		}
	}
}

// explains reports whether the closing says why a measure was not applied to a finding.
func (d *Closed) explains(measure, finding string) bool {
	return slices.ContainsFunc(d.NotApplied, func(n NotApplied) bool {
		return n.Measure == measure && (len(n.Findings) == 0 || slices.Contains(n.Findings, finding))
	})
}

// Explained are the measures of which the closing says why they were not applied to a finding.
func (d *Closed) Explained(finding string) (measures []string) {
	for _, m := range fourMeasures {
		if d.explains(m.code, finding) {
			measures = append(measures, m.code)
		}
	}
	return measures
}

// fourMeasures are those of R55, and whether one was applied to a finding before an event.
var fourMeasures = [...]struct {
	code    string
	applied func(*State, *finding, *event.Event) bool
}{
	{"shut", func(_ *State, f *finding, _ *event.Event) bool { return f.marks&(halted|shut) != 0 }},
	{"expose", func(s *State, f *finding, e *event.Event) bool {
		return s.heard != nil && before(s.heard.exposed, f, e)
	}},
	{"punish", func(_ *State, f *finding, _ *event.Event) bool { return f.marks&(punished|exempted|filed) != 0 }},
	{"prosecute", func(s *State, f *finding, e *event.Event) bool {
		return s.heard != nil && before(s.heard.prosecuted, f, e)
	}},
}

func before(list obligation.Handovers, f *finding, e *event.Event) bool {
	return slices.ContainsFunc(list, func(h obligation.Handover) bool { return h.Item == f.id && h.Index < e.Index })
}
