package api

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

const office = string(event.RoleSupervisionOffice)

func TestAnAppendIsAnsweredWithAReceiptThatProvesIt(t *testing.T) {
	w := newFixture(t)
	sent := w.subject("s-1")
	a := w.want(w.post(office, sent), 201, "")
	got := decode[Receipts](w, a)
	if len(got.Receipts) != 1 || got.Receipts[0].Stream != "subject/s-1" || got.Receipts[0].AlreadyPresent ||
		got.Receipts[0].Deviations == nil {
		t.Fatalf("%s", a.body)
	}
	raw := w.want(w.get(office, a.Header.Get("Location")), 200, "").body
	if !strings.Contains(string(raw), sent) {
		t.Errorf("entry %s does not hold the bytes sent", raw)
	}
	v, err := note.NewVerifier(w.ledger.VerifierKey())
	w.must(err)
	entry, index, cp, err := translog.OpenReceipt([]byte(got.Receipts[0].Receipt), v)
	w.must(err)
	if index != got.Receipts[0].Index || cp.Size != got.Position || b64(cp.Root) != got.Root || string(entry) != string(raw) {
		t.Errorf("proof of %d in %+v, answer %s", index, cp, a.body)
	}
}

func TestAnIdenticalResendGetsTheOriginalReceipt(t *testing.T) {
	w := newFixture(t)
	sent := w.subject("s-1")
	first := decode[Receipts](w, w.want(w.post(office, sent), 201, ""))
	again := decode[Receipts](w, w.want(w.post(office, sent), 200, ""))
	if w.added() != 1 || !again.Receipts[0].AlreadyPresent || again.Receipts[0].Index != first.Receipts[0].Index ||
		again.Receipts[0].Receipt != first.Receipts[0].Receipt {
		t.Errorf("again %+v, first %+v", again, first)
	}
}

func TestABatchIsAppendedWholeOrNotAtAll(t *testing.T) {
	w := newFixture(t)
	batch := []string{"Content-Type", mediaBatch}
	a := w.do(office, "POST", "/v1/events", " [ "+w.subject("a")+" ,\n"+w.subject("b")+" ] ", batch...)
	if got := decode[Receipts](w, w.want(a, 201, "")); len(got.Receipts) != 2 || got.Receipts[1].Stream != "subject/b" || w.added() != 2 {
		t.Fatalf("%s", a.body)
	}
	bad := strings.Replace(w.subject("d"), "MINE", "no such", 1)
	a = w.want(w.do(office, "POST", "/v1/events", "["+w.subject("c")+","+bad+"]", batch...), 422, "invalid-data")
	if w.added() != 2 || !strings.Contains(string(a.body), "event 1 of the batch") {
		t.Errorf("%d entries, answer %s", w.size(), a.body)
	}
	for body, code := range map[string]law.Code{"[" + w.subject("e"): "malformed-json", w.subject("e"): "malformed-json",
		"[] []": law.BadRequest, "[" + w.subject("e") + "]x": "malformed-json"} {
		if a := w.do(office, "POST", "/v1/events", body, batch...); a.StatusCode != 400 {
			t.Errorf("%.20s: %d %s, want 400 %s", body, a.StatusCode, a.body, code)
		}
	}
	got := decode[Receipts](w, w.want(w.do(office, "POST", "/v1/events", " [ ] ", batch...), 200, "")) // valid, and nothing to do
	if got.Receipts == nil || len(got.Receipts) != 0 || got.Position != w.size() || got.Root == "" || got.Checkpoint == "" ||
		got.Recorded == "" {
		t.Errorf("%+v", got)
	}
	w.want(w.do(office, "POST", "/v1/events", "[]", append([]string{"If-Match", `"1"`}, batch...)...), 400, law.BadRequest)
	many := "[" + strings.Repeat(w.subject("x")+",", ledger.MaxBatchEvents) + w.subject("y") + "]"
	w.want(w.do(office, "POST", "/v1/events", many, batch...), 413, law.BatchSize)
	if w.added() != 2 {
		t.Errorf("%d entries", w.added())
	}
}

