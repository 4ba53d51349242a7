// Package adminsocket is the socket over which an administrator at the machine talks to a running
// server: HTTP with JSON over a unix socket in the data directory.
//
//	DIR/admin.sock   0600; removed when the server ends, replaced when it was killed
//
// A request needs no token: the operating system says who asks ([PeerOf]), and only root and the
// user of the server are let in. That user can read the ledger's keys anyway, so the socket gives
// nobody more rights than before.
package adminsocket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"golang.org/x/sys/unix"
)

// File is the socket's name in the data directory.
const File = "admin.sock"

// ErrNoServer means that no server runs on the data directory.
var ErrNoServer = errors.New("no server runs on this data directory")

// Peer is who asks, as the operating system knows them.
type Peer struct {
	UID uint32 // user
	PID int32  // process; 0 when it is not known
}

// String names the user: "root (uid 0)".
func (p Peer) String() string {
	uid := strconv.FormatUint(uint64(p.UID), 10)
	if u, err := user.LookupId(uid); err == nil {
		return u.Username + " (uid " + uid + ")"
	}
	return "uid " + uid
}

type peerKey struct{}

// PeerOf returns who sent a request that came over the socket. Its context has the peer; a
// context of anything else is a defect of the caller and gets ok = false.
func PeerOf(ctx context.Context) (p Peer, ok bool) {
	p, ok = ctx.Value(peerKey{}).(Peer)
	return p, ok
}

// Server is an open socket.
type Server struct {
	dir  string
	http *http.Server
	done chan struct{} // closed when no more connections are accepted
}

// Limits of a request: it is a few lines, from a process on this machine.
const (
	maxBody     = 64 << 10
	readTimeout = 10 * time.Second
	callTimeout = 30 * time.Second
)

// Start serves h on the socket of the data directory dir until Close. The caller holds the
// directory's lock, so that a socket that is there belongs to a server that was killed.
func Start(dir string, h http.Handler, log *slog.Logger) (*Server, error) {
	path, release, err := socketPath(dir)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("admin socket: %w", err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("admin socket: %w", err)
	}
	l.SetUnlinkOnClose(false) // the path may be one that only this function can use
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("admin socket: %w", err), l.Close())
	}
	s := &Server{dir: dir, done: make(chan struct{}), http: &http.Server{
		Handler: http.MaxBytesHandler(h, maxBody), ReadTimeout: readTimeout, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, peerKey{}, c.(*knownConn).peer)
		},
	}}
	go func() {
		defer close(s.done)
		if err := s.http.Serve(&doorman{l, log}); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the admin socket has stopped", "error", err)
		}
	}()
	return s, nil
}

// Close removes the socket and waits for requests that are being answered, until ctx ends.
func (s *Server) Close(ctx context.Context) error {
	err := os.Remove(filepath.Join(s.dir, File))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	err = errors.Join(err, s.http.Shutdown(ctx))
	<-s.done
	return err
}

// doorman accepts root and the server's own user; others are turned away without a word. The
// socket's mode says the same, but there is a moment before it is set.
type doorman struct {
	*net.UnixListener
	log *slog.Logger
}

type knownConn struct {
	*net.UnixConn
	peer Peer
}

func (d *doorman) Accept() (net.Conn, error) {
	for {
		c, err := d.AcceptUnix()
		if err != nil {
			return nil, err
		}
		p, err := peerOf(c)
		if err == nil && (p.UID == 0 || int(p.UID) == os.Geteuid()) {
			return &knownConn{c, p}, nil
		}
		d.log.Warn("turned away at the admin socket", "uid", p.UID, "error", err)
		_ = c.Close()
	}
}

// Call asks the server that runs on dir: in is sent and the answer read into out as JSON;
// either may be nil. An answer that is not a success is a *[Refused]. [ErrNoServer] says that
// nobody listens.
func Call(ctx context.Context, dir, method, route string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://admin"+route, body)
	if err != nil {
		return err
	}
	path, release, err := socketPath(dir)
	if err != nil {
		return err
	}
	defer release()
	t := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	defer t.CloseIdleConnections()
	res, err := (&http.Client{Transport: t, Timeout: callTimeout}).Do(req)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ECONNREFUSED):
		return fmt.Errorf("%s: %w", dir, ErrNoServer)
	case err != nil:
		return fmt.Errorf("admin socket: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	switch {
	case err != nil:
		return fmt.Errorf("admin socket: %w", err)
	case res.StatusCode >= http.StatusBadRequest:
		r := &Refused{Status: res.StatusCode}
		if json.Unmarshal(answer, r) != nil || r.Message == "" {
			r.Message = string(bytes.TrimSpace(answer))
		}
		return r
	case out == nil:
		return nil
	}
	return json.Unmarshal(answer, out)
}

// Refused is an answer that is not a success.
type Refused struct {
	Status  int    `json:"-"`
	Message string `json:"error"`
}

func (r *Refused) Error() string { return r.Message }

// Answer writes v as JSON, or err as the [Refused] of a status.
func Answer(w http.ResponseWriter, status int, v any, err error) {
	if err != nil {
		v = Refused{Message: err.Error()}
	}
	b, merr := json.Marshal(v)
	if merr != nil {
		status, b = http.StatusInternalServerError, []byte(`{"error":"the answer cannot be encoded"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // who asked is gone: nothing is left to tell
}

// maxPath is the longest name of a socket on every system, in bytes.
const maxPath = 100

// socketPath is the socket of a data directory by a name that is short enough for the
// operating system. release ends the name's validity, not the socket's.
func socketPath(dir string) (path string, release func(), err error) {
	path = filepath.Join(dir, File)
	if len(path) <= maxPath {
		return path, func() {}, nil
	}
	if runtime.GOOS != "linux" {
		return "", nil, fmt.Errorf("admin socket: %s: the name is too long for a socket, at most %d bytes", path, maxPath)
	}
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("%s: %w", dir, ErrNoServer)
	} else if err != nil {
		return "", nil, fmt.Errorf("admin socket: %w", err)
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), File), func() { _ = d.Close() }, nil
}
