package verify

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// ledger builds a small ledger, block by block, the way the sequencer does.
type ledger struct {
	t         testing.TB
	key       *translog.Key
	dir       string // of the tiles
	tree      *translog.Tree
	revisions map[string]uint64
	blocks    [][]byte
	now       time.Time
	padding   string
	// mutate, when set, may change an entry before it is encoded.
	mutate func(*entry.Entry)
}

func newLedger(t testing.TB) *ledger {
	t.Helper()
	key, err := translog.NewKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{
		t: t, key: key, dir: t.TempDir(), revisions: map[string]uint64{},
		now: time.Date(2019, 12, 2, 1, 30, 0, 123456000, time.UTC),
	}
	root, err := translog.New().Root()
	if err != nil {
		t.Fatal(err)
	}
	if l.tree, _, err = translog.Open(l.dir, 0, root, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.tree.Close() })
	return l
}

func testID(index uint64) uuid.UUID {
	var id uuid.UUID
	id[0], id[6] = 1, 0x70
	binary.BigEndian.PutUint64(id[8:], index*0x9e3779b97f4a7c15)
	return id
}

// add seals a block of n entries over a few streams.
func (l *ledger) add(n int) {
	l.t.Helper()
	first := l.tree.Size()
	var lines []byte
	var ends []int
	for i := range uint64(n) {
		l.now = l.now.Add(time.Millisecond)
		stream := fmt.Sprintf("s%d", (first+i)%7)
		e := entry.Entry{
			Index: first + i, Recorded: l.now, Stream: event.Stream{Kind: event.Subject, ID: stream},
			Revision: l.revisions[stream], About: event.About{Subject: stream, County: "610902"},
			Actor: event.Actor{Person: "p1", Role: event.RoleInspector, Team: "t1", Token: 7}, Assurance: event.Token,
			Event: fmt.Appendf(nil, `{"specversion":"1.0","source":"urn:t","type":"anjian.subject-status-recorded.v1","subject":"subject/%s",`+
				`"time":"2019-12-02T09:30:00+08:00","data":{"production":"normal","note":"a \"quote\", {brace [1,{}]"},"id":"%s"%s}`, stream,
				testID(first+i), l.padding),
		}
		if first+i < begun {
			l.begin(&e)
		} else {
			l.revisions[stream]++
		}
		if l.mutate != nil {
			l.mutate(&e)
		}
		lines = append(entry.Append(lines, &e), '\n')
		ends = append(ends, len(lines))
	}
	start := 0
	for _, end := range ends {
		l.tree.AppendEntries([][]byte{lines[start : end-1]})
		start = end
	}
	root, err := l.tree.Root()
	if err != nil {
		l.t.Fatal(err)
	}
	checkpoint, err := l.key.Sign(l.tree.Size(), root)
	if err != nil {
		l.t.Fatal(err)
	}
	number := uint64(len(l.blocks) + 1)
	h := block.Header{Number: number, First: first, Recorded: l.now}
	l.blocks = append(l.blocks, block.Seal(h, lines, ends, checkpoint).Bytes)
	if err := errors.Join(l.tree.Publish(l.tree.Size(), checkpoint), l.tree.Flush()); err != nil {
		l.t.Fatal(err)
	}
}

const origin = "anjian.example/ledger/0a1b2c3d"

// begun is how many entries every ledger begins with.
const begun = 10

