package api

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// rowsOf are the lines of an export, which are as many as its header says.
func (w *fixture) rowsOf(a answer) (rows []map[string]any) {
	w.Helper()
	for line := range strings.Lines(string(a.body)) {
		var row map[string]any
		w.must(json.Unmarshal([]byte(line), &row))
		rows = append(rows, row)
	}
	if n := a.Header.Get(headerRows); n != fmt.Sprint(len(rows)) {
		w.Errorf("%d lines, announced are %q", len(rows), n)
	}
	return rows
}

// Each role gets the registers that it is told of, and no other; each line has the columns that are listed.
func TestEveryRoleExportsTheRegistersThatItIsToldOf(t *testing.T) {
	w := newFixture(t)
	w.visit()
	w.arrive()
	w.party("s-own")
	told := map[string]int{}
	for _, role := range roleNames() {
		if !identity.Can(event.Role(role), identity.ReadEvents) {
			w.want(w.get(role, "/v1/registers"), 403, law.Forbidden)
			w.want(w.get(role, "/v1/registers/visits"), 403, law.Forbidden)
			continue
		}
		columns := map[string][]string{}
		for _, r := range decode[RegisterList](w, w.want(w.get(role, "/v1/registers"), 200, "")).Registers {
			for _, c := range r.Columns {
				columns[r.Name] = append(columns[r.Name], c.Name)
				if c.Chinese == "" || c.Doc == "" || !slices.Contains(tables.Forms, c.Type) {
					t.Errorf("%s: %+v", r.Name, c)
				}
			}
		}
		told[role] = len(columns)
		for _, r := range append([]*tables.Register{&tables.Entries}, tables.All...) {
			if columns[r.Name] == nil {
				w.want(w.get(role, "/v1/registers/"+r.Name), 403, law.Forbidden)
				continue
			}
			for _, row := range w.rowsOf(w.want(w.get(role, "/v1/registers/"+r.Name), 200, "")) {
				if len(row) != len(columns[r.Name]) {
					t.Errorf("%s: %v, listed are %v", r.Name, row, columns[r.Name])
				}
			}
		}
	}
	t.Log(told)
	if told[office] < 30 || told["inspected-party"] == 0 || told["inspected-party"] >= told["officer"] || told["officer"] >= told[office] {
		t.Errorf("%v", told)
	}
	w.want(w.get(office, "/v1/registers/none"), 404, law.NotFound)
	bare := newFixture(t, func(c *Config) { c.Reports = nil })
	bare.want(bare.get(office, "/v1/registers"), 503, law.NoReports)
	bare.want(bare.get(office, "/v1/registers/visits"), 503, law.NoReports)
}

// An export says what it is of; as of a position it has the same bytes later on, compressed or not; HEAD tells all but the lines.
func TestAnExportSaysWhatItIsOf(t *testing.T) {
	w := newFixture(t)
	w.visit()
	first := w.want(w.get(office, "/v1/registers/entries"), 200, "")
	at := first.Header.Get(headerReportPosition)
	if root, err := w.rootAt(w.size()); err != nil || at != fmt.Sprint(w.size()) || first.Header.Get(headerReportRoot) != root ||
		first.Header.Get(headerReportScope) == "" || first.Header.Get("Content-Type") != mediaNDJSON {
		t.Errorf("%v, the root is %s", first.Header, root)
	}
	w.arrive()
	again := w.want(w.get(office, "/v1/registers/entries?as_of="+at, "Accept-Encoding", "gzip"), 200, "")
	z, err := gzip.NewReader(strings.NewReader(string(again.body)))
	w.must(err)
	if plain := readAll(z); string(plain) != string(first.body) {
		t.Errorf("as of %s there is\n%s\nand was\n%s", at, plain, first.body)
	}
	head := w.want(w.do(office, "HEAD", "/v1/registers/entries?as_of="+at, ""), 200, "")
	if len(head.body) > 0 || head.Header.Get(headerRows) != first.Header.Get(headerRows) {
		t.Errorf("%v %q", head.Header, head.body)
	}
	if none := w.want(w.get(office, "/v1/registers/entries?as_of=0"), 200, ""); len(w.rowsOf(none)) != 0 {
		t.Errorf("%s", none.body)
	}
	list := decode[RegisterList](w, w.want(w.get(office, "/v1/registers?as_of="+at), 200, ""))
	if fmt.Sprint(list.Position) != at || list.Root != first.Header.Get(headerReportRoot) ||
		list.Scope != first.Header.Get(headerReportScope) {
		t.Errorf("%+v", list.Head)
	}
	w.want(w.get(office, "/v1/registers/entries?as_of=999999"), 400, law.BeyondHead)
	w.want(w.get(office, "/v1/registers?as_of=999999"), 400, law.BeyondHead)
}

