package test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// campaignOn makes a campaign with team t1 (leader wang, members ma and li) and the
// enterprise firm, as the supervision office would over HTTP. All of it happened long
// enough before now for a visit to follow.
type campaignOn struct {
	*server
	office, ma, wang *client
	campaign         string
	rules            map[string]any // what is acknowledged of the rules of discipline; nil: the city has published none
	began            time.Time      // of the visit
	verifier         note.Verifier
}

const campaignID = "c2019"

func newCampaign(t testing.TB) *campaignOn {
	t.Helper()
	s := start(t, t.TempDir())
	now := time.Now()
	c := &campaignOn{
		server: s, campaign: campaignID, began: now.Add(-3 * time.Hour), verifier: verifierOf(t, s),
		office: s.as("supervision-office"),
	}
	before := now.Add(-24 * time.Hour)
	plan := map[string]any{"title": "督查检查工作方案", "version": "1", "policy": map[string]any{
		"duplicate_key": "subject-sector", "min_inspectors": 2, "min_visit_minutes": map[string]int{"": 20}, "record_due_hours": 24,
		"copies": []string{"subject", "local-government"}, "copies_due_days": 3,
		"required_items":    map[string][]string{"enterprise": {"E-1", "E-2"}},
		"required_sections": []string{"production", "management", "system"}, "max_skew_seconds": 300, "late_sync_hours": 72,
		"zero_finding_days": 7, "zero_finding_inspections": 10}}
	c.office.append(fact{Type: "campaign-plan-published", Subject: "campaign/" + campaignID, Time: before, Data: plan})
	c.begins(now, before)
	return c
}

// begins is the campaign, its team and the firm once there is a plan; all of that happened at an instant before now.
func (c *campaignOn) begins(now, before time.Time) {
	s := c.server
	add := func(typ, subject string, data map[string]any) {
		c.office.append(fact{Type: typ, Subject: subject, Campaign: c.campaign, Time: before, Data: data})
	}
	add("campaign-started", "campaign/"+c.campaign, map[string]any{"start": before, "end": now.AddDate(0, 1, 0)})
	add("team-formed", "team/t1", map[string]any{"name": "第一督查组", "kind": "comprehensive"})
	for _, p := range []string{"wang", "ma", "li"} {
		add("person-registered", "person/"+p, map[string]any{"name": p, "unit": "emergency-city", "certificate_no": "cert-" + p,
			"roles": []string{"inspector"}})
		add("inspector-trained", "person/"+p, map[string]any{"topic": "督查检查", "date": before.Format(time.DateOnly)})
		acknowledged := map[string]any{"document_sha256": strings.Repeat("a", 64)}
		if c.rules != nil {
			acknowledged = c.rules
		}
		add("discipline-rules-acknowledged", "person/"+p, acknowledged)
	}
	add("person-registered", "person/office", map[string]any{"name": "办公室", "unit": "safety-office-city",
		"roles": []string{"supervision-office"}})
	add("leader-appointed", "team/t1", map[string]any{"person": "wang"})
	add("member-joined", "team/t1", map[string]any{"person": "ma"})
	add("member-joined", "team/t1", map[string]any{"person": "li"})
	add("team-activated", "team/t1", map[string]any{})
	f := enterprise("firm")
	f.Time = before
	c.office.append(f)
	c.office = s.as("supervision-office", "--person", "office")
	c.ma = s.as("inspector", "--person", "ma", "--team", "t1")
	c.wang = s.as("team-leader", "--person", "wang", "--team", "t1")
}

