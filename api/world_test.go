package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/store/memory"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// world is the API over a real ledger whose store is in memory.
type world struct {
	testing.TB
	*Handler
	ledger  *ledger.Ledger
	faults  *faults
	keyring *devicekey.Ring
	tokens  *tokenTable
	access  *accessTable
	cat     *event.Catalogue
	clock   func() time.Time // of the ledger; time.Now when nil
}

// faults stands before the ledger and answers appends with an error when one is set.
type faults struct {
	Ledger
	err error
}

func (f *faults) Append(ctx context.Context, r ledger.Request) (ledger.Result, error) {
	if f.err != nil {
		return ledger.Result{}, f.err
	}
	return f.Ledger.Append(ctx, r)
}

// tokenTable knows tokens by their text.
type tokenTable struct {
	mu    sync.Mutex
	known map[string]identity.Claims
}

func (t *tokenTable) Verify(token string) (identity.Claims, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.known[token]
	if !ok {
		return c, identity.ErrInvalidToken
	}
	return c, nil
}

func (t *tokenTable) revoke(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, token)
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

func (l *accessTable) objects() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, a := range l.all {
		out = append(out, string(a.Role)+" "+a.Object)
	}
	return out
}

// claims of one token for each role; its text is the role's name.
func everyRole() map[string]identity.Claims {
	known := map[string]identity.Claims{}
	for _, r := range event.Roles {
		known[string(r)] = identity.Claims{ID: string(r), Role: r, Person: "p-" + string(r), Unit: "u-1"}
	}
	set := func(r event.Role, f func(*identity.Claims)) {
		c := known[string(r)]
		f(&c)
		known[string(r)] = c
	}
	set(event.RoleInspector, func(c *identity.Claims) { c.Team = "t-1" })
	set(event.RoleTeamLeader, func(c *identity.Claims) { c.Team = "t-1" })
	set(event.RoleCountyGovernment, func(c *identity.Claims) { c.County = "610902" })
	set(event.RoleDepartment, func(c *identity.Claims) { c.County = "610902" })
	known["other-team"] = identity.Claims{ID: "other", Role: event.RoleInspector, Person: "p-9", Team: "t-9"}
	known["other-county"] = identity.Claims{ID: "oc", Role: event.RoleCountyGovernment, County: "610921", Unit: "u-2"}
	return known
}

