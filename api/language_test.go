package api

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/projections"
)

func TestTheReadersLanguageIsThatOfAcceptLanguage(t *testing.T) {
	for header, want := range map[string]law.Language{
		"": law.InEnglish, "*": law.InEnglish, "fr": law.InEnglish, "de, fr;q=0.5": law.InEnglish, "q=;": law.InEnglish,
		"zh": law.InChinese, "zh-CN,zh;q=0.9,en;q=0.8": law.InChinese, "zh-Hans-CN": law.InChinese, "ZH-cn": law.InChinese, "en;q=0.3, zh;q=0.7": law.InChinese,
		"fr, zh;q=0.1": law.InChinese, "zh, en": law.InChinese,
		"en": law.InEnglish, "en-GB,en;q=0.9,zh;q=0.8": law.InEnglish, "en, zh": law.InEnglish, "zh;q=0": law.InEnglish, "zh;q=x, en;q=0.1": law.InEnglish,
		"zh;q=0.2, *;q=0.5": law.InEnglish,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if header != "" {
			r.Header.Set("Accept-Language", header)
		}
		if got := languageOf(r); got != want {
			t.Errorf("%q: %s, want %s", header, got.Tag(), want.Tag())
		}
	}
}

// han reports whether s is in Chinese; codes, names and ids may stand in it.
func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// spoken checks the language of an answer and of its texts.
func spoken(t *testing.T, a answer, chinese bool, texts ...string) {
	t.Helper()
	want := law.InEnglish
	if chinese {
		want = law.InChinese
	}
	if got := a.Header.Get("Content-Language"); got != want.Tag() || !slices.Contains(a.Header.Values("Vary"), "Accept-Language") {
		t.Errorf("Content-Language %q, Vary %q: %s", got, a.Header.Get("Vary"), a.body)
	}
	for _, s := range texts {
		if s == "" || han(s) != chinese {
			t.Errorf("%q: want Chinese %v", s, chinese)
		}
	}
}

// TestProblemsFlagsAndViewsSpeakTheReadersLanguage, about the same values.
func TestProblemsFlagsAndViewsSpeakTheReadersLanguage(t *testing.T) {
	w := newFixture(t)
	w.visit()
	w.arrive()
	stream := "inspection/" + visit1
	answered := func(chinese bool) []string {
		return map[bool][]string{true: {"Accept-Language", "zh-CN,zh;q=0.9"}}[chinese]
	}
	w.want(w.post("inspector", w.author(stream, "check-answered", &inspection.CheckAnswered{Section: "production", Item: "E-1", Answer: "yes"})), 201, "")
	for _, chinese := range []bool{false, true} {
		// a flag beside a receipt
		a := w.want(w.post("inspector", w.author(stream, "check-answered", &inspection.CheckAnswered{Section: "production", Item: "E-1", Answer: "no"}), answered(chinese)...), 201, "")
		flags := decode[Receipts](w, a).Receipts[0].Deviations
		if len(flags) != 1 || flags[0].Code != "answered-again" || flags[0].Values.Get("item").Any() != "E-1" {
			t.Fatalf("%s", a.body)
		}
		spoken(t, a, chinese, flags[0].Title, flags[0].Detail, flags[0].Remedy)
		if want := map[bool]string{false: "item E-1 was answered before", true: "检查项 E-1 已作答过"}[chinese]; flags[0].Detail != want {
			t.Errorf("%q, want %q", flags[0].Detail, want)
		}
		// a gate, with all that is open as data
		a = w.want(w.post("inspector", w.author(stream, "inspection-closed", &inspection.Closed{}), answered(chinese)...), 422, law.ClosingNeedsRecord)
		p := decode[Problem](w, a)
		spoken(t, a, chinese, p.Title, p.Detail, p.Remedy)
		record := &inspection.RecordSigned{RecordNo: "1", DocumentHash: strings.Repeat("ab", 32), SiteManager: "m",
			Signers: []inspection.Signer{{Person: "p-2", Certificate: "c"}}}
		a = w.want(w.post("inspector", w.author(stream, "site-record-signed", record), answered(chinese)...), 422, law.SiteRecordNeedsItems)
		p = decode[Problem](w, a)
		spoken(t, a, chinese, p.Title, p.Detail, p.Remedy)
		if len(p.Open) != 4 || p.Open[1].Code != law.SiteRecordNeedsSections || p.Open[1].Rules[0] != "R35" || len(p.Open[1].Values.Get("sections").Any().([]string)) != 3 {
			t.Errorf("%s", a.body)
		}
		for _, o := range p.Open {
			spoken(t, a, chinese, o.Detail, o.Remedy)
		}
		// a refusal in a batch
		again := w.author(stream, "assignment-reserved", &inspection.Reserved{Subject: "s-1", Team: "t-1", Sector: "MINE", VisitType: "initial"})
		a = w.do("inspector", "POST", "/v1/events", "["+w.author(stream, "check-answered", &inspection.CheckAnswered{Section: "production", Item: "E-2", Answer: "yes"})+","+again+"]",
			append([]string{"Content-Type", mediaBatch}, answered(chinese)...)...)
		p = decode[Problem](w, w.want(a, 422, law.AlreadyBegun))
		spoken(t, a, chinese, p.Title, p.Detail, p.Remedy)
		// faults of requests
		for _, target := range []string{"/v1/events?nothing=1", "/v1/nothing", "/v1/events?from=x", "/v1/teams/t-1?as_of=999999"} {
			a = w.get(string(event.RoleSupervisionOffice), target, answered(chinese)...)
			p = decode[Problem](w, a)
			spoken(t, a, chinese, p.Title, p.Detail, p.Remedy)
		}
		// a view
		a = w.want(w.get("inspector", "/v1/inspections/"+visit1, answered(chinese)...), 200, "")
		for _, d := range decode[projections.InspectionView](w, a).Deviations {
			spoken(t, a, chinese, d.Title, d.Detail, d.Remedy)
			if d.Values == nil || d.Code == "" || d.Rule == "" {
				t.Errorf("%+v", d)
			}
		}
	}
}