// visit is the batch that an inspector's device sends after a whole visit offline.
func (c *campaignOn) visit(id string, photo []byte) [][]byte {
	at := c.began
	var events [][]byte
	add := func(typ string, data map[string]any) {
		stream := "inspection/" + id
		if kind := besides[typ]; kind != "" {
			stream, data["inspection"] = kind+"/"+eventtest.Visit("t1", id+typ), id
		}
		events = append(events, fact{Type: typ, Subject: stream, Campaign: campaignID, Time: at, Data: data}.json())
		at = at.Add(2 * time.Minute)
	}
	evidence := map[string]any{"sha256": sha256Hex(photo), "size": len(photo), "media_type": "image/jpeg"}
	document := strings.Repeat("d", 64)
	add("inspection-started", map[string]any{"subject": "firm", "team": "t1", "sector": "MINE", "visit_type": "initial",
		"inspectors": []string{"ma", "li"}})
	add("inspector-arrived", map[string]any{})
	add("notice-posted", map[string]any{"content": "检查消防", "purpose": "排查隐患", "office_phone": "1", "leader_phone": "2", "photo": evidence})
	for _, item := range []string{"E-1", "E-2", "E-3"} {
		add("check-answered", map[string]any{"item": item, "section": "management", "answer": "yes"})
	}
	for _, section := range []string{"production", "management", "system"} {
		add("section-completed", map[string]any{"section": section})
	}
	clause := []map[string]any{{"law": "安全生产法", "version": "2014-12-01", "article": "38"}}
	add("finding-recorded", map[string]any{"finding": "f1", "description": "消防通道堵塞", "level": "general", "punishable": true, "clauses": clause,
		"evidence": []any{evidence}})
	add("finding-recorded", map[string]any{"finding": "f2", "description": "瓦斯监测失效", "level": "major", "punishable": true, "clauses": clause,
		"evidence": []any{evidence}})
	add("order-issued", map[string]any{"order": "o1", "kind": "stop", "findings": []string{"f2"}, "legal_basis": clause,
		"alternatives": "限期整改不足以消除危险"})
	add("penalty-decided", map[string]any{"penalty": "p1", "findings": []string{"f1", "f2"}, "kind": "fine",
		"fine": money{"CNY", 300_000}, "legal_basis": clause, "final": true})
	add("inspector-departed", map[string]any{})
	add("site-record-signed", map[string]any{"record_no": "1", "document_sha256": document, "site_manager": "王",
		"signers": []map[string]any{{"person": "ma", "certificate_no": "cert-ma"}, {"person": "li", "certificate_no": "cert-li"}}})
	for _, recipient := range []string{"subject", "local-government"} {
		add("copy-delivered", map[string]any{"document_sha256": document, "recipient": recipient, "receiver": "王", "method": "in-person"})
	}
	return events
}

// TestAVisitArrivesAsOneBatchAndIsInEveryViewWhenItsReceiptsAre is the road of a whole visit.
func TestAVisitArrivesAsOneBatchAndIsInEveryViewWhenItsReceiptsAre(t *testing.T) {
	t.Parallel()
	c := newCampaign(t)
	photo := bytes.Repeat([]byte("照片"), 1000)
	before := c.logInfo().Position
	id := eventtest.Visit("t1", "i1")
	visit := c.visit(id, photo)
	r := c.ma.post(201, batch, batchOf(visit...))
	if len(r.Receipts) != len(visit) {
		t.Fatalf("%d receipts for %d events", len(r.Receipts), len(visit))
	}
	for i, one := range r.Receipts {
		if len(one.Deviations) > 0 {
			t.Errorf("event %d of a proper visit is flagged: %+v", i, one.Deviations)
		}
		_, raw := c.office.do("GET", fmt.Sprintf("/v1/entries/%d", one.Index), nil)
		if !bytes.HasSuffix(raw, append(append([]byte(`"event":`), visit[i]...), '}')) {
			t.Errorf("entry %d does not hold the bytes that were sent: %s", one.Index, raw)
		}
		if index, _, err := translog.VerifyReceipt(raw, proofOf(one), c.verifier); err != nil || index != one.Index {
			t.Errorf("receipt of entry %d: %d, %v", one.Index, index, err)
		}
	}
	for _, path := range []string{"/v1/teams/t1", "/v1/subjects/firm", "/v1/counties/610902", "/v1/city"} {
		var v view
		c.office.get(path, &v)
		got := fmt.Sprint(v.Counts, v.Fines)
		if want := "{1 3 2 1 1} [{CNY 300000}]"; got != want {
			t.Errorf("%s has %s, want %s", path, got, want)
		}
		if v.Position != r.Position || v.Root != r.Root {
			t.Errorf("%s is at %d %s, the receipt at %d %s", path, v.Position, v.Root, r.Position, r.Root)
		}
		c.office.get(fmt.Sprintf("%s?as_of=%d", path, before), &v)
		if v.Counts.Inspections != 0 || len(v.Fines) != 0 || v.Position != before {
			t.Errorf("%s as of %d knows of the visit that came later: %+v", path, before, v)
		}
	}
	if again := c.ma.post(200, batch, batchOf(visit...)); again.Receipts[3].Index != r.Receipts[3].Index || !again.Receipts[3].AlreadyPresent {
		t.Errorf("the same batch again: %+v, was %+v", again.Receipts[3], r.Receipts[3])
	}
	c.closeVisit(id)
}