func TestEveryRefusalHasItsStatusAndStoresNothing(t *testing.T) {
	w := newFixture(t)
	w.want(w.post(office, w.subject("s-1")), 201, "")
	known := w.subject("s-2")
	w.want(w.post(office, known), 201, "")
	size := w.size()
	for name, tc := range map[string]struct {
		token, body string
		headers     []string
		status      int
		code        law.Code
	}{
		"no token":                    {"", w.subject("x"), nil, 401, law.Unauthenticated},
		"bad token":                   {"forged", w.subject("x"), nil, 401, law.Unauthenticated},
		"role without the permission": {"auditor", w.subject("x"), nil, 403, law.Forbidden},
		"role may not append type":    {"city-government", w.subject("x"), nil, 403, law.RoleMayNotAppend},
		"reused id":                   {office, strings.Replace(known, "矿业", "矿厂", 1), nil, 409, "id-reused"},
		"wrong revision": {office, w.author("subject/s-1", "subject-registered", secondRegistration()), []string{"If-Match", `"7"`},
			409, "wrong-revision"},
		"not a new stream": {office, w.author("subject/s-1", "subject-registered", secondRegistration()), []string{"If-None-Match", `*`},
			409, "wrong-revision"},
		"If-None-Match with a tag": {office, w.subject("x"), []string{"If-None-Match", `"1"`}, 400, law.UnsupportedPrecondition},
		"If-Match without quotes":  {office, w.subject("x"), []string{"If-Match", `7`}, 400, law.UnsupportedPrecondition},
		"refused by rule": {"inspector", w.author("inspection/"+eventtest.Visit("t-1", "i-9"), "inspector-arrived",
			&inspection.Arrived{}), nil, 422, ""},
		"too large": {office, strings.Repeat(" ", maxEventBody+1), nil, 413, law.BodyTooLarge},
		"event too large": {office, strings.Replace(w.subject("x"), ",", ","+strings.Repeat(" ", maxEventBody-2000), 1), nil, 413,
			"event-too-large"},
		"unknown type": {office, strings.Replace(w.subject("x"), "subject-registered", "subject-imagined", 1), nil, 422,
			"unknown-type"},
		"no such media type":       {office, w.subject("x"), []string{"Content-Type", "text/plain"}, 415, law.UnsupportedMediaType},
		"json without ce- headers": {office, w.subject("x"), []string{"Content-Type", "application/json"}, 415, law.UnsupportedMediaType},
		"charset": {office, w.subject("x"), []string{"Content-Type", mediaEvent + "; charset=gbk"}, 415,
			law.UnsupportedMediaType},
		"compressed": {office, w.subject("x"), []string{"Content-Encoding", "gzip"}, 415, law.UnsupportedMediaType},
	} {
		t.Run(name, func(t *testing.T) {
			headers := tc.headers
			if len(headers) == 0 || headers[0] != "Content-Type" {
				headers = append([]string{"Content-Type", mediaEvent}, headers...)
			}
			a := w.do(tc.token, "POST", "/v1/events", tc.body, headers...)
			if tc.code == "" {
				if p := decode[Problem](w, a); a.StatusCode != tc.status || p.Rule == "" || p.Remedy == "" {
					t.Fatalf("%d %s", a.StatusCode, a.body)
				}
			} else {
				w.want(a, tc.status, tc.code)
			}
			if w.size() != size {
				t.Errorf("%d entries, had %d", w.size(), size)
			}
		})
	}
}

// pillar 1, through the API: the problem says the form, and nothing is stored.
func TestAVisitOfAnotherNameIsRefusedWithItsForm(t *testing.T) {
	const id = "0198f3c2-7a10-7000-8000-0000000000ad"
	w := newFixture(t)
	w.visit()
	size := w.size()
	start := &inspection.Started{Subject: "s-1", Team: "t-1", Sector: "MINE", VisitType: "initial", Inspectors: []string{"p-inspector", "p-2"}}
	copied := &inspection.Started{Subject: "s-1", Sector: "MINE", VisitType: "initial", Unknown: event.Unknown{"team", "inspectors"}}
	for _, c := range []struct {
		token, name string
		d           *inspection.Started
		remedy      string
	}{
		{"inspector", "t-1.i000123", start, "name it inspection/t-1.<uuid>"},
		{"inspector", "t-1." + strings.ToUpper(id), start, "name it inspection/t-1.<uuid>"},
		{"inspector", "t-2." + id, start, "name it inspection/t-1.<uuid>"},
		{"importer", visit1, copied, "name it inspection/u-1.<uuid>"},
	} {
		a := w.want(w.post(c.token, w.author("inspection/"+c.name, "inspection-started", c.d)), 422, "visit-name")
		if p := decode[Problem](w, a); p.Rule != "pillar 14" || p.Remedy != c.remedy || !strings.Contains(p.Detail, c.name) {
			t.Errorf("%s: %s", c.name, a.body)
		}
		if form := regexp.MustCompile(event.VisitPattern); form.MatchString("inspection/"+c.name) != (c.token == "importer" ||
			c.name[:3] == "t-2") {
			t.Errorf("%s and the published pattern", c.name)
		}
	}
	if w.size() != size {
		t.Errorf("%d entries, had %d", w.size(), size)
	}
	w.want(w.post("inspector", w.author("inspection/t-1."+id, "inspection-started", start)), 201, "")
	w.want(w.post("importer", w.author("inspection/u-1."+id, "inspection-started", copied)), 201, "")
}

