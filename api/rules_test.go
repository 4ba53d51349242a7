package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
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

// TestEveryObligationIsServedInBothLanguages: each kind that is declared, under the rules and with the limit of its declaration; whoever
// owes it, what it is and its limit have names in both languages, and no name is of none.
func TestEveryObligationIsServedInBothLanguages(t *testing.T) {
	w := newFixture(t)
	served := decode[RuleList](w, w.want(w.get("", "/v1/rules"), 200, "")).Obligations
	used := map[string]bool{}
	for _, o := range served {
		used[o.Name], used["by "+o.Owner] = true, true
		if o.Title == "" || o.TitleZH == "" || o.OwnerEN == "" || o.OwnerZH == "" || len(o.Opens) == 0 || len(o.Rules) == 0 ||
			o.Limit == "" && len(o.HoldsUp) == 0 || (o.Limit == "") != (o.LimitZH == "") || strings.HasSuffix(o.LimitZH, "：") {
			t.Errorf("%+v", o)
		}
	}
	for _, k := range domain.Obligations() {
		i := slices.IndexFunc(served, func(o DutyInfo) bool {
			return o.Name == k.Name && (o.Of == string(k.Of) || o.Of == "any" && k.Of == "") && o.Owner == string(k.Owner) &&
				slices.Equal(o.Opens, strings.Fields(k.Opens)) && slices.Equal(o.Meets, strings.Fields(k.Meets)) && o.Limit == k.Limit
		})
		if i < 0 {
			t.Fatalf("%s of %s is not served", k.Name, k.Of)
		}
		for _, r := range k.Rules() {
			if !slices.Contains(served[i].Rules, r.String()) {
				t.Errorf("%s is served under %v, not under %s", k.Name, served[i].Rules, r)
			}
		}
	}
	for _, c := range codes.Obligations.Codes {
		if !used[c.Code] {
			t.Errorf("%s has a name and is no obligation", c.Code)
		}
	}
	for _, who := range obligation.Owners {
		if !codes.Debtors.Has(string(who)) {
			t.Errorf("%s has no name", who)
		}
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
