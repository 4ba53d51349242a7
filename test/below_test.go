package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/test/eventtest"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/natstest"
)

// below writes to a ledger whose server is stopped what no server would write: below the grammar,
// with the ledger's own key.
type below struct {
	t         *testing.T
	dir       datadir.Dir
	tree      *translog.Tree
	last      *block.Block
	recorded  time.Time
	revisions map[event.Stream]uint64
	token     uint64 // position of the office's
	made      int
	form      func(*block.Block) // changes a block after it is sealed; nil: as this release does
}

// under reads the ledger in dir.
func under(t *testing.T, dir string) *below {
	t.Helper()
	b := &below{t: t, dir: datadir.Dir(dir), tree: translog.NewFold(), revisions: map[event.Stream]uint64{}}
	_, err := journal.Walk(t.Context(), b.dir.Journal(), func(_ uint64, raw []byte) (err error) {
		if b.last, err = block.Parse(bytes.Clone(raw)); err != nil {
			return err
		}
		b.tree.AppendEntries(b.last.Entries)
		for _, l := range b.last.Entries {
			en, err := entry.Parse(l)
			if err != nil {
				return err
			}
			b.revisions[en.Stream], b.recorded, b.token = en.Revision+1, en.Recorded, max(b.token, en.Actor.Token)
		}
		return nil
	})
	must(t, err)
	return b
}

// strange makes the line of an entry at an index; see kinds below.
type strange func(b *below, index uint64) []byte

// add seals one block of such entries, in both copies.
func (b *below) add(all ...strange) {
	b.t.Helper()
	var lines []byte
	var ends []int
	var leaves [][]byte
	h := block.Header{Number: b.last.Number + 1, First: b.last.Size}
	for i, f := range all {
		l := f(b, h.First+uint64(i))
		leaves = append(leaves, l)
		lines = append(append(lines, l...), '\n')
		ends = append(ends, len(lines))
	}
	h.Recorded = b.recorded
	b.tree.AppendEntries(leaves)
	root, err := b.tree.Root()
	must(b.t, err)
	key, err := translog.LoadKey(filepath.Join(b.dir.Keys(), "checkpoint.key"))
	must(b.t, err)
	checkpoint, err := key.Sign(b.tree.Size(), root)
	must(b.t, err)
	b.last = block.Seal(h, lines, ends, checkpoint)
	if b.form != nil {
		b.form(b.last)
	}
	s, err := embedded.Open(b.t.Context(), embedded.Config{Dir: b.dir.Store()})
	must(b.t, err)
	must(b.t, s.Append(b.t.Context(), b.last))
	must(b.t, s.Close())
	j, err := journal.Open(b.dir.Journal(), journal.Options{})
	must(b.t, err)
	must(b.t, j.Append(b.last))
	must(b.t, j.Close())
}

// id is one that nobody has.
func (b *below) id() string { b.made++; return uuid.NewString() }

// line encodes an entry of the office's about a subject, with the event's exact bytes.
func (b *below) line(index uint64, ev string, change ...func(*entry.Entry)) []byte {
	b.recorded = b.recorded.Add(time.Microsecond)
	en := entry.Entry{Index: index, Recorded: b.recorded, Stream: event.Stream{Kind: event.Subject, ID: "strange"},
		Actor: event.Actor{Role: event.RoleSupervisionOffice, Token: b.token}, Assurance: event.Token, Event: []byte(ev)}
	for _, f := range change {
		f(&en)
	}
	en.Revision = b.revisions[en.Stream]
	b.revisions[en.Stream]++
	return entry.Append(nil, &en)
}

// says is an entry whose event is text; @id in it is a new UUID.
func says(text string, change ...func(*entry.Entry)) strange {
	return func(b *below, index uint64) []byte {
		return b.line(index, strings.ReplaceAll(text, "@id", b.id()), change...)
	}
}

