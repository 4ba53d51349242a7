package domain

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Bodies that nobody wrote a draw for are drawn by their declaration, so that a new type is drawn from the beginning.

// filled draws a body by its shape: what must be stated, and some of what may be.
func (r dice) filled(d event.Data) event.Data {
	b, err := json.Marshal(r.object(field.ShapeOf(d)))
	if err == nil {
		err = json.Unmarshal(b, d)
	}
	if err != nil {
		panic(fmt.Sprintf("%T from %s: %v", d, b, err))
	}
	return d
}

func (r dice) object(s *field.Shape) map[string]any {
	m := map[string]any{}
	if s.Type == "event.Ref" {
		m["event"], m["sha256"] = r.recorded()
		return m
	}
	for i := range s.Fields {
		f := &s.Fields[i]
		if !f.Required && (f.Name == "unknown" || f.Name == "source" || rapid.IntRange(0, 2).Draw(r.T, "stated") > 0) {
			continue
		}
		m[f.Name] = r.value(f.Name, f.Shape)
	}
	return m
}

// ids are drawn by the name of the member: from so few that they meet.
var ids = map[string][]string{"finding": {"f1", "f2"}, "person": {"wang", "ma", "li", "zhao"}, "subject": {"firm", "shop"},
	"team":  {"t1", "t2"},
	"order": {"o1", "o2"}, "penalty": {"p1", "p2"}, "unit": {"u", "u1"}, "inspection": {visit("t1", "i"), visit("t1", "j"), visit("t2", "k")},
	"tip": {"a", "b"}, "exposure": {"x", "y"}, "case": {visit("t1", "x"), visit("t2", "y")}, "campaign": {"c", "d"}, "recipient": {"subject"},
	"observer": {"wang", "zhao"}, "reviewer": {"wang", "zhao"}, "inspector": {"ma", "li"}, "by": {"t1", "t2"}}

func (r dice) value(name string, s *field.Shape) any {
	name = strings.TrimSuffix(name, "s")
	switch s.Form {
	case field.Object:
		return r.object(s)
	case field.List:
		n, list := max(int(s.Least), rapid.IntRange(0, min(2, int(s.Most))).Draw(r.T, "many")), []any{}
		for len(list) < n {
			x := r.value(name, s.Item)
			if s.Distinct && slices.Contains(list, x) {
				break
			}
			list = append(list, x)
		}
		return list
	case field.Map, field.Values:
		return map[string]any{}
	case field.Boolean:
		return r.yes(name)
	case field.Integer:
		return rapid.Int64Range(s.Least, min(s.Most, s.Least+40)).Draw(r.T, name)
	case field.Number:
		return s.Low
	case field.Instant:
		return r.time().Format(time.RFC3339)
	}
	return r.text(name, s)
}

func (r dice) text(name string, s *field.Shape) string {
	switch s.Form {
	case field.ID:
		if from := ids[name]; from != nil {
			return r.one(name, from...)
		}
		return r.one(name, "x", "y")
	case field.EventID:
		id, _ := r.recorded()
		return id
	case field.SHA256:
		return strings.Repeat(r.one(name, "a", "b"), 64)
	case field.Hash:
		return forOne
	case field.CodeOf:
		return s.Table.Codes[rapid.IntRange(0, len(s.Table.Codes)-1).Draw(r.T, name)].Code
	case field.Region:
		return "610902"
	case field.Date:
		return r.one(name, "2019-12-01", "2019-12-05", "2019-12-20")
	case field.Origin:
		return "anjian.example/1"
	}
	return "x"
}

// recorded draws an event of the log, by id and hash.
func (r dice) recorded() (id, sha256 string) {
	if len(r.w.log) == 0 {
		return "00000000-0000-4000-8000-000000000000", strings.Repeat("0", 64)
	}
	ref := r.w.log[rapid.IntRange(max(0, len(r.w.log)-12), len(r.w.log)-1).Draw(r.T, "recorded")].Ident().Ref()
	return ref.Event, ref.SHA256
}

