package adminsocket_test

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/adminsocket"
)

type greeting struct {
	Name string `json:"name"`
}

func start(t *testing.T, dir string) *adminsocket.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /greet", func(w http.ResponseWriter, r *http.Request) {
		p, ok := adminsocket.PeerOf(r.Context())
		if !ok || int(p.UID) != os.Geteuid() {
			adminsocket.Answer(w, http.StatusForbidden, nil, errors.New("who are you"))
			return
		}
		adminsocket.Answer(w, http.StatusOK, greeting{p.String()}, nil)
	})
	mux.HandleFunc("POST /refuse", func(w http.ResponseWriter, _ *http.Request) {
		adminsocket.Answer(w, http.StatusConflict, nil, errors.New("not now"))
	})
	s, err := adminsocket.Start(dir, mux, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheServerKnowsWhoAsks(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("a-long-name-", 12))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"a short path": t.TempDir(), "a path longer than a socket's": long} {
		t.Run(name, func(t *testing.T) {
			s := start(t, dir)
			info, err := os.Stat(filepath.Join(dir, adminsocket.File))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Fatalf("socket: %v, %v; want mode 0600", info, err)
			}
			var g greeting
			if err := adminsocket.Call(t.Context(), dir, "POST", "/greet", greeting{"x"}, &g); err != nil || !strings.Contains(g.Name, "uid ") {
				t.Errorf("answer %+v, %v; want the user's name and number", g, err)
			}
			var r *adminsocket.Refused
			if err := adminsocket.Call(t.Context(), dir, "POST", "/refuse", nil, nil); !errors.As(err, &r) || r.Status != 409 ||
				r.Message != "not now" {
				t.Errorf("refusal: %v", err)
			}
			if err := adminsocket.Call(t.Context(), dir, "POST", "/nothing", nil, nil); !errors.As(err, &r) || r.Status != 404 {
				t.Errorf("no such route: %v", err)
			}
			if err := s.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := adminsocket.Call(t.Context(), dir, "POST", "/greet", nil, nil); !errors.Is(err, adminsocket.ErrNoServer) {
				t.Errorf("after the end: %v, want ErrNoServer", err)
			}
			if _, err := os.Stat(filepath.Join(dir, adminsocket.File)); !os.IsNotExist(err) {
				t.Errorf("the socket is left: %v", err)
			}
		})
	}
}

// A server that was killed leaves its socket; the next start replaces it.
func TestASocketThatWasLeftIsReplaced(t *testing.T) {
	dir := t.TempDir()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, adminsocket.File), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := adminsocket.Call(t.Context(), dir, "POST", "/greet", nil, nil); !errors.Is(err, adminsocket.ErrNoServer) {
		t.Errorf("a socket that nobody serves: %v, want ErrNoServer", err)
	}
	s := start(t, dir)
	defer func() { _ = s.Close(t.Context()) }()
	if err := adminsocket.Call(t.Context(), dir, "POST", "/greet", nil, nil); err != nil {
		t.Error(err)
	}
}

func TestNoDirectoryIsNoServer(t *testing.T) {
	err := adminsocket.Call(t.Context(), filepath.Join(t.TempDir(), strings.Repeat("nowhere", 20)), "POST", "/greet", nil, nil)
	if !errors.Is(err, adminsocket.ErrNoServer) {
		t.Errorf("%v, want ErrNoServer", err)
	}
}
