package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/projections"
)

func TestAViewShowsWhatWasAcknowledgedAndSaysWhichStateItIs(t *testing.T) {
	w := newFixture(t)
	w.visit()
	w.arrive()
	for _, target := range []string{"/v1/subjects/s-1", "/v1/teams/t-1", "/v1/counties/610902", "/v1/city", "/v1/inspections/" + visit1} {
		got := decode[struct {
			projections.Head
			Counts projections.Counts
		}](w, w.want(w.get(office, target), 200, ""))
		root, err := w.rootAt(w.size())
		w.must(err)
		if got.Position != w.size() || got.Root != root || got.Recorded.IsZero() || got.Counts.Inspections != 1 {
			t.Errorf("%s: %+v at %d", target, got, w.size())
		}
	}
	if got := w.listed(office, "/v1/subjects?q=矿业"); len(got.Items) != 1 || got.Items[0]["id"] != "s-1" {
		t.Errorf("search: %+v", got)
	}
}

func TestAViewCanBeAskedAsOfAPositionATimeAndADate(t *testing.T) {
	w := newFixture(t)
	w.visit()
	before := w.ledger.Head()
	time.Sleep(2 * time.Millisecond)
	w.arrive()
	for _, asOf := range []string{strconv.FormatUint(before.Size, 10), before.Recorded.Format(time.RFC3339Nano)} {
		got := decode[projections.SubjectView](w, w.want(w.get(office, "/v1/subjects/s-1?as_of="+asOf), 200, ""))
		if got.Position != before.Size || got.Root != b64(before.Root) || got.Counts.Inspections != 0 {
			t.Errorf("as of %s: %+v", asOf, got.Head)
		}
	}
	today := time.Now().In(event.Beijing).Format(time.DateOnly)
	if got := decode[projections.SubjectView](w, w.get(office, "/v1/subjects/s-1?as_of="+today)); got.Position != w.size() {
		t.Errorf("as of today: %+v", got.Head)
	}
	if got := decode[projections.SubjectView](w, w.want(w.get(office, "/v1/subjects/s-1?occurred_until=2000-01-01"), 200,
		"")); got.Counts.Inspections != 0 || got.Name == "" {
		t.Errorf("occurred until 2000: %+v", got)
	}
	w.want(w.get(office, "/v1/subjects/s-1?as_of="+strconv.FormatUint(w.size()+1, 10)), 400, law.BeyondHead)
	w.want(w.get(office, "/v1/subjects/s-1?as_of=yesterday"), 400, law.InvalidParameter)
	w.want(w.get(office, "/v1/subjects/s-1?as_of=0"), 404, law.NotFound)
	w.want(w.get(office, "/v1/subjects/nobody"), 404, law.NotFound)
}

func TestABareDateEndsWithTheDayInShanghai(t *testing.T) {
	got, err := parseUntil("2010-04-04")
	if err != nil || !got.Equal(time.Date(2010, 4, 4, 15, 59, 59, 999999999, time.UTC)) {
		t.Errorf("%v %v", got, err)
	}
}

func TestViewsThatDoNotCatchUpAreUnavailable(t *testing.T) {
	w := newFixture(t, func(c *Config) { c.Projector = stuck{c.Projector} })
	w.want(w.get(office, "/v1/city"), 503, law.ViewsBehind)
}

// stuck is a projector that does not reach the head in time.
type stuck struct{ Projector }

func (stuck) WaitFor(context.Context, uint64) error { return context.DeadlineExceeded }

func TestRowsOutsideTheScopeDoNotExist(t *testing.T) {
	w := newFixture(t)
	w.visit()
	w.arrive()
	w.want(w.get("inspector", "/v1/teams/t-1"), 200, "")
	w.want(w.get("other-team", "/v1/teams/t-1"), 404, law.NotFound)
	w.want(w.get("other-team", "/v1/inspections/"+visit1), 404, law.NotFound)
	w.want(w.get("other-team", "/v1/subjects/s-1"), 404, law.NotFound)
	for _, e := range []string{
		w.author("team/t-9", "team-scope-assigned", &team.ScopeAssigned{Counties: []string{"610902"}, Sectors: []string{"MINE"}}),
		w.author("team/t-9", "leader-appointed", &team.LeaderAppointed{Person: "p-9"}),
	} {
		w.want(w.post(office, e), 201, "")
	}
	w.want(w.get("other-team", "/v1/subjects/s-1"), 200, "") // the dossier is for the teams that are assigned there
	w.want(w.get("other-team", "/v1/inspections/"+visit1), 200, "")
	w.want(w.get("county-government", "/v1/counties/610902"), 200, "")
	w.want(w.get("other-county", "/v1/counties/610902"), 404, law.NotFound)
	w.want(w.get("other-county", "/v1/subjects/s-1"), 404, law.NotFound)
	if got := decode[struct{ Teams []any }](w, w.get("other-team", "/v1/teams")); len(got.Teams) != 1 {
		t.Errorf("another team is listed: %+v", got)
	}
	if got := w.listed("other-county", "/v1/subjects"); len(got.Items) != 0 || *got.Total != 0 {
		t.Errorf("another county's subject is listed: %+v", got)
	}
}

