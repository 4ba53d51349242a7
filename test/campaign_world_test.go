package test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/sealing"
	"github.com/anjian-ledger/anjian/test/clocktest"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// town is a whole node, whose clock is in the test's hand, and who speaks to it over HTTP: each by a token of
// his own.
type town struct {
	*testing.T
	node    *node.Node
	machine *clocktest.Machine
	people  map[string]*client
	base    string
}

// newTown is a new ledger at nine in the morning of the 25th of November 2019.
func newTown(t *testing.T) *town {
	w := &town{T: t, machine: clocktest.New(december(-5, 9)), people: map[string]*client{}}
	master := filepath.Join(t.TempDir(), "master.key")
	must(t, sealing.CreateMaster(master))
	masters, err := sealing.OpenMaster(master)
	must(t, err)
	w.node, err = node.Open(t.Context(), node.Config{Dir: datadir.Dir(t.TempDir()), Origin: "ankang.test/campaign", ScrubEvery: -1,
		Time: w.machine.Sources(), Sealing: masters})
	must(t, err)
	t.Cleanup(func() { must(t, w.node.Close(context.Background())) })
	handler, err := w.node.Handler()
	must(t, err)
	http := httptest.NewServer(handler)
	t.Cleanup(http.Close)
	w.base = http.URL
	return w
}

// december is an hour of a day of December 2019 in Ankang; the days before the first are counted down from nought.
func december(day int, hour float64) time.Time {
	return time.Date(2019, 12, day, 0, 0, 0, 0, event.Beijing).Add(time.Duration(hour * float64(time.Hour)))
}

// until lets time pass until an hour of a day, and what is overdue then be said.
func (w *town) until(day int, hour float64) {
	w.Helper()
	w.machine.Pass(december(day, hour).Sub(w.machine.Now()))
	_, err := w.node.Ledger.Sweep(w.Context())
	must(w.T, err)
}

// arrives gives somebody a token.
func (w *town) arrives(name string, d token.Issued) {
	w.Helper()
	text, _, err := w.node.Issue(w.Context(), d, 365*24*time.Hour)
	must(w.T, err)
	w.people[name] = &client{t: w, base: w.base, token: text.Reveal(), header: http.Header{}, http: &http.Client{Timeout: time.Minute}}
}

// key is a new sealing key that these roles open.
func (w *town) key(roles ...event.Role) {
	w.Helper()
	_, err := w.node.PublishSealingKey(w.Context(), w.node.Keeper, roles, "", identity.Self())
	must(w.T, err)
}

// secret is a text that the server seals for whom the type of its event says, when the event is written.
type secret string

// seal has the server seal the secrets of an event for the member that bears each.
func (w *town) seal(who string, f fact) (data form) {
	w.Helper()
	data = f.Data.(form).with(nil)
	for member, text := range data {
		if _, sealed := text.(secret); !sealed {
			continue
		}
		body, err := json.Marshal(map[string]any{"event": f.ID, "type": "anjian." + f.Type + ".v1", "member": member, "text": text})
		must(w.T, err)
		status, answer := w.people[who].with("Content-Type", "application/json").do("POST", "/v1/sealed", body)
		var said form
		if status != 201 || json.Unmarshal(answer, &said) != nil {
			w.Fatalf("%s seals: %d %s", who, status, answer)
		}
		delete(said, "notice")
		data[member] = said
	}
	return data
}

// form is the content of an event, as JSON says it.
type form map[string]any

// stated is an event with its bytes, which do not change.
type stated struct {
	fact
	raw []byte
}

// says makes an event of now, of campaign c.
func (w *town) says(who, stream, typ string, data form) *stated {
	w.Helper()
	s := said(w.machine.Now(), stream, typ, data)
	s.Data = w.seal(who, s.fact)
	s.raw = s.json()
	return s
}

func said(at time.Time, stream, typ string, data form) *stated {
	if data == nil {
		data = form{}
	}
	f := fact{ID: newID(), Type: typ, Subject: stream, Campaign: "c", Time: at, Data: data}
	return &stated{f, f.json()}
}

// ref names an event by its bytes.
func (s *stated) ref() form {
	sum := sha256.Sum256(s.raw)
	return form{"event": s.ID, "sha256": hex.EncodeToString(sum[:])}
}

// with adds members to a form.
func (f form) with(more form) form {
	f = maps.Clone(f)
	maps.Copy(f, more)
	return f
}

