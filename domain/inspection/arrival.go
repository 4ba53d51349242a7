package inspection

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// On the spot: R28, 对停产、半停产企业也要一个不拉的进行检查: who cannot be inspected was attempted, not inspected;
// R37, 既不压缩检查时间，也不减少环节: a stay has its time and its sections.

// Attempted says that nobody could be inspected: locked, nobody present, refused entry
// (R28). It counts as attempted, not as inspected.
type Attempted struct {
	Reason   string           `json:"reason" is:"lines(1000)" zh:"原因" doc:"locked, nobody present, entry refused"`
	Place    *event.Place     `json:"place,omitempty" zh:"位置" doc:"where the inspectors stood"`
	Evidence []event.Evidence `json:"evidence,omitempty" many:"0…50" zh:"证据" doc:"photos of it"`
}

var inspectionAttempted = declare[Attempted](50, approach, discloses, event.Type{Name: "inspection-attempted", Version: 1, Chinese: "检查未果",
	Doc:   "The subject could not be inspected; counts as attempted.",
	Rules: []law.Rule{law.R28}, Append: field})

// judge: an attempt is what happens instead of an arrival (R28).
func (d *Attempted) judge(j *judgement) *event.Refusal {
	if j.st.is(arrived) {
		return event.Refuse(law.R28, law.AlreadyArrived)
	}
	return nil
}

// fold remembers who stood there when no start names the inspectors, for R51.
func (d *Attempted) fold(s *State, e *event.Event) {
	s.photograph(d.Evidence)
	w := s.edit()
	if w == nil {
		return
	}
	if !s.is(recorded) {
		w.account = momentOf(e)
	}
	if !s.is(started) && e.Actor.Person != "" {
		w.inspectors = append(w.inspectors, e.Actor.Person)
	}
}

// Arrived says that an inspector is on the spot; from here the visit is no longer hidden.
type Arrived struct {
	Place *event.Place `json:"place,omitempty" zh:"位置" doc:"where the inspector is"`
}

var inspectorArrived = declare[Arrived](60, onSite, discloses, event.Type{Name: "inspector-arrived", Version: 1, Chinese: "到达现场",
	Doc:   "An inspector is on the spot.",
	Rules: []law.Rule{law.R28, law.R31, law.R39, law.N05, law.N07, law.N13}, Append: field})

// judge: an arrival cannot follow an attempt. Several inspectors may arrive one after the other.
func (d *Arrived) judge(j *judgement) *event.Refusal {
	if j.st.is(attempted) {
		return event.Refuse(law.R28, law.AlreadyAttempted)
	}
	return nil
}

func (d *Arrived) fold(s *State, e *event.Event) {
	if at := e.Happened().Unix(); s.came == 0 || at < s.came {
		s.editRest().came = at
	}
	if w := s.edit(); w != nil {
		w.arrivedAt = earliest(w.arrivedAt, e.Occurred)
	}
}

// Departed ends the stay (R37).
type Departed struct {
	Place *event.Place `json:"place,omitempty" zh:"位置" doc:"where the inspectors left"`
}

var inspectorDeparted = declare[Departed](240, onSite, hidden, event.Type{Name: "inspector-departed", Version: 1, Chinese: "离开现场",
	Doc:   "The inspectors left.",
	Rules: []law.Rule{law.R37, law.Pillar7}, Append: field})

// judge flags a stay that was cut short (R37). What R47 says of it, [standing] has.
func (d *Departed) judge(j *judgement) *event.Refusal {
	if !j.st.is(arrived) {
		return event.Refuse(law.R37, law.NotArrived)
	}
	if j.imported {
		return nil
	}
	p, w := j.sc.Policy, j.st.open()
	least, ok := p.MinVisitMinutes[j.sc.Subject().Kind]
	if !ok {
		least = p.MinVisitMinutes[""]
	}
	if w.arrivedAt != nil {
		j.stay(least, *w.arrivedAt)
	}
	if left := codes.Missing(p.RequiredSections, w.completed); left != nil && !j.st.is(closed) { // whose record asked for them
		j.flag(law.R37, law.SectionsSkipped, law.List("sections", left))
	}
	return nil
}

// stay flags a stay that was cut short (R37), or that cannot be.
func (j *judgement) stay(least int, arrived time.Time) {
	switch stay := j.e.Occurred.Sub(arrived); {
	case stay < 0:
		j.order(j.e.Type.Name, "arrival", arrived)
	case stay < time.Duration(least)*time.Minute:
		j.flag(law.R37, law.VisitTooShort, minutes("stay_minutes", stay), law.Int("least_minutes", least), law.Str("kind", j.sc.Subject().Kind))
	}
}

func (d *Departed) fold(s *State, _ *event.Event) {
	s.examine()
}

// What nobody recorded nobody can measure (R37).
var (
	_ = stands(standing{place: 80, rule: law.R37, code: law.NoArrival, since: closed, begin: closes,
		reads: []string{inspectorArrived.Name, inspectionAttempted.Name},
		says:  func(s *State, say *speech) { say.ofClosing(!s.is(attempted | arrived)) }})
	_ = stands(standing{place: 90, rule: law.R37, code: law.NoDeparture, since: closed, begin: closes,
		reads: []string{inspectorArrived.Name, inspectorDeparted.Name},
		says:  func(s *State, say *speech) { say.ofClosing(s.is(arrived) && !s.is(departed)) }})
)
