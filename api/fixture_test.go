package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/core"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/internal/sealing"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/test/eventtest"
	"github.com/anjian-ledger/anjian/test/memory"
)

// laterReports is a report database that is made when somebody first asks it: most tests do not.
type laterReports struct {
	start func() *reportdb.Builder
}

func (l laterReports) Ask(ctx context.Context, q reportdb.Question) (*reportdb.Conn, error) {
	return l.start().Ask(ctx, q)
}

func (l laterReports) WaitFor(ctx context.Context, position uint64) error {
	return l.start().WaitFor(ctx, position)
}

func (l laterReports) Aside(ctx context.Context, q *reportdb.Question, of any, fields ...string) (*reportdb.Conn, error) {
	return l.start().Aside(ctx, q, of, fields...)
}

func (l laterReports) Status() reportdb.Status { return l.start().Status() }

// reports keeps one behind the ledger until the test ends.
func (w *fixture) reports() Reports {
	return laterReports{sync.OnceValue(func() *reportdb.Builder {
		c := w.core.ReportSource()
		c.Dir = w.TempDir()
		b := reportdb.New(c)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { b.Run(ctx); close(done) }()
		w.Cleanup(func() { cancel(); <-done })
		return b
	})}
}

// fixture is the API over a real ledger whose store is in memory.
type fixture struct {
	testing.TB
	*Handler
	ledger  *ledger.Ledger
	faults  *faults
	core    *core.Core
	keeper  *sealing.Keeper
	keyring *devicekey.Ring
	tokens  *tokenTable
	access  *accessTable
	cat     *event.Catalogue

	clockOff *atomic.Int64 // by which somebody has set the machine's clock, ns
	opening  uint64        // entries before the test's own
}

// The visits of most tests: one of team t-1, one that the importer of unit u-1 copies.
var visit1, visit7 = eventtest.Visit("t-1", "i-1"), eventtest.Visit("u-1", "i-7")

// faults stands before the ledger and answers appends with an error when one is set.
type faults struct {
	Ledger
	err     error
	held    []func()     // end what the ledger still holds of appends whose outcome is unknown
	reads   atomic.Int64 // entries that were read
	refresh func() error // what the node learns of the store; nil: nothing
}

func (f *faults) Refresh(ctx context.Context) error {
	if f.refresh != nil {
		return f.refresh()
	}
	return f.Ledger.Refresh(ctx)
}

func (f *faults) Entry(ctx context.Context, index uint64) ([]byte, error) {
	f.reads.Add(1)
	return f.Ledger.Entry(ctx, index)
}

func (f *faults) Append(ctx context.Context, r ledger.Request) (ledger.Result, error) {
	if errors.Is(f.err, ledger.ErrOutcomeUnknown) {
		f.held = append(f.held, r.Done)
	} else if f.err != nil {
		r.Done()
	}
	if f.err != nil {
		return ledger.Result{}, f.err
	}
	return f.Ledger.Append(ctx, r)
}

// tokenTable knows tokens by a word instead of their text. Their issues are real entries; tokens
// that tests make are looked up in the registry.
type tokenTable struct {
	*identity.Registry
	mu    sync.Mutex
	known map[string]identity.Claims
}

func (t *tokenTable) Verify(ctx context.Context, word string) (identity.Claims, error) {
	t.mu.Lock()
	c, ok := t.known[word]
	t.mu.Unlock()
	if !ok {
		return t.Registry.Verify(ctx, word)
	}
	return c, t.Check(c.Token)
}

func (t *tokenTable) Check(position uint64) error { return t.Registry.Check(position) }

// revoke takes a token back, as the administrator does at the machine.
func (w *fixture) revoke(word string) {
	w.Helper()
	c := w.tokens.known[word]
	w.must(w.ledger.Revoke(w.Context(), event.Stream{Kind: event.Tokens, ID: c.Event.String()},
		&token.Revoked{Token: c.Token, Reason: "lost", AskedBy: identity.Self()}))
	w.must(w.tokens.WaitFor(w.Context(), w.size()))
}

