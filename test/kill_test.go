package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/internal/translog"
)

const killWriters = 64

// sent is one append of a writer: its body, and the receipts if an answer came.
type sent struct {
	mediaType string
	body      []byte
	events    []string // ids
	acked     []receipt
}

// killTest is the ledger that is killed again and again and what its writers know of it.
type killTest struct {
	testing.TB
	dir      string
	verifier note.Verifier
	acked    map[string]receipt // by event id, over all rounds
	proven   map[string]bool    // whose receipt was verified
	unknown  []*sent            // of the last round, without an answer
	doubled  int                // unknown ones that turned out to be recorded
}

// TestKillMinus9LosesNothingThatWasAckedAndDoublesNothing kills the server at random
// moments under 64 writers. After each restart every acked event stands at the index its
// receipt names and the receipt verifies without the server; what got no answer is sent
// again and is there once.
func TestKillMinus9LosesNothingThatWasAckedAndDoublesNothing(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(chance(t), 0))
	k := &killTest{TB: t, dir: t.TempDir(), acked: map[string]receipt{}, proven: map[string]bool{}}
	for round := range *killRounds {
		s := start(t, k.dir)
		if k.verifier == nil {
			k.verifier = verifierOf(t, s)
		}
		k.check(s, round)
		k.load(s, round, time.Duration(50+rnd.IntN(450))*time.Millisecond, func(dying *atomic.Bool) {
			s.kill()
			dying.Store(true)
		})
		if v := verifyDir(k, k.dir); !v.OK {
			k.Errorf("round %d: verify after the kill: %+v", round, v)
		}
	}
	s := start(t, k.dir)
	k.check(s, *killRounds)
	s.stop()
	v := verifyDir(t, k.dir)
	if !v.OK {
		t.Errorf("verify: %+v", v)
	}
	k.exported(v.Entries)
	t.Logf("%d rounds: %d events acked, %d entries, %d appends without an answer had been recorded", *killRounds, len(k.acked), v.Entries,
		k.doubled)
	if len(k.acked) < *killRounds*killWriters {
		t.Errorf("only %d events were acked in %d rounds: the writers did not write", len(k.acked), *killRounds)
	}
}

// load lets 64 writers append for some time and then ends the server by end, which says when
// an answer counts for nothing any more.
func (k *killTest) load(s *server, round int, life time.Duration, end func(dying *atomic.Bool)) {
	office := s.as("supervision-office")
	all := make([][]*sent, killWriters)
	var dying atomic.Bool
	var writers sync.WaitGroup
	for w := range killWriters {
		writers.Go(func() {
			for n := 0; !dying.Load(); n++ {
				a := writerAppend(round, w, n)
				all[w] = append(all[w], a)
				status, answer, err := office.appendPatiently(a)
				if err != nil {
					return // the server is gone
				}
				if status != 201 && dying.Load() {
					return
				}
				if status != 201 {
					k.Errorf("append while the server lives: %d %s", status, answer)
					return
				}
				var r receipts
				if err := json.Unmarshal(answer, &r); err != nil {
					k.Errorf("answer: %v", err)
					return
				}
				a.acked = r.Receipts
			}
		})
	}
	time.Sleep(life)
	end(&dying)
	writers.Wait()
	k.unknown = nil
	for _, a := range slices.Concat(all...) {
		if a.acked == nil {
			k.unknown = append(k.unknown, a)
			continue
		}
		for i, r := range a.acked {
			if r.ID != a.events[i] {
				k.Errorf("receipt %d is of event %s, sent was %s", i, r.ID, a.events[i])
			}
			if old, twice := k.acked[r.ID]; twice {
				k.Errorf("event %s was acked at %d and at %d", r.ID, old.Index, r.Index)
			}
			k.acked[r.ID] = r
		}
	}
}

