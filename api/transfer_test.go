package api

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
)

const testStall = 400 * time.Millisecond

// slowly writes a body piece by piece.
func slowly(t *testing.T, c caught, body string, piece int, pause time.Duration) {
	t.Helper()
	for len(body) > 0 {
		n := min(piece, len(body))
		if _, err := io.WriteString(c, body[:n]); err != nil {
			t.Fatalf("cut while it went on: %v", err)
		}
		body = body[n:]
		time.Sleep(pause)
	}
}

// A body takes as long as it takes while it goes on: here five times the deadline.
func TestABodyThatGoesOnIsWaitedFor(t *testing.T) {
	w := newFixture(t, func(c *Config) { c.Stall = testStall })
	server := serve(t, w)
	body := strings.Repeat("photo", 6000)
	sum := sha256.Sum256([]byte(body))
	batch := "[" + w.subject("slow-1") + strings.Repeat(" ", 30_000) + "]"
	for name, text := range map[string]string{
		"file":  head("PUT", "/v1/evidence/"+hex.EncodeToString(sum[:]), "inspector", "Content-Length", fmt.Sprint(len(body))),
		"batch": head("POST", "/v1/events", office, "Content-Type", mediaBatch, "Content-Length", fmt.Sprint(len(batch))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, server, text)
			began := time.Now()
			slowly(t, c, map[string]string{"file": body, "batch": batch}[name], 1500, testStall/4)
			if status, p := c.answer(t); status != 201 || time.Since(began) < 4*testStall {
				t.Errorf("%d %+v after %v", status, p, time.Since(began))
			}
		})
	}
}

func TestABodyThatStandsStillIs408AndSaysWhatToDo(t *testing.T) {
	w := newFixture(t, func(c *Config) { c.Stall = testStall })
	server := serve(t, w)
	for name, text := range map[string]string{
		"file": head("PUT", "/v1/evidence/"+strings.Repeat("0", 64), "inspector", "Content-Length", "100000") +
			strings.Repeat("x", 5000),
		"one byte":        head("PUT", "/v1/evidence/"+strings.Repeat("0", 64), "inspector", "Content-Length", "100000") + "x",
		"batch":           head("POST", "/v1/events", "inspector", "Content-Type", mediaBatch, "Content-Length", "2000") + "[",
		"event":           head("POST", "/v1/events", "inspector", "Content-Type", mediaEvent, "Content-Length", "2000") + "{",
		"of unknown size": head("POST", "/v1/events", "inspector", "Content-Type", mediaEvent, "Transfer-Encoding", "chunked") + "1\r\n{\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			status, p := dial(t, server, text).answer(t)
			said, err := json.Marshal(p)
			w.must(err)
			heard(w.answers(&http.Response{StatusCode: status}, said, "inspector", "PUT", "/v1/evidence/"+strings.Repeat("0", 64), ""))
			if status != 408 || p.Code != law.TooSlow || p.Title == "" || !strings.Contains(p.Remedy, "/v1/limits") ||
				!strings.Contains(p.Detail, strconv.Itoa(int(testStall/time.Second))+" second") {
				t.Errorf("%d %+v", status, p)
			}
			if took := time.Since(began); took < testStall/2 || took > 10*testStall {
				t.Errorf("after %v", took)
			}
		})
	}
	if w.added() != 0 {
		t.Errorf("%d entries", w.size())
	}
}

// However steadily a body comes, it ends some time; a live stream need not.
func TestATransferHasAnEnd(t *testing.T) {
	now := time.Now()
	c := &call{began: now.Add(-longestTransfer - time.Second)}
	if until := c.until(now.Add(time.Minute)); !until.Before(now) {
		t.Errorf("a transfer of %v goes on until %v", longestTransfer, until)
	}
	if c.endless = true; c.until(now.Add(time.Minute)) != now.Add(time.Minute) {
		t.Error("a live stream ends")
	}
}

// A trickle holds a slot no longer than silence does.
func TestATrickleIsNoProgress(t *testing.T) {
	w := newFixture(t, func(c *Config) { c.Stall = testStall })
	server := serve(t, w)
	c := dial(t, server, head("PUT", "/v1/evidence/"+strings.Repeat("0", 64), "inspector", "Content-Length", "100000"))
	go func() {
		for range 200 {
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
			time.Sleep(testStall / 20)
		}
	}()
	began := time.Now()
	if status, p := c.answer(t); status != 408 || time.Since(began) > 10*testStall {
		t.Errorf("%d %+v after %v", status, p, time.Since(began))
	}
}

// readSlowly takes a response's body at a pace, and returns what came and the error that ended it.
func readSlowly(r io.Reader, piece int, pause time.Duration) (n int, err error) {
	b := make([]byte, piece)
	for {
		k, err := io.ReadFull(r, b)
		if n += k; err != nil {
			return n, err
		}
		time.Sleep(pause)
	}
}

