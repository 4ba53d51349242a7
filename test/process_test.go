package test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"

	"github.com/anjian-ledger/anjian/api"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/node"
	natsblocks "github.com/anjian-ledger/anjian/internal/store/cluster"
)

// The test binary runs itself again as a NATS server or a ledger node, so that kill -9 is
// what it is: no other process loses anything, and nothing is flushed.
const (
	roleVariable   = "ANJIAN_TEST_ROLE"
	configVariable = "ANJIAN_TEST_CONFIG"
)

// play runs one role until standard input ends, as it does when the test dies, or SIGTERM.
func play(role string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	var err error
	config := []byte(os.Getenv(configVariable))
	switch role {
	case "nats":
		err = playNATS(ctx, config)
	case "node":
		err = playNode(ctx, config)
	default:
		err = fmt.Errorf("role %q", role)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// process is the command of one role; its standard input stays open while the test lives.
func process(t testing.TB, role string, config any) *exec.Cmd {
	t.Helper()
	b, err := json.Marshal(config)
	must(t, err)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"="+role, configVariable+"="+string(b))
	_, err = cmd.StdinPipe()
	must(t, err)
	return cmd
}

type natsConfig struct {
	Name, Dir   string
	Port, Route int
	Routes      []string // addresses of the ways to the others
}

func playNATS(ctx context.Context, config []byte) error {
	var c natsConfig
	if err := json.Unmarshal(config, &c); err != nil {
		return err
	}
	o := &natsserver.Options{
		ServerName: c.Name, Host: "127.0.0.1", Port: c.Port, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: c.Dir, SyncAlways: true, MaxPayload: 8 << 20,
		Cluster: natsserver.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: c.Route, NoAdvertise: true, Advertise: "127.0.0.1:1"},
	}
	for _, r := range c.Routes {
		o.Routes = append(o.Routes, &url.URL{Scheme: "nats", Host: r})
	}
	s, err := natsserver.NewServer(o)
	if err != nil {
		return err
	}
	go s.Start()
	<-ctx.Done()
	s.Shutdown()
	return nil
}

type nodeConfig struct {
	Dir, Origin string
	URLs        []string
	Replicas    int
	SweepEvery  time.Duration
	Clock       string        // see [hands]; "" is the machine's clock
	Ahead       time.Duration // by so much the node's clock is set, once it serves,
	AtStart     bool          // or before it starts
}

// playNode is a ledger node with its API and three things more: /test/revision/{kind}/{id} is a
// linearizable read of a stream's revision, as a program that embeds the ledger would make it,
// /test/token/{role} is a token that it issues, to a person and a team, and /test/sweep a sweep.
func playNode(ctx context.Context, config []byte) error {
	var c nodeConfig
	if err := json.Unmarshal(config, &c); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	h := hands{file: c.Clock}
	if c.AtStart {
		h.ahead.Store(int64(c.Ahead))
	}
	n, err := node.Open(ctx, node.Config{Dir: datadir.Dir(c.Dir), Origin: c.Origin, Logger: log, ScrubEvery: -1, SweepEvery: c.SweepEvery,
		Time: h.sources(), Engine: engines.NATS(natsblocks.Config{URLs: c.URLs, Replicas: c.Replicas, Logger: log})})
	if err != nil {
		return err
	}
	h.ahead.Store(int64(c.Ahead))
	handler, err := n.Handler()
	if err != nil {
		return errors.Join(err, n.Close(ctx))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, n.Close(ctx))
	}
	srv := api.NewServer(withTestRoutes(n, handler), log)
	go func() { _ = srv.Serve(l) }()
	fmt.Printf("listens on http://%s\n", l.Addr())
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	handler.Stop()
	return errors.Join(srv.Shutdown(stop), n.Close(stop))
}

// withTestRoutes adds to a node's API what only tests ask for.
func withTestRoutes(n *node.Node, handler http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", handler)
	mux.HandleFunc("/test/revision/{kind}/{id}", func(w http.ResponseWriter, r *http.Request) {
		revision, err := revisionOf(r.Context(), n, r.PathValue("kind")+"/"+r.PathValue("id"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, revision)
	})
	mux.HandleFunc("/test/token/{role}", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		who := token.Issued{Role: event.Role(r.PathValue("role")), Person: q.Get("person"), Team: q.Get("team")}
		t, _, err := n.Issue(r.Context(), who, 1000*time.Hour)
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, t.Reveal())
	})
	mux.HandleFunc("/test/sweep", func(w http.ResponseWriter, r *http.Request) {
		said, err := n.Ledger.Sweep(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, said)
	})
	return mux
}

// revisionOf reads the newest revision of a stream after a Refresh; -1 when there is none.
func revisionOf(ctx context.Context, n *node.Node, stream string) (int64, error) {
	if err := n.Ledger.Refresh(ctx); err != nil {
		return 0, err
	}
	for i := n.Ledger.Head().Size; i > 0; i-- {
		raw, err := n.Ledger.Entry(ctx, i-1)
		if err != nil {
			return 0, err
		}
		if en, err := entry.Parse(raw); err != nil || en.Stream.String() == stream {
			return int64(en.Revision), err
		}
	}
	return -1, nil
}

// way is a relay on loopback that can be held: what enters it then comes out when it is
// released, as on a network that drops packets which are sent again later.
type way struct {
	addr string
	mu   sync.Mutex
	open chan struct{} // closed while bytes may pass
}

func newWay(t testing.TB, port int) *way {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	w := &way{addr: l.Addr().String(), open: make(chan struct{})}
	close(w.open)
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			go w.serve(from, "127.0.0.1:"+strconv.Itoa(port))
		}
	}()
	return w
}

func (w *way) serve(from net.Conn, target string) {
	defer from.Close()
	w.wait()
	to, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer to.Close()
	ended := make(chan struct{}, 2)
	pass := func(to, from net.Conn) {
		defer func() { ended <- struct{}{} }()
		b := make([]byte, 64<<10)
		for {
			n, err := from.Read(b)
			if err != nil {
				return
			}
			w.wait()
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
	}
	go pass(to, from)
	go pass(from, to)
	<-ended
}

func (w *way) wait() {
	w.mu.Lock()
	open := w.open
	w.mu.Unlock()
	<-open
}

// hold stops what passes, or lets it go on.
func (w *way) hold(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if on {
		w.open = make(chan struct{})
	} else {
		close(w.open)
	}
}