func TestR39TargetsAreHiddenFromCountiesUntilArrivalAndEveryReadIsLogged(t *testing.T) {
	w := newFixture(t)
	w.visit()
	unopened := func(token string) (seen bool) {
		page := string(w.want(w.get(token, "/v1/events?stream=inspection"), 200, "").body)
		dossier := string(w.want(w.get(token, "/v1/subjects/s-1"), 200, "").body)
		view := w.get(token, "/v1/inspections/"+visit1).StatusCode == 200
		if inPage, inDossier := strings.Contains(page, "inspection/"+visit1), strings.Contains(dossier, visit1); inPage != view ||
			inDossier != view {
			t.Errorf("%s: page %t, dossier %t, view %t", token, inPage, inDossier, view)
		}
		return view
	}
	if unopened("county-government") || unopened("department") {
		t.Error("an assignment is shown to the county before arrival")
	}
	if logged := w.access.objects(); len(logged) != 0 {
		t.Errorf("logged %v, but nothing was read", logged)
	}
	for _, token := range []string{"inspector", office} {
		if !unopened(token) {
			t.Errorf("%s does not see the assignment", token)
		}
		if n := len(w.access.objects()); n != 3 {
			t.Errorf("%s: %v in the access log, want the three reads", token, w.access.objects())
		}
		w.access.all = nil
	}
	w.access.err = context.DeadlineExceeded
	if a := w.get(office, "/v1/inspections/"+visit1); a.StatusCode < 500 || strings.Contains(string(a.body), "s-1") {
		t.Errorf("without an access log: %d %s", a.StatusCode, a.body)
	}
	w.access.err, w.access.all = nil, nil
	w.arrive()
	if !unopened("county-government") {
		t.Error("the visit is still hidden after arrival")
	}
	if logged := w.access.objects(); len(logged) != 0 {
		t.Errorf("logged %v after disclosure", logged)
	}
}

func TestEveryReadOfTheDisciplineCommissionIsLogged(t *testing.T) {
	w := newFixture(t)
	w.visit()
	w.arrive()
	w.want(w.get("discipline-commission", "/v1/teams/t-1"), 200, "")
	w.want(w.get("discipline-commission", "/tile/entries/000.p/1"), 200, "")
	want := []string{"discipline-commission /v1/teams/t-1", "discipline-commission /tile/entries/000.p/1"}
	if got := w.access.objects(); !slices.Equal(got, want) {
		t.Errorf("access log %v, want %v", got, want)
	}
	w.access.err = context.DeadlineExceeded
	if a := w.get("discipline-commission", "/tile/entries/000.p/1"); a.StatusCode < 500 {
		t.Errorf("without an access log: %d", a.StatusCode)
	}
}

func TestProofsAndTilesVerify(t *testing.T) {
	w := newFixture(t)
	w.visit()
	w.arrive()
	info := decode[LogInfo](w, w.want(w.get("", "/v1/log"), 200, ""))
	v, err := note.NewVerifier(info.VerifierKey)
	w.must(err)
	cp, err := translog.OpenCheckpoint(w.want(w.get("", "/checkpoint"), 200, "").body, v)
	w.must(err)
	if cp.Size != w.size() || cp.Origin != info.Origin || b64(cp.Root) != info.Root {
		t.Errorf("checkpoint %+v, log %+v", cp, info)
	}
	raw := w.want(w.get(office, "/v1/entries/3"), 200, "").body
	in := decode[Inclusion](w, w.want(w.get("", "/v1/receipts/3"), 200, ""))
	if _, _, err := translog.VerifyReceipt(raw, []byte(in.Proof), v); err != nil {
		t.Error(err)
	}
	old := decode[Inclusion](w, w.want(w.get("", "/v1/receipts/3?size=4"), 200, ""))
	if err := tlog.CheckRecord(hashes(w, old.Path), 4, hashes(w, []string{old.Root})[0], 3, translog.LeafHash(raw)); err != nil {
		t.Error(err)
	}
	con := decode[Consistency](w, w.want(w.get("", "/v1/proofs/consistency?old=4"), 200, ""))
	if err := tlog.CheckTree(hashes(w, con.Path), int64(con.New), hashes(w, []string{con.NewRoot})[0], 4,
		hashes(w, []string{con.OldRoot})[0]); err != nil || con.OldRoot != old.Root {
		t.Error(err, con)
	}
	tile := w.want(w.get("", "/tile/0/000.p/4"), 200, "")
	if want := translog.LeafHash(raw); string(tile.body[96:]) != string(want[:]) || tile.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("tile %x %v", tile.body, tile.Header)
	}
	bundle, err := translog.ParseBundle(w.want(w.get("discipline-commission", "/tile/entries/000.p/4"), 200, "").body)
	if err != nil || string(bundle[3]) != string(raw) {
		t.Errorf("bundle %q %v", bundle, err)
	}
	for _, target := range []string{"/tile/0/000", "/tile/0/001.p/1", "/tile/9/000.p/1", "/tile/00/000.p/1", "/tile/0/0.p/1",
		"/tile/0/x000/000.p/1", "/tile/0/000.p/0",
		"/tile/0/000.p/256", "/tile/0/000.p/01", "/tile/0/x001", "/tile/-1/000", "/v1/receipts/99", "/v1/receipts/1?size=99",
		"/v1/proofs/consistency?old=1&new=99"} {
		w.want(w.get("", target), 404, law.NotFound)
	}
}