func TestADownloadThatGoesOnIsServedAndOneThatStandsStillIsCut(t *testing.T) {
	// The kernel shows progress in steps of a third of its buffer, 85 KB: at the pace below 0.4 s.
	const stall = 3 * testStall
	w := newFixture(t, func(c *Config) { c.Stall = stall })
	server := serve(t, w)
	w.populate(2000)
	sum := w.file(office, 1<<20)
	for name, text := range map[string]string{
		"file":   head("GET", "/v1/evidence/"+sum, office),
		"replay": head("GET", "/v1/events", office, "Accept", mediaNDJSON),
		"page":   head("GET", "/v1/events?limit=1000", office),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, server, text)
			w.must(c.Conn.(*net.TCPConn).SetReadBuffer(64 << 10))
			began := time.Now()
			resp, err := http.ReadResponse(c.r, nil) //nolint:bodyclose // its connection is closed with the test
			if err != nil {
				t.Fatal(err)
			}
			if n, err := readSlowly(resp.Body, 16<<10, 80*time.Millisecond); err != io.ErrUnexpectedEOF && err != io.EOF ||
				resp.ContentLength >= 0 && int64(n) != resp.ContentLength || n < 500_000 {
				t.Errorf("%d bytes of %d, then %v", n, resp.ContentLength, err)
			}
			if took := time.Since(began); took < 2*stall {
				t.Errorf("it took %v: nothing is shown", took)
			}
		})
		t.Run(name+" stands still", func(t *testing.T) {
			t.Parallel()
			c := dial(t, server, text)
			time.Sleep(2 * stall)
			resp, err := http.ReadResponse(c.r, nil) //nolint:bodyclose // its connection is closed with the test
			if err != nil {
				return // cut before anything was read
			}
			n, err := io.Copy(io.Discard, resp.Body)
			if err == nil {
				t.Errorf("%d bytes came whole after a pause of %v", n, 2*stall)
			}
		})
	}
}

// sender writes all of a body before it listens, as .NET's HttpClient and many others do.
func sendAll(t *testing.T, c caught, size int) {
	t.Helper()
	_ = c.SetWriteDeadline(time.Now().Add(20 * time.Second))
	piece := make([]byte, 64<<10)
	for sent := 0; sent < size; sent += len(piece) {
		if _, err := c.Write(piece[:min(len(piece), size-sent)]); err != nil {
			t.Fatalf("after %d of %d bytes: %v", sent, size, err)
		}
	}
	time.Sleep(20 * time.Millisecond)
}

func TestARefusedLargeBodyIsAnsweredSoThatEveryClientHearsIt(t *testing.T) {
	w := newFixture(t)
	w.bodies.patience = 10 * time.Millisecond
	server := serve(t, w)
	for range DefaultQuotas().Field.Bodies { // so that another one of its is 429
		dial(t, server, head("PUT", "/v1/evidence/"+strings.Repeat("0", 64), "other-team", "Content-Length", "1000")+"x")
	}
	time.Sleep(100 * time.Millisecond)
	const large = 24 << 20
	length := fmt.Sprint(large)
	for name, c := range map[string]struct {
		text   string
		status int
		code   law.Code
	}{
		"dead token":       {head("PUT", "/v1/evidence/"+strings.Repeat("0", 64), "dead", "Content-Length", length), 401, law.Unauthenticated},
		"dead token, POST": {head("POST", "/v1/events", "dead", "Content-Length", length, "Content-Type", mediaEvent), 401, law.Unauthenticated},
		"file too large":   {head("PUT", "/v1/evidence/"+strings.Repeat("0", 64), "inspector", "Content-Length", length), 413, law.FileTooLarge},
		"batch too large": {head("POST", "/v1/events", "inspector", "Content-Length", length, "Content-Type", mediaBatch), 413,
			law.BodyTooLarge},
		"share in use":   {head("PUT", "/v1/evidence/"+strings.Repeat("0", 64), "other-team", "Content-Length", "800000"), 429, law.OverShare},
		"no permission":  {head("PUT", "/v1/evidence/"+strings.Repeat("0", 64), "auditor", "Content-Length", length), 403, law.Forbidden},
		"no such route":  {head("POST", "/v1/nothing", "inspector", "Content-Length", length), 404, law.NotFound},
		"no such method": {head("POST", "/v1/city", "inspector", "Content-Length", length), 405, law.MethodNotAllowed},
		"media type": {head("POST", "/v1/events", "inspector", "Content-Length", length, "Content-Type", "text/plain"), 415,
			law.UnsupportedMediaType},
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, server, c.text)
			size := large
			if strings.Contains(c.text, "800000") {
				size = 800_000
			}
			sendAll(t, conn, size)
			if status, p := conn.answer(t); status != c.status || p.Code != c.code {
				t.Errorf("%d %+v", status, p)
			}
		})
	}
}