// post appends events of somebody as one batch, which is taken, with these flags and no other.
func (w *town) post(who string, all []*stated, flags ...string) (list []receipt) {
	w.Helper()
	var raw [][]byte
	for _, s := range all {
		raw = append(raw, s.raw)
	}
	status, answer := w.people[who].with("Content-Type", batch).do("POST", "/v1/events", batchOf(raw...))
	if status >= 300 {
		w.Fatalf("%s: %d %s", who, status, answer)
	}
	var r receipts
	must(w.T, json.Unmarshal(answer, &r))
	var said []string
	for _, one := range r.Receipts {
		for _, d := range one.Deviations {
			said = append(said, d.Code)
		}
	}
	slices.Sort(said)
	slices.Sort(flags)
	said = slices.Compact(said)
	if !slices.Equal(said, flags) {
		w.Fatalf("%s %s: flags %q, want %q", who, all[0].Type, said, flags)
	}
	return r.Receipts
}

// does appends one event, which is taken, with these flags and no other.
func (w *town) does(who, stream, typ string, data form, flags ...string) *stated {
	w.Helper()
	s := w.says(who, stream, typ, data)
	w.post(who, []*stated{s}, flags...)
	return s
}

// mayNot appends what is refused: it is refused with a code, of the event or of what a gate waits for, in both languages, and
// nothing changes.
func (w *town) mayNot(who, code, stream, typ string, data form) {
	w.Helper()
	before := w.position()
	s := w.says(who, stream, typ, data)
	for _, language := range []string{"zh", "en"} {
		status, answer := w.people[who].with("Content-Type", oneEvent).with("Accept-Language", language).do("POST", "/v1/events", s.raw)
		var p struct {
			Code, Rule, Detail, Remedy string
			Open                       []struct{ Code string }
		}
		must(w.T, json.Unmarshal(answer, &p))
		gate := slices.ContainsFunc(p.Open, func(o struct{ Code string }) bool { return o.Code == code })
		if status < 400 || status >= 500 || p.Code != code && !gate || p.Rule == "" || p.Remedy == "" {
			w.Fatalf("%s %s: %d, want %s: %s", who, typ, status, code, answer)
		}
	}
	if after := w.position(); after != before {
		w.Fatalf("%s %s: a refusal made %d entries", who, typ, after-before)
	}
}

// agrees is a second person's yes.
func (w *town) agrees(who string, to *stated, flags ...string) {
	w.Helper()
	w.does(who, to.Subject, "approval-given", to.ref(), flags...)
}

// refuses is a second person's no.
func (w *town) refuses(who string, to *stated, reason string) {
	w.Helper()
	w.does(who, to.Subject, "approval-refused", to.ref().with(form{"reason": reason}))
}

// position is the size of the ledger.
func (w *town) position() uint64 {
	w.Helper()
	return w.node.Ledger.Head().Size
}

// sees reads what somebody is shown.
func (w *town) sees(who, path string, v any) {
	w.Helper()
	w.people[who].get(path, v)
}

// typesOf are the types of the entries that somebody is shown of a stream, or of all of a kind, in order.
func (w *town) typesOf(who, stream string) (types []string) {
	w.Helper()
	for _, e := range w.entriesOf(who, stream) {
		types = append(types, strings.TrimSuffix(strings.TrimPrefix(e.Event.Type, "anjian."), ".v1"))
	}
	return types
}

// recorded is an entry as a reader sees it.
type recorded struct {
	Index uint64
	Event struct {
		ID, Type, Subject string
		Data              map[string]any
	}
	raw []byte
}

// entriesOf are the entries that somebody is shown of a stream, or of all of a kind.
func (w *town) entriesOf(who, stream string) (all []recorded) {
	w.Helper()
	for cursor := ""; ; {
		var page struct {
			Entries []json.RawMessage
			Cursor  string
			More    bool
		}
		w.sees(who, "/v1/events?limit=1000&stream="+stream+cursor, &page)
		for _, raw := range page.Entries {
			e := recorded{raw: raw}
			must(w.T, json.Unmarshal(raw, &e))
			all = append(all, e)
		}
		if !page.More {
			return all
		}
		cursor = "&cursor=" + page.Cursor
	}
}

// streamOf is the only stream of a kind that somebody is shown and known does not name.
func (w *town) streamOf(who, kind string, known ...string) string {
	w.Helper()
	var streams []string
	for _, e := range w.entriesOf(who, kind) {
		if s := e.Event.Subject; !slices.Contains(streams, s) && !slices.Contains(known, s) {
			streams = append(streams, s)
		}
	}
	if len(streams) != 1 {
		w.Fatalf("%s sees the streams %q of %s", who, streams, kind)
	}
	return streams[0]
}