func TestAFullTileIsKeptByCachesForGood(t *testing.T) {
	w := newFixture(t)
	var batch []string
	for i := range 256 {
		batch = append(batch, w.subject("s-"+strconv.Itoa(i)))
	}
	for some := range slices.Chunk(batch, 64) {
		w.want(w.do(office, "POST", "/v1/events", "["+strings.Join(some, ",")+"]", "Content-Type", mediaBatch), 201, "")
	}
	a := w.want(w.get("", "/tile/0/000"), 200, "")
	if len(a.body) != 256*32 || a.Header.Get("Cache-Control") != immutable {
		t.Errorf("%d bytes, %v", len(a.body), a.Header)
	}
	if b := w.want(w.get("discipline-commission", "/tile/entries/000"), 200, ""); strings.Contains(b.Header.Get("Cache-Control"), "public") {
		t.Errorf("bundle: %v", b.Header)
	}
}

func hashes(w *fixture, texts []string) []tlog.Hash {
	out := make([]tlog.Hash, len(texts))
	for i, s := range texts {
		var err error
		out[i], err = tlog.ParseHash(s)
		w.must(err)
	}
	return out
}

func TestEvidenceIsKeptUnderItsHashOnly(t *testing.T) {
	w := newFixture(t)
	sum := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	photo := "\xff\xd8 <script>alert(1)</script>"
	at := "/v1/evidence/" + sum(photo)
	w.want(w.get("inspector", at), 404, law.NotFound)
	if got := decode[Stored](w, w.want(w.do("inspector", "PUT", at, photo), 201, "")); !got.Created || got.Size != int64(len(photo)) {
		t.Errorf("%+v", got)
	}
	w.want(w.do("inspector", "PUT", at, photo), 200, "")
	a := w.want(w.get("inspector", at), 200, "")
	h := a.Header
	if string(a.body) != photo || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("Content-Type") != mediaBytes {
		t.Errorf("%q %v", a.body, h)
	}
	if a := w.do("inspector", "HEAD", at, ""); a.StatusCode != 200 || a.ContentLength != int64(len(photo)) || len(a.body) != 0 {
		t.Errorf("HEAD: %d %v", a.StatusCode, a.Header)
	}
	w.want(w.do("inspector", "PUT", "/v1/evidence/"+sum("other"), photo), 400, law.HashMismatch)
	w.want(w.get("inspector", "/v1/evidence/"+sum("other")), 404, law.NotFound)
	w.want(w.do("inspector", "PUT", "/v1/evidence/"+strings.ToUpper(sum("x")), "x"), 400, law.InvalidParameter)
	w.want(w.do("inspector", "PUT", "/v1/evidence/"+sum("x"), strings.Repeat("x", 1<<20+1)), 413, law.FileTooLarge)
	w.want(w.do("city-government", "PUT", at, photo), 403, law.Forbidden)
}