// Of a small body the rest is read and the connection goes on.
func TestARefusedSmallBodyKeepsTheConnection(t *testing.T) {
	w := newFixture(t)
	server := serve(t, w)
	conn := dial(t, server, head("POST", "/v1/events", "dead", "Content-Length", "1000", "Content-Type", mediaEvent))
	if status, _ := conn.answer(t); status != 401 { // before the body has come
		t.Fatalf("%d", status)
	}
	for _, token := range []string{"dead", office} {
		text := strings.Repeat("x", 1000)
		if token == office {
			text = ""
		}
		if _, err := io.WriteString(conn, text+head("GET", "/v1/city", token)); err != nil {
			t.Fatal(err)
		}
		if status, _ := conn.answer(t); status != map[bool]int{true: 200, false: 401}[token == office] {
			t.Fatalf("%s: %d", token, status)
		}
	}
}

func TestExpectGetsTheRefusalInsteadOfContinue(t *testing.T) {
	w := newFixture(t)
	server := serve(t, w)
	for token, want := range map[string]int{"dead": 401, "inspector": 100} {
		conn := dial(t, server, head("PUT", "/v1/evidence/"+strings.Repeat("0", 64), token, "Content-Length", "100000", "Expect", "100-continue"))
		if status, _ := conn.answer(t); status != want {
			t.Errorf("%s: %d, want %d", token, status, want)
		}
	}
}

func TestARevokedTokenGetsNoFurtherPart(t *testing.T) {
	for name, text := range map[string]func(w *fixture) string{
		"file":   func(w *fixture) string { return head("GET", "/v1/evidence/"+w.file(office, 1<<20), office) },
		"replay": func(*fixture) string { return head("GET", "/v1/events", office, "Accept", mediaNDJSON) },
		"stream": func(*fixture) string { return head("GET", "/v1/events", office, "Accept", mediaSSE) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newFixture(t, func(c *Config) { c.Heartbeat = time.Hour })
			server := serve(t, w)
			w.populate(3000)
			c := dial(t, server, text(w))
			resp, err := http.ReadResponse(c.r, nil) //nolint:bodyclose // its connection is closed with the test
			w.must(err)
			_, err = io.CopyN(io.Discard, resp.Body, 10<<10)
			w.must(err)
			time.Sleep(100 * time.Millisecond) // the server has filled what there is to fill
			w.revoke(office)
			n, _ := io.Copy(io.Discard, resp.Body)
			if n > 700<<10 { // what was under way: a part and the kernel's buffers
				t.Errorf("%d bytes came after the token was revoked", n)
			}
		})
	}
}

func TestALiveStreamOfARevokedTokenEndsWithTheNextEntry(t *testing.T) {
	w := newFixture(t, func(c *Config) { c.Heartbeat = time.Hour })
	server := serve(t, w)
	w.want(w.post("admin", w.subject("s-0"), "X", ""), 403, law.RoleMayNotAppend)
	w.want(w.post("importer", w.subject("s-0")), 201, "")
	ctx, leave := context.WithTimeout(t.Context(), 10*time.Second)
	defer leave()
	r := listen(t, ctx, server, office, "", "")
	messages(t, r, 1)
	w.revoke(office)
	w.want(w.post("importer", w.subject("s-secret")), 201, "")
	rest := string(readAll(bufio.NewReader(r)))
	if ctx.Err() != nil || strings.Contains(rest, "s-secret") {
		t.Errorf("after the token was revoked: %q, %v", rest, ctx.Err())
	}
}

// Go's client, too, reads the answer although it has not sent all: 401 and 413, and no broken pipe.
func TestAnOrdinaryClientReadsTheRefusalOfALargeUpload(t *testing.T) {
	w := newFixture(t)
	server := serve(t, w)
	file := "/v1/evidence/" + strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		method, target, token string
		size, status          int
		code                  law.Code
	}{
		"4 MiB, dead token":    {"PUT", file, "dead", 4 << 20, 401, law.Unauthenticated},
		"20 MB of events":      {"POST", "/v1/events", "inspector", 20 << 20, 413, law.BodyTooLarge},
		"60 MB of evidence":    {"PUT", file, "inspector", 60 << 20, 413, law.FileTooLarge},
		"60 MB, no size given": {"PUT", file, "inspector", -60 << 20, 413, law.FileTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			var body io.Reader = &zeros{left: max(c.size, -c.size)}
			r, err := http.NewRequestWithContext(t.Context(), c.method, server.URL+c.target, body)
			w.must(err)
			r.ContentLength = int64(max(c.size, -1))
			r.Header.Set("Authorization", "Bearer "+c.token)
			r.Header.Set("Content-Type", mediaBatch)
			resp, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			w.want(answer{Response: resp, body: readAll(resp.Body)}, c.status, c.code)
		})
	}
}

// zeros is a body of so many bytes.
type zeros struct{ left int }

func (z *zeros) Read(p []byte) (int, error) {
	n := min(len(p), z.left)
	clear(p[:n])
	if z.left -= n; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
