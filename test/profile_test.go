package test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/internal/profile"
	"github.com/anjian-ledger/anjian/internal/setup"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// lawfully is a ledger that a profile was published in, and what was said in it under the rules N01 to N16: of flags, of what is
// owed by a date.
type lawfully struct {
	*campaignOn
	flagged, owed map[string]bool // rules
}

// TestOneVisitIsJudgedByTheLawOfItsProfile: the same visit, over HTTP, in a city that was set up by the law of 2019 and in one of
// today; in the first nothing is said of it, and nothing owed, that the law of 2019 does not ask for.
func TestOneVisitIsJudgedByTheLawOfItsProfile(t *testing.T) {
	t.Parallel()
	then := visitUnder(t, "ankang")
	if len(then.flagged)+len(then.owed) > 0 {
		t.Errorf("by the law of 2019 it says %v, and is owed %v", then.flagged, then.owed)
	}
	now := visitUnder(t, "ankang-2026")
	for rules, said := range map[string]map[string]bool{"N02 N03 N04 N07 N11": now.flagged, "N06 N08 N09 N12": now.owed} {
		for rule := range strings.FieldsSeq(rules) {
			if !said[rule] {
				t.Errorf("by the law of today nothing is said under %s, but under %v", rule, slices.Sorted(maps.Keys(said)))
			}
		}
	}
}

func visitUnder(t *testing.T, name string) *lawfully {
	t.Helper()
	s := start(t, t.TempDir())
	p, err := profile.BuiltIn(name)
	must(t, err)
	set := func() (sum setup.Summary) {
		sum, err := setup.Run(t.Context(), setup.Config{Client: dial(t, s, s.as("supervision-office").token), Profile: p,
			Tell: func(setup.Result) {}})
		must(t, err)
		return sum
	}
	if sum := set(); sum.Published != len(p.Files) {
		t.Errorf("%s: %+v of %d files", name, sum, len(p.Files))
	}
	if sum := set(); sum.Published != 0 || sum.Unchanged < len(p.Files)-1 { // once more: of the holidays one year is in force
		t.Errorf("%s once more: %+v", name, sum)
	}
	plan := p.Files[len(p.Files)-1].Plan
	now := time.Now()
	w := &lawfully{&campaignOn{server: s, campaign: plan.Campaign, began: now, office: s.as("supervision-office")},
		map[string]bool{}, map[string]bool{}}
	for _, f := range p.Files {
		if f.Rules != nil {
			w.rules = map[string]any{"version": f.Rules.Version, "document_sha256": f.Rules.SHA256()}
		}
	}
	w.begins(now, now.Add(-24*time.Hour))
	w.plays()
	quotas := plan.PlanPublished
	quotas.Version, quotas.Quotas = "2", []campaign.Quota{{Of: "fines", Number: 1000}}
	w.hears(w.office.append(fact{Type: "campaign-plan-published", Subject: "campaign/" + plan.Campaign, Data: quotas}))
	var list struct {
		Obligations []struct {
			Rule string
			Due  *time.Time
		}
	}
	w.office.get("/v1/obligations?limit=500", &list)
	supervised := list
	w.as("enforcement-supervisor").get("/v1/obligations?limit=500", &supervised)
	for _, o := range append(list.Obligations, supervised.Obligations...) {
		if strings.HasPrefix(o.Rule, "N") && o.Due != nil {
			w.owed[o.Rule] = true
		}
	}
	return w
}

// hears notes under which rules of the law of today a receipt is flagged.
func (w *lawfully) hears(list ...receipt) {
	for _, r := range list {
		for _, d := range r.Deviations {
			if strings.HasPrefix(d.Rule, "N") {
				w.flagged[d.Rule] = true
			}
		}
	}
}

// plays is a visit of now, since it is judged by the plan that was in force when it began. It says nothing of what the law asks for
// since 2025: it is refused for that at first, made all the same, signed, complained of and supervised.
func (w *lawfully) plays() {
	id, at := eventtest.Visit("t1", "i1"), w.began
	firm, justice := w.as("inspected-party", "--subject", "firm"), w.as("enforcement-supervisor")
	add := func(who *client, stream, typ string, data map[string]any) {
		w.t.Helper()
		w.hears(who.append(fact{Type: typ, Subject: stream, Time: at, Data: data}))
		at = at.Add(time.Second)
	}
	visit := func(typ string, data map[string]any) { add(w.ma, "inspection/"+id, typ, data) }
	w.hears(w.ma.append(fact{Type: "inspection-started", Subject: "inspection/" + id, Campaign: w.campaign, Time: at, Data: map[string]any{
		"subject": "firm", "team": "t1", "sector": "MINE", "visit_type": "initial", "inspectors": []string{"ma", "li"},
		"enforcing_authority": "emergency-610902"}}))
	visit("entry-refused", map[string]any{"faults": []string{"no-notice"}, "refused_by": "王"})
	visit("inspector-arrived", map[string]any{})
	photo := map[string]any{"sha256": strings.Repeat("e", 64), "size": 9, "media_type": "image/jpeg"}
	visit("notice-posted", map[string]any{"content": "检查", "purpose": "排查隐患", "office_phone": "1", "leader_phone": "2", "photo": photo})
	visit("conduct-declared", map[string]any{"advance_notice": false, "briefing_heard": false, "accompanied_by": []string{},
		"reception": false})
	for _, item := range []string{"E-1", "E-2", "E-3", "E-4", "E-5", "E-6", "H-1", "H-2", "H-3", "H-4"} {
		visit("check-answered", map[string]any{"item": item, "section": "management", "answer": "yes"})
	}
	for _, section := range []string{"production", "management", "system"} {
		visit("section-completed", map[string]any{"section": section})
	}
	visit("inspector-departed", map[string]any{})
	visit("site-record-signed", map[string]any{"record_no": "1", "document_sha256": strings.Repeat("d", 64), "site_manager": "王",
		"signers": []map[string]any{{"person": "ma", "certificate_no": "cert-ma"}, {"person": "li", "certificate_no": "cert-li"}}})
	add(firm, "clue/firm.a", "clue-received", map[string]any{"inspection": id, "faults": []string{"no-notice"}})
	add(justice, "supervision/emergency-610902.1", "supervision-issued", map[string]any{"form": "opinion", "inspection": id,
		"faults": []string{"no-notice"}, "demand": "补正", "document_no": "1"})
}