const strangeFact = `{"specversion":"1.0","id":"@id","source":"urn:test","type":"anjian.subject-registered.v1",` +
	`"subject":"subject/strange","time":"2019-12-02T09:30:00+08:00",` +
	`"data":{"kind":"enterprise","name":"某某","region":"610902","sectors":["MINE"],"discovery":"register"}}`

// instead is strangeFact with one piece replaced.
func instead(old, new string) string {
	if !strings.Contains(strangeFact, old) {
		panic(old)
	}
	return strings.Replace(strangeFact, old, new, 1)
}

// malformed are events that no release ever accepted.
func malformed() []strange {
	return []strange{
		says(`{"note":"no CloudEvent"}`),
		says(instead(`"specversion":"1.0"`, `"specversion":1.0`)),
		says(instead(`"source":"urn:test"`, `"source":"urn:test","source":"urn:other"`)),
		says(instead(`09:30`, `9:30`)),
		says(instead(`"某某"`, `"\u202e"`)),
		says(instead(`"某某"`, "\"\xff\"")),
		says(instead(`"enterprise"`, `"sometimes"`)),
		says(instead(`"subject/strange"`, `"subject/another"`)),
		says(instead(`{"kind"`, `{"kind":{},"kind"`)),
		says(`{this is no JSON}`),
		says(`{"id":"@id"` + `,"open":[}`),
		says(`{"a":"` + strings.Repeat("x", 57_300) + `"}`),
		says(`{"specversion":"1.0","id":"@id"}`, func(en *entry.Entry) {
			en.Stream, en.Actor, en.Assurance = event.Stream{Kind: event.Ledger, ID: "ledger"}, event.Actor{Role: event.RoleLedger}, event.Derived
		}),
		says(instead(`anjian.subject-registered.v1`, `anjian.inspection-started.v1`), func(en *entry.Entry) {
			en.Stream = event.Stream{Kind: event.Inspection, ID: "strange"}
		}),
	}
}

// newer are entries of a later release: of a type, a version and a form that this one does not know.
func newer() []strange {
	return []strange{
		says(instead(`anjian.subject-registered.v1`, `anjian.subject-registered.v2`)),
		says(instead(`anjian.subject-registered.v1`, `anjian.tomorrow.v1`)),
		func(b *below, index uint64) []byte {
			return fmt.Appendf(nil, `{"v":2,"index":%d,"when":"2031-01-01T00:00:00Z","what":{"event":%s}}`, index, instead("@id", b.id()))
		},
		says(instead(`anjian.subject-registered.v1`, `anjian.tomorrow.v1`)), // the recorded time of a block is that of its last entry
	}
}

// laterRules adopts a set of rules that this program does not have.
var laterRules = says(fmt.Sprintf(`{"specversion":"1.0","id":"@id","source":"urn:anjian:ledger","type":"anjian.rules-adopted.v1",`+
	`"subject":"ledger/ledger",`+
	`"time":"2019-12-02T09:30:00+08:00","data":{"program":"anjian v0.2.0","set":%d}}`, domain.RulesVersion+1), func(en *entry.Entry) {
	en.Stream, en.Actor, en.Assurance = event.Stream{Kind: event.Ledger, ID: "ledger"}, event.Actor{Role: event.RoleLedger}, event.Derived
})

