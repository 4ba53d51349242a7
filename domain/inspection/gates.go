package inspection

import (
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// gate collects every obligation that is still open.
type gate struct {
	rule     law.Rule // of the first
	code     law.Code
	open     []string
	remedies []string
}

// under is the rules of one obligation, the most specific first.
func under(rules ...law.Rule) []law.Rule { return rules }

// need notes an open obligation.
func (g *gate) need(rules []law.Rule, code law.Code, format string, args ...any) {
	if g.open == nil {
		g.rule, g.code = rules[0], code
	}
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.String()
	}
	g.open = append(g.open, fmt.Sprintf(format, args...)+" ("+strings.Join(names, ", ")+")")
	if text, _ := code.Text(); !slices.Contains(g.remedies, text.Remedy) {
		g.remedies = append(g.remedies, text.Remedy)
	}
}

// list notes an open obligation unless ids is empty.
func (g *gate) list(ids []string, rules []law.Rule, code law.Code, what string) {
	if len(ids) > 0 {
		g.need(rules, code, "%s: %s", what, strings.Join(ids, ", "))
	}
}

func (g *gate) refusal(what string) *event.Refusal {
	if g.open == nil {
		return nil
	}
	return event.Refuse(g.rule, g.code, "%s needs %d more: %s", what, len(g.open), strings.Join(g.open, "; ")).
		Advise(strings.Join(g.remedies, "; "))
}

// substantiated wants evidence and a clause for each finding (R19).
func (j *judgement) substantiated(g *gate, evidence, clause law.Code) {
	bare := j.st.which(func(m findingMark) bool { return m&(evidenced|attached) == 0 })
	g.list(bare, under(law.R19), evidence, "findings without evidence")
	g.list(j.st.which(func(m findingMark) bool { return m&cited == 0 }), under(law.R19), clause, "findings without a clause")
}

// missing returns what is wanted and not there, or nil.
func missing(wanted, there []string) []string {
	var left []string
	for _, w := range wanted {
		if !slices.Contains(there, w) && !slices.Contains(left, w) {
			left = append(left, w)
		}
	}
	return left
}
