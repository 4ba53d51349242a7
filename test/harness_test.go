package test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/test/rounds"
)

var (
	killRounds = flag.Int("kill-rounds", 3, "rounds of kill -9 under 64 writers")
	flips      = flag.Int("flips", rounds.Of(5, 10), "bytes to flip, each followed by a clean and an unclean restart")
	disk       = flag.Bool("disk", false, "fill a loop-mounted disk (needs root)")
	seed       = flag.Uint64("seed", 0, "seed of what chance decides; 0: a new one, which is printed")
	update     = flag.Bool("update", false, "rewrite the catalogue in EVENTS.md")
)

// anjian is the path of the binary under test.
var anjian string

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		os.Exit(play(role))
	}
	flag.Parse()
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "anjian-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	anjian = filepath.Join(dir, "anjian")
	if err := os.Setenv(noReports, "true"); err != nil { // who needs the report database starts with --no-report-database=false
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	// Unlike go build, go run keeps what it linked: the binary is copied, and linked only after a change.
	if out, err := exec.Command("go", "run", "-ldflags=-w", "-exec=cp", "../cmd/anjian", anjian).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go run: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// noReports has servers build no report database: most tests read nothing of it, and start many.
const noReports = "ANJIAN_NO_REPORT_DATABASE"

// command runs anjian to its end and returns what it printed and its exit code.
func command(t testing.TB, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(anjian, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// mustRun is command for what must succeed; it returns standard output.
func mustRun(t testing.TB, args ...string) string {
	t.Helper()
	stdout, stderr, code := command(t, args...)
	if code != 0 {
		t.Fatalf("anjian %v: exit %d\n%s%s", args, code, stdout, stderr)
	}
	return stdout
}

// server is a running anjian serve.
type server struct {
	t      testing.TB
	dir    string
	url    string
	cmd    *exec.Cmd
	log    *logBuffer
	banner *logBuffer // standard output: address, key, tokens
	done   chan error // the exit, once

	importers map[string]*client // of importFiles, by format
	address   chan string        // that it prints when it serves
}

// logBuffer collects what a process writes. The log is printed when a test fails, the banner
// is not: it has tokens.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs a server on dir and returns once GET /readyz is 200.
func start(t testing.TB, dir string, flags ...string) *server {
	t.Helper()
	s := launch(t, dir, flags...)
	if status, body := s.client("").do("GET", "/readyz", nil); status != 200 {
		t.Fatalf("/readyz: %d %s\n%s", status, body, s.log)
	}
	return s
}

// launch runs a server on dir and returns once it serves, ready or not.
func launch(t testing.TB, dir string, flags ...string) *server {
	t.Helper()
	return begin(t, dir, exec.Command(anjian, append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "warn"},
		flags...)...))
}

// begin runs cmd, which serves the ledger in dir, and returns once it says where.
func begin(t testing.TB, dir string, cmd *exec.Cmd) *server {
	t.Helper()
	s := spawn(t, dir, cmd)
	select {
	case s.url = <-s.address:
	case err := <-s.done:
		s.done <- err
		t.Fatalf("serve ended: %v\n%s", err, s.log)
	case <-time.After(60 * time.Second):
		t.Fatalf("serve does not answer\n%s", s.log)
	}
	return s
}

// spawn runs cmd, which serves the ledger in dir.
func spawn(t testing.TB, dir string, cmd *exec.Cmd) *server {
	t.Helper()
	s := &server{t: t, dir: dir, log: &logBuffer{}, banner: &logBuffer{}, done: make(chan error, 1), cmd: cmd, address: make(chan string, 1)}
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		lines := bufio.NewScanner(io.TeeReader(out, s.banner))
		for lines.Scan() {
			if _, url, ok := strings.Cut(lines.Text(), "listens on "); ok {
				s.address <- url
			}
		}
		s.done <- s.cmd.Wait()
	}()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() && s.log.String() != "" {
			t.Logf("server on %s:\n%s", filepath.Base(dir), s.log)
		}
	})
	return s
}

// kill ends the process at once, as kill -9 does, and waits until it is gone.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	s.wait()
}

