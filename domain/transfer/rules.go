package transfer

import (
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/tip"
)

type judgement = stream.Judgement[*State, stream.Ledger]

// allow: the id of a stream that is begun names its giver. So nobody can find out by the answer which transfers of
// others there are.
func allow(e *event.Event) *event.Refusal {
	if _, begins := e.Data.(*Transferred); !begins {
		return nil
	}
	from, _, ok := Ends(e.Stream.ID)
	if end := EndOf(&e.Actor); !ok || from != end {
		return event.Refuse(law.R77, law.TransferStream, law.Str("stream", e.Stream.String()), law.Str("end", end))
	}
	return nil
}

// Judge: to somebody who is known, of something that is there, by who may give it.
func (d *Transferred) Judge(j *judgement) *event.Refusal {
	e := j.Event
	from, to, _ := Ends(e.Stream.ID)
	if from == to || !receives(j.Scene, to) {
		return event.Refuse(law.R77, law.UnknownReceiver, law.Str("receiver", to))
	}
	if d.Due != "" && d.Due < e.Day() {
		return event.Refuse(law.R77, law.TransferDueBefore, law.Str("handed_over_on", e.Day()), law.Str("due_on", d.Due))
	}
	if !gives(e.Actor.Role, d) {
		return event.Refuse(law.R77, law.MatterNotYours, law.Str("role", e.Actor.Role), law.Str("matter", d.Matter))
	}
	if d.Tip != "" {
		st := stream.StateOf[tip.State](j.Scene, event.Stream{Kind: tip.Name, ID: d.Tip})
		switch {
		case st == nil:
			return event.Refuse(law.R73, law.UnknownTip, law.Str("tip", d.Tip))
		case st.Answered():
			return event.Refuse(law.R73, law.TipAlreadyAnswered, law.Str("stream", "tip/"+d.Tip))
		}
	}
	if d.Finding != "" {
		visit := stream.StateOf[inspection.State](j.Scene, event.Stream{Kind: event.Inspection, ID: d.Inspection})
		if visit == nil || !visit.Has(d.Finding) {
			return event.Refuse(law.R77, law.UnknownFinding, law.List("findings", []string{d.Finding}))
		}
	}
	if d.Case != "" {
		if _, known := j.Scene.About(event.Stream{Kind: casefile.Name, ID: d.Case}); !known {
			return event.Refuse(law.R55, casefile.UnknownCase, law.Str("case", d.Case))
		}
	}
	if _, ok := j.Scene.About(event.Stream{Kind: event.Subject, ID: d.Subject}); d.Subject != "" && !ok {
		return event.Refuse(law.R77, law.UnknownSubject, law.Str("subject", d.Subject))
	}
	return nil
}

// gives reports whether a role hands over what an event names: tips the office and the commission, who know of them;
// instructions the city government, which gives nothing else.
func gives(r event.Role, d *Transferred) bool {
	knows := r == event.RoleSupervisionOffice || r == event.RoleDisciplineCommission
	return (d.Tip == "" || knows) && (r == event.RoleCityGovernment) == (d.Matter == OfInstruction)
}

// receives reports whether an end is somebody: one of the city, a county or zone, a unit or a committee of the tables.
func receives(l stream.Ledger, end string) bool {
	if own(end) || !l.UnknownUnit(end) {
		return true
	}
	committees := stream.StateOf[table.State](l, event.Stream{Kind: event.Table, ID: table.Committees}).Newest()
	return committees != nil && committees.Has(end)
}

// Judge: by the receiver, once, and before the answer.
func (d *Accepted) Judge(j *judgement) *event.Refusal {
	r := answers(j, d.Paper)
	if r == nil && j.State.accepted {
		return event.Refuse(law.R77, law.TransferAlreadyAccepted, law.Str("stream", j.Event.Stream.String()))
	}
	return r
}

// Judge: by the receiver, once; a tip that was investigated has a result (R73).
func (d *Answered) Judge(j *judgement) *event.Refusal {
	if r := answers(j, d.Paper); r != nil {
		return r
	}
	if (d.Result != "") != (j.State.Tip != "" && d.Outcome != Returned) {
		return event.Refuse(law.R73, law.TransferResult, law.Str("outcome", d.Outcome))
	}
	return nil
}

