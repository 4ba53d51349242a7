package visibilitytest_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/assessment"
	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/test/rounds"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

var (
	ledgers = flag.Int("ledgers", rounds.Of(75, 150), "random ledgers that are explored")
	seed    = flag.Uint64("seed", 1, "of the first one")
)

var ctx = context.Background()

// TestMain gives the ledgers a kind that no reader may know: a kind that declares who sees it needs no
// code for that.
func TestMain(m *testing.M) {
	kinds.All = append(kinds.All, vt.Secret)
	os.Exit(m.Run())
}

// TestWhoSeesWhat explores random ledgers, as the executable model does: (a) what the asker may
// not see changes nothing that he gets, (b) every way of reading has the order of the definition,
// (c) figures and documents are a fold of what he may read, then and later, (d) nothing that is
// owed is lost, (e) judging again says the same.
func TestWhoSeesWhat(t *testing.T) {
	n := *ledgers
	if testing.Short() {
		n = min(n, 100)
	}
	hidden, refused, secret, ofUnits := 0, 0, 0, map[event.Kind]int{}
	for i := range n {
		rng := rand.New(rand.NewPCG(*seed, uint64(i)))
		plan := vt.New(rng, 8+rng.IntN(28))
		commands := plan.Commands
		l, said := play(commands, nil)
		for _, s := range said {
			if !strings.HasPrefix(s.answer, "ok") {
				refused++
			}
		}
		for _, e := range l.Events {
			if _, ok := l.Views.Since(scopeOf(l, "cA"), e.Stream, &e.About, e.Index); !ok && e.Stream.Kind == event.Inspection {
				hidden++
			}
			if e.Stream.Kind == vt.Secret.Name {
				secret++
			}
			if vt.OfNone(e.Stream, nil) {
				ofUnits[e.Stream.Kind]++
			}
		}
		if err := check(l, plan, said, rng); err != nil {
			t.Fatalf("ledger %d of seed %d: %v\n%s", i, *seed, err, story(commands, said))
		}
	}
	t.Logf("%d ledgers, %d entries of visits that a county does not see, %d secrets, %d refusals", n, hidden, secret, refused)
	if hidden == 0 || refused == 0 || secret == 0 || ofUnits[duty.Name] == 0 || ofUnits[assessment.Name] == 0 {
		t.Errorf("nothing was hidden or refused; of units %v", ofUnits)
	}
}

func scopeOf(l *vt.Ledger, who string) *visibility.Scope {
	s := l.Views.ScopeAt(vt.Readers[who]).Scope
	return &s
}

type outcome struct {
	answer string
	first  int // index of the first entry
	added  int
}

// play makes the ledger of the commands, or of those that keep lets pass.
func play(commands []vt.Command, keep func(int) bool) (*vt.Ledger, map[int]outcome) {
	l, said := vt.NewLedger(), map[int]outcome{}
	for i := range commands {
		if keep == nil || keep(i) {
			first := len(l.Events)
			answer, added := l.Do(&commands[i])
			said[i] = outcome{answer, first, added}
		}
	}
	return l, said
}

func story(commands []vt.Command, said map[int]outcome) string {
	var b strings.Builder
	for i, c := range commands[vt.SetUp:] {
		fmt.Fprintf(&b, "%3d %-8s %-22s %-28s %s\n", i+vt.SetUp, c.Who, c.Stream, c.Name, said[i+vt.SetUp].answer)
	}
	return b.String()
}

func check(l *vt.Ledger, plan *vt.Plan, said map[int]outcome, rng *rand.Rand) error {
	commands := plan.Commands
	if err := l.Views.Err(); err != nil {
		return err
	}
	for _, who := range append([]string{"office"}, vt.Bound...) {
		if err := reads(l, who); err != nil {
			return err
		}
	}
	for range 3 { // of the answers each ledger tries some: there are many ledgers
		who := append([]string{"office"}, vt.Bound...)[rng.IntN(1+len(vt.Bound))]
		n := []int{len(l.Events), rng.IntN(len(l.Events) + 1)}[rng.IntN(2)]
		if err := folds(l, who, n); err != nil {
			return err
		}
	}
	if err := owed(l, plan.PerSubject); err != nil {
		return err
	}
	if err := again(l, commands); err != nil {
		return err
	}
	groups := append(slices.Clone(vt.Groups), []string{"office"}) // from whom secrets are hidden, and no visits
	cut := len(commands) - rng.IntN(20)
	return interference(commands[:cut], groups[rng.IntN(len(groups))])
}