// TestMalformedAndNewerEntriesTakeTheRoad: what stands in the ledger is served, streamed, exported,
// verified, copied and found again, whatever this program makes of it.
func TestMalformedAndNewerEntriesTakeTheRoad(t *testing.T) {
	t.Parallel()
	first := t.TempDir()
	s := start(t, first)
	token := strings.TrimSpace(mustRun(t, "token", "--data", first, "--role", "supervision-office"))
	reader := strings.TrimSpace(mustRun(t, "token", "--data", first, "--role", "discipline-commission"))
	for _, id := range []string{"a", "b", "c"} {
		if status, body := s.client(token).with("Content-Type", oneEvent).do("POST", "/v1/events", enterprise(id).json()); status != 201 {
			t.Fatalf("%d %s", status, body)
		}
	}
	figures := figuresOf(s.client(token))
	s.stop()
	wrong := func(b *below, index uint64) []byte {
		return b.line(index, strings.ReplaceAll(strangeFact, "@id", b.id()), func(en *entry.Entry) { b.revisions[en.Stream] += 7 })
	}
	for name, c := range map[string]struct {
		blocks [][]strange
		exit   int
		counts [2]int // malformed, newer
	}{
		"malformed":            {[][]strange{malformed()}, 3, [2]int{len(malformed()), 0}},
		"newer":                {[][]strange{newer()}, 4, [2]int{0, len(newer())}},
		"malformed and newer":  {[][]strange{malformed()[:3], newer()[:2], newer()[2:]}, 4, [2]int{3, 4}},
		"newer rules":          {[][]strange{{laterRules}}, 4, [2]int{0, 1}},
		"an unknown key event": {[][]strange{{says(instead(`anjian.subject-registered.v1`, `anjian.key-suspended.v1`))}}, 1, [2]int{0, 0}},
		"all three":            {[][]strange{malformed()[:1], newer()[:1], {wrong}}, 1, [2]int{1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			r := &strangeRoad{T: t, dir: filepath.Join(t.TempDir(), "ledger"), token: token, reader: reader, exit: c.exit, malformed: c.counts[0],
				newer: c.counts[1]}
			must(t, os.CopyFS(r.dir, os.DirFS(first)))
			must(t, os.Chmod(filepath.Join(r.dir, "keys", "checkpoint.key"), 0o600))
			b := under(t, r.dir)
			r.first, r.recorded = b.last.Size, b.recorded.Add(time.Microsecond)
			for _, all := range c.blocks {
				b.add(all...)
			}
			for restart := range 2 {
				s := launch(t, r.dir)
				if have := figuresOf(s.client(token)); restart == 0 && c.exit != 1 && have != figures {
					t.Errorf("figures %s\nbefore %s", have, figures)
				}
				r.served(s)
				s.stop()
				r.verified(r.dir)
			}
			r.copied()
		})
	}
}

// figuresOf are the city's figures without what every entry changes.
func figuresOf(c *client) string {
	c.t.Helper()
	var city map[string]any
	c.get("/v1/city", &city)
	maps.DeleteFunc(city, func(name string, _ any) bool {
		return slices.Contains([]string{"position", "root", "recorded", "token"}, name)
	})
	b, err := json.Marshal(city)
	must(c.t, err)
	return string(b)
}

// strangeRoad is a ledger with strange entries from first on.
type strangeRoad struct {
	*testing.T
	dir              string
	token, reader    string // of the office, and of the commission, which sees everything
	first            uint64
	recorded         time.Time // of the last entry before it
	exit             int
	malformed, newer int
}

// export is what anjian export writes.
func (r *strangeRoad) export(dir string) []byte {
	r.Helper()
	return []byte(mustRun(r.T, "export", "--data", dir))
}