// answers refuses what is said for the receiver by somebody else: what is owed, no other party meets. The office may enter
// what the receiver wrote.
func answers(j *judgement, paper *event.Evidence) *event.Refusal {
	e := j.Event
	_, to, _ := Ends(e.Stream.ID)
	switch {
	case j.State.answered != nil:
		return event.Refuse(law.R77, law.TransferAlreadyAnswered, law.Str("stream", e.Stream.String()))
	case EndOf(&e.Actor) == to:
		return nil
	case e.Actor.Role != event.RoleSupervisionOffice:
		return event.Refuse(law.R77, law.NotTheReceiver, law.Str("receiver", to))
	case paper == nil:
		return event.Refuse(law.R77, law.PaperRequired, law.Str("receiver", to))
	}
	return nil
}

// about: it is about what is handed over, and of the giver's own team.
func about(l stream.Ledger, e *event.Event) event.About {
	d, ok := e.Data.(*Transferred)
	if !ok {
		return event.About{}
	}
	var of event.About
	switch {
	case d.Subject != "":
		of, _ = l.About(event.Stream{Kind: event.Subject, ID: d.Subject})
	case d.Tip != "":
		of, _ = l.About(event.Stream{Kind: tip.Name, ID: d.Tip})
	case d.Case != "":
		of, _ = l.About(event.Stream{Kind: casefile.Name, ID: d.Case})
	case d.Inspection != "":
		of, _ = l.About(event.Stream{Kind: event.Inspection, ID: d.Inspection})
	}
	of.Team = ""
	if a := &e.Actor; a.Role == event.RoleInspector || a.Role == event.RoleTeamLeader {
		of.Team = a.Team
	}
	return of
}

// State is one transfer as the rules need it.
type State struct {
	Tip, Case, Subject string

	reported stream.Problem // what went wrong, if the tip is substantiated
	so       bool           // the receiver found it to be so
	given    obligation.Fact
	due      obligation.Day // 0: by the plan
	accepted bool
	answered *obligation.Fact
	returned bool
	crime    bool // it is suspected
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Fold implements [stream.Folder].
func (d *Transferred) Fold(s *State, e *event.Event) {
	s.Tip, s.Case, s.Subject, s.given = d.Tip, d.Case, d.Subject, obligation.FactOf(e)
	s.due, s.crime = obligation.DayOn(d.Due), d.Ground == "crime"
}

// Fold implements [stream.Folder].
func (d *Accepted) Fold(s *State, _ *event.Event) { s.accepted = true }

// Fold implements [stream.Folder].
func (d *Answered) Fold(s *State, e *event.Event) {
	f := obligation.FactOf(e)
	s.returned = d.Outcome == Returned
	s.answered, s.so = &f, d.Outcome != Returned && tip.So(d.Result)
}

// HandedOver is the fact with which it was handed over; nil: it was given back, or withdrawn.
func (s *State) HandedOver() *obligation.Fact {
	if s == nil || s.returned {
		return nil
	}
	return &s.given
}

// Prosecuted is the fact with which it was handed over as a crime; nil: it was not, or is not any more (R55).
func (s *State) Prosecuted() *obligation.Fact {
	if s == nil || !s.crime {
		return nil
	}
	return s.HandedOver()
}

// Reported notes of the tip what went wrong if it is substantiated.
func (s *State) Reported(p stream.Problem) {
	if s.Subject != "" {
		p.Subjects = []string{s.Subject}
	}
	s.reported = p
}

// Carry keeps what the tip says when the facts of the transfer were corrected.
func (s *State) Carry(old *State) { s.reported = old.reported }

// problems: what a tip reported, when the receiver found it to be so (R44).
func (s *State) problems() []stream.Problem {
	if s == nil || !s.so || len(s.reported.Subjects) == 0 || s.reported.Subjects[0] == "" {
		return nil
	}
	return []stream.Problem{s.reported}
}

// answer: the receiver answers, by the date that was set, else in the time that the plan gives; who is to investigate
// a tip, in the time for that.
var answer = obligation.Kind{Name: "transfer", Owner: obligation.Receiver, From: obligation.Known, Rule: law.R77, Escalates: true,
	Unmodelled: "the model has no transfers", Also: []law.Rule{law.R55, law.R73, law.R76},
	Opens: "matter-transferred", Meets: "transfer-answered", Limit: "transfer_days, for a tip tip_investigate_days, or the date set"}

func (s *State) owes(t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	o := answer.Owed(t, &s.given, s.answered)
	switch {
	case s.due != 0:
		o.Due = s.due.End()
	case s.Tip != "":
		o.Due = t.Limit("tip-investigate").Due(o.Since, t.Calendars.Since(o.Opened)...)
	}
	return append(into, o)
}

// Tell tells a tip what a fact of its transfer says.
func Tell(t *tip.State, e *event.Event) {
	switch d := e.Data.(type) {
	case *Transferred:
		t.Transferred(e)
	case *Answered:
		t.TransferAnswered(e, d.Outcome == Returned)
	}
}
