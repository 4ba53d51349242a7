package domain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// What is said of the kinds of obligations, to read and to be asked: one list of their declarations.

// Declared is a kind of obligation and where it is declared.
type Declared struct {
	*obligation.Kind
	Of event.Kind // of the streams in which it is owed; "": of any kind
}

// Obligations returns the kinds of obligations that there are, in the order of the documents.
func Obligations() []Declared {
	all := []Declared{{&stream.Approval, ""}, {&oversight.Explanation, ""}, {&oversight.ExplanationOfUnit, ""}, {&oversight.Confirmation, ""},
		{&oversight.ConfirmsConduct, ""}}
	for i := range kinds.All {
		for _, k := range kinds.All[i].Obligations {
			all = append(all, Declared{k, kinds.All[i].Name})
		}
	}
	return all
}

// ObligationKinds returns the names of the kinds of obligations that there are, in the order of the documents.
func ObligationKinds() []string {
	var names []string
	for _, k := range Obligations() {
		if !slices.Contains(names, k.Name) {
			names = append(names, k.Name)
		}
	}
	return names
}

// Duty is what is said of a kind of obligation in streams of a kind.
type Duty struct {
	Name, Owner  codes.Code // with their names in both languages
	Of           string     // kind of streams; "any": of any
	Opens, Meets []string   // event types
	Limit        string     // see [obligation.Kind]; "": it has none, and holds up an event of its stream
	LimitZH      string
	Escalates    bool
	HoldsUp      []string
	Rules        []law.Rule
}

// Duties are [Obligations] as they are told: what differs in its rules alone is one.
func Duties() (all []Duty) {
	for _, o := range Obligations() {
		name, _ := codes.Obligations.Of(o.Name)
		owner, _ := codes.Debtors.Of(string(o.Owner))
		d := Duty{name, owner, cmp.Or(string(o.Of), "any"), strings.Fields(o.Opens), strings.Fields(o.Meets), o.Limit, limitZH(o.Limit),
			o.Escalates, o.HoldsUp, nil}
		at := slices.IndexFunc(all, d.same)
		if at < 0 {
			at, all = len(all), append(all, d)
		}
		for _, r := range o.Rules() {
			if !slices.Contains(all[at].Rules, r) {
				all[at].Rules = append(all[at].Rules, r)
			}
		}
	}
	return all
}

// same reports whether another differs in its rules alone.
func (d *Duty) same(x Duty) bool {
	return d.Name == x.Name && d.Owner == x.Owner && d.Of == x.Of && d.Limit == x.Limit && d.Escalates == x.Escalates &&
		slices.Equal(d.Opens, x.Opens) && slices.Equal(d.Meets, x.Meets) && slices.Equal(d.HoldsUp, x.HoldsUp)
}

// limitZH says a limit in Chinese: as the plan's member, or the law's matter, is named there.
func limitZH(limit string) string {
	if c, known := codes.StatedLimits.Of(limit); known {
		return c.Chinese
	}
	if matter, lawful := strings.CutPrefix(limit, "law: "); lawful {
		c, _ := codes.TableOf("law-matter").Of(matter)
		return "法定期限：" + c.Chinese
	}
	for _, f := range field.ShapeOf(new(campaign.Policy)).Fields {
		if f.Name == limit {
			return "方案：" + f.Chinese
		}
	}
	return ""
}
