package ledger_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/casefile"
	corrections "github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// What registers say is told late while nodes die and sweeps come as they do. In each dozen of rounds li turns out to have left the team
// before the second one, which is taken back, and restored, and to have come again before the eighth; and an officer of all cases turns out
// to have been registered under another certificate before the fifth round, which is corrected twice.
const (
	dozen     = 12
	leaves    = 3
	stays     = 5
	leftAfter = 6
	comes     = 8
	registers = 7
	certified = 9
	otherwise = 10
)

// late tells what registers say.
type late struct {
	*pair
	office, chief event.Actor
	left, turned  *event.Event // the leaving, and what was last said of it
	ca, asked     *event.Event // the registration, likewise
}

func newLate(p *pair) *late {
	first := p.nodes[0].Load()
	first.must(registered(p, "zhou"), registered(p, "zheng"))
	bearer := func(person string) event.Actor {
		return first.bearer(&token.Issued{Role: event.RoleSupervisionOffice, Person: person})
	}
	return &late{pair: p, office: bearer("zhou"), chief: bearer("zheng")}
}

// says appends a fact, through one node or the other.
func (l *late) says(by event.Actor, node int, stream string, d event.Data, occurred time.Time) *event.Event {
	it := typed(l, stream, d, func(e *event.Event) { e.Campaign, e.Occurred = "c", occurred })
	l.appendAs(by, node, it.Bytes)
	return it.Event
}

// counts has a correction be asked for, and be confirmed by a second person.
func (l *late) counts(node int, stream string, d event.Data, at time.Time) *event.Event {
	asked := l.says(l.office, node, stream, d, at)
	ref := asked.Ident().Ref()
	l.says(l.chief, node, stream, &oversight.ApprovalGiven{Event: ref.Event, SHA256: ref.SHA256}, at)
	return asked
}

// tells says what comes in a round.
func (l *late) tells(round, node int, at time.Time) {
	before := func(rounds int) time.Time { return at.Add(-time.Duration(rounds)*9*time.Hour - time.Hour) }
	l.says(l.li, node, "case/"+eventtest.Visit("t1", fmt.Sprint("case-", round)), &casefile.Filed{Subject: "firm", Matter: "x",
		Authority: "u", Officers: []casefile.Officer{{Person: "ma", Certificate: "C-ma"}, {Person: "ca", Certificate: "C-ca"}}}, at)
	const of = "team/t1"
	switch round % dozen {
	case leaves:
		l.left = l.says(l.office, node, of, &team.MemberLeft{Person: "li"}, before(2))
		l.turned = l.left
	case stays:
		l.turned = l.counts(node, of, &corrections.FactWithdrawn{Fact: l.left.Ident().Ref(), Replaces: l.left.Ident().Ref(), Reason: "误录"}, at)
	case leftAfter:
		l.counts(node, of, corrections.Of(l.left.Ident().Ref(), l.turned.Ident().Ref(), "确已离组", l.left.Occurred, l.left.Data), at)
	case comes:
		l.says(l.office, node, of, &team.MemberJoined{Person: "li"}, before(1))
	}
	certificate := func(number string) *person.Registered {
		return &person.Registered{Name: "ca", Unit: "u", Certificate: number, Roles: []event.Role{event.RoleInspector}}
	}
	switch round {
	case registers:
		l.ca = l.says(l.office, node, "person/ca", certificate("other"), before(3))
		l.asked = l.ca
	case certified, otherwise:
		number := map[int]string{certified: "C-ca", otherwise: "third"}[round]
		l.asked = l.counts(node, "person/ca",
			corrections.Of(l.ca.Ident().Ref(), l.asked.Ident().Ref(), "证号有误", l.ca.Occurred, certificate(number)), at)
	}
}

// due is what is to stand in the end, by what was told.
func (l *late) due(rounds int) (out []string) {
	for round := range rounds {
		begun := round / dozen * dozen
		left := rounds > begun+leaves && rounds != begun+stays+1
		if r := round - begun; left && leaves-2 <= r && r < comes-1 {
			for n := range 12 {
				out = append(out, fmt.Sprint(visitOf(fmt.Sprint(round, "-", n/6, "-", n%6)), " inspector-not-in-team li"))
			}
		}
		if rounds > registers && rounds != certified+1 && round >= registers-3 {
			out = append(out, fmt.Sprint("case/", eventtest.Visit("t1", fmt.Sprint("case-", round)), " certificate-unregistered ca"))
		}
	}
	slices.Sort(out)
	return out
}

// said is what stands beside the registers, of li and ca; nothing is said that stands.
func (l *late) said() (out []string) {
	stands := map[string]string{} // by the entry that says it
	for _, en := range l.nodes[0].Load().entries() {
		e := en.Decode(catalogue)
		switch d := e.Data.(type) {
		case *oversight.DeviationFlagged:
			if d.Code != "inspector-not-in-team" && d.Code != "certificate-unregistered" || d.Item == "ma" { // who leads and is no member
				continue
			}
			what := fmt.Sprint(e.Stream, " ", d.Code, " ", d.Item)
			for _, s := range stands {
				if s == what {
					l.Errorf("entry %d says again %s", e.Index, what)
				}
			}
			stands[e.ID.String()] = what
		case *oversight.StatementLapsed:
			delete(stands, d.Statement)
		}
	}
	for _, what := range stands {
		out = append(out, what)
	}
	slices.Sort(out)
	return out
}