// closeVisit goes on after the batch: the gate holds until the leader has reviewed.
func (c *campaignOn) closeVisit(id string) {
	c.t.Helper()
	closing := fact{Type: "inspection-closed", Subject: "inspection/" + id, Campaign: campaignID, Data: map[string]any{}}.json()
	status, answer := c.ma.with("Content-Type", oneEvent).do("POST", "/v1/events", closing)
	if p := problemOf(answer); status != 422 || p.Rule != "R51" || p.Remedy == "" {
		c.t.Errorf("closing without the leader's review: %d %s", status, answer)
	}
	c.wang.append(fact{Type: "leader-reviewed", Subject: "inspection/" + id, Campaign: campaignID, Data: map[string]any{"opinion": "同意"}})
	c.ma.post(201, oneEvent, closing)
	var v struct {
		Closed int64 `json:"closed_inspections"`
	}
	if c.office.get("/v1/teams/t1", &v); v.Closed != 1 {
		c.t.Errorf("the team view counts %d closed visits", v.Closed)
	}
}

func sha256Hex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

var base64url = base64.RawURLEncoding

// A phone registers its key and sends what it signed, by both suites; the office confirms the key.
func TestARegisteredDeviceSignsWhatItSends(t *testing.T) {
	t.Parallel()
	c := newCampaign(t)
	var log struct {
		Origin string `json:"origin"`
	}
	c.office.get("/v1/log", &log)
	ed, err := devicekey.NewSigner(log.Origin, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	p256, err := devicekey.NewP256Signer(log.Origin)
	if err != nil {
		t.Fatal(err)
	}
	types := domain.Catalogue()
	for _, s := range []*devicekey.Signer{ed, p256} {
		t.Run(s.Key.Suite, func(t *testing.T) {
			sign := func(stream event.Stream, name string, data event.Data) (body []byte, signature string) {
				e := &event.Event{ID: uuid.New(), Type: types.Newest(name), Stream: stream, Occurred: time.Now(), ExpectedRevision: event.AnyRevision,
					Data: data}
				raw, sig, err := s.Sign(e)
				if err != nil {
					t.Fatal(err)
				}
				return raw, base64url.EncodeToString(sig)
			}
			ma := event.Stream{Kind: event.Person, ID: "ma"}
			registration, signature := sign(ma, "key-registered", s.Registration("phone"))
			body, bodySignature := sign(ma, "discipline-rules-acknowledged", &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)})
			signed := c.ma.with("Anjian-Signature", bodySignature)
			signed.refused(422, "key-unknown", oneEvent, body)
			c.ma.with("Anjian-Signature", signature).post(201, oneEvent, registration)
			signed.refused(400, "invalid-signature", oneEvent, bytes.Replace(body, []byte("aaaa"), []byte("bbbb"), 1))
			c.office.append(fact{Type: "key-confirmed", Subject: "person/ma",
				Data: map[string]any{"event": idOf(t, registration), "sha256": sha256Hex(registration)}})
			r := signed.post(201, oneEvent, body).Receipts[0]
			_, raw := c.office.do("GET", fmt.Sprintf("/v1/entries/%d", r.Index), nil)
			if !bytes.Contains(raw, []byte(`"assurance":"signed","signature":"`+bodySignature)) {
				t.Errorf("the entry does not say that it is signed: %s", raw)
			}
			if !bytes.HasSuffix(raw, append(append([]byte(`"event":`), body...), '}')) {
				t.Errorf("the signed bytes were changed: %s", raw)
			}
		})
	}
}

func idOf(t *testing.T, ev []byte) string {
	h, err := entry.Peek(ev)
	if err != nil {
		t.Fatal(err)
	}
	return h.ID.String()
}