// begin makes e what every ledger begins with: its creation, its set of rules, the issue of an office's first token, the
// people and the team that it registers, and the issues of theirs.
func (l *ledger) begin(e *entry.Entry) {
	l.t.Helper()
	ev := &event.Event{ID: testID(e.Index), Source: "urn:anjian:ledger", Occurred: l.now, ExpectedRevision: event.AnyRevision}
	e.Actor, e.Assurance = event.Actor{Role: event.RoleLedger}, event.Derived
	person := func(id, certificate string) {
		ev.Stream, ev.Data = event.Stream{Kind: event.Person, ID: id},
			&person.Registered{Name: "n", Unit: "u", Certificate: certificate, Roles: []event.Role{event.RoleInspector}}
		ev.Type = typeOf("person-registered")
		e.Actor, e.Assurance = event.Actor{Role: event.RoleSupervisionOffice, Token: 2}, event.Token
		l.revisions["person/"+id]++
	}
	issue := func(d token.Issued) {
		ev.Stream, ev.Type = event.Stream{Kind: event.Tokens, ID: ev.ID.String()}, typeOf("token-issued")
		d.SHA256 = strings.Repeat("A", 41) + string(rune('A'+e.Index)) + "A"
		d.Expires, d.AskedBy = l.now.AddDate(100, 0, 0), &token.Process{PID: 1}
		ev.Data = &d
	}
	switch e.Index {
	case 0:
		ev.Stream, ev.Type = event.Stream{Kind: event.Ledger, ID: "ledger"}, typeOf("ledger-created")
		ev.Data = &oversight.LedgerCreated{Origin: origin, CheckpointKey: l.key.VerifierKey()}
	case 1:
		ev.Stream, ev.Type = event.Stream{Kind: event.Ledger, ID: "ledger"}, typeOf("rules-adopted")
		ev.Data = &oversight.RulesAdopted{Program: "anjian", Set: domain.RulesVersion}
	case 2:
		issue(token.Issued{Role: event.RoleSupervisionOffice})
	case 3:
		person("p1", "")
	case 4:
		person("p2", "cert-p2")
	case 5:
		person("office", "")
	case 6:
		ev.Stream, ev.Type = event.Stream{Kind: event.Team, ID: "t1"}, typeOf("team-formed")
		ev.Data = &team.Formed{Name: "n", Kind: "comprehensive"}
		e.Actor, e.Assurance = event.Actor{Role: event.RoleSupervisionOffice, Token: 2}, event.Token
	case 7:
		issue(token.Issued{Person: "p1", Role: event.RoleInspector, Team: "t1"})
	case 8:
		issue(token.Issued{Person: "p2", Role: event.RoleInspector, Team: "t1"})
	case 9:
		issue(token.Issued{Person: "office", Role: event.RoleSupervisionOffice})
	}
	raw, err := entry.Author(ev)
	if err != nil {
		l.t.Fatal(err)
	}
	e.Stream, e.Revision, e.About, e.Event = ev.Stream, 0, event.About{}, raw
	if e.Index == 1 { // behind entry 0, in the ledger's own stream
		e.Revision = 1
	}
}

// typeOf is the declaration of an event.
func typeOf(name string) *event.Type { return catalogue.Newest(name) }

// blocksOf reads blocks numbered from 1, through a buffer that is used again.
func blocksOf(blocks [][]byte) Blocks {
	return func(fn func(uint64, []byte) error) error {
		var buf []byte
		for i, b := range blocks {
			if b == nil {
				continue // missing
			}
			buf = append(buf[:0], b...)
			if err := fn(uint64(i+1), buf); err != nil {
				return err
			}
			for j := range buf {
				buf[j] = 'x'
			}
		}
		return nil
	}
}

// journalOf reads blocks out of one file's bytes, as a journal segment holds them.
func journalOf(data []byte) Blocks {
	return func(fn func(uint64, []byte) error) error {
		for number := uint64(1); len(data) > 0; number++ {
			end := 0
			for {
				n := bytes.IndexByte(data[end:], '\n')
				if n < 0 {
					return errors.New("partial block")
				}
				line := data[end : end+n]
				end += n + 1
				if block.IsClosing(line) {
					break
				}
			}
			if err := fn(number, data[:end]); err != nil {
				return err
			}
			data = data[end:]
		}
		return nil
	}
}

func (l *ledger) sources() Sources {
	return Sources{Journal: blocksOf(l.blocks), Store: blocksOf(slices.Clone(l.blocks)), Tiles: translog.Dir(l.dir)}
}

func (l *ledger) run(s Sources) Report {
	l.t.Helper()
	r, err := Run(context.Background(), s, Options{Verifier: l.key.Verifier()})
	if err != nil {
		l.t.Fatal(err)
	}
	if r.OK != (len(r.Problems) == 0) {
		l.t.Fatalf("ok is %v with problems %v", r.OK, r.Problems)
	}
	return r
}

// wantProblem checks that the report has a problem with these words, and returns it.
func wantProblem(t testing.TB, r Report, where, what string) Problem {
	t.Helper()
	for _, p := range r.Problems {
		if p.Where == where && strings.Contains(p.What, what) {
			return p
		}
	}
	t.Errorf("no problem %q in %q among %+v", what, where, r.Problems)
	return Problem{}
}

func replaceFile(t testing.TB, dir, name string, change func([]byte) []byte) {
	t.Helper()
	path := filepath.Join(dir, name)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(bytes.Clone(good)), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.WriteFile(path, good, 0o644) })
}