// owes are the obligations that somebody is shown as open in a stream, or of all of a kind: their kinds, each once, marked with
// a ! where they are overdue.
func (w *town) owes(who, query string) (kinds []string) {
	w.Helper()
	var list struct {
		Obligations []struct {
			Kind    string
			Overdue bool
		}
	}
	w.sees(who, "/v1/obligations?limit=500&now="+w.machine.Now().UTC().Format("2006-01-02T15:04:05Z")+query+
		fmt.Sprintf("&wait_for=%d", w.position()), &list)
	for _, o := range list.Obligations {
		if o.Overdue {
			o.Kind += "!"
		}
		kinds = append(kinds, o.Kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// wants compares what is with what should be.
func (w *town) wants(what string, got, want any) {
	w.Helper()
	if g, n := fmt.Sprint(got), fmt.Sprint(want); g != n {
		w.Errorf("%s: %s, want %s", what, g, n)
	}
}

// policy is the usual one, of a city in which a team without findings is noticed after three visits.
func policy(w *town) (f form) {
	p := campaign.DefaultPolicy()
	p.ZeroFindingInspections = 3
	b, err := json.Marshal(p)
	must(w.T, err)
	must(w.T, json.Unmarshal(b, &f))
	return f
}

// photo stores bytes as evidence, and returns how an event names them.
func (w *town) photo(who, content string) form {
	w.Helper()
	b := []byte(content)
	sum := sha256Hex(b)
	if status, answer := w.people[who].with("Content-Type", "image/jpeg").do("PUT", "/v1/evidence/"+sum, b); status >= 300 {
		w.Fatalf("%s: %d %s", who, status, answer)
	}
	return form{"sha256": sum, "size": len(b), "media_type": "image/jpeg"}
}

// visitOf is the stream of a visit of a team.
func visitOf(team, name string) string { return "inspection/" + eventtest.Visit(team, name) }

// tour is a visit as a device collects it, event by event, a minute apart.
type tour struct {
	w      *town
	stream string
	at     time.Time
	events []*stated
}

func (v *tour) add(typ string, data form) *stated {
	s := said(v.at, v.stream, typ, data)
	v.at = v.at.Add(time.Minute)
	v.events = append(v.events, s)
	return s
}

// begin starts a visit and has its inspectors arrive.
func (w *town) begin(at time.Time, stream, subject, team, kind string, inspectors ...string) *tour {
	v := &tour{w: w, stream: stream, at: at}
	v.add("inspection-started", form{"subject": subject, "team": team, "sector": "INDTRADE", "visit_type": kind, "inspectors": inspectors})
	v.add("inspector-arrived", nil)
	return v
}

// checks does all that is to be done at the enterprise but finding something.
func (v *tour) checks(photo form) {
	v.add("notice-posted", form{"content": "检查安全生产", "purpose": "排查隐患", "office_phone": "0915-3210000", "leader_phone": "13900000000",
		"photo": photo})
	v.add("conduct-declared", form{"advance_notice": false, "briefing_heard": false, "accompanied_by": []string{}, "reception": false})
	for _, item := range []string{"E-1", "E-2", "E-3", "E-4", "E-5", "E-6"} {
		v.add("check-answered", form{"section": "production", "item": item, "answer": "yes"})
	}
	for _, section := range []string{"production", "management", "system"} {
		v.add("section-completed", form{"section": section})
	}
	v.at = v.at.Add(15 * time.Minute)
}

var clause = []form{{"law": "安全生产法", "version": "2014-12-01", "article": "38"}}

// finds records a finding that is punishable.
func (v *tour) finds(id, level string, photo form) *stated {
	return v.add("finding-recorded", form{"finding": id, "description": "消防通道堵塞", "location": "一车间", "level": level, "clauses": clause,
		"punishable": true, "evidence": []form{photo}})
}

// signs leaves, and has the record signed.
func (v *tour) signs(number string, signers ...string) *stated {
	v.add("inspector-departed", nil)
	var list []form
	for _, s := range signers {
		list = append(list, form{"person": s, "certificate_no": "cert-" + s})
	}
	return v.add("site-record-signed", form{"record_no": number, "document_sha256": recordHash, "site_manager": "王", "signers": list})
}

var recordHash = strings.Repeat("d", 64)

// delivers hands over the four copies.
func (v *tour) delivers() {
	for _, to := range []string{"subject", "local-government", "city-department", "safety-office"} {
		v.add("copy-delivered", form{"document_sha256": recordHash, "recipient": to, "receiver": "王", "method": "in-person"})
	}
}

// send appends what the device has collected, in one batch, and begins anew.
func (v *tour) send(who string, flags ...string) []receipt {
	v.w.Helper()
	r := v.w.post(who, v.events, flags...)
	v.events = nil
	return r
}

// again sends the same bytes once more: all of them are there already.
func (w *town) again(who string, events []*stated) {
	w.Helper()
	var raw [][]byte
	for _, s := range events {
		raw = append(raw, s.raw)
	}
	before := w.position()
	status, answer := w.people[who].with("Content-Type", batch).do("POST", "/v1/events", batchOf(raw...))
	if status != 200 || bytes.Count(answer, []byte(`"already_present":true`)) != len(events) || w.position() != before {
		w.Errorf("sent again: %d, %d entries more: %.300s", status, w.position()-before, answer)
	}
}