// appendPatiently appends as a client should: after 429 nothing was stored, so it waits and
// sends the same bytes again.
func (c *client) appendPatiently(a *sent) (status int, answer []byte, err error) {
	for {
		status, answer, err = c.with("Content-Type", a.mediaType).send("POST", "/v1/events", a.body)
		if err != nil || status != 429 {
			return status, answer, err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// writerAppend is a writer's n-th append: a new enterprise, or a batch of four with what is
// known of it.
func writerAppend(round, w, n int) *sent {
	id := fmt.Sprintf("e%d-%d-%d", round, w, n)
	facts := []fact{enterprise(id)}
	if n%3 == 2 {
		for _, production := range []string{"normal", "partial", "suspended"} {
			facts = append(facts, fact{Type: "subject-status-recorded", Subject: "subject/" + id, Data: map[string]any{"production": production}})
		}
	}
	a := &sent{mediaType: oneEvent}
	var bodies [][]byte
	for _, f := range facts {
		f.ID = newID()
		a.events = append(a.events, f.ID)
		bodies = append(bodies, f.json())
	}
	if a.body = bodies[0]; len(bodies) > 1 {
		a.mediaType, a.body = batch, batchOf(bodies...)
	}
	return a
}

// check reads the ledger after a restart and compares it with what the writers know, then
// sends again what got no answer.
func (k *killTest) check(s *server, round int) {
	k.Helper()
	office := s.as("supervision-office")
	entries := replayAll(k, s.as("discipline-commission"))
	at := map[string]uint64{}
	for i, raw := range entries {
		id := eventID(k, raw)
		if first, twice := at[id]; twice {
			k.Errorf("round %d: event %s stands at %d and at %d", round, id, first, i)
		}
		at[id] = uint64(i)
	}
	for id, r := range k.acked {
		index, there := at[id]
		if !there || index != r.Index {
			k.Fatalf("round %d: event %s was acked at %d and stands at %d (%v)", round, id, r.Index, index, there)
		}
		if k.proven[id] && round < *killRounds {
			continue // all of them once more in the end
		}
		proven, _, err := translog.VerifyReceipt(entries[index], proofOf(r), k.verifier)
		if err != nil || proven != index {
			k.Fatalf("round %d: receipt of entry %d proves %d: %v", round, index, proven, err)
		}
		k.proven[id] = true
	}
	k.resend(office, at, round)
}

func (k *killTest) resend(office *client, at map[string]uint64, round int) {
	for _, a := range k.unknown {
		recorded := 0
		for _, id := range a.events {
			if _, there := at[id]; there {
				recorded++
			}
		}
		want := 201
		switch recorded {
		case 0:
		case len(a.events): // all or nothing: a batch is atomic
			want = 200
			k.doubled++
		default:
			k.Errorf("round %d: %d of the %d events of a batch are recorded", round, recorded, len(a.events))
			continue
		}
		for i, r := range office.post(want, a.mediaType, a.body).Receipts {
			if index, there := at[r.ID]; there && index != r.Index {
				k.Errorf("round %d: event %s stands at %d, its resend was told %d", round, r.ID, index, r.Index)
			}
			if r.ID != a.events[i] || r.AlreadyPresent != (recorded > 0) {
				k.Errorf("round %d: resend of %s: %+v", round, a.events[i], r)
			}
			k.acked[r.ID] = r
		}
	}
	k.unknown = nil
}

// exported reads the ledger once more, from its files: no event id twice, revisions of each
// stream without a gap.
func (k *killTest) exported(entries uint64) {
	ids, revisions := map[string]bool{}, map[string]uint64{}
	lines := strings.Split(strings.TrimSuffix(mustRun(k, "export", "--data", k.dir), "\n"), "\n")
	if uint64(len(lines)) != entries {
		k.Errorf("export has %d lines, verify counts %d entries", len(lines), entries)
	}
	for i, line := range lines {
		var e struct {
			Index    int
			Stream   string
			Revision uint64
			Event    struct{ ID string }
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Index != i {
			k.Fatalf("line %d has index %d: %v", i, e.Index, err)
		}
		if ids[e.Event.ID] || e.Revision != revisions[e.Stream] {
			k.Errorf("entry %d: event %s twice: %v; revision %d of %s, want %d", i, e.Event.ID, ids[e.Event.ID], e.Revision, e.Stream,
				revisions[e.Stream])
		}
		ids[e.Event.ID] = true
		revisions[e.Stream]++
	}
	for id := range k.acked {
		if !ids[id] {
			k.Errorf("acked event %s is not in the export", id)
		}
	}
}

// replayAll returns every entry's bytes.
func replayAll(t testing.TB, c *client) [][]byte {
	t.Helper()
	status, body := c.with("Accept", "application/x-ndjson").do("GET", "/v1/events", nil)
	if status != 200 {
		t.Fatalf("replay: %d %s", status, body)
	}
	lines := bytes.Split(body, []byte{'\n'})
	return lines[:len(lines)-1]
}

func eventID(t testing.TB, raw []byte) string {
	t.Helper()
	var e struct{ Event struct{ ID string } }
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatalf("entry: %v\n%s", err, raw)
	}
	return e.Event.ID
}

func verifierOf(t testing.TB, s *server) note.Verifier {
	t.Helper()
	v, err := note.NewVerifier(s.logInfo().VKey)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