// The id that an importer makes by a rule names the record that it is made of.
func TestAnImportersOwnKindOfIDNeedsTheSourcesID(t *testing.T) {
	w := newFixture(t)
	made := uuid.NewSHA1(uuid.NameSpaceOID, []byte("900001")).String()
	plain := regexp.MustCompile(`"id":"[^"]*"`).ReplaceAllString(w.subject("s-1"), `"id":"`+made+`"`)
	named := strings.Replace(plain, `"data"`, `"originid":"900001","data"`, 1)
	w.want(w.post(office, named), 422, "id-version")
	a := w.want(w.post("importer", plain), 422, "originid-required")
	if p := decode[Problem](w, a); p.Rule != "pillar 1" || !strings.Contains(p.Remedy, "originid") {
		t.Errorf("%s", a.body)
	}
	w.want(w.post("importer", named), 201, "")
}

func TestTheLedgersErrorsHaveDistinctAnswers(t *testing.T) {
	w := newFixture(t)
	for err, want := range map[error]struct {
		status int
		code   law.Code
		retry  bool
	}{
		ledger.ErrBusy: {429, "busy", true}, ledger.ErrReadOnly: {503, "read-only", true},
		ledger.ErrReadOnlyStart: {503, "read-only-start", true}, ledger.ErrRefused: {503, "store-refuses", true},
		ledger.ErrNoSpace: {503, "no-space", true}, ledger.ErrDisk: {503, "disk-failure", true}, syscall.EIO: {503, "disk-failure", true},
		ledger.ErrOutcomeUnknown: {503, "outcome-unknown", true}, &ledger.TooLargeError{Events: 2, Bytes: 9, MostEvents: 1, MostBytes: 8}: {413,
			law.BodyTooLarge, false}, ledger.ErrFull: {503, "full", false},
		errors.New("disk on fire at /secret/path"): {500, law.Internal, false},
	} {
		w.faults.err = fmt.Errorf("wrapped: %w", err)
		a := w.want(w.post(office, w.subject("x")), want.status, want.code)
		if (a.Header.Get("Retry-After") != "") != want.retry || strings.Contains(string(a.body), "secret") {
			t.Errorf("%v: %v %s", err, a.Header, a.body)
		}
	}
}

func TestAppendWithTheRightRevisionIsAccepted(t *testing.T) {
	w := newFixture(t)
	a := w.want(w.post(office, w.subject("s-1")), 201, "")
	status := w.author("subject/s-1", "subject-status-recorded", &statusNormal)
	w.want(w.post(office, w.subject("quite-new"), "If-None-Match", "*"), 201, "")
	w.want(w.post(office, status, "If-Match", a.Header.Get("Etag")), 201, "")
	// A resend is recognised before the revision is looked at.
	w.want(w.post(office, status, "If-Match", a.Header.Get("Etag")), 200, "")
}

