package road

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/api"
	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/core"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/sealing"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/test/memory"
)

const origin = "anjian.test/road/0a1b2c3d"

var catalogue = domain.Catalogue()

// authors are the roles that the inputs are sent as; input says which by its number.
var authors = []event.Role{event.RoleSupervisionOffice, event.RoleInspector, event.RoleImporter, event.RoleDepartment, event.RoleAdmin}

// server is one ledger with its API, in this process, that is used for many inputs. Its store is
// in memory: the engines that persist are reached by copies.
type server struct {
	testing.TB
	dir   string
	key   *translog.Key
	store *memory.Store

	handler *api.Handler
	ledger  *ledger.Ledger
	journal *journal.Journal
	tokens  *identity.Registry

	bearer map[event.Role]string // text of the tokens
	phones []*devicekey.Signer   // Ed25519, then P-256; both of the office's person
	made   uint64                // how many names were made, see fill
	posted []posted              // what was accepted since the last settle
}

// newServer returns a server with people, teams, tokens and confirmed keys. t ends it.
func newServer(t testing.TB) *server {
	s := &server{TB: t, store: memory.New(memory.DefaultMaxBlock), bearer: map[event.Role]string{}}
	var err error
	s.dir, err = os.MkdirTemp("", "anjian-road-") // not TempDir: its owner, a fuzz target, has none
	s.must(err)
	s.key, err = translog.NewKey(origin)
	s.must(err)
	s.open()
	t.Cleanup(func() {
		s.TB = t
		s.close()
		s.must(os.RemoveAll(s.dir))
	})
	s.register()
	return s
}

func (s *server) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// open starts the server on what its store, journal and tiles hold.
func (s *server) open() {
	s.Helper()
	var err error
	s.journal, err = journal.Open(s.dir+"/journal", journal.Options{})
	s.must(err)
	c, err := core.Open(context.Background(), ledger.Config{Store: s.store, Journal: s.journal, TilesDir: s.dir + "/tiles", Key: s.key,
		ScrubEvery: -1})
	s.must(err)
	s.ledger, s.tokens = c.Ledger, c.Tokens
	files, err := evidence.OpenFiles(s.dir+"/evidence", evidence.Options{Reserve: -1})
	s.must(err)
	s.handler, err = api.New(api.Config{
		Ledger: c.Ledger, Projector: c.Projector, Evidence: files, Tokens: c.Tokens, Keyring: c.Keyring, AccessLog: noLog{},
		Sealing: c.Sealing, Keeper: &sealing.Keeper{Origin: c.Ledger.Origin(), Files: files}, Catalogue: c.Catalogue,
		Ready: c.Ready, Metrics: c.WriteMetrics,
		Quotas: api.Unlimited(), Slowdown: time.Nanosecond,
	})
	s.must(err)
}

func (s *server) close() {
	s.Helper()
	s.handler.Stop()
	s.must(errors.Join(s.ledger.Close(context.Background()), s.journal.Close()))
}

// noLog is an access log that keeps nothing.
type noLog struct{}

func (noLog) RecordNow(context.Context, identity.Access) error { return nil }

func (noLog) Record(context.Context, identity.Access) error { return nil }

func (s *server) size() uint64 { return s.ledger.Head().Size }

// register registers who the inputs speak of, gives each author a token, and has the keys of two
// phones of the office's person registered and confirmed.
func (s *server) register() {
	s.Helper()
	s.issue(event.RoleSupervisionOffice, token.Issued{})
	for _, id := range []string{"p-1", "p-2", "p-3"} {
		s.accept(event.RoleSupervisionOffice, s.author("person/"+id, "person-registered",
			&person.Registered{Name: "王某", Unit: "emergency-city", Roles: []event.Role{event.RoleInspector}}))
	}
	s.accept(event.RoleSupervisionOffice, s.author("team/t-1", "team-formed", &team.Formed{Name: "第一督查组", Kind: "comprehensive"}))
	s.issue(event.RoleSupervisionOffice, token.Issued{Person: "p-1"})
	s.issue(event.RoleInspector, token.Issued{Person: "p-2", Team: "t-1"})
	s.issue(event.RoleImporter, token.Issued{Unit: "msha"})
	s.issue(event.RoleDepartment, token.Issued{County: "610902", Unit: "u-1"})
	s.issue(event.RoleAdmin, token.Issued{Person: "p-3"})
	s.issue(event.RoleDisciplineCommission, token.Issued{Person: "p-3"})
	seed := sha256.Sum256([]byte(origin))
	ed, err := devicekey.NewSigner(origin, seed[:])
	s.must(err)
	p256, err := devicekey.NewP256Signer(origin)
	s.must(err)
	s.phones = []*devicekey.Signer{ed, p256}
	for _, phone := range s.phones {
		e, err := entry.ParseEvent([]byte(s.author("person/p-1", "key-registered", phone.Registration("phone"))), catalogue)
		s.must(err)
		raw, sig, err := phone.Sign(e)
		s.must(err)
		s.accept(event.RoleSupervisionOffice, string(raw), "Anjian-Signature", base64.RawURLEncoding.EncodeToString(sig))
		s.accept(event.RoleAdmin, s.author("person/p-1", "key-confirmed", &person.KeyConfirmed{Event: e.ID.String(), SHA256: hexSum(raw)}))
	}
}

func (s *server) issue(r event.Role, d token.Issued) {
	s.Helper()
	t := identity.NewToken()
	d.Role, d.SHA256, d.Expires, d.AskedBy = r, t.SHA256(), time.Now().AddDate(10, 0, 0), identity.Self()
	a, err := s.ledger.Issue(context.Background(), &d)
	s.must(err)
	s.must(s.tokens.WaitFor(context.Background(), a.Token+1))
	s.bearer[r] = t.Reveal()
}

// author writes an event as a client would.
func (s *server) author(stream, name string, d event.Data) string {
	s.Helper()
	to, err := event.ParseStream(stream)
	s.must(err)
	raw, err := entry.Author(&event.Event{
		ID: uuid.Must(uuid.NewV7()), Type: catalogue.Newest(name), Stream: to, Source: "urn:test",
		Occurred: time.Now().Add(-time.Minute).Truncate(time.Second), ExpectedRevision: event.AnyRevision, Data: d,
	})
	s.must(err)
	return string(raw)
}

// accept sends one event that the server must take.
func (s *server) accept(r event.Role, body string, headers ...string) {
	s.Helper()
	a := s.do(r, "POST", "/v1/events", body, append([]string{"Content-Type", oneEvent}, headers...)...)
	if a.StatusCode != http.StatusCreated {
		s.Fatalf("%d %s\n%s", a.StatusCode, a.body, body)
	}
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

// do sends a request in the name of a role; headers are pairs of name and value.
func (s *server) do(r event.Role, method, target, body string, headers ...string) answer {
	s.Helper()
	q := httptest.NewRequest(method, target, strings.NewReader(body))
	q.Header.Set("Authorization", "Bearer "+s.bearer[r])
	for i := 0; i < len(headers); i += 2 {
		q.Header.Add(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	s.handler.ServeHTTP(rec, q)
	resp := rec.Result()
	b, err := io.ReadAll(resp.Body)
	s.must(err)
	return answer{resp, string(b)}
}

// get reads as the commission, which sees everything.
func (s *server) get(target string, headers ...string) string {
	s.Helper()
	a := s.do(event.RoleDisciplineCommission, "GET", target, "", headers...)
	if a.StatusCode != http.StatusOK {
		s.Fatalf("GET %s: %d %s", target, a.StatusCode, a.body)
	}
	return a.body
}