func TestReadinessSaysWhyToThoseWhoMayKnow(t *testing.T) {
	w := newFixture(t, func(c *Config) {
		c.Ready = func() (down, warnings map[string]string) {
			return map[string]string{"disk": "/srv/anjian is full"}, map[string]string{"feed": "/srv/feed is slow"}
		}
	})
	w.want(w.get("", "/healthz"), 200, "")
	a := w.get("", "/readyz")
	if a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(a.body), `"disk"`) ||
		strings.Contains(string(a.body), "/srv") {
		t.Errorf("to strangers: %d %s", a.StatusCode, a.body)
	}
	if a := w.get("auditor", "/readyz"); !strings.Contains(string(a.body), "/srv/anjian is full") {
		t.Errorf("to the auditor: %s", a.body)
	}
	if r := decode[Readiness](w, w.get("", "/readyz")); r.Ready || !slices.Equal(r.Parts, []string{"disk", "feed"}) {
		t.Errorf("parts: %+v", r)
	}
	if a := newFixture(t).get("", "/readyz"); a.StatusCode != 200 || !decode[Readiness](w, a).Ready {
		t.Errorf("ready: %d %s", a.StatusCode, a.body)
	}
}

func TestImportedVisitsAreDisclosedAtOnce(t *testing.T) {
	w := newFixture(t)
	w.want(w.post("importer", w.subject("s-1")), 201, "")
	start := &inspection.Started{Subject: "s-1", Sector: "MINE", VisitType: "initial", Unknown: event.Unknown{"team", "inspectors"}}
	w.want(w.post("importer", w.author("inspection/"+visit7, "inspection-started", start)), 201, "")
	w.want(w.get("county-government", "/v1/inspections/"+visit7), 200, "")
}

// R18, R12: figures of one campaign and one year; what is no campaign or no year is refused, and says what is wanted.
func TestFiguresAreThoseOfACampaignAndAYear(t *testing.T) {
	w := newFixture(t)
	now := time.Now()
	w.want(w.post(office, w.author("campaign/c-1", "campaign-plan-published",
		&campaign.PlanPublished{Title: "百日攻坚", Version: "1", Policy: campaign.DefaultPolicy()})), 201, "")
	w.want(w.post(office, w.author("campaign/c-1", "campaign-started",
		&campaign.Started{Start: now.AddDate(0, 0, -3), End: now.AddDate(0, 1, 0)})), 201, "")
	w.visit()
	of := func(raw string) string { return `{"campaign":"c-1",` + raw[1:] }
	w.want(w.post("inspector", of(w.author("inspection/t-1.0198f3c2-0000-7000-8000-00000000c0de", "inspection-started", &inspection.Started{
		Subject: "s-1", Team: "t-1", Sector: "MINE", VisitType: "initial", Inspectors: []string{"p-inspector", "p-2"}}))), 201, "")
	w.want(w.post("inspector", of(w.author("inspection/t-1.0198f3c2-0000-7000-8000-00000000c0de", "inspector-arrived",
		&inspection.Arrived{}))), 201, "")
	year := strconv.Itoa(time.Now().In(event.Beijing).Year())
	for _, target := range []string{"/v1/subjects/s-1", "/v1/teams/t-1", "/v1/counties/610902", "/v1/city", "/v1/teams",
		"/v1/counties"} {
		for query, want := range map[string]int64{"": 1, "?campaign=c-1": 1, "?year=" + year: 1, "?campaign=c-1&year=" + year: 1,
			"?year=2011": 0} {
			got := decode[struct {
				projections.Selection
				Counts          projections.Counts
				Teams, Counties []struct{ Counts projections.Counts }
			}](w, w.want(w.get(office, target+query), 200, ""))
			n := got.Counts.Inspections
			for _, lines := range [][]struct{ Counts projections.Counts }{got.Teams} {
				for _, l := range lines {
					n += l.Counts.Inspections
				}
			}
			if target == "/v1/counties" {
				for _, l := range got.Counties {
					n += l.Counts.Inspections
				}
			}
			if n != want || (got.Campaign != "") != strings.Contains(query, "campaign") || (got.Year != 0) != strings.Contains(query, "year") {
				t.Errorf("%s%s: %d inspections of %+v, want %d", target, query, n, got.Selection, want)
			}
		}
		for _, query := range []string{"?campaign=nobody", "?campaign=!", "?year=0", "?year=19", "?year=next"} {
			w.want(w.get(office, target+query), 400, law.InvalidParameter)
		}
	}
	w.want(w.get(office, "/v1/obligations?campaign=nobody"), 400, law.InvalidParameter)
	if got := decode[Worklist](w, w.want(w.get(office, "/v1/obligations?campaign=c-1"), 200, "")); got.Open == 0 {
		t.Error("nothing is owed in the campaign")
	}
	if city := decode[projections.CityView](w, w.get(office, "/v1/city?year=2011")); city.SubjectsRegistered == 0 ||
		city.SubjectsInspected != 0 {
		t.Errorf("the register is of no year: %+v", city.Area)
	}
}