func newWorld(t testing.TB, tune ...func(*Config)) *world {
	t.Helper()
	w := &world{TB: t, keyring: &devicekey.Ring{}, tokens: &tokenTable{known: everyRole()}, access: &accessTable{}, cat: domain.Catalogue()}
	key, err := translog.NewKey("anjian.test/api")
	w.must(err)
	j, err := journal.Open(t.TempDir(), journal.Options{})
	w.must(err)
	p := projector.New(projector.Config{Read: w.read, RootAt: w.rootAt, RecordedAt: func(n uint64) (time.Time, error) { return w.ledger.RecordedAt(n) }})
	w.ledger, err = ledger.Open(context.Background(), ledger.Config{
		Store: memory.New(memory.DefaultMaxBlock), Journal: j, TilesDir: t.TempDir(), Key: key, Catalogue: w.cat, ScrubEvery: -1,
		Now: func() time.Time {
			if w.clock != nil {
				return w.clock()
			}
			return time.Now()
		},
		Folds: []func([]*event.Event){p.Apply},
	})
	w.must(err)
	files, err := evidence.OpenFiles(t.TempDir(), evidence.Options{Reserve: -1})
	w.must(err)
	w.faults = &faults{Ledger: w.ledger}
	cfg := Config{
		Ledger: w.faults, Projector: p, Evidence: files, Tokens: w.tokens, Keyring: w.keyring, AccessLog: w.access,
		Catalogue: w.cat, EvidenceLimit: 1 << 20,
	}
	for _, f := range tune {
		f(&cfg)
	}
	w.Handler, err = New(cfg)
	w.must(err)
	t.Cleanup(func() {
		w.Stop()
		w.must(errors.Join(w.ledger.Close(context.Background()), j.Close()))
	})
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) read(ctx context.Context, indexes []uint64, fn func(*event.Event) error) error {
	for _, i := range indexes {
		raw, err := w.ledger.Entry(ctx, i)
		if err != nil {
			return err
		}
		e, err := entry.Decode(raw, w.cat)
		if err != nil {
			return err
		}
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) rootAt(n uint64) (string, error) {
	root, err := w.ledger.RootAt(n)
	return base64.StdEncoding.EncodeToString(root[:]), err
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body []byte
}

// do sends a request; headers are pairs of name and value.
func (w *world) do(token, method, target, body string, headers ...string) answer {
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
	return answer{rec.Result(), rec.Body.Bytes()}
}

func (w *world) get(token, target string, headers ...string) answer {
	w.Helper()
	return w.do(token, "GET", target, "", headers...)
}

func (w *world) post(token, body string, headers ...string) answer {
	w.Helper()
	return w.do(token, "POST", "/v1/events", body, append([]string{"Content-Type", mediaEvent}, headers...)...)
}

// want checks the status, and for errors the problem's code.
func (w *world) want(a answer, status int, code string) answer {
	w.Helper()
	if a.StatusCode != status {
		w.Fatalf("status %d, want %d: %s", a.StatusCode, status, a.body)
	}
	if status < 400 {
		return a
	}
	var p Problem
	w.must(json.Unmarshal(a.body, &p))
	if a.Header.Get("Content-Type") != mediaProblem || p.Code != code || p.Status != status || p.TitleZH == "" || p.Type == "" || p.Instance == "" {
		w.Fatalf("problem %s, want code %s", a.body, code)
	}
	return a
}

// decode reads a JSON answer.
func decode[T any](w *world, a answer) T {
	w.Helper()
	var v T
	w.must(json.Unmarshal(a.body, &v))
	return v
}

// author writes an event as a client would.
func (w *world) author(stream, name string, d event.Data) string {
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

func (w *world) subject(id string) string {
	return w.author("subject/"+id, "subject-registered", &subject.Registered{
		Kind: "enterprise", Name: "安康某某矿业", Region: "610902", Sectors: []string{"MINE"}, Discovery: "register"})
}

// visit prepares inspection i-1 of subject s-1 by team t-1 up to its reservation.
func (w *world) visit() {
	w.Helper()
	office := string(event.RoleSupervisionOffice)
	for _, e := range []string{
		w.subject("s-1"),
		w.author("person/p-inspector", "person-registered", &person.Registered{Name: "王某", Unit: "市应急管理局", Roles: []event.Role{event.RoleInspector}}),
		w.author("person/p-2", "person-registered", &person.Registered{Name: "李某", Unit: "市应急管理局", Roles: []event.Role{event.RoleInspector}}),
		w.author("team/t-1", "team-formed", &team.Formed{Name: "第一督查组", Kind: "comprehensive"}),
		w.author("team/t-1", "member-joined", &team.MemberJoined{Person: "p-inspector"}),
		w.author("table/units", "code-table-published", &table.Published{Table: table.Units, Units: []table.Unit{
			{ID: "u-1", Name: "区应急管理局", County: "610902", Sectors: []string{"MINE"}}}}),
		w.author("inspection/t-1.i-1", "assignment-reserved", &inspection.Reserved{Subject: "s-1", Team: "t-1", Sector: "MINE", VisitType: "initial"}),
	} {
		w.want(w.post(office, e), 201, "")
	}
}

// arrive brings the inspectors of i-1 to the spot.
func (w *world) arrive() {
	w.Helper()
	w.want(w.post("inspector", w.author("inspection/t-1.i-1", "inspection-started", &inspection.Started{
		Subject: "s-1", Team: "t-1", Sector: "MINE", VisitType: "initial", Inspectors: []string{"p-inspector", "p-2"}})), 201, "")
	w.want(w.post("inspector", w.author("inspection/t-1.i-1", "inspector-arrived", &inspection.Arrived{})), 201, "")
}

// size is the number of entries.
func (w *world) size() uint64 { return w.ledger.Head().Size }

func readAll(r io.Reader) []byte {
	var b bytes.Buffer
	_, _ = b.ReadFrom(r)
	return b.Bytes()
}
