package inspection

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// gate collects every obligation that is still open.
type gate struct{ open []event.Unmet }

// under is the rules of one obligation, the most specific first.
func under(rules ...law.Rule) []law.Rule { return rules }

// need notes an open obligation.
func (g *gate) need(rules []law.Rule, code law.Code, values ...law.Value) {
	g.open = append(g.open, event.Unmet{Code: code, Rules: rules, Values: law.Collect(values...)})
}

// list notes an open obligation unless there is nothing in it.
func (g *gate) list(rules []law.Rule, code law.Code, name string, ids []string, values ...law.Value) {
	if len(ids) > 0 {
		g.need(rules, code, append(values, law.List(name, ids))...)
	}
}

// refusal says all that is open, as its first and the rest.
func (g *gate) refusal() *event.Refusal {
	if g.open == nil {
		return nil
	}
	first := &g.open[0]
	return &event.Refusal{Code: first.Code, Rule: first.Rules[0], Values: first.Values, Open: g.open}
}

// substantiated wants evidence and a clause for each finding (R19).
func (j *judgement) substantiated(g *gate, evidence, clause law.Code) {
	bare := j.st.which(func(m findingMark) bool { return m&(evidenced|attached) == 0 })
	g.list(under(law.R19), evidence, "findings", bare)
	g.list(under(law.R19), clause, "findings", j.st.which(func(m findingMark) bool { return m&cited == 0 }))
}
