package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/law"
)

// TestEveryRuleAndCodeIsServedUnderItsName: the type of a problem is an address that answers, to
// everybody, with the very code.
func TestEveryRuleAndCodeIsServedUnderItsName(t *testing.T) {
	w := newFixture(t)
	all := decode[RuleList](w, w.want(w.get("", "/v1/rules"), 200, ""))
	if len(all.Rules) != len(law.Sentences())+len(law.Principles()) || len(all.Articles) != len(law.Articles()) {
		t.Errorf("%d rules, %d articles", len(all.Rules), len(all.Articles))
	}
	for _, r := range all.Rules {
		got := decode[RuleInfo](w, w.want(w.get("", rulesPath+strings.ReplaceAll(r.ID, " ", "-")), 200, ""))
		if got.ID != r.ID || got.Line == "" || got.LineZH == "" || got.Codes == nil || got.Types == nil {
			t.Errorf("%+v", got)
		}
	}
	for _, c := range all.Codes {
		got := decode[CodeInfo](w, w.want(w.get("", rulesPath+string(c.Code)), 200, ""))
		flagged := slices.Equal(got.Acts, []string{"flags"})
		if got.Code != c.Code || got.TitleZH == "" || got.RemedyZH == "" || (got.Status == 0) != flagged {
			t.Errorf("%+v", got)
		}
	}
	for _, name := range []string{"R780", "R4", "nothing", "pillar%201x"} {
		w.want(w.get("", rulesPath+name), 404, law.NotFound)
	}
	if one := decode[RuleInfo](w, w.want(w.get("", "/v1/rules/R43"), 200, "")); !slices.Contains(one.Codes, law.ClosingNeedsCopies) ||
		!slices.Contains(one.Types, "copy-delivered") || !strings.Contains(one.Quote, "一式四份") || one.At != "P8.15" {
		t.Errorf("%+v", one)
	}
}

// TestEveryCodeOfTheAPIHasAStatus: only a refusal by rule is 422 without being listed; that of a role is 403.
func TestEveryCodeOfTheAPIHasAStatus(t *testing.T) {
	for _, g := range law.Groups() {
		for _, x := range g.Texts {
			listed := slices.ContainsFunc(statuses, func(r row) bool { return r.code == x.Code })
			if answers := x.Acts&law.Answers != 0 || x.Code == law.RoleMayNotAppend; listed != answers {
				t.Errorf("%s: listed among the statuses %v, answers %v", x.Code, listed, answers)
			}
			if r := rowOf(x.Code); http.StatusText(r.status) == "" || r.status < 400 {
				t.Errorf("%s: status %d", x.Code, r.status)
			}
		}
	}
}