func TestWhatIsHostileIsRefusedAndNothingIsStored(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	office, auditor, importer := s.as("supervision-office"), s.as("auditor"), s.as("importer", "--unit", "test")
	before := s.logInfo().Position
	good := string(enterprise("good").json())
	edit := func(old, with string) []byte {
		if !strings.Contains(good, old) {
			t.Fatalf("%s has no %s", good, old)
		}
		return []byte(strings.Replace(good, old, with, 1))
	}
	for _, h := range []struct {
		what, mediaType string
		body            []byte
		status          int
		code            string
	}{
		{"an attribute twice", oneEvent, edit(`"specversion":"1.0"`, `"specversion":"1.0","specversion":"1.0"`), 400, "malformed-json"},
		{"a member of data twice", oneEvent, edit(`"region":"610902"`, `"region":"610902","region":"610921"`), 400, "malformed-json"},
		{"invalid UTF-8", oneEvent, edit(`安康`, "\xff\xfe"), 400, "malformed-json"},
		{"deep nesting", oneEvent, edit(`"data":`, `"data":`+strings.Repeat(`{"a":`, 20_000)+`1`+strings.Repeat(`}`, 20_000)+`,"x":`), 413,
			"body-too-large"},
		{"nesting within the size", oneEvent, edit(`"kind":"enterprise"`, `"kind":`+strings.Repeat(`[`, 15_000)+strings.Repeat(`]`, 15_000)), 400,
			"malformed-json"},
		{"a number of many digits", oneEvent, edit(`"specversion"`, `"expectedrevision":`+strings.Repeat("9", 60)+`,"specversion"`), 422,
			"invalid-attribute"},
		{"an unknown member of data", oneEvent, edit(`"region"`, `"regoin":"x","region"`), 422, "invalid-data"},
		{"bytes after the event", oneEvent, []byte(good + good), 400, "malformed-json"},
		{"an unknown type", oneEvent, edit("subject-registered.v1", "subject-registered.v9"), 422, "unknown-type"},
		{"another stream kind", oneEvent, edit("subject/good", "team/good"), 422, "invalid-attribute"},
		{"a path in the id", oneEvent, edit("subject/good", "subject/../good"), 422, "invalid-attribute"},
		{"no JSON", oneEvent, []byte("kind=enterprise"), 400, "malformed-json"},
		{"nothing", oneEvent, nil, 400, "malformed-json"},
		{"an event in a list", oneEvent, []byte("[" + good + "]"), 400, "malformed-json"},
		{"a body that is too large", oneEvent, bytes.Repeat([]byte(" "), 65<<10), 413, "body-too-large"},
		{"a form", "application/x-www-form-urlencoded", []byte(good), 415, "unsupported-media-type"},
	} {
		status, answer := office.with("Content-Type", h.mediaType).do("POST", "/v1/events", h.body)
		p := problemOf(answer)
		if status != h.status || p.Code != h.code {
			t.Errorf("%s: %d %s, want %d %s", h.what, status, answer, h.status, h.code)
		}
	}
	one := enterprise("one")
	office.refused(422, "invalid-data", batch, batchOf(one.json(), edit(`"kind":"enterprise"`, `"kind":"castle"`)))
	s.client("").refused(401, "unauthenticated", oneEvent, []byte(good))
	s.client(office.token[:len(office.token)-4]+"AAAA").refused(401, "unauthenticated", oneEvent, []byte(good))
	auditor.refused(403, "forbidden", oneEvent, []byte(good))
	importer.refused(403, "role-may-not-append", oneEvent, fact{Type: "campaign-ended", Subject: "campaign/c", Data: map[string]any{}}.json())
	if l := s.logInfo(); l.Position != before {
		t.Errorf("the ledger has %d entries after nothing but refusals", l.Position)
	}
	r := office.post(201, oneEvent, []byte(good)).Receipts[0]
	office.refused(409, "id-reused", oneEvent, edit(`"time":"2`, `"dataschema":"urn:x","time":"2`))
	office.with("If-Match", `"7"`).refused(409, "wrong-revision", oneEvent,
		fact{Type: "subject-status-recorded", Subject: "subject/good", Data: map[string]any{"production": "normal"}}.json())
	if l := s.logInfo(); l.Position != r.Index+1 {
		t.Errorf("the ledger has %d entries, one was accepted", l.Position)
	}
}

func TestEvidenceIsStoredUnderItsHashAndNoOther(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	office := s.as("supervision-office")
	photo := make([]byte, 300_000)
	_, _ = rand.Read(photo)
	path := "/v1/evidence/" + sha256Hex(photo)
	if status, answer := office.do("PUT", path, photo[1:]); status != 400 || problemOf(answer).Code != "hash-mismatch" {
		t.Errorf("other bytes under this hash: %d %s", status, answer)
	}
	if status, _ := office.do("GET", path, nil); status != 404 {
		t.Errorf("after a refused upload the evidence is there: %d", status)
	}
	for _, want := range []int{201, 200} {
		if status, answer := office.do("PUT", path, photo); status != want {
			t.Errorf("put: %d %s, want %d", status, answer, want)
		}
	}
	s.kill()
	s = start(t, s.dir)
	office = s.as("supervision-office")
	if status, answer := office.do("PUT", path, photo); status != 200 { // it is there; no entry names it, so only who has it may read it
		t.Errorf("after a kill the evidence is gone: %d %s", status, answer)
	}
	if status, got := office.do("GET", path, nil); status != 200 || !bytes.Equal(got, photo) {
		t.Errorf("after a kill the evidence is not what was put: %d, %d bytes", status, len(got))
	}
	if status, _ := s.client("").do("GET", path, nil); status != 401 {
		t.Errorf("evidence without a token: %d", status)
	}
}
