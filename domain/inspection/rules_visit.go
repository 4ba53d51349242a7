package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// haltingKinds are the measures that end the danger of a major hazard at once (R47).
var haltingKinds = []string{"withdraw-people", "stop", "stop-using", "seal"}

// arrive cannot follow an attempt. Several inspectors may arrive one after the other.
func (j *judgement) arrive() *event.Refusal {
	if j.st.is(attempted) {
		return event.Refuse(law.R28, law.AlreadyAttempted)
	}
	return nil
}

// depart flags a stay that was cut short (R37), and major hazards left as they were (R47).
func (j *judgement) depart() *event.Refusal {
	if !j.st.is(arrived) {
		return event.Refuse(law.R37, law.NotArrived)
	}
	if j.imported {
		return nil
	}
	p, w := j.sc.Policy, j.st.open()
	least, ok := p.MinVisitMinutes[j.sc.Subject.Kind]
	if !ok {
		least = p.MinVisitMinutes[""]
	}
	if !w.arrivedAt.IsZero() {
		j.stay(least, w.arrivedAt)
	}
	if left := missing(p.RequiredSections, w.completed); left != nil {
		j.flag(law.R37, law.SectionsSkipped, law.List("sections", left))
	}
	j.unhalted()
	return nil
}

// unhalted flags, once for each, major findings without a measure that ends the danger.
func (j *judgement) unhalted() {
	left := j.st.which(func(m findingMark) bool { return m&major != 0 && m&(halted|examined) == 0 })
	if left != nil {
		j.flag(law.R47, law.MajorWithoutStop, law.List("measures", haltingKinds), law.List("findings", left))
	}
}

// conduct flags each of the four 不 that was broken (R38).
func (j *judgement) conduct(d *ConductDeclared) {
	if j.imported {
		return
	}
	if d.AdvanceNotice {
		j.flag(law.R38, law.AdvanceNotice)
	}
	if d.BriefingHeard {
		j.flag(law.R38, law.BriefingHeard)
	}
	if len(d.Accompanied) > 0 {
		j.flag(law.R38, law.Accompanied, law.Int("persons", len(d.Accompanied)), law.List("names", d.Accompanied))
	}
	if d.Reception {
		j.flag(law.R38, law.Reception)
	}
}

// item flags an item that was answered before: both answers stand and both are counted (R27).
func (j *judgement) item(d *CheckAnswered) {
	if !j.imported && slices.Contains(j.st.open().answered, d.Item) {
		j.flag(law.R27, law.AnsweredAgain, law.Str("item", d.Item))
	}
}

// section flags items that were left out (R37).
func (j *judgement) section(d *SectionCompleted) {
	if j.imported || len(d.Skipped) == 0 {
		return
	}
	list := make([]string, len(d.Skipped))
	for i, s := range d.Skipped {
		list[i] = s.Item
	}
	j.flag(law.R37, law.ItemsSkipped, law.Str("section", d.Section), law.Int("skipped", len(list)), law.List("items", list))
}

// which returns the ids of the findings that answer to test, or nil.
func (s *State) which(test func(findingMark) bool) []string {
	var ids []string
	for i := range s.findings {
		if test(s.findings[i].marks) {
			ids = append(ids, s.findings[i].id)
		}
	}
	return ids
}

// missing returns what is wanted and not there, or nil.
func missing(wanted, there []string) []string {
	var left []string
	for _, w := range wanted {
		if !slices.Contains(there, w) && !slices.Contains(left, w) {
			left = append(left, w)
		}
	}
	return left
}