func TestHostileJSONIsRefusedAndNotStored(t *testing.T) {
	w := newFixture(t)
	good := w.subject("s-1")
	replace := func(old, new string) string {
		s := strings.Replace(good, old, new, 1)
		if s == good {
			t.Fatalf("%s is not in %s", old, good)
		}
		return s
	}
	id := good[strings.Index(good, `"id":"`)+6:][:36]
	for name, body := range map[string]string{
		"empty": "", "null": "null", "array": "[" + good + "]", "string": `"x"`, "truncated": good[:len(good)-1],
		"duplicate attribute":          replace(`"source":`, `"source":"urn:a","source":`),
		"duplicate by escape":          replace(`"source":`, `"sourc\u0065":"urn:a","source":`),
		"duplicate in data":            replace(`"kind":`, `"kind":"site","kind":`),
		"duplicate deep in data":       replace(`"kind":`, `"place":{"lat":1,"lat":2,"lon":3},"kind":`),
		"invalid UTF-8":                replace("安康", "\xff\xfe"),
		"overlong UTF-8":               replace("安康", "\xc0\xaf"),
		"byte order mark":              "\xef\xbb\xbf" + good,
		"UTF-16":                       "\x00{\x00}",
		"lone surrogate":               replace("安康", `\ud800`),
		"deep nesting":                 replace(`"kind":`, `"x":`+strings.Repeat("[", 20000)+strings.Repeat("]", 20000)+`,"kind":`),
		"deep nesting in an attribute": replace(`"source":`, `"x":`+strings.Repeat(`{"a":`, 11000)+"1"+strings.Repeat("}", 11000)+`,"source":`),
		"number too large":             replace(`"kind":`, `"place":{"lat":1e999,"lon":1},"kind":`),
		"number too long":              replace(`"source":`, `"x":`+strings.Repeat("9", 400)+`,"source":`),
		"trailing bytes":               good + "x", "trailing object": good + "{}", "trailing NUL": good + "\x00",
		"unknown member of data": replace(`"kind":`, `"colour":"red","kind":`),
		"wrong case of a member": replace(`"kind":`, `"Kind":`),
		"id in upper case":       replace(id, strings.ToUpper(id)),
		"id in braces":           replace(id, "{"+id+"}"),
		"id is no UUID":          replace(id, "1"),
		"comment":                "/**/" + good, "trailing comma": replace(`"}}`, `",}}`),
		"NaN":                   replace(`"kind":`, `"place":{"lat":NaN,"lon":1},"kind":`),
		"raw control character": replace("安康", "a\x01b"),
		"object attribute":      replace(`"source":`, `"ext":{"a":1},"source":`),
		"data_base64":           replace(`"data":`, `"data_base64":"AAAA","data":`),
		"specversion 0.3":       replace(`"1.0"`, `"0.3"`),
		"subject of no stream":  replace("subject/s-1", "subject/../x"),
		"year 10000":            replace(`"time":"2`, `"time":"12`),
	} {
		t.Run(name, func(t *testing.T) {
			if a := w.post(office, body); a.StatusCode < 400 || a.StatusCode >= 500 {
				t.Errorf("status %d: %s", a.StatusCode, a.body)
			}
			a := w.do(office, "POST", "/v1/events", "["+body+"]", "Content-Type", mediaBatch)
			if name != "array" && name != "empty" && (a.StatusCode < 400 || a.StatusCode >= 500) {
				t.Errorf("in a batch: status %d: %s", a.StatusCode, a.body)
			}
			if w.added() != 0 {
				t.Fatalf("%d entries are stored", w.added())
			}
		})
	}
}

func TestAnUnsignedEventOfManyLinesIsStoredAsOne(t *testing.T) {
	w := newFixture(t)
	sent := strings.ReplaceAll(w.subject("s-1"), `,"`, ",\r\n\"")
	w.want(w.post(office, sent), 201, "")
	w.want(w.post(office, sent), 200, "")
}

func TestAnImporterMayAppendOnlyImportableTypes(t *testing.T) {
	w := newFixture(t)
	a := w.want(w.post("importer", w.subject("s-1")), 201, "")
	raw := w.get(office, a.Header.Get("Location")).body
	if !strings.Contains(string(raw), `"assurance":"imported"`) {
		t.Errorf("entry %s", raw)
	}
	w.want(w.post("importer", w.author("inspection/"+visit1, "inspector-arrived", &inspection.Arrived{})), 403, law.RoleMayNotAppend)
}