// reads is (b), and that nobody reads a gap of revisions, or a flag without the visits in it.
func reads(l *vt.Ledger, who string) error {
	me := vt.Readers[who]
	scope := scopeOf(l, who)
	want, _ := l.Order(me, scope, len(l.Events))
	got := l.Read(me)
	if !slices.Equal(got, want) {
		return fmt.Errorf("b: %s reads %v, by definition %v", who, indexes(got), indexes(want))
	}
	files := map[string]bool{}
	for _, e := range got {
		projector.EachFile(e.Data, func(sum string) { files[sum] = true })
	}
	for n := range 8 {
		sum := [32]byte{31: byte(n + 1)}
		if may := sees(l, me, sum); may != files[hex.EncodeToString(sum[:])] {
			return fmt.Errorf("b: %s may read file %d: %t, and reads of it: %t", who, n, may, !may)
		}
	}
	next := map[event.Stream]uint64{}
	for _, e := range got {
		if e.Revision != next[e.Stream] && e.Stream.Kind != event.Subject { // whose sectors may change hands
			return fmt.Errorf("b: %s reads revision %d of %s, not %d", who, e.Revision, e.Stream, next[e.Stream])
		}
		next[e.Stream]++
		if d, ok := e.Data.(*oversight.DeviationFlagged); ok {
			for _, id := range d.Inspections {
				if next[event.Stream{Kind: event.Inspection, ID: id}] == 0 && !scope.Own(e.About.Team) {
					return fmt.Errorf("b: %s reads of %s in a flag", who, id)
				}
			}
		}
	}
	return nil
}

func indexes(list []*event.Event) []uint64 {
	var out []uint64
	for _, e := range list {
		out = append(out, e.Index)
	}
	return out
}

// answers asks every view, as JSON without what tells a place in the ledger.
func answers(l *projector.Projector, who event.Actor, asOf *uint64) map[string]string {
	out := map[string]string{}
	q := projector.Query{For: who, AsOf: asOf}
	for _, id := range append(slices.Clone(vt.Subjects), "T1.f0", "T2.f1") {
		put(out, "subject "+id)(l.Subject(ctx, id, q))
	}
	for _, id := range vt.Visits {
		put(out, "inspection "+id)(l.Inspection(ctx, id, q))
	}
	for _, id := range vt.Teams {
		put(out, "team "+id)(l.Team(ctx, id, q))
	}
	for _, code := range vt.Areas {
		put(out, "county "+code)(l.County(ctx, code, q))
	}
	for _, file := range []string{"dX", "dX.p1", "dY", "dY.p1", "dC", "dC.p1"} {
		put(out, "duty "+file)(l.Duty(ctx, file, q))
	}
	put(out, "counties")(l.Counties(ctx, q))
	put(out, "city")(l.City(ctx, q))
	if asOf == nil {
		put(out, "teams")(l.Teams(ctx, projector.Search{For: who}))
	}
	return out
}

func put(out map[string]string, name string) func(v any, err error) {
	return func(v any, err error) {
		if err != nil {
			out[name] = "error: " + err.Error()
			return
		}
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		out[name] = string(vt.Stripped(b))
	}
}