// accessTable keeps the access log.
type accessTable struct {
	mu  sync.Mutex
	all []identity.Access
	err error
}

func (l *accessTable) Record(_ context.Context, a identity.Access) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, a)
	return l.err
}

func (l *accessTable) RecordNow(ctx context.Context, a identity.Access) error {
	return l.Record(ctx, a)
}

func (l *accessTable) objects() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, a := range l.all {
		out = append(out, string(a.Role)+" "+a.Object)
	}
	return out
}

// everyRole is one token for each role; its word is the role's name.
func everyRole() map[string]token.Issued {
	known := map[string]token.Issued{}
	for _, r := range event.Roles {
		d := token.Issued{Role: r, Person: "p-" + string(r), Unit: "u-1"}
		switch r {
		case event.RoleInspector, event.RoleTeamLeader:
			d.Team = "t-1"
		case event.RoleCountyGovernment, event.RoleDepartment:
			d.County = "610902"
		case event.RoleInspectedParty:
			continue // see party
		}
		known[string(r)] = d
	}
	known["other-team"] = token.Issued{Role: event.RoleInspector, Person: "p-9", Team: "t-9"}
	known["other-county"] = token.Issued{Role: event.RoleCountyGovernment, County: "610921", Unit: "u-2"}
	return known
}

// issue gives the token of a word.
func (w *fixture) issue(word string, d token.Issued) identity.Claims {
	w.Helper()
	d.SHA256, d.Expires, d.AskedBy = identity.NewToken().SHA256(), time.Now().AddDate(10, 0, 0), identity.Self()
	a, err := w.ledger.Issue(w.Context(), &d)
	w.must(err)
	w.must(w.tokens.WaitFor(w.Context(), a.Token+1))
	c, _ := w.tokens.ByHash(d.SHA256)
	w.tokens.known[word] = c
	return c
}

// register registers the people and teams of everyRole and gives them their tokens.
func (w *fixture) register() {
	w.Helper()
	bare := w.issue("bare office", token.Issued{Role: event.RoleSupervisionOffice})
	words := slices.Sorted(maps.Keys(everyRole()))
	var items []ledger.Item
	add := func(raw string) {
		e, err := entry.ParseEvent([]byte(raw), w.cat)
		w.must(err)
		items = append(items, ledger.Item{Bytes: []byte(raw), Event: e})
	}
	for _, word := range words {
		if p := everyRole()[word].Person; p != "" {
			add(w.author("person/"+p, "person-registered", &person.Registered{Name: "王某", Unit: "emergency-city",
				Certificate: "陕A-" + p,
				Roles:       []event.Role{event.RoleInspector}}))
		}
	}
	add(w.author("team/t-1", "team-formed", &team.Formed{Name: "第一督查组", Kind: "comprehensive"}))
	add(w.author("team/t-9", "team-formed", &team.Formed{Name: "第九督查组", Kind: "comprehensive"}))
	_, err := w.ledger.Append(w.Context(), ledger.Request{Actor: bare.Actor(), Items: items})
	w.must(err)
	for _, word := range words {
		w.issue(word, everyRole()[word])
	}
	w.opening = w.size()
}

// party registers a subject and gives out the token "inspected-party" that speaks for it.
func (w *fixture) party(id string) {
	w.Helper()
	if _, known := w.tokens.known["inspected-party"]; known {
		return
	}
	w.want(w.post(office, w.author("subject/"+id, "subject-registered", enterprise())), 201, "")
	w.issue("inspected-party", token.Issued{Role: event.RoleInspectedParty, Person: "p-inspector", Subject: id})
}

func newFixture(t testing.TB, tune ...func(*Config)) *fixture {
	t.Helper()
	return newFixtureAt(t, nil, tune...)
}