// An inspector's phone sends a visit as one batch: the answer says which of its events it is about.
func TestARefusalNamesTheEventItIsAbout(t *testing.T) {
	w := newFixture(t)
	w.want(w.post(office, w.subject("known")), 201, "")
	good, refused := w.subject("s-1"), w.author("case/"+visit1, "penalty-decided", &casefile.PenaltyDecided{
		Inspection: visit1,
		Penalty:    "p", Findings: []string{"f"}, Kind: "warning",
		LegalBasis: []event.Citation{{Law: "行政处罚法", Version: "2021-07-15", Article: "9"}}})
	for name, c := range map[string]struct {
		token, bad string
		status     int
		code       law.Code
	}{
		"by a rule":          {office, refused, 422, "not-started"},
		"a wrong revision":   {office, strings.Replace(w.subject("s-3"), `"data"`, `"expectedrevision":7,"data"`, 1), 409, "wrong-revision"},
		"for want of a role": {office, w.author("inspection/"+visit1, "inspector-arrived", &inspection.Arrived{}), 403, law.RoleMayNotAppend},
	} {
		t.Run(name, func(t *testing.T) {
			id := decode[struct{ ID string }](w, answer{body: []byte(c.bad)}).ID
			alone := decode[Problem](w, w.want(w.post(c.token, c.bad), c.status, c.code))
			batch := decode[Problem](w, w.want(w.do(c.token, "POST", "/v1/events", "["+good+","+c.bad+"]", "Content-Type", mediaBatch), c.status,
				c.code))
			if alone.Event != id || batch.Event != id || !strings.HasPrefix(batch.Detail, "event 1 of the batch: ") ||
				strings.Contains(alone.Detail, "batch") {
				t.Errorf("%+v\n%+v", alone, batch)
			}
		})
	}
	if w.added() != 1 {
		t.Errorf("%d entries", w.added())
	}
}

var statusNormal = subject.StatusRecorded{Production: "normal", Since: "2019-12-01"}

// secondRegistration is the body of a subject's second registration, which the revision refuses first.
func secondRegistration() event.Data {
	return &subject.Registered{Kind: "enterprise", Name: "另一家", Region: "610902", Sectors: []string{"MINE"}, Discovery: "register"}
}

// Whoever may not see a person's stream is not told its revision, nor whether he guessed it.
func TestTheRevisionOfAnothersStreamIsNotTold(t *testing.T) {
	w := newFixture(t)
	leader, other := string(event.RoleTeamLeader), "person/p-9"
	acknowledged := &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)}
	confirmed := &person.KeyConfirmed{Event: "0198f3c2-7a10-7000-8000-000000000001", SHA256: strings.Repeat("a", 64)}
	for _, match := range []string{`"0"`, `"7"`} { // it is at 0
		w.want(w.post(leader, w.author(other, "discipline-rules-acknowledged", acknowledged), "If-Match", match), 422, "not-yourself")
		w.want(w.post(leader, w.author(other, "key-confirmed", confirmed), "If-Match", match), 422, "revision-not-known")
	}
	w.want(w.post(leader, w.author("person/nobody", "key-confirmed", confirmed), "If-None-Match", "*"), 422, "revision-not-known")
	w.want(w.post(leader, w.author(other, "key-confirmed", confirmed)), 422, "unknown-registration")
	w.want(w.post(leader, w.author("person/p-team-leader", "discipline-rules-acknowledged", acknowledged), "If-Match", `"7"`), 409,
		"wrong-revision")
}

// Who resends with other bytes is told where the entry is, if he may see it; who may not, nothing.
func TestATakenIDIsExplainedToWhoMaySeeTheEntry(t *testing.T) {
	w := newFixture(t)
	known := w.subject("s-1")
	w.want(w.post(office, known), 201, "")
	index := w.size() - 1 // without a consequence
	said := func(token, body string) string {
		return decode[Problem](w, w.want(w.post(token, body), 409, "id-reused")).Remedy
	}
	if got := said(office, strings.Replace(known, "矿业", "矿厂", 1)); !strings.HasPrefix(got,
		fmt.Sprintf("if you are resending: it is entry %d; ", index)) {
		t.Errorf("its author: %s", got)
	}
	id := func(body string) string {
		return decode[struct {
			ID string `json:"id"`
		}](w, answer{body: []byte(body)}).ID
	}
	other := w.author("person/p-new", "person-registered", &person.Registered{Name: "n", Unit: "u", Roles: []event.Role{event.RoleInspector}})
	if got := said("admin", strings.Replace(other, id(other), id(known), 1)); strings.Contains(got, "entry") {
		t.Errorf("who may not see it: %s", got)
	}
}