// served wants every entry from a server that is ready exactly if nothing is newer.
func (r *strangeRoad) served(s *server) {
	r.Helper()
	c := s.client(r.reader)
	want := r.export(r.dir)
	lines := bytes.Split(bytes.TrimSuffix(want, []byte{'\n'}), []byte{'\n'})
	if status, body := c.with("Accept", "application/x-ndjson").do("GET", "/v1/events", nil); status != 200 || !bytes.Equal(body, want) {
		r.Errorf("NDJSON: %d, %d bytes, want %d", status, len(body), len(want))
	}
	var page struct {
		Entries []json.RawMessage
		Next    *uint64
	}
	if c.get("/v1/events?limit=1000", &page); len(page.Entries) != len(lines) || page.Next != nil {
		r.Errorf("%d entries on the page, next %v", len(page.Entries), page.Next)
	}
	_, stream := c.with("Accept", "text/event-stream").do("GET", fmt.Sprintf("/v1/events?from=%d&to=%d", r.first, len(lines)), nil)
	for i := r.first; i < uint64(len(lines)); i++ {
		raw := lines[i]
		if status, body := c.do("GET", fmt.Sprintf("/v1/entries/%d", i), nil); status != 200 || !bytes.Equal(body, raw) {
			r.Errorf("entry %d: %d %.300q, want %.300q", i, status, body, raw)
		}
		if status, body := c.do("GET", fmt.Sprintf("/v1/city?as_of=%d", i+1), nil); status != 200 {
			r.Errorf("as of entry %d: %d %s", i, status, body)
		}
		if !bytes.Contains(stream, fmt.Appendf(nil, "\ndata: %s\n\n", raw)) {
			r.Errorf("entry %d is not in the stream of %.300q", i, stream)
		}
		if status, body := c.do("GET", fmt.Sprintf("/v1/entries/%d/receipt", i), nil); status != 200 {
			r.Errorf("receipt %d: %d %s", i, status, body)
		} else {
			checkedByOthers(r.T, r.vkey(), string(body))
		}
	}
	for _, bound := range []string{"recorded_from", "recorded_to"} { // within the block of the first strange entries
		path := "/v1/events?" + bound + "=" + r.recorded.Format("2006-01-02T15:04:05.000000Z")
		if status, body := c.with("Accept", "application/x-ndjson").do("GET", path, nil); status != 200 {
			r.Errorf("%s: %d %s", path, status, body)
		}
	}
	r.ready(s)
}

func (r *strangeRoad) vkey() string {
	r.Helper()
	b, err := os.ReadFile(filepath.Join(r.dir, "keys", "checkpoint.pub"))
	must(r.T, err)
	return strings.TrimSpace(string(b))
}

// ready looks at /readyz and at what becomes of an append.
func (r *strangeRoad) ready(s *server) {
	r.Helper()
	var h struct {
		Ready          bool
		ReadOnly       bool `json:"read_only"`
		Reasons        map[string]string
		Malformed      int
		FirstMalformed *uint64 `json:"first_malformed"`
	}
	status, body := s.client("").do("GET", "/readyz", nil)
	must(r.T, json.Unmarshal(body, &h))
	if h.Malformed != r.malformed || r.malformed > 0 && (h.FirstMalformed == nil || *h.FirstMalformed != r.first) || r.malformed == 0 &&
		h.FirstMalformed != nil {
		r.Errorf("/readyz: %s, want %d malformed from %d on", body, r.malformed, r.first)
	}
	office := s.client(r.token).with("Content-Type", oneEvent)
	says := "newer than this program: run the release that wrote it"
	if r.newer == 0 && r.exit == 1 {
		says = fmt.Sprintf("entry %d is wrong", r.first)
	} else if r.newer == 0 {
		if !h.Ready || status != 200 {
			r.Errorf("/readyz: %d %s", status, body)
		}
		if status, body := office.do("POST", "/v1/events", enterprise(uuid.NewString()[:8]).json()); r.exit != 3 || status != 201 {
			r.Errorf("%d %s", status, body)
		}
		return
	}
	if h.Ready || !h.ReadOnly || status != 503 || !strings.Contains(fmt.Sprint(h.Reasons), says) {
		r.Errorf("/readyz: %d %s", status, body)
	}
	if status, body := office.do("POST", "/v1/events", enterprise("d").json()); status != 503 || !bytes.Contains(body, []byte("read-only")) ||
		r.newer > 0 && !bytes.Contains(body, []byte(says)) {
		r.Errorf("%d %s", status, body)
	}
}