// What is restricted stands in the access log before it leaves; who cannot be logged gets none of it.
func TestAnExportOfRestrictedMatterIsLogged(t *testing.T) {
	s, received := tipScene(t)
	s.given("tip/a", received("firm"), in("c"))
	w := s.fixture
	logged := func(path string, status int) string {
		t.Helper()
		w.access.mu.Lock()
		before := len(w.access.all)
		w.access.mu.Unlock()
		a := w.get(office, path)
		if a.StatusCode != status {
			t.Fatalf("%s: %d %s", path, a.StatusCode, a.body)
		}
		var said []string
		for _, x := range w.access.all[before:] {
			said = append(said, x.Action+": "+x.Object+": "+x.Result)
		}
		return strings.Join(said, "; ")
	}
	at := fmt.Sprint(w.size())
	for name, want := range map[string]string{
		"tips":   "GET /v1/registers/tips: register tips as of " + at + ": 1 rows, 1 of them restricted",
		"visits": "", "findings": "",
	} {
		if got := logged("/v1/registers/"+name, 200); got != want {
			t.Errorf("%s: %q is logged, want %q", name, got, want)
		}
	}
	if got := logged("/v1/registers/entries", 200); !strings.HasSuffix(got, " rows, 1 of them restricted") {
		t.Errorf("entries: %q", got)
	}
	w.access.err = errors.New("the disk is full")
	if a := w.get(office, "/v1/registers/tips"); a.StatusCode < 500 || strings.Contains(string(a.body), "hotline") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	w.want(w.get(office, "/v1/registers/visits"), 200, "")
}

// A token has one export at a time, and the office a part of all.
func TestATokenHasOneExportAtATime(t *testing.T) {
	w := newFixture(t)
	w.exports.patience = 10 * time.Millisecond
	key := func(word string) string { return strconv.FormatUint(w.tokens.known[word].Token, 10) }
	mine, err := w.exports.take(t.Context(), &caller{key: key("auditor"), quota: &w.cfg.Quotas.Field, account: &account{}})
	w.must(err)
	w.want(w.get("auditor", "/v1/registers/entries"), 429, law.OverShare)
	w.want(w.get("team-leader", "/v1/registers/entries"), 200, "")
	mine.free()
	w.want(w.get("auditor", "/v1/registers/entries"), 200, "")
	for i := range exportsAtOnce - reserveOf(exportsAtOnce) {
		_, err := w.exports.take(t.Context(), &caller{key: fmt.Sprint("t", i), quota: &w.cfg.Quotas.Field, account: &account{}})
		w.must(err)
	}
	w.want(w.get("auditor", "/v1/registers/entries"), 429, law.TooManyReads)
	w.want(w.get(office, "/v1/registers/entries"), 200, "")
}

// between is an answer of which the first part has something happen before the next.
type between struct {
	*httptest.ResponseRecorder
	do func()
}

func (b *between) Write(p []byte) (int, error) {
	if do := b.do; do != nil {
		b.do = nil
		do()
	}
	return b.ResponseRecorder.Write(p)
}

// An export goes on in parts beside appends. It ends with the connection when its token ends: a part is never taken for the whole.
func TestAnExportThatIsCutShortIsNoticed(t *testing.T) {
	w := newFixture(t)
	w.populate(3500)
	ask := func(do func()) (rec *between, cut bool) {
		r := httptest.NewRequest(http.MethodGet, "/v1/registers/entries", nil)
		r.Header.Set("Authorization", "Bearer "+office)
		rec = &between{httptest.NewRecorder(), do}
		defer func() {
			if v := recover(); v != nil {
				if cut = v == http.ErrAbortHandler; !cut {
					panic(v)
				}
			}
		}()
		w.ServeHTTP(rec, r)
		return rec, false
	}
	size := w.size()
	w.must(w.cfg.Reports.WaitFor(t.Context(), size)) // which a busy machine may not have when the first export waits no longer
	rec, cut := ask(func() {
		if used := w.reads.inUse(); used != 0 {
			t.Errorf("%d reads are held while rows are sent", used)
		}
		w.want(w.post(office, w.subject("later")), 201, "")
	})
	if n := strings.Count(rec.Body.String(), "\n"); cut || fmt.Sprint(n) != rec.Header().Get(headerRows) ||
		rec.Header().Get(headerReportPosition) != fmt.Sprint(size) {
		t.Errorf("%d lines, cut %t: %v", n, cut, rec.Header())
	}
	rec, cut = ask(func() { w.revoke(office) })
	if n := strings.Count(rec.Body.String(), "\n"); !cut || n == 0 || fmt.Sprint(n) == rec.Header().Get(headerRows) {
		t.Errorf("%d lines of %s, cut %t", n, rec.Header().Get(headerRows), cut)
	}
}
