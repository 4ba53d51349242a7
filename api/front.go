package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/anjian-ledger/anjian/domain/law"
)

// Front stands before the API from the first moment on: while the ledger is being replayed it is
// alive, tells how far it is, and turns everything else away for a while. The zero value is ready.
type Front struct {
	mu          sync.RWMutex
	done, total uint64   // mu; blocks
	api         *Handler // mu; nil until Open
}

// Progress says how many blocks have been replayed, and of how many.
func (f *Front) Progress(done, total uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done, f.total = done, total
}

// Open hands all further requests over.
func (f *Front) Open(a *Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.api = a
}

// Starting is how far a start has come.
type Starting struct {
	Block  uint64 `json:"block" doc:"replayed"`
	Blocks uint64 `json:"blocks" doc:"in all; 0 while the copies are being opened"`
}

// ServeHTTP implements http.Handler.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.RLock()
	a, done, total := f.api, f.done, f.total
	f.mu.RUnlock()
	if a != nil {
		a.ServeHTTP(w, r)
		return
	}
	id := requestID(r)
	commonHeaders(w.Header(), id)
	switch r.URL.Path {
	case "/healthz":
		w.Header().Set("Content-Type", mediaText)
		_, _ = io.WriteString(w, alive)
	case "/readyz":
		w.Header().Set("Content-Type", mediaJSON)
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
		b, _ := json.Marshal(Readiness{Parts: []string{"start"}, Starting: &Starting{done, total}}) // numbers and texts
		_, _ = w.Write(append(b, '\n'))
	default:
		p := rowOf(law.Starting).problem(law.Collect(law.Int("block", done), law.Int("blocks", total)))
		rc := http.NewResponseController(w)
		_ = rc.EnableFullDuplex()
		w.Header().Set("Connection", "close") // some of the body may be left
		p.write(w, r, id)
		if rc.Flush() == nil && r.ContentLength != 0 && !expects(r) {
			drain(rc, r.Body)
		}
	}
}

// alive is the answer of a process that answers.
const alive = "ok\n"

// expects reports whether a client sends nothing before it is told to.
func expects(r *http.Request) bool { return strings.EqualFold(r.Header.Get("Expect"), "100-continue") }

// drain reads a bounded rest of a body that was refused, and reports whether that was all.
func drain(rc *http.ResponseController, body io.Reader) bool {
	_ = rc.SetReadDeadline(time.Now().Add(lingerTime))
	_, err := io.CopyN(io.Discard, body, lingerBytes) // what comes is of no use to anybody
	return errors.Is(err, io.EOF)
}
