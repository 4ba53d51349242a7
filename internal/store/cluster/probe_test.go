package cluster_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/cluster"
	"github.com/anjian-ledger/anjian/test/natstest"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// TestARefusalThatWillNotPassIsToldInPlainWords: a user who may not publish, beforehand; a stream that
// is gone, by the append that meets it. To find out stores nothing.
func TestARefusalThatWillNotPassIsToldInPlainWords(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, func(o *server.Options) {
		o.NoAuthUser = "all"
		o.Users = []*server.User{
			{Username: "all", Password: "x"},
			{Username: "reader", Password: "x", Permissions: &server.Permissions{
				Publish: &server.SubjectPermission{Deny: []string{"anjian.block.>"}}}},
		}
	})
	cfg := config(t, c)
	cfg.Replicas, cfg.User, cfg.Password, cfg.Timeout = 1, "all", "x", time.Second
	s := openCluster(t, cfg)
	defer shut(t, s)
	blocks := storetest.Chain(2, "probed")
	storetest.MustAppend(t, s, blocks[0])
	if err := s.Probe(t.Context()); err != nil {
		t.Errorf("who may append: %v", err)
	}
	storetest.WantHead(t, s, 1)

	cfg.User = "reader"
	r := openCluster(t, cfg)
	defer shut(t, r)
	if err := r.Probe(t.Context()); !errors.Is(err, store.ErrRefused) || !strings.Contains(err.Error(), "publish.allow") {
		t.Errorf("who may not: %v", err)
	}

	if err := c.JetStream().DeleteStream(t.Context(), s.Stream()); err != nil {
		t.Fatal(err)
	}
	natstest.Eventually(t, 10*time.Second, "the append is refused for good", func() bool {
		err := s.Append(t.Context(), blocks[1])
		return errors.Is(err, store.ErrRefused) && errors.Is(err, store.ErrNotStored) && strings.Contains(err.Error(), "not there any more")
	})
}

// TestAnAppendThatMeetsAStreamThatLostItsEndSaysSo: damage, and not an engine that is merely full.
func TestAnAppendThatMeetsAStreamThatLostItsEndSaysSo(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, nil)
	cfg := config(t, c)
	cfg.Replicas, cfg.Timeout = 1, time.Second
	s := openCluster(t, cfg)
	defer shut(t, s)
	blocks := storetest.Chain(4, "lost")
	storetest.MustAppend(t, s, blocks[:3]...)
	if err := c.JetStream().DeleteStream(t.Context(), s.Stream()); err != nil {
		t.Fatal(err)
	}
	natstest.Eventually(t, 20*time.Second, "an empty stream is made", func() bool {
		again, err := cluster.Open(t.Context(), cfg)
		if err != nil {
			return false
		}
		shut(t, again)
		return true
	})
	var damage *store.DamageError
	if err := s.Append(t.Context(), blocks[3]); !errors.As(err, &damage) {
		t.Errorf("append gives %v", err)
	}
}
