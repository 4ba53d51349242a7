package repair_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/importer"
	"github.com/anjian-ledger/anjian/internal/importer/mappings"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/test/memory"
)

var (
	catalogue = domain.Catalogue()
	shanghai  = time.FixedZone("Asia/Shanghai", 8*60*60)
	begin     = time.Date(2019, 12, 2, 0, 0, 0, 0, shanghai)
)

// request is one append at its time: the same requests make the same ledger in any engine.
type request struct {
	actor      event.Actor // without its token
	events     [][]byte
	signatures [][]byte // of the events; nil when they are not signed
	recorded   time.Time
}

// origin is that of the ledgers of the tests.
const origin = "anjian.test/transfer/0a1b2c3d"

// campaign is the simulated campaign of size small; its people sign, once for all tests.
func campaign(t testing.TB) []request {
	t.Helper()
	all, err := simulated()
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(all) // some tests change the times of theirs
}

var simulated = sync.OnceValues(func() (all []request, err error) {
	g, err := simulate.Campaign(simulate.Config{Seed: 1, Size: simulate.Small, Base: begin, Origin: origin})
	if err != nil {
		return nil, err
	}
	for r := range g.Requests() {
		raw, err := r.Bytes()
		if err != nil {
			return nil, err
		}
		all = append(all, request{actor: r.Actor, events: raw, signatures: r.Signatures, recorded: r.Recorded})
	}
	return all, nil
})

// violations are the batches that the importer makes of the MSHA file.
func violations(t testing.TB) (all []request) {
	t.Helper()
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/v1/me/entries" { // which of its facts the source has amended: none yet
			if _, err := io.WriteString(w, `{"entries":[],"cursor":"","more":false}`); err != nil {
				t.Error(err)
			}
			return
		}
		body, err := io.ReadAll(r.Body)
		var events []jsontext.Value
		if err == nil {
			err = json.Unmarshal(body, &events)
		}
		if err != nil {
			t.Error(err)
			return
		}
		batch := request{actor: event.Actor{Role: event.RoleImporter, Unit: "msha"}, recorded: begin.AddDate(1, 0, 0)}
		for _, e := range events {
			batch.events = append(batch.events, bytes.Clone(e))
		}
		mu.Lock()
		all = append(all, batch)
		mu.Unlock()
		if err := json.MarshalWrite(w, map[string]any{"receipts": make([]struct{}, len(events))}); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	c, err := client.New(client.Config{URL: server.URL, Token: "any", Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	_, err = importer.Run(t.Context(), importer.Config{
		Mapping: mappings.MSHA, Files: []string{"../../test/testdata/msha_upper_big_branch_violations.csv"},
		Client: c,
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func newKey(t testing.TB) *translog.Key {
	t.Helper()
	key, err := translog.NewKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// heads is the ledger's size and root after each request.
type head struct {
	size uint64
	root [32]byte
}

// record appends requests one after another, each at its time, to a new ledger in s and dir.
func record(t testing.TB, s store.Store, dir string, key *translog.Key, requests []request) (heads []head) {
	t.Helper()
	j, err := journal.Open(dir+"/journal", journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var now atomic.Int64 // since begin
	now.Store(int64(requests[0].recorded.Sub(begin)))
	l, err := ledger.Open(t.Context(), ledger.Config{
		Store: s, Journal: j, TilesDir: dir + "/tiles", Key: key, Catalogue: catalogue, ScrubEvery: -1,
		Time: clock.Sources{Read: func() (time.Time, time.Duration) { since := time.Duration(now.Load()); return begin.Add(since), since }},
	})
	if err != nil {
		t.Fatal(err)
	}
	bearers := map[event.Actor]event.Actor{}
	for _, r := range requests {
		items := make([]ledger.Item, len(r.events))
		for i, raw := range r.events {
			e, err := entry.ParseEvent(raw, catalogue)
			if err != nil {
				t.Fatal(err)
			}
			items[i] = ledger.Item{Bytes: raw, Event: e}
			if r.signatures != nil {
				items[i].Signature = r.signatures[i]
			}
		}
		now.Store(int64(r.recorded.Sub(begin))) // nothing else is underway that could look at it
		if _, err := l.Append(t.Context(), ledger.Request{Actor: bearerOf(t, l, bearers, r.actor), Items: items}); err != nil {
			t.Fatal(err)
		}
		h := l.Head()
		heads = append(heads, head{h.Size, h.Root})
	}
	if err := l.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return heads
}

// subjectOf is whom an actor speaks for: an inspected party bears its subject in place of a unit.
func subjectOf(a event.Actor) string {
	if a.Role == event.RoleInspectedParty {
		return a.Unit
	}
	return ""
}

// bearerOf returns an actor with its token, which is issued at its first act: the same requests
// make the same ledger.
func bearerOf(t testing.TB, l *ledger.Ledger, known map[event.Actor]event.Actor, a event.Actor) event.Actor {
	t.Helper()
	if have, ok := known[a]; ok {
		return have
	}
	if a.Role == event.RolePublic { // nobody gives the public a token
		return a
	}
	hash := sha256.Sum256(fmt.Appendf(nil, "%+v", a))
	have, err := l.Issue(t.Context(), &token.Issued{SHA256: base64.RawURLEncoding.EncodeToString(hash[:]), Role: a.Role, Person: a.Person,
		Team: a.Team, County: a.County, Unit: a.Unit, Subject: subjectOf(a), Expires: begin.AddDate(100, 0, 0), AskedBy: &token.Process{PID: 1}})
	if err != nil {
		t.Fatal(err)
	}
	known[a] = have
	return have
}

// small is a ledger of n blocks in memory.
func small(t testing.TB, n int) (*memory.Store, *translog.Key) {
	t.Helper()
	s, key := memory.New(0), newKey(t)
	record(t, s, t.TempDir(), key, campaign(t)[:n])
	first := memory.New(0) // n of them: its creation and the issues of tokens are blocks too
	put(t, first, all(t, s)[:n]...)
	return first, key
}

// all reads every block of a source.
func all(t testing.TB, s store.Source) (raws [][]byte) {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if head == 0 {
		return nil
	}
	if err := s.Read(t.Context(), 1, head, func(_ uint64, raw []byte) error { raws = append(raws, raw); return nil }); err != nil {
		t.Fatal(err)
	}
	return raws
}

// wantSame fails unless both hold the same bytes.
func wantSame(t testing.TB, a, b store.Source) {
	t.Helper()
	x, y := all(t, a), all(t, b)
	if len(x) != len(y) {
		t.Fatalf("%d blocks and %d blocks", len(x), len(y))
	}
	for i := range x {
		if !bytes.Equal(x[i], y[i]) {
			t.Fatalf("block %d differs", i+1)
		}
	}
}

// put appends raw blocks to a store.
func put(t testing.TB, s store.Store, raws ...[]byte) {
	t.Helper()
	for _, raw := range raws {
		b, err := block.Parse(raw)
		if err == nil {
			err = s.Append(t.Context(), b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