// folds is (c): what a reader is answered as of n is what the office is answered by the ledger of
// the entries that he has read then.
func folds(l *vt.Ledger, who string, n int) error {
	me := vt.Readers[who]
	scope := scopeOf(l, who)
	read, _ := l.Order(me, scope, n)
	mine := &vt.Ledger{}
	for _, e := range read {
		if visibility.Restricted(e.Stream.Kind) {
			continue
		}
		c := *e
		c.Index = uint64(len(mine.Events))
		mine.Events = append(mine.Events, &c)
	}
	views := mine.Projected()
	office := vt.Readers["office"]
	at := uint64(n)
	if scope.Matters() {
		return nil // he is asked for entries alone
	}
	got, want := answers(l.Views, me, &at), answers(views, office, nil)
	if n == len(l.Events) {
		got = answers(l.Views, me, nil)
	}
	for name := range got {
		var skip bool
		switch {
		case name == "city" || name == "counties" || strings.HasPrefix(name, "county"):
			code, _ := strings.CutPrefix(name, "county ")
			skip = scope.Own(me.Team) || who == "importer" || code != name && !scope.Area(code) // these may not ask
		case strings.HasPrefix(name, "team "):
			skip = who != "office" && !scope.Own(strings.TrimPrefix(name, "team "))
		case name == "teams":
			skip = who != "office"
		case strings.HasPrefix(name, "duty "): // restricted kinds are in no fold
			skip = true
		case name == "subjects": // a page, in the order of the register
			skip = true
		}
		if skip {
			continue
		}
		g, w := comparable(got[name], nil), comparable(want[name], scope)
		if g != w {
			return fmt.Errorf("c: %s asks for %s as of %d\n got %s\nwant %s", who, name, n, g, w)
		}
	}
	return nil
}