// stop asks the process to end, as an operator does, and wants exit code 0.
func (s *server) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := s.wait(); err != nil {
		s.t.Fatalf("serve after SIGTERM: %v\n%s", err, s.log)
	}
}

func (s *server) wait() error {
	select {
	case err := <-s.done:
		s.done <- err
		return err
	case <-time.After(60 * time.Second):
		s.t.Error("the server does not end")
		return nil
	}
}

// as returns a client with a token for the role; more are flags of anjian token.
func (s *server) as(role string, more ...string) *client {
	s.t.Helper()
	c, err := s.tryAs(role, more...)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// tryAs is as for a server whose disk may fail.
func (s *server) tryAs(role string, more ...string) (*client, error) {
	stdout, stderr, code := command(s.t, append([]string{"token", "--data", s.dir, "--role", role}, more...)...)
	if code != 0 {
		return nil, fmt.Errorf("anjian token: exit %d\n%s", code, stderr)
	}
	return s.client(strings.TrimSpace(stdout)), nil
}

func (s *server) client(token string) *client {
	return &client{t: s.t, base: s.url, token: token, header: http.Header{}, http: &http.Client{
		Timeout:   time.Minute,
		Transport: &http.Transport{MaxIdleConnsPerHost: 64},
	}}
}

// client speaks HTTP to a server and knows nothing of its code.
type client struct {
	t      testing.TB
	base   string
	token  string
	header http.Header // sent with every request
	http   *http.Client
}

// with returns a copy of c that sends one more header.
func (c *client) with(name, value string) *client {
	d := *c
	d.header = c.header.Clone()
	d.header.Set(name, value)
	return &d
}

// send makes one request. An error means that no whole answer came.
func (c *client) send(method, path string, body []byte) (status int, answer []byte, err error) {
	req, err := http.NewRequest(method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header = c.header.Clone()
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// do is send for a server that must answer.
func (c *client) do(method, path string, body []byte) (status int, answer []byte) {
	c.t.Helper()
	status, answer, err := c.send(method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return status, answer
}

// get decodes the JSON at path, which must be there, into v. What reads behind the ledger may have to catch up with an import
// first and says so: then get asks again, as any client is told to.
func (c *client) get(path string, v any) {
	c.t.Helper()
	status, body := c.do("GET", path, nil)
	for end := time.Now().Add(2 * time.Minute); status == 503 && bytes.Contains(body, []byte(`-behind"`)) && time.Now().Before(end); {
		time.Sleep(200 * time.Millisecond)
		status, body = c.do("GET", path, nil)
	}
	if status != 200 {
		c.t.Fatalf("GET %s: %d %s", path, status, body)
	}
	if err := json.Unmarshal(body, v); err != nil {
		c.t.Fatalf("GET %s: %v\n%s", path, err, body)
	}
}

// fact is an event as a client writes it. Zero ID and Time are filled in.
type fact struct {
	ID, Type, Subject, Campaign string
	Time                        time.Time
	Data                        any
}

func (f fact) json() []byte {
	if f.ID == "" {
		f.ID = uuid.NewString()
	}
	if f.Time.IsZero() {
		f.Time = time.Now()
	}
	m := map[string]any{
		"specversion": "1.0", "id": f.ID, "source": "urn:test:device", "type": "anjian." + f.Type + ".v1",
		"subject": f.Subject, "time": f.Time.Format(time.RFC3339Nano), "data": f.Data,
	}
	if f.Campaign != "" {
		m["campaign"] = f.Campaign
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // a defect of the test
	}
	return b
}

// enterprise is the registration of an enterprise in 汉滨区.
func enterprise(id string) fact {
	return fact{Type: "subject-registered", Subject: "subject/" + id, Data: map[string]any{
		"kind": "enterprise", "name": "安康" + id + "矿业", "region": "610902", "sectors": []string{"MINE"}, "discovery": "register"}}
}

// receipt is what a client keeps of one appended event.
type receipt struct {
	ID             string `json:"id"`
	Index          uint64 `json:"index"`
	Stream         string `json:"stream"`
	Revision       uint64 `json:"revision"`
	Receipt        string `json:"receipt"`
	AlreadyPresent bool   `json:"already_present"`
	Deviations     []struct{ Code, Rule, Detail string }
}

type receipts struct {
	Position   uint64    `json:"position"`
	Root       string    `json:"root"`
	Checkpoint string    `json:"checkpoint"`
	Receipts   []receipt `json:"receipts"`
}

const (
	oneEvent = "application/cloudevents+json"
	batch    = "application/cloudevents-batch+json"
)

// batchOf joins events into the body of a batch.
func batchOf(events ...[]byte) []byte {
	return append(append([]byte{'['}, bytes.Join(events, []byte{','})...), ']')
}

// post appends a body and wants the status.
func (c *client) post(want int, mediaType string, body []byte) receipts {
	c.t.Helper()
	status, answer := c.with("Content-Type", mediaType).do("POST", "/v1/events", body)
	if status != want {
		c.t.Fatalf("append: %d %s, want %d\n%.500s", status, answer, want, body)
	}
	var r receipts
	if err := json.Unmarshal(answer, &r); err != nil {
		c.t.Fatalf("append: %v\n%s", err, answer)
	}
	return r
}

// append appends one event.
func (c *client) append(f fact) receipt {
	c.t.Helper()
	return c.post(201, oneEvent, f.json()).Receipts[0]
}

// refused wants an append to be refused with the status and code.
func (c *client) refused(status int, code, mediaType string, body []byte) {
	c.t.Helper()
	got, answer := c.with("Content-Type", mediaType).do("POST", "/v1/events", body)
	if p := problemOf(answer); got != status || p.Code != code {
		c.t.Errorf("append: %d %s, want %d %s\n%.300s", got, answer, status, code, body)
	}
}

// problem is the part of an RFC 9457 answer that clients decide by.
type problem struct {
	Code, Rule, Detail, Remedy string
	Fields                     []struct{ Field, Fault, Detail string }
}

func problemOf(answer []byte) (p problem) {
	_ = json.Unmarshal(answer, &p) // what is no problem has no code
	return p
}

type money struct {
	Currency string `json:"currency"`
	Amount   int64  `json:"amount"`
}

// view is what every view has.
type view struct {
	Position uint64 `json:"position"`
	Root     string `json:"root"`
	Recorded string `json:"recorded"`
	Counts   struct {
		Inspections   int64 `json:"inspections"`
		Checks        int64 `json:"checks"`
		Findings      int64 `json:"findings"`
		MajorFindings int64 `json:"major_findings"`
		Penalties     int64 `json:"penalties"`
	} `json:"counts"`
	Fines []money `json:"fines"`
}

// logInfo is the log's name, key and size.
type logInfo struct {
	Origin   string `json:"origin"`
	VKey     string `json:"vkey"`
	Position uint64 `json:"position"`
	Root     string `json:"root"`
}

func (s *server) logInfo() (l logInfo) {
	s.t.Helper()
	s.client("").get("/v1/log", &l)
	return l
}

// verification is what anjian verify --json prints.
type verification struct {
	Entries  uint64 `json:"entries"`
	Root     string `json:"root"`
	OK       bool   `json:"ok"`
	Signed   uint64 `json:"signed"`
	Problems []struct {
		Where string
		Block uint64
		Index int64
		What  string
	} `json:"problems"`
}

// verifyDir runs anjian verify; the exit code and "ok" must say the same.
func verifyDir(t testing.TB, dir string) verification {
	t.Helper()
	stdout, stderr, code := command(t, "verify", "--data", dir, "--json")
	var v verification
	if err := json.Unmarshal([]byte(stdout), &v); err != nil {
		t.Fatalf("verify: %v\n%s%s", err, stdout, stderr)
	}
	if v.OK != (code == 0) || v.OK != (len(v.Problems) == 0) {
		t.Errorf("verify exits with %d and says %+v", code, v)
	}
	return v
}

// chance returns the seed of a test that uses chance, and prints it.
func chance(t testing.TB) uint64 {
	n := *seed
	if n == 0 {
		n = rand.Uint64()
	}
	t.Logf("run again with -seed %d", n)
	return n
}

func newID() string { return uuid.NewString() }

// proofOf is a receipt without its first line, the entry.
func proofOf(r receipt) []byte {
	_, proof, _ := strings.Cut(r.Receipt, "\n")
	return []byte(proof)
}
