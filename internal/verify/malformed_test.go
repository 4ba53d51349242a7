package verify

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/entry"
)

// What no release ever accepted, and what a later one wrote, keep their place and change nothing.
func TestMalformedAndNewerEventsAreNamedWithTheirExitCodes(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(l *ledger, e *entry.Entry)
		exit      int
		malformed uint64
		newer     uint64
	}{
		"no CloudEvent": {func(_ *ledger, e *entry.Entry) { e.Event = []byte(`{"note":"nothing else"}`) }, ExitMalformed, 1, 0},
		"a member twice": {func(_ *ledger, e *entry.Entry) {
			e.Event = []byte(strings.Replace(string(e.Event), `{"specversion":"1.0"`, `{"specversion":"1.0","specversion":"1.0"`, 1))
		}, ExitMalformed, 1, 0},
		"another stream than its subject": {func(l *ledger, e *entry.Entry) { onPerson(l, e, "p9") }, ExitMalformed, 1, 0},
		"a value that no release accepted": {func(_ *ledger, e *entry.Entry) {
			e.Event = []byte(strings.Replace(string(e.Event), `"normal"`, `"sometimes"`, 1))
		}, ExitMalformed, 1, 0},
		"a type of tomorrow": {func(_ *ledger, e *entry.Entry) {
			e.Event = []byte(strings.Replace(string(e.Event), "subject-status-recorded.v1", "subject-status-recorded.v2", 1))
		}, ExitNewer, 0, 1},
		"a key event of tomorrow": {func(_ *ledger, e *entry.Entry) {
			e.Event = []byte(strings.Replace(string(e.Event), "subject-status-recorded.v1", `\u006bey-revoked.v2`, 1))
			e.Event = []byte(strings.Replace(string(e.Event), `anjian.\u006bey`, "anjian.key", 1))
		}, ExitWrong, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			l.mutate = func(e *entry.Entry) {
				if e.Index == 17 {
					c.change(l, e)
				}
			}
			l.add(30)
			r := l.run(l.sources())
			if r.OK != (c.exit != ExitWrong) || r.Exit() != c.exit || r.MalformedCount != c.malformed || r.NewerCount != c.newer {
				t.Errorf("%+v", r)
			}
			for _, u := range append(r.Malformed, r.Newer...) {
				if u.Index != 17 || u.Reason == "" {
					t.Errorf("%+v", u)
				}
			}
		})
	}
}
