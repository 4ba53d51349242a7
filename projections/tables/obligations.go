package tables

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// obligationRow is a row of obligations. Whether it is overdue is asked: due < now.
type obligationRow struct {
	Of        string `col:"of" zh:"流类别" doc:"kind of the stream in which it is owed"`
	Matter    Name   `col:"matter" zh:"事项" doc:"id of that stream" of:"stream"`
	Visit     Name   `col:"visit" zh:"检查" doc:"to which that belongs; NULL: to none" of:"visits"`
	Kind      string `col:"kind" zh:"义务种类" doc:"code of the list obligation"`
	Item      string `col:"item" zh:"分项" doc:"which of several: recipient, finding, file"`
	Owner     string `col:"owner" zh:"责任方" doc:"who owes it"`
	Rule      string `col:"rule" zh:"规则" doc:"that makes it owed"`
	Event     Name   `col:"event" zh:"起因事件" doc:"since which it is owed" of:"event"`
	Known     Moment `col:"known" zh:"知悉时间" doc:"since when the ledger knows of it"`
	Due       Moment `col:"due" zh:"期限" doc:"the last minute that is in time; NULL: nobody states a limit"`
	Met       Moment `col:"met" zh:"履行时间" doc:"when it was met; NULL: it was not, or nobody says when"`
	State     string `col:"state" zh:"状态" doc:"open, met, late: met after its date, void: not owed after all, that counts nowhere"`
	Escalated Moment `col:"escalated" zh:"升级时间" doc:"when the ledger last said that its date is over; NULL: it did not, or took it back"`
}

// obligations are what the rules' worklist has, as of every position, and what became of it. They are of streams of all kinds whose
// facts may be corrected, because an answer to a correction is owed in any of them; and of those in which the ledger flags what others have
// to explain.
var obligations = func() *Register {
	var of []event.Kind
	for i := range kinds.All {
		if k := &kinds.All[i]; !k.Fixed || k.Name == event.Flag || k.Name == evaluation.Name {
			of = append(of, k.Name)
		}
	}
	r := DeclareBoth[obligationRow](Register{
		Name: "obligations", Chinese: "应办事项", Of: of,
		Doc:     "something that somebody owes, or owed, in a stream, also by what other streams say",
		Indexes: []string{"matter", "visit"},
	}, func(event.Data) bool { return true }, nil)
	r.shelfOf = func(kind event.Kind) shelf {
		return &owingShelf{things: things[obligationRow]{register: r}, owing: newOwing(kind),
			recipients: things[recipientRow]{register: recipients}}
	}
	return r
}()

// owingShelf is the shelf of what is owed in one stream.
type owingShelf struct {
	things[obligationRow]
	*owing
	on    []onShelf // beside the things: what they were made of
	at    place     // of the stream's last entry
	moved bool      // what is owed may have changed

	recipients things[recipientRow] // of the site record of a visit, and beside them on its shelves:
	papers     *things[documentRow]
	copies     *things[copyRow]
}

// onShelf is an obligation as it was seen last.
type onShelf struct {
	obligation.Obligation
	escalated time.Time
	owed, was bool // it is among what is owed now, and was when that was asked last
}

// weight is how many things the state of a stream counts for.
const weight = 8

func (s *owingShelf) count() int { return len(s.list) + len(s.recipients.list) + weight }

func (s *owingShelf) renew() { s.owing.anew() }

func (s *owingShelf) hear(e *event.Event) {
	s.owing.hear(e)
	s.moved = s.moved || s.visit == nil || inspection.Moves(e) || oversight.States(e.Data)
}

func (s *owingShelf) apply(f *Fold, e *event.Event) {
	s.owing.apply(e)
	s.names(f, e)
}

// tell folds an entry of another stream into that of the shelf; anew are the facts of that stream that count, where they are to be folded
// anew.
func (s *owingShelf) tell(f *Fold, of event.Stream, e *event.Event, anew []*event.Event) {
	s.told(f, of, e, anew)
	s.moved = true
}

func (s *owingShelf) flush(f *Fold, of *state, e *event.Event) {
	if !s.moved {
		return
	}
	s.moved = false
	s.carries()
	for i := range s.on {
		s.on[i].was, s.on[i].owed = s.on[i].owed, false
	}
	t := &Things[obligationRow]{&s.things, f, e}
	f.duties = s.owed(f, of, e.Index, f.duties[:0])
	for i := range f.duties {
		s.put(t, of, &f.duties[i])
	}
	for i := range s.on {
		if x := &s.list[i]; x.is && s.on[i].was && !s.on[i].owed {
			s.touch(i)
			x.row.gone(s.on[i].Kind, e)
			s.on[i].Due = time.Time{}.Add(1) // so that it is another when it comes again
		}
	}
	s.things.flush(f, of, e)
	if s.visit != nil {
		s.handed(f, e)
		s.recipients.flush(f, of, e)
	}
	if s.dated() {
		f.dated[of] = struct{}{}
	} else {
		delete(f.dated, of)
	}
}

