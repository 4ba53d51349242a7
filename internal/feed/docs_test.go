package feed_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/store/cluster"
	"github.com/anjian-ledger/anjian/test/natstest"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

// documented starts one server with the configuration of docs/nats.md.
func documented(t *testing.T) (url string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/nats.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```conf\n(.*?)```").FindSubmatch(page)
	if found == nil {
		t.Fatal("docs/nats.md has no configuration")
	}
	text := string(found[1])
	for old, now := range map[string]string{
		`"0.0.0.0:4222"`: `"127.0.0.1:-1"`, `"/var/lib/nats"`: `"` + t.TempDir() + `"`,
		"max_file_store: 200GB": "max_file_store: 1GB",
	} {
		if !strings.Contains(text, old) {
			t.Fatalf("the configuration lacks %s", old)
		}
		text = strings.ReplaceAll(text, old, now)
	}
	text = regexp.MustCompile(`(?s)cluster \{.*?\n\}\n`).ReplaceAllString(text, "")
	file := filepath.Join(t.TempDir(), "server.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"LEDGER", "FIRE", "KEEPER", "SYS"} {
		t.Setenv(name+"_PASSWORD", "secret")
	}
	opts, err := server.ProcessConfigFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !opts.SyncAlways || opts.MaxPayload != 1<<20 {
		t.Errorf("the configuration says sync always %v, max payload %d", opts.SyncAlways, opts.MaxPayload)
	}
	opts.NoLog, opts.NoSigs = true, true
	srv, err := server.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
	go srv.Start()
	if !srv.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	return srv.ClientURL()
}

func TestTheDocumentedConfigurationServesLedgerAndReadersAndNothingElse(t *testing.T) {
	url := documented(t)
	s, err := cluster.Open(t.Context(), cluster.Config{
		URLs: []string{url}, User: "ledger", Password: "secret", Ledger: "anjian.example.gov.cn/ankang", Create: true, Replicas: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if w := s.Warnings(); len(w) != 1 || !strings.Contains(w[0], "one replica") {
		t.Errorf("warnings are %q", w)
	}
	own, err := s.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	js, err := natsjs.New(own)
	if err != nil {
		t.Fatal(err)
	}
	l := &planned{Ledger: vt.NewLedger(), t: t, newer: make(chan struct{})}
	for _, c := range vt.New(rand.New(rand.NewPCG(1, 1)), 40).Commands {
		l.do(&c)
	}
	u, err := feed.NewUnits(feed.UnitsConfig{Source: l, Views: l.Views, Conn: own})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- u.Run(ctx) }()
	natstest.Eventually(t, 30*time.Second, "every unit has what it may see", func() bool {
		s := u.Status()
		return s.Err == nil && s.Lag() == 0
	})
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateConsumer(t.Context(), feed.UnitsStream, natsjs.ConsumerConfig{
		Durable: "fire", FilterSubject: "anjian.feed.unit.dX.>", AckPolicy: natsjs.AckExplicitPolicy}); err != nil {
		t.Fatal(err)
	}
	readerReads(t, url)
	readerMayNothingElse(t, url)
}

// fire connects as the department.
func fire(t *testing.T, url string) (*nats.Conn, natsjs.JetStream, chan error) {
	t.Helper()
	denied := make(chan error, 64)
	nc, err := nats.Connect(url, nats.UserInfo("fire", "secret"), nats.CustomInboxPrefix("_INBOX_fire"),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { denied <- err }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := natsjs.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return nc, js, denied
}

func readerReads(t *testing.T, url string) {
	t.Helper()
	_, js, denied := fire(t, url)
	consumer, err := js.Consumer(t.Context(), feed.UnitsStream, "fire")
	if err != nil {
		t.Fatal(err)
	}
	batch, err := consumer.Fetch(3, natsjs.FetchMaxWait(5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for msg := range batch.Messages() {
		if n++; !strings.HasPrefix(msg.Subject(), "anjian.feed.unit.dX.") {
			t.Errorf("the reader sees %s", msg.Subject())
		}
		if err := msg.DoubleAck(t.Context()); err != nil {
			t.Errorf("ack: %v", err)
		}
	}
	if n != 3 || len(denied) > 0 {
		t.Errorf("the reader gets %d messages of 3, %d denials, %v", n, len(denied), batch.Error())
	}
}

func readerMayNothingElse(t *testing.T, url string) {
	t.Helper()
	for _, subject := range []string{
		"anjian.feed.all.610902.inspection.forged", "anjian.feed.unit.dX.1", "anjian.block.ANJIAN_BLOCKS_anjian_example_gov_cn_ankang",
		"$JS.API.CONSUMER.CREATE.ANJIAN_FEED", "$JS.API.CONSUMER.CREATE.ANJIAN_UNITS", "$JS.API.CONSUMER.CREATE.ANJIAN_UNITS.fire.anjian.feed.>",
		"$JS.API.CONSUMER.DELETE.ANJIAN_UNITS.fire", "$JS.API.CONSUMER.MSG.NEXT.ANJIAN_UNITS.other",
		"$JS.API.STREAM.MSG.GET.ANJIAN_FEED", "$JS.API.DIRECT.GET.ANJIAN_FEED", "$JS.API.STREAM.MSG.GET.ANJIAN_UNITS",
		"$JS.API.DIRECT.GET.ANJIAN_UNITS", "$JS.API.STREAM.DELETE.ANJIAN_FEED",
		"$O.ANJIAN_EVIDENCE.M.x",
	} {
		nc, _, denied := fire(t, url)
		if err := errors.Join(nc.Publish(subject, nil), nc.Flush()); err != nil {
			t.Fatal(err)
		}
		wantDenied(t, denied, "publish to "+subject)
	}
	for _, subject := range []string{"anjian.>", "_INBOX.>", "$JS.>"} {
		nc, _, denied := fire(t, url)
		_, err := nc.SubscribeSync(subject)
		if err := errors.Join(err, nc.Flush()); err != nil {
			t.Fatal(err)
		}
		wantDenied(t, denied, "subscribe to "+subject)
	}
}

func wantDenied(t *testing.T, denied <-chan error, what string) {
	t.Helper()
	select {
	case err := <-denied:
		if !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%s: %v", what, err)
		}
	case <-time.After(5 * time.Second):
		t.Errorf("the reader may %s", what)
	}
}
