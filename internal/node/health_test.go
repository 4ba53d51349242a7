package node_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/api"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/test/clocktest"
	"github.com/anjian-ledger/anjian/test/natstest"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

// sick is a store that takes no block, or delivers none.
type sick struct {
	store.Store
	appends, reads atomic.Bool
}

func (s *sick) Append(ctx context.Context, b *block.Block) error {
	if s.appends.Load() {
		return store.ErrNotStored
	}
	return s.Store.Append(ctx, b)
}

func (s *sick) Read(ctx context.Context, from, to uint64, fn func(uint64, []byte) error) error {
	if s.reads.Load() {
		return errors.New("injected: it does not answer")
	}
	return s.Store.Read(ctx, from, to, fn)
}

// patient is a node of which one part is about to fail.
type patient struct {
	*testing.T
	*node.Node
	store   *sick
	machine *clocktest.Machine
	handler http.Handler
}

func (p *patient) get(path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.RemoteAddr, r.Host = "127.0.0.1:1", "127.0.0.1" // who sits at the machine is told everything
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	return w
}

// says reports whether readiness and metrics say how a part is: 1 well, 0.5 red, 0 down.
func (p *patient) says(part, up string) bool {
	w := p.get("/readyz")
	var r api.Readiness
	if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil {
		p.Fatal(err)
	}
	ready := up != "0"
	return r.Ready == ready && (w.Code == http.StatusOK) == ready && slices.Contains(r.Parts, part) == (up != "1") &&
		(r.Reasons[part] != "") == (up != "1") &&
		strings.Contains(p.get("/metrics").Body.String(), fmt.Sprintf("\nanjian_part_up{part=%q} %s\n", part, up))
}

// replaced puts a file where a directory was.
func replaced(t testing.TB, dir string) {
	must(t, os.Rename(dir, dir+".gone"))
	must(t, os.WriteFile(dir, nil, 0o600))
}

// Each part that fails is named from outside, in readiness and in metrics: nothing that knows of a
// fault is left unconnected.
func TestEveryPartThatFailsIsNamedOutside(t *testing.T) {
	for part, c := range map[string]struct {
		up     string
		before func(t *testing.T, d datadir.Dir) // the start
		fail   func(p *patient)
	}{
		"store": {"0", nil, func(p *patient) {
			p.store.appends.Store(true)
			_, err := p.Ledger.Append(p.Context(), nodetest.Register(p, p.Node, "more"))
			if err == nil {
				p.Error("it was stored")
			}
		}},
		"journal": {"0", nil, func(p *patient) {
			nodetest.FlipJournal(p.T, p.Dir, 4)
			_ = p.Ledger.Scrub(p.Context()) // what it finds is in health
		}},
		"tiles": {"0.5", nil, func(p *patient) {
			replaced(p, p.Dir.Tiles())
			_, err := p.Ledger.Append(p.Context(), nodetest.Register(p, p.Node, "more"))
			must(p, err)
		}},
		"checkpoint": {"0", func(t *testing.T, d datadir.Dir) {
			k, err := translog.LoadKey(d.CheckpointKey())
			must(t, err)
			text, err := k.Sign(1000, [32]byte{1}) // more than both copies have
			must(t, err)
			must(t, os.WriteFile(filepath.Join(d.Tiles(), "checkpoint"), text, 0o644))
		}, func(*patient) {}},
		"clock": {"0.5", nil, func(p *patient) { p.machine.Set(400 * 24 * time.Hour) }},
		"scrub": {"0.5", nil, func(p *patient) {
			p.store.reads.Store(true)
			if err := p.Ledger.Scrub(p.Context()); err == nil {
				p.Error("it was read")
			}
		}},
		"views": {"0", nil, func(p *patient) { p.Projector.Apply([]*event.Event{{Index: 99}}) }},
		"evidence": {"0.5", nil, func(p *patient) {
			photo := []byte("a photo")
			sum := fmt.Sprintf("%x", sha256.Sum256(photo))
			_, _, err := p.Evidence.Put(p.Context(), sum, 0, bytes.NewReader(photo))
			must(p, err)
			path := filepath.Join(p.Dir.Evidence(), sum[:2], sum[2:4], sum)
			must(p, os.Chmod(path, 0o600))
			must(p, os.WriteFile(path, []byte("another"), 0o600))
			if _, _, err := p.Evidence.Open(p.Context(), sum); err == nil {
				p.Error("another photo was delivered")
			}
		}},
		"access": {"0.5", nil, func(p *patient) {
			replaced(p, p.Dir.Access())
			_ = p.AccessLog.Record(p.Context(), identity.Access{Object: "subject/s-1"})
		}},
	} {
		t.Run(part, func(t *testing.T) {
			d := nodetest.Written(t)
			if c.before != nil {
				c.before(t, d)
			}
			p := &patient{T: t, store: &sick{}, machine: clocktest.New(time.Now())}
			var err error
			p.Node, err = node.Open(t.Context(), node.Config{Dir: d, ScrubEvery: -1, Time: p.machine.Sources(),
				WrapStore: func(s store.Store) store.Store { p.store.Store = s; return p.store }})
			must(t, err)
			t.Cleanup(func() { _ = p.Close(context.Background()) }) // it is broken
			p.handler, err = p.Handler()
			must(t, err)
			if c.before == nil && !p.says(part, "1") {
				t.Fatalf("before it fails: %s\n%s", p.get("/readyz").Body, p.get("/metrics").Body)
			}
			disk := regexp.MustCompile(`\nanjian_disk_free_bytes [1-9]\d*\n(#.*\n)*anjian_disk_size_bytes [1-9]\d*\n`)
			if !disk.MatchString(p.get("/metrics").Body.String()) {
				t.Errorf("no disk: %s", p.get("/metrics").Body)
			}
			c.fail(p)
			for end := time.Now().Add(5 * time.Second); !p.says(part, c.up); time.Sleep(10 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("want %s: %s\n%s", c.up, p.get("/readyz").Body, p.get("/metrics").Body)
				}
			}
		})
	}
}

func TestAFeedThatFailsIsNamedOutside(t *testing.T) {
	c := natstest.Start(t, 1, nil)
	cfg := onNATS(t, c)
	cfg.Feed = &feed.Config{}
	p := &patient{T: t, Node: opened(t, cfg)}
	var err error
	p.handler, err = p.Handler()
	must(t, err)
	natstest.Eventually(t, 10*time.Second, "the feed is well", func() bool { return p.says("feed", "1") })
	js := c.JetStream()
	natstest.Stream(t, js, "ANJIAN_FEED") // it is well before it has begun, too
	must(t, js.DeleteStream(t.Context(), "ANJIAN_FEED"))
	_, err = p.Ledger.Append(t.Context(), nodetest.Register(t, p.Node, "more"))
	must(t, err)
	natstest.Eventually(t, 20*time.Second, "the feed is red", func() bool { return p.says("feed", "0.5") })
}