// comparable leaves out what is another's, or says how the ledger was asked.
func comparable(text string, scope *visibility.Scope) string {
	var v map[string]any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	delete(v, "scope")
	if list, ok := v["counties"].([]any); ok { // less what names none, the city's own entries, and the county of a zone's reader
		v["counties"] = slices.DeleteFunc(list, func(x any) bool {
			line, ok := x.(map[string]any)
			return ok && (line["county"] == "" || scope != nil && !scope.Area(line["county"].(string)))
		})
	}
	for _, name := range []string{"open_findings", "inspections", "accidents", "subjects", "teams"} { // whose order is that of the ledger
		if list, ok := v[name].([]any); ok {
			slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
	}
	if scope != nil {
		if team, ok := v["team"].(string); ok && !scope.Everything() && !scope.Own(team) { // what corrections replaced is not shown
			list, _ := v["findings"].([]any)
			for _, f := range list {
				delete(f.(map[string]any), "original")
			}
		}
		if list, ok := v["coverage"].([]any); ok {
			list = slices.DeleteFunc(list, func(x any) bool { return !scope.Sector(x.(map[string]any)["sector"].(string)) })
			v["coverage"] = list
			v["coverage4"].(map[string]any)["sectors"] = sectorsOf(list)
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// sectorsOf is the share of sectors with a visit (R36) by the lines of coverage that a reader is shown.
func sectorsOf(lines []any) map[string]any {
	registered, inspected := map[any]bool{}, map[any]bool{}
	for _, x := range lines {
		line := x.(map[string]any)
		if line["registered"].(float64) > 0 {
			registered[line["sector"]] = true
		}
		if line["inspected"].(float64) > 0 {
			inspected[line["sector"]] = true
		}
	}
	maps.DeleteFunc(inspected, func(sector any, _ bool) bool { return !registered[sector] })
	return map[string]any{"part": len(inspected), "of": len(registered)}
}

// owed is (d): each pair of initial visits under one key has its flag, and each visit before an
// accident its review, once.
func owed(l *vt.Ledger, perSubject bool) error {
	visits := visitsOf(l)
	has := map[string]int{}
	for _, e := range l.Events {
		switch d := e.Data.(type) {
		case *oversight.DeviationFlagged:
			has[strings.Join(d.Inspections, " ")]++
		case *review.Opened:
			has[d.Matter+" "+d.Visit()]++
		}
	}
	delete(has, "")
	for a, x := range visits {
		for b, y := range visits {
			if a < b && x.native && y.native && x.initial && y.initial && x.subject == y.subject && (perSubject || x.sector == y.sector) {
				if has[a+" "+b]+has[b+" "+a] != 1 {
					return fmt.Errorf("d: %s and %s have %d flags", a, b, has[a+" "+b]+has[b+" "+a])
				}
			}
		}
		for _, e := range l.Events {
			d, ok := e.Data.(*accident.Reported)
			if !ok || !x.native { // an import entails nothing
				continue
			}
			want := 0
			if slices.Contains(d.Subjects, x.subject) && x.began < d.Happened.Unix() {
				want = 1
			}
			if got := has[e.Stream.String()+" "+a]; got != want {
				return fmt.Errorf("d: accident %s has %d reviews of %s, want %d", e.Stream.ID, got, a, want)
			}
		}
	}
	return nil
}

type visit struct {
	subject, sector string
	began           int64
	native, initial bool
}

// visitsOf returns the disclosed inspections.
func visitsOf(l *vt.Ledger) map[string]visit {
	out := map[string]visit{}
	disclosed, attempted := map[string]bool{}, map[string]bool{}
	for _, e := range l.Events {
		if e.Stream.Kind != event.Inspection {
			continue
		}
		id := e.Stream.ID
		disclosed[id] = disclosed[id] || visibility.Discloses(e)
		switch d := e.Data.(type) {
		case *inspection.Started:
			out[id] = visit{d.Subject, d.Sector, e.Occurred.Unix(), e.Assurance != event.Imported, d.VisitType == "initial"}
		case *inspection.Attempted:
			attempted[id] = true
		}
	}
	maps.DeleteFunc(out, func(id string, _ visit) bool { return !disclosed[id] || attempted[id] })
	return out
}

// again is (e): what people and importers recorded, judged anew, entails the same.
func again(l *vt.Ledger, commands []vt.Command) error {
	recorded := map[string]bool{}
	for _, e := range l.Events {
		recorded[e.ID.String()] = true
	}
	m, _ := play(commands, func(i int) bool { return recorded[commands[i].ID.String()] })
	return same("e: judged again", said(l.Events), said(m.Events))
}

func said(list []*event.Event) []string {
	var out []string
	for _, e := range list {
		out = append(out, vt.Said(e))
	}
	return out
}

func same(what string, got, want []string) error {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return fmt.Errorf("%s: missing %s", what, want[i])
		case i >= len(want):
			return fmt.Errorf("%s: too much: %s", what, got[i])
		case got[i] != want[i]:
			return fmt.Errorf("%s:\n got %s\nwant %s", what, got[i], want[i])
		}
	}
	return nil
}

// interference is (a): the ledger without what is hidden from a group gives each of them the
// same, in entries, views, lists and in the answers to what he appended.
func interference(commands []vt.Command, group []string) error {
	l, with := play(commands, nil)
	keep := func(i int) bool {
		o := with[i]
		if slices.Contains(group, commands[i].Who) {
			return true
		}
		if o.added == 0 {
			return false
		}
		e := l.Events[o.first]
		if e.Stream.Kind == vt.Secret.Name || vt.OfNone(e.Stream, group) {
			return false
		}
		if e.Stream.Kind != event.Inspection || slices.Contains(group, "office") {
			return true
		}
		return slices.Contains(group, e.About.Team) || !l.Views.Hidden(e.Stream, e.Index)
	}
	d, without := play(commands, keep)
	for i, c := range commands {
		if slices.Contains(group, c.Who) && with[i].answer != without[i].answer {
			return fmt.Errorf("a: %s, command %d, is answered %q, without what is hidden %q", c.Who, i, with[i].answer, without[i].answer)
		}
	}
	for _, who := range group {
		me := vt.Readers[who]
		if err := same("a: entries of "+who, said(l.Read(me)), said(d.Read(me))); err != nil {
			return err
		}
		got, want := answers(l.Views, me, nil), answers(d.Views, me, nil)
		for name := range got {
			if got[name] != want[name] {
				return fmt.Errorf("a: %s asks for %s\n got %s\nwithout what is hidden %s", who, name, got[name], want[name])
			}
		}
		for n := range 8 {
			var sum [32]byte
			sum[31] = byte(n + 1)
			if g, w := sees(l, me, sum), sees(d, me, sum); g != w {
				return fmt.Errorf("a: %s may read file %d: %t, without what is hidden %t", who, n, g, w)
			}
		}
	}
	return nil
}

// sees reports whether an entry that the reader sees names a file.
func sees(l *vt.Ledger, me event.Actor, sum [32]byte) bool {
	scope := l.Views.ScopeAt(me)
	_, _, ok := l.Views.Naming(sum, &scope.Scope)
	return ok
}
