package person

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Officials: who held which post when, because duties and accountability are of a person at a time (R65, R66).

// OfficialAppointed says that a person holds a post.
type OfficialAppointed struct {
	Post    string   `json:"post" is:"text(100)" zh:"职务" doc:"that the person holds"`
	Unit    string   `json:"unit" is:"id" zh:"单位" doc:"in which; id in the table of units"`
	County  string   `json:"county,omitempty" is:"code(county)" zh:"县区" doc:"that bounds the post; left out: the whole city"`
	Sectors []string `json:"sectors" is:"code(sector)" many:"0…50" zh:"分管行业领域" doc:"for which the post answers; empty: none"`
	From    string   `json:"from" is:"date" zh:"任职日期" doc:"first day in the post"`
	To      string   `json:"to,omitempty" is:"date" zh:"任期届满" doc:"last day, where it is known beforehand"`
}

// Together says what Validate checks.
func (*OfficialAppointed) Together() string { return "to is not before from" }

// Validate checks what members say together.
func (d *OfficialAppointed) Validate() error {
	var k event.Checker
	k.That(d.To == "" || d.From <= d.To, "to", law.FaultNotBeforeFrom)
	return k.Err()
}

// OfficialLeft ends an appointment.
type OfficialLeft struct {
	Post string `json:"post" is:"text(100)" zh:"职务" doc:"that the person held"`
	Unit string `json:"unit" is:"id" zh:"单位" doc:"in which"`
	Last string `json:"last" is:"date" zh:"离任日期" doc:"last day in the post"`
}

// Office is a post that a person holds or held, From ≤ day ≤ To; To is empty while nobody said until when.
type Office struct {
	Post, Unit, County string
	Sectors            []string
	From, To           string // YYYY-MM-DD
	left               bool
}

// OfficesAt returns the posts that a person held at a time.
func (s *State) OfficesAt(t time.Time) (held []Office) {
	day := t.In(event.Beijing).Format(time.DateOnly)
	for _, o := range s.Offices {
		if o.From <= day && (o.To == "" || day <= o.To) {
			held = append(held, o)
		}
	}
	return held
}

// office returns the place of the newest appointment to a post that nobody ended, -1 when there is none.
func (s *State) office(post, unit string) int {
	for i, o := range slices.Backward(s.Offices) {
		if o.Post == post && o.Unit == unit && !o.left {
			return i
		}
	}
	return -1
}

// Judge: one post is held once at a time (R65).
func (d *OfficialAppointed) Judge(j *judgement) *event.Refusal {
	for _, o := range j.State.Offices {
		if o.Post == d.Post && o.Unit == d.Unit && (o.To == "" || d.From <= o.To) && (d.To == "" || o.From <= d.To) {
			return event.Refuse(law.R65, law.AlreadyInOffice, law.Str("post", d.Post), law.Str("unit", d.Unit), law.Str("from_on", o.From),
				law.Str("to_on", o.To))
		}
	}
	j.Flags = unknownUnit(j.Scene, d.Unit)
	return nil
}

// Judge: of a post that was held, not before it began (R65).
func (d *OfficialLeft) Judge(j *judgement) *event.Refusal {
	i := j.State.office(d.Post, d.Unit)
	if i < 0 {
		return event.Refuse(law.R65, law.NotInOffice, law.Str("post", d.Post), law.Str("unit", d.Unit))
	}
	if o := &j.State.Offices[i]; d.Last < o.From {
		return event.Refuse(law.R65, law.LeftBeforeAppointed, law.Str("from_on", o.From), law.Str("last_on", d.Last))
	}
	return nil
}

func (d *OfficialAppointed) Fold(s *State, _ *event.Event) {
	s.Offices = append(s.Offices[:len(s.Offices):len(s.Offices)], Office{d.Post, d.Unit, d.County, d.Sectors, d.From, d.To, false})
}

func (d *OfficialLeft) Fold(s *State, _ *event.Event) {
	if i := s.office(d.Post, d.Unit); i >= 0 {
		s.Offices = slices.Clone(s.Offices)
		s.Offices[i].To, s.Offices[i].left = d.Last, true
	}
}
