package test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/test/evidencetest"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/natstest"
)

// TestALedgerMovesBetweenEnginesByCommands is the road of docs/from-one-machine-to-a-cluster.md,
// and the way back: embedded, NATS with a node that serves and publishes the feed, KurrentDB,
// embedded.
func TestALedgerMovesBetweenEnginesByCommands(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a quiet cluster takes two seconds to be sure of its head")
	}
	cluster := natstest.Start(t, 3, nil)
	urls := strings.Join(cluster.URLs(), ",")
	kurrent := double.New(double.Options{})
	must(t, kurrent.Start("tcp", "127.0.0.1:0"))
	t.Cleanup(kurrent.Stop)
	dir := t.TempDir()
	one, node, back := filepath.Join(dir, "one"), filepath.Join(dir, "node"), filepath.Join(dir, "back")
	says := func(want, output string) {
		t.Helper()
		if !strings.Contains(output, want) {
			t.Fatalf("want %q in\n%s", want, output)
		}
	}
	check := []string{"serve", "--check", "--listen", "127.0.0.1:0", "--nats", urls, "--data"}

	mustRun(t, "simulate", "--data", one)
	photo := bytes.Repeat([]byte("隐患"), 100_000)
	name := evidencetest.Sum(photo)
	kept := func(dir string) string { return filepath.Join(dir, "evidence", name[:2], name[2:4], name) }
	must(t, os.MkdirAll(filepath.Dir(kept(one)), 0o750))
	must(t, os.WriteFile(kept(one), photo, 0o440))
	says("ok: ", mustRun(t, append(check, filepath.Join(dir, "new"))...)) // a new ledger makes its stream
	out, _, code := command(t, append(check, one)...)
	if says("bring the ledger there first: anjian copy", out); code != 1 {
		t.Fatalf("exit code %d", code)
	}
	// All pieces that are there are copied: the photo, and the texts that the campaign's people sealed.
	pieces, err := filepath.Glob(filepath.Join(one, "evidence", "??", "??", strings.Repeat("?", len(name))))
	if must(t, err); len(pieces) < 2 {
		t.Fatalf("%d pieces of evidence", len(pieces))
	}
	out = mustRun(t, "copy", "--from", "embedded:"+one, "--to", urls, "--note", "three machines")
	says(`"present":0`, out)
	all := fmt.Sprintf(`"evidence":{"present":0,"copied":%d}`, len(pieces))
	says(all, out)
	if _, stderr, code := command(t, "simulate", "--data", one); code == 0 ||
		!strings.Contains(stderr, "engine says that the blocks are in nats://") {
		t.Errorf("what was left behind goes on: %d, %s", code, stderr)
	}
	mustRun(t, "copy", "--from", "journal:"+one, "--to", "journal:"+node, "--with-keys")
	says("ok: ", mustRun(t, append(check, node)...))

	s := start(t, node, "--nats", urls, "--feed")
	token := strings.TrimSpace(mustRun(t, "token", "--data", node, "--role", "supervision-office"))
	event := `{"specversion":"1.0","id":"0198f3c2-7a10-7000-8000-000000000077","source":"urn:example:desk",` +
		`"type":"anjian.subject-registered.v1","subject":"subject/after-the-move","time":"2026-11-23T09:30:00+08:00",` +
		`"data":{"kind":"enterprise","name":"迁移后","region":"610902","sectors":["MINE"],"discovery":"register"}}`
	if status, body := s.client(token).with("Content-Type", oneEvent).do("POST", "/v1/events", []byte(event)); status != 201 {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := s.client(token).do("PUT", "/v1/evidence/"+name, photo); status != 200 { // it is there; who has it may read it
		t.Errorf("the photo after the move: %d %s", status, body)
	}
	if status, body := s.client(token).do("GET", "/v1/evidence/"+name, nil); status != 200 || !bytes.Equal(body, photo) {
		t.Errorf("the photo after the move: %d, %d bytes", status, len(body))
	}
	s.stop()
	says("ok: ", mustRun(t, "verify", "--data", node, "--nats", urls))

	// The directory remembers where its blocks are: commands without flags find them.
	says("ok: ", mustRun(t, "verify", "--data", node))
	says("entries ", mustRun(t, "replay", "--data", node))
	mustRun(t, "repair", "--data", node)
	says("as "+node+"/engine says", mustRun(t, "serve", "--check", "--listen", "127.0.0.1:0", "--data", node))
	if memo, err := os.ReadFile(filepath.Join(node, "engine")); err != nil || !strings.Contains(string(memo), `"nats"`) {
		t.Errorf("%s, %v", memo, err)
	}
	s = start(t, node, "--feed")
	s.stop()

	vkey, err := os.ReadFile(filepath.Join(one, "keys", "checkpoint.pub"))
	must(t, err)
	key := strings.TrimSpace(string(vkey))
	mustRun(t, "copy", "--from", urls, "--to", kurrent.URL(), "--key", key)
	out = mustRun(t, "serve", "--check", "--listen", "127.0.0.1:0", "--kurrentdb", kurrent.URL(), "--data", node)
	says("ok: ", out)
	says("engine says that the blocks are in nats://", out)
	says("ok: ", mustRun(t, "verify", "--data", node, "--kurrentdb", kurrent.URL()))
	mustRun(t, "copy", "--from", kurrent.URL(), "--to", "embedded:"+back, "--key", key)
	says("ok: ", mustRun(t, "verify", "--data", back))
	const segment = "journal/00000000000000000001.ndjson"
	want, err := os.ReadFile(filepath.Join(node, segment))
	must(t, err)
	have, err := os.ReadFile(filepath.Join(back, segment))
	must(t, err)
	if string(have) != string(want) {
		t.Error("the ledger that came back is not the one that went")
	}
	says("three machines", string(have))
	says("after-the-move", string(have))

	// Evidence is not in KurrentDB; the servers that have it give it back.
	says(all, mustRun(t, "copy", "--from", urls, "--to", "embedded:"+back, "--key", key))
	returned, err := os.ReadFile(kept(back))
	if must(t, err); !bytes.Equal(returned, photo) {
		t.Errorf("%d bytes of the photo came back", len(returned))
	}

	// An engine that has less than the journal is told before anything is appended.
	events := kurrent.Events("anjian-ledger")
	end := len(events) - 2 // of the block before the last
	for events[end].Type != "anjian-block" {
		end--
	}
	kurrent.Lose("anjian-ledger", uint64(end+1))
	out, _, code = command(t, "serve", "--check", "--listen", "127.0.0.1:0", "--kurrentdb", kurrent.URL(), "--data", node)
	if says("it has lost blocks", out); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if out, _, code = command(t, "verify", "--data", node, "--kurrentdb", kurrent.URL()); code != 1 {
		t.Errorf("a store that has lost its end is verified: %s", out)
	}
	mustRun(t, "copy", "--from", "journal:"+node, "--to", kurrent.URL())
	says("ok: ", mustRun(t, "verify", "--data", node, "--kurrentdb", kurrent.URL()))

	// The first machine has stayed behind: from now on it may follow and must not lead.
	if _, stderr, code := command(t, "copy", "--from", "embedded:"+one, "--to", urls); code == 0 {
		t.Error("an old copy was taken for a source")
	} else {
		says("source and target differ", stderr)
	}
}
