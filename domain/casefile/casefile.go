// Package casefile is the case of a penalty, from its filing to its end: R41, 既查清问题、又处罚到位. Those who investigate it are at least
// two, do not chair its hearing and do not review it, and who decides a fine does not collect it (行政处罚法 Arts 42, 58, 64, 67). A
// penalty on the spot is a case of one event.
package casefile

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Name is the kind of the streams.
const Name event.Kind = "case"

// State is one case as the rules need it. What its pointers and lists hold is replaced, never changed.
type State struct {
	Visit, Subject string
	Findings       []string // of the visit, that it was filed for
	Copied         bool     // it was begun by an import

	filed     obligation.Fact // zero event: it was not
	violated  string          // day of the violation
	harm      bool            // to life or health
	officers  []string        // who investigate
	chairs    []string        // who chaired a hearing
	people    []string        // who wrote in the stream: they approve nothing here
	notice    obligation.Fact // the first prior notice; zero event: none
	offer     obligation.Fact // the first that offers a hearing
	offered   string          // the day of that
	steps     [steps]obligation.Fact
	hearing   obligation.Day // for which the last notice of a hearing invites
	reviewed  bool           // a legal review let the decision pass
	grave     bool           // the filing says why it is to be reviewed (行政处罚法 Art. 58)
	penalties []penalty
	exempt    []exemption
	handed    obligation.Handovers
	longer    []extension
	closed    obligation.Fact
	enforced  []string // penalties of which enforcement was requested
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State {
	c := *s
	c.people = slices.Clip(c.people)
	c.penalties = slices.Clip(c.penalties)
	c.officers, c.chairs = slices.Clip(c.officers), slices.Clip(c.chairs)
	return &c
}

// Filed reports whether the case was filed: it is none of one event.
func (s *State) Filed() bool { return s != nil && s.filed.Event != uuid.Nil }

type judgement = stream.Judgement[*State, stream.Ledger]

// visit is what a case asks of the visit that it names.
type visit interface {
	Subject() string
	People() []string // who inspected it, or wrote in its stream
}

// ofVisit refuses findings of no visit, and a visit of another subject; subject may be "".
func ofVisit(j *judgement, id, subject string, findings []string) *event.Refusal {
	if id == "" {
		if len(findings) > 0 {
			return event.Refuse(law.R41, law.UnknownFinding, law.List("findings", findings))
		}
		return nil
	}
	v, ok := j.Scene.State(event.Stream{Kind: event.Inspection, ID: id}).(visit)
	if ok && subject != "" && v.Subject() != subject {
		return event.Refuse(law.R41, CaseOfAnotherSubject, law.Str("inspection", id), law.Str("subject", subject),
			law.Str("visited", v.Subject()))
	}
	return nil // that there is such a visit, and has the findings, its own rules say
}

// inCourse refuses what belongs to a filed case that is not closed.
func inCourse(j *judgement) *event.Refusal {
	switch st := j.State; {
	case !st.Filed():
		return event.Refuse(law.R41, CaseNotFiled, law.Str("stream", j.Event.Stream.String()), law.Str("type", j.Event.Type.Name))
	case st.closed.Event != uuid.Nil:
		return event.Refuse(law.R41, CaseIsClosed, law.Str("stream", j.Event.Stream.String()), law.Str("type", j.Event.Type.Name))
	}
	return nil
}

// wrote keeps who wrote in the stream.
func (s *State) wrote(e *event.Event) {
	if e.Assurance != event.Imported {
		s.people = oversight.Took(s.people, e.Actor.Person)
	}
}

// allow refuses a case whose name is not that of the team, or of the unit, that writes it: as that of a visit, so that nobody finds
// out by a name which cases of others there are.
func allow(e *event.Event) *event.Refusal {
	owner, named := event.ParseVisitID(e.Stream.ID)
	if whose := ownerOf(&e.Actor); !begins(e.Data) || named && (whose == "" || whose == owner) {
		return nil
	}
	return event.Refuse(law.Pillar14, CaseName, law.Str("stream", e.Stream.String()))
}

// ownerOf is the team or unit for which somebody writes; "" of those who write for any.
func ownerOf(a *event.Actor) string {
	switch a.Role {
	case event.RoleInspector, event.RoleTeamLeader:
		return a.Team
	case event.RoleDepartment, event.RoleOfficer, event.RoleApprover, event.RoleImporter:
		return a.Unit
	}
	return ""
}

// about: a case is about the subject, in the cell and of the team of its visit.
func about(l stream.Ledger, e *event.Event) event.About {
	visit, subject := namedBy(e.Data)
	if visit != "" {
		a, _ := l.About(event.Stream{Kind: event.Inspection, ID: visit})
		return a
	}
	a, _ := l.About(event.Stream{Kind: event.Subject, ID: subject})
	if a.Team = ""; e.Actor.Role == event.RoleInspector || e.Actor.Role == event.RoleTeamLeader {
		a.Team = e.Actor.Team
	}
	return a
}
