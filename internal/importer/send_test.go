package importer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/internal/importer"
	"github.com/anjian-ledger/anjian/internal/importer/mappings"
)

const (
	fixtures    = "../../test/testdata/"
	mshaFile    = fixtures + "msha_upper_big_branch_violations.csv"
	torontoFile = fixtures + "toronto_dinesafe_fined_establishments.csv"
)

var chicagoFiles = []string{fixtures + "chicago_sample_items.csv", fixtures + "chicago_sample_inspections.csv"}

// server is a ledger as far as an importer can tell: it keeps bytes by id.
type server struct {
	mu     sync.Mutex
	events map[string]string
	known  map[string]bool                         // streams with a first event
	refuse string                                  // a text whose event is refused by rule
	before func(w http.ResponseWriter, n int) bool // answers the nth request itself when true
	n      int
}

// receipt is what it answers of an event.
type receipt struct {
	ID             string `json:"id"`
	AlreadyPresent bool   `json:"already_present"`
}

// sent is what it looks at in an event.
type sent struct {
	ID, Type, Subject string
	Data              struct{ Subject string }
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	if s.before != nil && s.before(w, s.n) {
		return
	}
	if r.Method == http.MethodGet { // it has no entries to read back
		_, _ = io.WriteString(w, `{"entries":[],"cursor":"0","more":false}`)
		return
	}
	body, _ := io.ReadAll(r.Body)
	var batch []json.RawMessage
	if err := json.Unmarshal(body, &batch); err != nil || r.Header.Get("Content-Type") != "application/cloudevents-batch+json" ||
		r.Header.Get("Authorization") != "Bearer secret" || len(batch) > importer.MaxBatch {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	answer := struct {
		Receipts []receipt `json:"receipts"`
	}{}
	dry := strings.HasSuffix(r.URL.Path, "/dry-run")
	if i := slices.IndexFunc(batch, func(raw json.RawMessage) bool {
		return s.refuse != "" && strings.Contains(string(raw), s.refuse)
	}); i >= 0 {
		var e sent
		_ = json.Unmarshal(batch[i], &e)
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprintf(w, `{"code":"some-rule","detail":"not like this","event":"%s"}`, e.ID)
		return
	}
	if dry {
		told := make([]receipt, len(batch))
		_ = json.NewEncoder(w).Encode(map[string]any{"dry_run": true, "events": told})
		return
	}
	for _, raw := range batch {
		var e sent
		if err := json.Unmarshal(raw, &e); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		old, present := s.events[e.ID]
		switch first := strings.Contains(e.Type, "-registered") || strings.Contains(e.Type, "-formed") || strings.Contains(e.Type, "-started") ||
			strings.Contains(e.Type, "order-issued") || strings.Contains(e.Type, "penalty-decided"); {
		case present && old != string(raw):
			w.WriteHeader(http.StatusConflict)
			fmt.Fprintf(w, `{"code":"id-reused","detail":"event id was already used","event":"%s"}`, e.ID)
			return
		case !first && !s.known[e.Subject], e.Data.Subject != "" && !s.known["subject/"+e.Data.Subject]:
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprintf(w, `{"code":"out-of-order","detail":"it came before its stream","event":"%s"}`, e.ID)
			return
		}
		s.known[e.Subject] = true
		s.events[e.ID] = string(raw)
		answer.Receipts = append(answer.Receipts, receipt{e.ID, present})
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(answer)
}

func newServer(t *testing.T) (*server, *client.Client) {
	t.Helper()
	s := &server{events: map[string]string{}, known: map[string]bool{}}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	c, err := client.New(client.Config{URL: h.URL + "/", Token: "secret", Patience: -1})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func TestImportingAgainAddsNothing(t *testing.T) {
	for _, of := range []struct {
		mapping importer.Mapping
		files   []string
	}{{mappings.MSHA, []string{mshaFile}}, {mappings.Toronto, []string{torontoFile}}, {mappings.Chicago, chicagoFiles}} {
		s, c := newServer(t)
		var last importer.Progress
		cfg := importer.Config{Mapping: of.mapping, Files: of.files, Client: c, BatchSize: 97, Progress: func(p importer.Progress) { last = p }}
		first, err := importer.Run(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if first.Appended != len(s.events) || first.AlreadyPresent != 0 || first.Unmapped != 0 || last.Done != last.Total ||
			last.Total != first.Appended {
			t.Errorf("%s: %+v, %d events, progress %+v", of.mapping.Format, first, len(s.events), last)
		}
		second, err := importer.Run(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if second.Appended != 0 || second.AlreadyPresent != first.Appended || second.Rows != first.Rows {
			t.Errorf("%s: the second run: %+v", of.mapping.Format, second)
		}
	}
}

func TestSummaryIsTheLineThatScriptsRead(t *testing.T) {
	b, err := json.Marshal(importer.Summary{Rows: 1, Appended: 2, AlreadyPresent: 3, Unmapped: 4, Flagged: 5})
	if want := `{"rows":1,"appended":2,"already_present":3,"unmapped":4}`; err != nil || string(b) != want {
		t.Errorf("%s %v", b, err)
	}
}

// TestADryRunNamesEveryRowThatWouldBeRefused, and appends nothing.
func TestADryRunNamesEveryRowThatWouldBeRefused(t *testing.T) {
	s, c := newServer(t)
	s.refuse = `finding-recorded`
	var report strings.Builder
	cfg := importer.Config{Mapping: mappings.Toronto, Files: []string{torontoFile}, Client: c, DryRun: true, Report: &report}
	sum, err := importer.Run(t.Context(), cfg)
	if err != nil || len(s.events) != 0 || sum.Refused == 0 || sum.Refused != strings.Count(report.String(), "some-rule: not like this") {
		t.Errorf("%+v, %v, %d events\n%s", sum, err, len(s.events), report.String())
	}
	s.refuse = ""
	sum, err = importer.Run(t.Context(), cfg)
	if err != nil || len(s.events) != 0 || sum.Refused != 0 || sum.Appended == 0 {
		t.Errorf("%+v, %v, %d events", sum, err, len(s.events))
	}
}

func TestAServerThatStaysAwayEndsTheRun(t *testing.T) {
	s, c := newServer(t)
	s.before = func(w http.ResponseWriter, _ int) bool { w.WriteHeader(http.StatusServiceUnavailable); return true }
	if _, err := importer.Run(t.Context(), importer.Config{Mapping: mappings.MSHA, Files: []string{mshaFile}, Client: c}); err == nil ||
		!strings.Contains(err.Error(), "503") {
		t.Errorf("got %v", err)
	}
}

func TestARowThatWasChangedIsNamed(t *testing.T) {
	s, c := newServer(t)
	cfg := importer.Config{Mapping: mappings.Toronto, Files: []string{torontoFile}, Client: c}
	if _, err := importer.Run(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(torontoFile)
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "edited.csv")
	text := strings.Replace(string(whole), "Conviction - Fined,60\n", "Conviction - Fined,61\n", 1)
	if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	line := 1 + strings.Count(string(whole[:strings.Index(string(whole), "Conviction - Fined,60\n")]), "\n")
	cfg.Files = []string{changed}
	before := len(s.events)
	_, err = importer.Run(t.Context(), cfg)
	if want := fmt.Sprintf("edited.csv:%d was changed since it was imported", line); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("want %q, got %v", want, err)
	}
	if len(s.events) != before {
		t.Errorf("%d events were added", len(s.events)-before)
	}
}

func TestARowThatARuleRefusesIsFound(t *testing.T) {
	s, c := newServer(t)
	s.refuse = `"Rec #":"8692"`
	sum, err := importer.Run(t.Context(), importer.Config{Mapping: mappings.Toronto, Files: []string{torontoFile}, Client: c})
	whole, ferr := os.ReadFile(torontoFile)
	if ferr != nil {
		t.Fatal(ferr)
	}
	line := 1 + strings.Count(string(whole[:strings.Index(string(whole), "dinesafe.2012.csv,8692,")]), "\n")
	if want := fmt.Sprintf("csv:%d (finding-recorded): 422 Unprocessable Entity, some-rule: not like this", line); err == nil ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("want %q, got %v", want, err)
	}
	if sum.Appended != len(s.events) || sum.Appended == 0 {
		t.Errorf("%+v, %d events are there", sum, len(s.events))
	}
}

func TestAFullLedgerEndsTheRunAtOnce(t *testing.T) {
	s, c := newServer(t)
	s.before = func(w http.ResponseWriter, _ int) bool {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, `{"code":"full","detail":"the ledger is full"}`)
		return true
	}
	if _, err := importer.Run(t.Context(), importer.Config{Mapping: mappings.Chicago, Files: chicagoFiles, Client: c}); err == nil ||
		s.n != 1 {
		t.Errorf("%d requests, error %v", s.n, err)
	}
}

func TestACancelledRunStopsAndSaysSo(t *testing.T) {
	_, c := newServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := importer.Run(ctx, importer.Config{Mapping: mappings.Toronto, Files: []string{torontoFile}, Client: c, BatchSize: 50,
		Progress: func(importer.Progress) { cancel() }})
	if err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v", err)
	}
}