// newFixtureWith has parts that stand on the fixture's own ledger.
func newFixtureWith(t testing.TB, tune func(*fixture, *Config)) *fixture {
	t.Helper()
	return newFixtureOf(t, nil, tune)
}

// newFixtureAt has a clock of its own, which only goes forward; nil: the machine's.
func newFixtureAt(t testing.TB, now func() time.Time, tune ...func(*Config)) *fixture {
	t.Helper()
	return newFixtureOf(t, now, func(_ *fixture, c *Config) {
		for _, f := range tune {
			f(c)
		}
	})
}

func newFixtureOf(t testing.TB, now func() time.Time, tune func(*fixture, *Config)) *fixture {
	t.Helper()
	w := &fixture{TB: t, access: &accessTable{}, clockOff: new(atomic.Int64)}
	key, err := translog.NewKey("anjian.test/api/0a1b2c3d")
	w.must(err)
	j, err := journal.Open(t.TempDir(), journal.Options{})
	w.must(err)
	machine := clock.System()
	c, err := core.Open(context.Background(), ledger.Config{
		Store: memory.New(memory.DefaultMaxBlock), Journal: j, TilesDir: t.TempDir(), Key: key, ScrubEvery: -1,
		Time: clock.Sources{Synchronised: machine.Synchronised, Read: func() (time.Time, time.Duration) {
			if now != nil {
				return now(), now().Sub(time.Time{}.AddDate(2000, 0, 0))
			}
			wall, since := machine.Read()
			return wall.Add(time.Duration(w.clockOff.Load())), since
		}},
	})
	w.must(err)
	w.ledger, w.keyring, w.cat = c.Ledger, c.Keyring, c.Catalogue
	w.tokens = &tokenTable{Registry: c.Tokens, known: map[string]identity.Claims{}}
	w.register()
	files, err := evidence.OpenFiles(t.TempDir(), evidence.Options{Reserve: -1})
	w.must(err)
	master := filepath.Join(t.TempDir(), "master.key")
	w.must(sealing.CreateMaster(master))
	masters, err := sealing.OpenMaster(master)
	w.must(err)
	guarded := evidence.Guard(files, c.Sealing.Gone)
	w.core, w.keeper = c, &sealing.Keeper{Origin: c.Ledger.Origin(), Files: guarded, Master: masters}
	w.faults = &faults{Ledger: w.ledger}
	cfg := Config{
		Ledger: w.faults, Projector: c.Projector, Evidence: guarded, Tokens: w.tokens, Keyring: w.keyring, AccessLog: w.access,
		Sealing: c.Sealing, Keeper: w.keeper, Catalogue: w.cat, Ready: c.Ready, Metrics: c.WriteMetrics, EvidenceLimit: 1 << 20,
		Slowdown: time.Millisecond, Reports: w.reports(),
	}
	tune(w, &cfg)
	w.Handler, err = New(cfg)
	w.must(err)
	t.Cleanup(func() {
		w.Stop()
		w.must(errors.Join(c.Close(context.Background()), j.Close()))
	})
	return w
}

func (w *fixture) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *fixture) rootAt(n uint64) (string, error) {
	root, err := w.ledger.RootAt(n)
	return base64.StdEncoding.EncodeToString(root[:]), err
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body  []byte
	asked *ask // nil: not noted
}

// do sends a request; headers are pairs of name and value.
func (w *fixture) do(token, method, target, body string, headers ...string) answer {
	w.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return w.answers(rec.Result(), rec.Body.Bytes(), token, method, target, body, headers...)
}

func (w *fixture) get(token, target string, headers ...string) answer {
	w.Helper()
	return w.do(token, "GET", target, "", headers...)
}

func (w *fixture) post(token, body string, headers ...string) answer {
	w.Helper()
	return w.do(token, "POST", "/v1/events", body, append([]string{"Content-Type", mediaEvent}, headers...)...)
}

