package domain

import (
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// observed collects, over all tests of this package, which types of events opened and met which kind of obligation: "copies opened by
// site-record-signed". What a declaration says of that RULES.md tells the reader, and it is held against what happens.
var observed = struct {
	sync.Mutex
	by map[string]bool
}{by: map[string]bool{}}

// owedNow are all obligations of the streams of a fixture, by stream and what each is known by.
type owedNow map[event.Stream]map[obligation.Ref]obligation.Obligation

// observe notes what an event, and what it entails, opened and met.
func (w *fixture) observe(recorded []*event.Event) {
	for _, r := range recorded {
		if (w.owing(r.Stream) != nil || w.State.flags(r.Stream)) && !slices.Contains(w.indebted, r.Stream) {
			w.indebted = append(w.indebted, r.Stream)
		}
	}
	now := owedNow{}
	for _, stream := range w.indebted {
		all := w.allOwed(stream, vantage{all: true})
		said, _ := w.deviations.get(stream)
		list := append(slices.Clip(all.list), said.Explanations(w.planNamed, all.about.Team != "", nil)...)
		now[stream] = make(map[obligation.Ref]obligation.Obligation, len(list))
		for _, o := range list {
			now[stream][o.Ref()] = o
			before, known := w.before[stream][o.Ref()]
			if !known {
				note(o.Kind, "opened", w.typeOf(o.Opener))
			}
			if o.Met && !(known && before.Met) {
				w.met(o.Kind, recorded)
			}
		}
		for ref, o := range w.before[stream] { // what is met some kinds forget
			if _, is := now[stream][ref]; !is && !o.Met {
				w.met(o.Kind, recorded)
			}
		}
	}
	w.before = now
}

func (w *fixture) typeOf(id uuid.UUID) string {
	for _, e := range w.log {
		if e.ID == id {
			return e.Type.Name
		}
	}
	return "nothing"
}

func (w *fixture) met(k *obligation.Kind, recorded []*event.Event) {
	for _, r := range recorded {
		note(k, "met", r.Type.Name)
	}
}

func note(k *obligation.Kind, what, by string) {
	observed.Lock()
	defer observed.Unlock()
	observed.by[k.Name+" "+what+" by "+by] = true
}

// unshown are what only tests through HTTP show, or draws at random now and then, or none as yet.
var unshown = map[string]bool{
	"after-failure met by case-filed": true, "after-failure met by penalty-decided": true,
	"blacklist-decision met by approval-refused": true, "blacklist-objection met by approval-refused": true,
	"decision met by no-penalty-decided": true, "evaluation met by rectification-evaluated": true,
	"exposure-end met by rectification-verified": true, "copies opened by fact-withdrawn": true,
	"recheck met by rectification-failed": true, "resume met by rectification-failed": true,
	"result-notice opened by signature-refused": true, "stop-end met by approval-given": true,
	"second-inspector opened by signature-refused": true, "tip-investigate met by transfer-answered": true,
}

// unobserved are what is declared of obligations and never happened, and what happened and is not declared.
func unobserved() (left []string) {
	said := map[string]bool{}
	for _, k := range Obligations() {
		for name := range strings.FieldsSeq(k.Opens) {
			said[k.Name+" opened by "+name] = true
		}
		for name := range strings.FieldsSeq(k.Meets) {
			said[k.Name+" met by "+name] = true
		}
	}
	for what := range said {
		if !observed.by[what] && !unshown[what] {
			left = append(left, what+" is declared, and no test shows it")
		}
	}
	for what := range observed.by {
		if !said[what] && strings.Contains(what, " opened by ") {
			left = append(left, what+": not declared")
		}
	}
	slices.Sort(left)
	return left
}