// verified wants verify's exit code, and its counts.
func (r *strangeRoad) verified(dir string, flags ...string) {
	r.Helper()
	stdout, stderr, code := command(r.T, append([]string{"verify", "--data", dir, "--json"}, flags...)...)
	var v struct {
		MalformedCount int `json:"malformed_count"`
		NewerCount     int `json:"newer_count"`
		Malformed      []struct{ Index uint64 }
	}
	must(r.T, json.Unmarshal([]byte(stdout), &v))
	if code != r.exit || v.MalformedCount != r.malformed || v.NewerCount != r.newer || r.malformed > 0 && v.Malformed[0].Index != r.first {
		r.Errorf("verify: exit %d, want %d: %s%s", code, r.exit, stdout, stderr)
	}
}

// copied takes the ledger to every engine and back.
func (r *strangeRoad) copied() {
	r.Helper()
	cluster := natstest.Start(r.T, 1, nil)
	kurrent := double.New(double.Options{})
	must(r.T, kurrent.Start("tcp", "127.0.0.1:0"))
	r.Cleanup(kurrent.Stop)
	back := filepath.Join(filepath.Dir(r.dir), "back")
	root := ""
	from := "embedded:" + r.dir
	for _, to := range []string{cluster.URLs()[0], kurrent.URL(), "embedded:" + back} {
		args := []string{"copy", "--from", from, "--to", to, "--key", r.vkey(), "--nats-replicas", "1"}
		var report struct{ Root string }
		out := mustRun(r.T, args...)
		must(r.T, json.Unmarshal([]byte(out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]), &report))
		if report.Root == "" || root != "" && report.Root != root {
			r.Errorf("copy to %s: root %q, was %q", to, report.Root, root)
		}
		root, from = report.Root, to
	}
	if !bytes.Equal(r.export(back), r.export(r.dir)) {
		r.Error("what came back is not what went")
	}
	r.verified(r.dir, "--kurrentdb", kurrent.URL())
}

// TestAStreamMayBeginWithWhatCannotBeRead: in a state where every stream that the golden events
// name has had an unreadable event and nothing else, each of them is judged and folded.
func TestAStreamMayBeginWithWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, level := range []event.Assurance{event.Token, event.Imported, event.Derived} {
		state := domain.New()
		seen := map[event.Stream]bool{}
		index := uint64(0)
		fold := func(e *event.Event) {
			t.Helper()
			e.Index, e.Revision, e.Recorded = index, uint64(state.Revision(e.Stream)+1), e.Occurred.Add(time.Hour)
			e.Actor, e.Assurance = event.Actor{Role: event.RoleSupervisionOffice, Person: "golden-1", Token: 1}, level
			before := state.Revision(e.Stream)
			state.Begin()
			_, _ = state.Judge(e) // refused or not, it does not panic
			state.Apply(e)
			state.CommitOldest()
			if have := state.Revision(e.Stream); have != before+1 {
				t.Errorf("%s: revision %d after %d", e.Type, have, before)
			}
			index++
		}
		strange := func(s event.Stream) {
			if !seen[s] && s.Kind != event.Table {
				seen[s] = true
				fold(&event.Event{ID: uuid.New(), Type: event.UnreadableType("x"), Stream: s, ExpectedRevision: event.AnyRevision,
					Data: &event.Unreadable{Reason: "strange"}})
			}
		}
		var all []*event.Event
		for _, g := range goldens(t) {
			file, err := eventtest.ReadGolden(goldenPath(g.typ))
			must(t, err)
			e, err := entry.ParseEvent(file.Event, g.cat)
			must(t, err)
			all = append(all, e)
			strange(e.Stream)
		}
		for _, kind := range []event.Kind{event.Campaign, event.Team, event.Person, event.Subject, event.Inspection, event.Accident,
			event.Tokens} {
			for _, id := range []string{"golden-1", "golden-2", "ankang-2019", "t-1", "p-1"} {
				strange(event.Stream{Kind: kind, ID: id})
			}
		}
		for range 2 { // the second time, what the first has made is there
			for _, e := range all {
				fold(e)
			}
		}
	}
}
