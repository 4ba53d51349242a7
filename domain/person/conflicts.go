package person

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// R61, 原则上与原单位脱钩: who supervises a subject at home is flagged when he inspects it, unless somebody else approved the
// exception that he asked for.

// ConflictDeclared says that a person would inspect what the own unit supervises, and asks for an exception. It counts from the
// office's yes on.
type ConflictDeclared struct {
	Unit    string       `json:"unit" is:"id" zh:"原单位" doc:"that supervises what is inspected"`
	Subject string       `json:"subject,omitempty" is:"id" zh:"检查对象" doc:"that would be inspected; left out: all of the scope"`
	County  string       `json:"county,omitempty" is:"code(county)" zh:"县区" doc:"of the scope; left out: everywhere"`
	Sectors []string     `json:"sectors,omitempty" is:"code(sector)" many:"0…20" zh:"行业领域" doc:"of the scope; left out: all"`
	From    string       `json:"from" is:"date" zh:"起始日期" doc:"first day"`
	To      string       `json:"to" is:"date" zh:"截止日期" doc:"last day"`
	Reason  event.Sealed `json:"reason" zh:"理由" doc:"why there is nobody else" opens:"supervision-office discipline-commission"`
}

// Together says what Validate checks.
func (*ConflictDeclared) Together() string {
	return "subject, county or sectors are stated; to is not before from"
}

// Validate checks what members say together.
func (d *ConflictDeclared) Validate() error {
	var k event.Checker
	k.That(d.Subject != "" || d.County != "" || len(d.Sectors) > 0, "subject", law.FaultSubjectOrScope)
	k.That(d.From <= d.To, "to", law.FaultNotBeforeFrom)
	return k.Err()
}

var conflictDeclared = stream.Then((*ConflictDeclared).Judge, event.Type{Name: "conflict-declared", Version: 1, Chinese: "利益冲突申报",
	Kept: event.KeptAsStated,
	Doc: "A person asks for an exception to inspect what the own unit supervises. The reason is a sealed text: see " +
		"[docs/sealed.md](docs/sealed.md). It counts once another person of the office approved it.",
	Rules: []law.Rule{law.R61, law.Pillar8, law.Pillar17}, Append: self})

// Judge: of a subject that is known, and a unit that the table has.
func (d *ConflictDeclared) Judge(j *judgement) *event.Refusal {
	if r := oversight.FirstPerson(j.Event); r != nil {
		return r
	}
	if d.Subject != "" && !j.Scene.SubjectKnown(d.Subject) {
		return event.Refuse(law.R61, law.UnknownSubject, law.Str("subject", d.Subject))
	}
	j.Flags = unknownUnit(j.Scene, d.Unit)
	return nil
}

// exception is what a conflict-declared asks for. It does not change: it is replaced.
type exception struct {
	asked    uuid.UUID
	by       string // person
	unit     string
	subject  string
	county   string
	sectors  []string
	from, to string
	state    answerState
}

type answerState uint8

const (
	waits answerState = iota
	granted
	denied
)

// Visited is what a person inspects: a subject, at an instant.
type Visited struct {
	Subject, County string
	Sectors         []string
	At              time.Time
}

// Excepted reports whether an exception was approved for somebody of a unit who inspects something (R61).
func (s *State) Excepted(unit string, v Visited) bool {
	day := v.At.In(event.Beijing).Format(time.DateOnly)
	return slices.ContainsFunc(s.exceptions, func(x exception) bool {
		switch {
		case x.state != granted, x.unit != unit, day < x.from, x.to < day:
			return false
		case x.subject != "" && x.subject != v.Subject:
			return false
		}
		shares := func(code string) bool { return slices.Contains(x.sectors, code) }
		return (x.county == "" || codes.Covers(x.county, v.County)) && (len(x.sectors) == 0 || slices.ContainsFunc(v.Sectors, shares))
	})
}

// waiting returns the place of an exception that waits, -1 when none does under that id.
func (s *State) waiting(id uuid.UUID) int {
	return slices.IndexFunc(s.exceptions, func(x exception) bool { return x.asked == id && x.state == waits })
}

// answer: by somebody of the office who neither asked nor is the person (R61, pillar 17).
func answer(j *judgement, ref event.Ref) *event.Refusal {
	e := j.Event
	i := j.State.waiting(ref.ID())
	switch {
	case i < 0:
		return oversight.NothingWaits(e, ref)
	case !e.Names(ref):
		return oversight.OtherBytes(ref)
	case e.Actor.Role != event.RoleSupervisionOffice:
		return event.Refuse(law.R61, law.OfficeApproves, law.Str("role", e.Actor.Role))
	}
	return oversight.SecondPerson(e, []string{j.State.exceptions[i].by, e.Stream.ID})
}

func (d *ConflictDeclared) Fold(s *State, e *event.Event) {
	x := exception{asked: e.ID, by: strings.Clone(e.Actor.Person), unit: strings.Clone(d.Unit), subject: strings.Clone(d.Subject),
		county: d.County, sectors: d.Sectors, from: strings.Clone(d.From), to: strings.Clone(d.To)}
	s.exceptions = append(slices.Clip(s.exceptions), x)
}

// answered folds the answer to what waits.
func (s *State) answered(id uuid.UUID, yes bool) {
	i := s.waiting(id)
	if i < 0 {
		return
	}
	s.exceptions = slices.Clone(s.exceptions)
	if s.exceptions[i].state = denied; yes {
		s.exceptions[i].state = granted
	}
}