// TestEveryTypeOfThePeopleIsDrawnWellFormed: of each type of the catalogue that people append the draws have a body
// that a ledger would read. Without that, the random sequences of these tests leave the type out.
func TestEveryTypeOfThePeopleIsDrawnWellFormed(t *testing.T) {
	w := drawing(visitFixture(t))
	w.given("inspection/i", evident("f1"), inspector)
	for _, typ := range w.names.All() {
		if slices.Equal(typ.Append, []event.Role{event.RoleLedger}) {
			continue
		}
		var why error
		ok := false
		for seed := range 200 {
			d := rapid.Custom(func(rt *rapid.T) event.Data { return dice{rt, w}.body(typ) }).Example(seed)
			if why = field.Check(d); why == nil {
				ok = true
				break
			}
		}
		if !ok {
			t.Errorf("%s is never drawn well-formed: %v", typ, why)
		}
	}
}

// TestRandomSequencesOfAllTypesLeaveWhatIsRefusedAlone: whatever comes, nothing panics, a refusal changes nothing that the rules keep
// and nothing that is owed, and the list of what is owed that is kept is the one computed from nothing.
func TestRandomSequencesOfAllTypesLeaveWhatIsRefusedAlone(t *testing.T) {
	accepted, refused := map[string]int{}, map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		w := someFixture(t, rt)
		if r := (dice{rt, w}); r.yes("under way") {
			w = underWay(t)
		}
		k := keep(w)
		r := dice{rt, w}
		for range rapid.IntRange(1, 60).Draw(rt, "events") {
			e := r.next()
			before, rows := snapshot(w.State), rowsOf(k.list)
			if _, err := w.record(e); err == nil {
				accepted[e.Type.Name]++
				k.settle()
			} else {
				refused[e.Type.Name]++
				for i, now := range snapshot(w.State) {
					if !reflect.DeepEqual(before[i], now) {
						rt.Fatalf("%s is refused (%v), and table %d is another", e.Type.Name, err, i)
					}
				}
				if k.settle(); !maps.Equal(rows, rowsOf(k.list)) {
					rt.Fatalf("%s is refused (%v), and what is owed is other", e.Type.Name, err)
				}
			}
			if got, want := rowsOf(k.list), rowsOf(fromNothing(w)); !maps.Equal(got, want) {
				rt.Fatalf("after %s (%v) the list is\n%v\nfrom nothing it is\n%v", e.Type.Name, accepted, got, want)
			}
		}
	})
	t.Logf("accepted of %d types, drawn of %d", len(accepted), len(accepted)+len(refused))
	if len(accepted) < 20 && !testing.Short() { // of which the rounds are too few
		t.Errorf("few types were accepted: %v", accepted)
	}
}

// underWay has a visit with a finding, an order and a case of it, in the streams that are drawn.
func underWay(t testing.TB) *fixture {
	w := drawing(visitFixture(t))
	w.given("inspection/i", evident("f1"), inspector)
	issued := ordered("o1", "2019-12-10", "f1")
	issued.Inspection = visit("t1", "i")
	w.given("order/t1.x", issued, inspector)
	suspects := filed()
	suspects.Findings = []string{"f1"}
	w.given("case/"+visit("t1", "x"), suspects, inspector)
	return w
}

// rowsOf is what a worklist has, in words.
func rowsOf(w *obligation.Worklist) map[event.Stream]string {
	m := map[event.Stream]string{}
	for _, r := range w.Rows() {
		m[r.Stream] = fmt.Sprint(r.Open, r.Next, r.Doubtful, r.Hidden, r.About)
	}
	return m
}

// fromNothing is the worklist of all that the state has.
func fromNothing(w *fixture) *obligation.Worklist {
	list := obligation.NewWorklist()
	for _, r := range replayed(w.log).Settle(list) {
		list.Set(r)
	}
	return list
}