// put has an obligation on the shelf. What a fact opens twice is one.
func (s *owingShelf) put(t *Things[obligationRow], of *state, o *obligation.Obligation) {
	i := slices.IndexFunc(s.on, func(x onShelf) bool { return x.Opener == o.Opener && x.Kind.Name == o.Kind.Name && x.Item == o.Item })
	now := onShelf{*o, s.escalated(o.Ref()), true, true}
	if i < 0 {
		i = len(s.on)
		now.Item = strings.Clone(o.Item)
		s.on = append(s.on, onShelf{})
	} else if was := &s.on[i]; was.owed {
		return
	} else if was.owed, was.was = true, true; *was == now {
		return
	}
	s.on[i] = now
	row, stream := t.Thing(strconv.Itoa(i)), of.stream
	row.Of, row.Matter, row.Visit = string(stream.Kind), t.Name(stream.ID), 0
	switch event.Inspection {
	case stream.Kind:
		row.Visit = row.Matter
	case of.of.Kind:
		row.Visit = t.Name(of.of.ID)
	}
	row.Kind, row.Item, row.Owner, row.Rule = o.Kind.Name, now.Item, string(o.Kind.Owner), o.Kind.Rule.String()
	row.Event, row.Known, row.Due, row.Met = t.Name(o.Opener.String()), At(o.Recorded), At(o.Due), Moment{}
	if row.State = string(o.State()); o.Met {
		row.Met = At(o.MetAt)
	}
	row.Escalated = At(now.escalated)
}

// gone says what became of an obligation that is not owed any more: some kinds forget what was met.
func (r *obligationRow) gone(k *obligation.Kind, e *event.Event) {
	_, corrects := e.Data.(event.Correction)
	switch {
	case r.State != string(obligation.Open):
		if corrects {
			r.State = string(obligation.Void)
		}
	case slices.Contains(strings.Fields(k.Meets), e.Type.Name):
		r.State, r.Met = string(obligation.Met), At(e.Happened())
		if !r.Due.IsZero() && r.Due.minute < r.Met.minute {
			r.State = string(obligation.Late)
		}
	default:
		r.State = string(obligation.Void)
	}
}

// escalationRow is a row of escalations.
type escalationRow struct {
	Of     string `col:"of" zh:"流类别" doc:"kind of the stream in which it is owed"`
	Matter Name   `col:"matter" zh:"事项" doc:"id of that stream" of:"stream"`
	Kind   string `col:"kind" zh:"义务种类" doc:"code of the list obligation"`
	Item   string `col:"item" zh:"分项" doc:"which of several"`
	Owner  string `col:"owner" zh:"责任方" doc:"who owes it"`
	Rule   string `col:"rule" zh:"规则" doc:"that makes it owed"`
	Event  Name   `col:"event" zh:"起因事件" doc:"since which it is owed" of:"event"`
	Due    Moment `col:"due" zh:"期限" doc:"the last minute that was in time"`
	Said   Moment `col:"said" zh:"升级时间" doc:"when the ledger said that it is over"`
	Lapsed bool   `col:"lapsed" zh:"已失效" doc:"it was in time, or is not owed after all: it counts nowhere"`
}

var escalations = DeclareSaid(Register{
	Name: "escalations", Chinese: "超期升级", Doc: "the ledger's word that the date of something owed is over", Indexes: []string{"matter"},
}, func(d event.Data) bool {
	switch d.(type) {
	case *oversight.DeadlinePassed, *oversight.StatementLapsed:
		return true
	}
	return false
}, func(t *Things[escalationRow], e *event.Event) {
	switch d := e.Data.(type) {
	case *oversight.DeadlinePassed:
		*t.Thing(e.ID.String()) = escalationRow{Of: string(e.Stream.Kind), Matter: t.Name(e.Stream.ID), Kind: d.Obligation, Item: d.Item,
			Owner: d.Owner, Rule: d.Rule, Event: t.Name(d.Event), Due: At(d.Due.Truncate(time.Minute)), Said: At(e.Recorded)}
	case *oversight.StatementLapsed:
		if row := t.Known(d.Statement); row != nil {
			row.Lapsed = true
		}
	}
})