// want checks the status, and for errors the problem's code.
func (w *fixture) want(a answer, status int, code law.Code) answer {
	w.Helper()
	if a.StatusCode != status {
		w.Fatalf("status %d, want %d: %s", a.StatusCode, status, a.body)
	}
	heard(a)
	if status < 400 {
		return a
	}
	var p Problem
	w.must(json.Unmarshal(a.body, &p))
	if a.Header.Get("Content-Type") != mediaProblem || p.Code != code || p.Status != status || p.Title == "" || p.Remedy == "" ||
		p.Instance == "" {
		w.Fatalf("problem %s, want code %s", a.body, code)
	}
	eventtest.CheckValues(w, p.Code, p.Values)
	for _, o := range p.Open {
		eventtest.CheckValues(w, o.Code, o.Values)
	}
	if p.Type != rulesPath+string(code) || w.rule[string(code)] == nil {
		w.Fatalf("problem %s leads nowhere", a.body)
	}
	return a
}

// decode reads a JSON answer.
func decode[T any](w *fixture, a answer) T {
	w.Helper()
	var v T
	w.must(json.Unmarshal(a.body, &v))
	return v
}

// author writes an event as a client would.
func (w *fixture) author(stream, name string, d event.Data) string {
	w.Helper()
	s, err := event.ParseStream(stream)
	w.must(err)
	raw, err := entry.Author(&event.Event{
		ID: uuid.Must(uuid.NewV7()), Type: w.cat.Newest(name), Stream: s, Source: "urn:test",
		Occurred: time.Now().Add(-time.Minute).Truncate(time.Second), ExpectedRevision: event.AnyRevision, Data: d,
	})
	w.must(err)
	return string(raw)
}

func (w *fixture) subject(id string) string {
	return w.author("subject/"+id, "subject-registered", &subject.Registered{
		Kind: "enterprise", Name: "安康某某矿业", Region: "610902", Sectors: []string{"MINE"}, Discovery: "register"})
}

// visit prepares visit1 of subject s-1 by team t-1 up to its reservation.
func (w *fixture) visit() {
	w.Helper()
	office := string(event.RoleSupervisionOffice)
	for _, e := range []string{
		w.subject("s-1"),
		w.author("person/p-2", "person-registered", &person.Registered{Name: "李某", Unit: "emergency-city",
			Roles: []event.Role{event.RoleInspector}}),
		w.author("team/t-1", "member-joined", &team.MemberJoined{Person: "p-inspector"}),
		w.author("table/units", "code-table-published", &table.Published{Table: table.Units, Units: []table.Unit{
			{ID: "u-1", Name: "区应急管理局", County: "610902", Sectors: []string{"MINE"}}}}),
		w.author("inspection/"+visit1, "assignment-reserved", &inspection.Reserved{Subject: "s-1", Team: "t-1", Sector: "MINE",
			VisitType: "initial"}),
	} {
		w.want(w.post(office, e), 201, "")
	}
}

// arrive brings the inspectors of visit1 to the spot.
func (w *fixture) arrive() {
	w.Helper()
	w.want(w.post("inspector", w.author("inspection/"+visit1, "inspection-started", &inspection.Started{
		Subject: "s-1", Team: "t-1", Sector: "MINE", VisitType: "initial", Inspectors: []string{"p-inspector", "p-2"}})), 201, "")
	w.want(w.post("inspector", w.author("inspection/"+visit1, "inspector-arrived", &inspection.Arrived{})), 201, "")
}

// size is the number of entries.
func (w *fixture) size() uint64 { return w.ledger.Head().Size }

// since is path with the query that leaves out what was there before the test.
func (w *fixture) since(path string) string {
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return path + sep + "from=" + strconv.FormatUint(w.opening, 10)
}

// added is how many of them the test has made.
func (w *fixture) added() uint64 { return w.size() - w.opening }

func readAll(r io.Reader) []byte {
	var b bytes.Buffer
	_, _ = b.ReadFrom(r)
	return b.Bytes()
}
