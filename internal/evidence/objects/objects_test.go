package objects_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/evidence/objects"
	"github.com/anjian-ledger/anjian/test/evidencetest"
	"github.com/anjian-ledger/anjian/test/natstest"
)

const origin = "anjian.example/evidence"

// relaxed leaves out the fsyncs: these tests lose no power.
func relaxed(o *server.Options) { o.SyncAlways = false }

func open(t *testing.T, c *natstest.Cluster, bucket string) *objects.Store {
	t.Helper()
	s, err := objects.Open(t.Context(), objects.Config{Conn: c.Connect(), Ledger: origin, Bucket: bucket, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestBucket holds what shares one cluster.
func TestBucket(t *testing.T) {
	c := natstest.Start(t, 3, relaxed)
	js := c.JetStream()
	buckets := 0
	var stores []string // of the bucket on each server; its log of changes apart, which it compacts by itself
	for i := range 3 {
		stores = append(stores, filepath.Join(c.Dir(i), "jetstream", "$G"))
	}
	fixture := func(t *testing.T) evidencetest.Fixture {
		buckets++
		bucket := fmt.Sprintf("CONTRACT_%d", buckets)
		s := open(t, c, bucket)
		stream := natstest.Stream(t, js, "OBJ_"+bucket)
		return evidencetest.Fixture{
			Store:  s,
			Stored: func(t *testing.T) []string { return stored(t, stream, bucket) },
			Damage: func(t *testing.T, sum string, change func([]byte) []byte) { damage(t, js, stream, bucket, sum, change) },
			Dirs:   stores,
		}
	}
	t.Run("keeps the contract", func(t *testing.T) { evidencetest.Run(t, fixture) })
	t.Run("is copied", func(t *testing.T) {
		evidencetest.RunCopy(t, func(t *testing.T) (from, to evidencetest.Fixture) { return fixture(t), fixture(t) })
	})
	t.Run("what one node stored another one reads, also when the leader dies", func(t *testing.T) {
		a, b := open(t, c, "SHARED"), open(t, c, "SHARED")
		photo := bytes.Repeat([]byte("安鉴"), 100_000)
		if _, _, err := a.Put(t.Context(), evidencetest.Sum(photo), 0, bytes.NewReader(photo)); err != nil {
			t.Fatal(err)
		}
		leader := c.WaitLeader("OBJ_SHARED")
		c.Kill(leader)
		defer c.Restart(leader)
		r, _, err := b.Open(t.Context(), evidencetest.Sum(photo))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, photo) {
			t.Errorf("%d bytes come back, %v", len(got), err)
		}
	})
}

func TestABucketIsNeverMadeUnlessTheLedgerIsNew(t *testing.T) {
	c := natstest.Start(t, 1, relaxed)
	if _, err := objects.Open(t.Context(), objects.Config{Conn: c.Connect(), Ledger: origin}); !errors.Is(err, objects.ErrMissing) {
		t.Errorf("open gives %v", err)
	}
}

func TestABucketThatIsAnotherLedgersOrHasLimitsIsRefused(t *testing.T) {
	c := natstest.Start(t, 1, relaxed)
	for want, change := range map[string]func(*natsjs.StreamConfig){
		"belongs to":  func(s *natsjs.StreamConfig) { s.Metadata = nil },
		"no limits":   func(s *natsjs.StreamConfig) { s.MaxBytes = 1 << 20 },
		"direct gets": func(s *natsjs.StreamConfig) { s.AllowDirect = true },
	} {
		bucket := strings.ReplaceAll(want, " ", "_")
		cfg := natsjs.StreamConfig{Name: "OBJ_" + bucket, Subjects: []string{"$O." + bucket + ".>"}, Discard: natsjs.DiscardNew,
			AllowRollup: true, Metadata: map[string]string{"anjian-origin": origin}}
		change(&cfg)
		if _, err := c.JetStream().CreateStream(t.Context(), cfg); err != nil {
			t.Fatal(err)
		}
		_, err := objects.Open(t.Context(), objects.Config{Conn: c.Connect(), Ledger: origin, Bucket: bucket, Replicas: 1})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("open gives %v, want %q", err, want)
		}
	}
}

func TestAFullStoreIsNoSpace(t *testing.T) {
	c := natstest.Start(t, 1, func(o *server.Options) { o.SyncAlways, o.JetStreamMaxStore = false, 2<<20 })
	s, err := objects.Open(t.Context(), objects.Config{Conn: c.Connect(), Ledger: origin, Create: true, Replicas: 1})
	if err != nil {
		t.Fatal(err)
	}
	b := bytes.Repeat([]byte("z"), 4<<20)
	if created, _, err := s.Put(t.Context(), evidencetest.Sum(b), 0, bytes.NewReader(b)); created || !errors.Is(err, evidence.ErrNoSpace) {
		t.Errorf("created %v, %v", created, err)
	}
}

// leader gives the messages of some subjects as the stream's leader has them. A consumer, with which the library's
// object store lists and reads, may stand on a replica that does not know the last description yet.
func leader(t *testing.T, stream natsjs.Stream, subjects string) (msgs []*natsjs.RawStreamMsg) {
	t.Helper()
	for next := uint64(1); ; {
		msg, err := stream.GetMsg(t.Context(), next, natsjs.WithGetMsgSubject(subjects))
		if errors.Is(err, natsjs.ErrMsgNotFound) {
			return msgs
		}
		if err != nil {
			t.Fatal(err)
		}
		msgs, next = append(msgs, msg), msg.Sequence+1
	}
}

// described gives the descriptions of what is not deleted.
func described(t *testing.T, stream natsjs.Stream, bucket string) (infos []natsjs.ObjectInfo) {
	t.Helper()
	for _, msg := range leader(t, stream, "$O."+bucket+".M.>") {
		var info natsjs.ObjectInfo
		if err := json.Unmarshal(msg.Data, &info); err != nil {
			t.Fatal(err)
		}
		if !info.Deleted {
			infos = append(infos, info)
		}
	}
	return infos
}

// stored lists the objects, and as leftovers the pieces that belong to none.
func stored(t *testing.T, stream natsjs.Stream, bucket string) (names []string) {
	t.Helper()
	known := map[string]bool{}
	for _, info := range described(t, stream, bucket) {
		names = append(names, info.Name)
		known["$O."+bucket+".C."+info.NUID] = true
	}
	info, err := stream.Info(t.Context(), natsjs.WithSubjectFilter("$O."+bucket+".C.>"))
	if err != nil {
		t.Fatal(err)
	}
	for subject := range info.State.Subjects {
		if !known[subject] {
			names = append(names, "leftover "+subject)
		}
	}
	return names
}

// damage replaces an object's pieces and leaves its description.
func damage(t *testing.T, js natsjs.JetStream, stream natsjs.Stream, bucket, sum string, change func([]byte) []byte) {
	t.Helper()
	infos := described(t, stream, bucket)
	at := slices.IndexFunc(infos, func(info natsjs.ObjectInfo) bool { return info.Name == sum })
	if at < 0 {
		t.Fatalf("%s is not stored", sum)
	}
	subject := "$O." + bucket + ".C." + infos[at].NUID
	var b []byte
	for _, msg := range leader(t, stream, subject) {
		b = append(b, msg.Data...)
	}
	if err := stream.Purge(t.Context(), natsjs.WithPurgeSubject(subject)); err != nil {
		t.Fatal(err)
	}
	for b = change(b); len(b) > 0; {
		n := min(len(b), 1<<20)
		if _, err := js.Publish(t.Context(), subject, b[:n]); err != nil {
			t.Fatal(err)
		}
		b = b[n:]
	}
}
