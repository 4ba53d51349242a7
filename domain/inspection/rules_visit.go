package inspection

import (
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// haltingKinds are the measures that end the danger of a major hazard at once (R47).
var haltingKinds = []string{"withdraw-people", "stop", "stop-using", "seal"}

// judge: an arrival cannot follow an attempt. Several inspectors may arrive one after the other.
func (d *Arrived) judge(j *judgement) *event.Refusal {
	if j.st.is(attempted) {
		return event.Refuse(law.R28, law.AlreadyAttempted, "this visit ended as an attempt: nobody could be inspected")
	}
	return nil
}

// judge flags a stay that was cut short (R37), and major hazards left as they were (R47).
func (d *Departed) judge(j *judgement) *event.Refusal {
	if !j.st.is(arrived) {
		return event.Refuse(law.R37, law.NotArrived, "nobody arrived")
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
		j.flag(law.R37, law.SectionsSkipped, "not completed on departure: %s", strings.Join(left, ", "))
	}
	j.unhalted()
	return nil
}

// unhalted flags, once for each, major findings without a measure that ends the danger.
func (j *judgement) unhalted() {
	left := j.st.which(func(m findingMark) bool { return m&major != 0 && m&(halted|examined) == 0 })
	if left != nil {
		j.flag(law.R47, law.MajorWithoutStop, "no measure of %v for major findings %s", haltingKinds, strings.Join(left, ", "))
	}
}

// judge flags each of the four 不 that was broken (R38).
func (d *ConductDeclared) judge(j *judgement) *event.Refusal {
	if j.imported {
		return nil
	}
	if d.AdvanceNotice {
		j.flag(law.R38, law.AdvanceNotice, "the subject knew of the visit in advance")
	}
	if d.BriefingHeard {
		j.flag(law.R38, law.BriefingHeard, "the inspectors heard a briefing by the subject or officials")
	}
	if len(d.Accompanied) > 0 {
		j.flag(law.R38, law.Accompanied, "accompanied by %d: %s", len(d.Accompanied), shorten(strings.Join(d.Accompanied, ", ")))
	}
	if d.Reception {
		j.flag(law.R38, law.Reception, "a reception was held")
	}
	return nil
}

// judge flags an item that was answered before: both answers stand and both are counted (R27).
func (d *CheckAnswered) judge(j *judgement) *event.Refusal {
	if !j.imported && slices.Contains(j.st.open().answered, d.Item) {
		j.flag(law.R27, law.AnsweredAgain, "item %s was answered before", d.Item)
	}
	return nil
}

// judge flags items that were left out (R37).
func (d *SectionCompleted) judge(j *judgement) *event.Refusal {
	if j.imported || len(d.Skipped) == 0 {
		return nil
	}
	list := make([]string, len(d.Skipped))
	for i, s := range d.Skipped {
		list[i] = s.Item + ": " + s.Reason
	}
	j.flag(law.R37, law.ItemsSkipped, "section %s, %d skipped: %s", d.Section, len(list), shorten(strings.Join(list, "; ")))
	return nil
}

// What the inspectors show, post, serve and state of a source breaks no rule by itself.

func (d *CertificatesShown) judge(*judgement) *event.Refusal { return nil }

func (d *NoticePosted) judge(*judgement) *event.Refusal { return nil }

func (d *ServiceProvided) judge(*judgement) *event.Refusal { return nil }

func (d *ResultRecorded) judge(*judgement) *event.Refusal { return nil }

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

// shorten keeps what people wrote within what a flag's detail may hold.
func shorten(s string) string {
	const limit = 1500
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
