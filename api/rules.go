package api

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// RuleInfo is one rule: of the speech, a pillar of the design, or of form.
type RuleInfo struct {
	ID      string     `json:"id" doc:"R43, pillar 1, Roles or schema: as answers and stored flags cite it"`
	At      string     `json:"at,omitempty" doc:"paragraph and sentence of the speech: P8.15"`
	Kind    string     `json:"kind,omitempty" doc:"what the speech gives here: a rule, an invariant, data, a figure (KPI) …"`
	Acts    []string   `json:"acts,omitempty" doc:"how the rule is meant to act"`
	Quote   string     `json:"quote,omitempty" doc:"讲话原文"`
	Title   string     `json:"title,omitempty"`
	TitleZH string     `json:"title_zh,omitempty"`
	Line    string     `json:"line" doc:"what the ledger does about it"`
	LineZH  string     `json:"line_zh" doc:"账本如何处理"`
	Codes   []law.Code `json:"codes" doc:"what answers and flags under it"`
	Types   []string   `json:"types" doc:"event types that serve it"`
}

// CodeInfo is one code of the closed set.
type CodeInfo struct {
	Code        law.Code `json:"code"`
	Acts        []string `json:"acts" doc:"refuses, gates, flags, answers"`
	Rules       []string `json:"rules" doc:"under which it acts; none for what only the API answers"`
	Status      int      `json:"status,omitempty" doc:"HTTP status of the answer; none for what is only flagged"`
	Title       string   `json:"title"`
	TitleZH     string   `json:"title_zh"`
	Says        string   `json:"says,omitempty" doc:"template: {name} a value, […] left out where one is missing"`
	SaysZH      string   `json:"says_zh,omitempty"`
	Remedy      string   `json:"remedy" doc:"template likewise"`
	RemedyZH    string   `json:"remedy_zh"`
	Elsewhere   string   `json:"elsewhere,omitempty" doc:"of a code that no answer over HTTP bears: why not, and where it is said"`
	ElsewhereZH string   `json:"elsewhere_zh,omitempty"`
}

// ArticleInfo is an article of a law that is cited.
type ArticleInfo struct {
	Law         string `json:"law"`
	LawZH       string `json:"law_zh"`
	Version     string `json:"version" doc:"date or year of the text"`
	Article     string `json:"article"`
	Line        string `json:"line"`
	LineZH      string `json:"line_zh"`
	Unconfirmed bool   `json:"unconfirmed,omitempty" doc:"inferred: to be held against the official text"`
}

// RuleList is the law as the program knows it.
type RuleList struct {
	Rules    []RuleInfo    `json:"rules"`
	Codes    []CodeInfo    `json:"codes"`
	Faults   []FaultInfo   `json:"faults" doc:"what is said of members of an event, in fields of a problem"`
	Articles []ArticleInfo `json:"articles"`

	Obligations []DutyInfo `json:"obligations" doc:"what is owed: by whom, since what, until what and when"`
}

// DutyInfo is one kind of obligation.
type DutyInfo struct {
	Name      string   `json:"name" doc:"copies: as GET /v1/obligations and deadline-passed name it"`
	Title     string   `json:"title"`
	TitleZH   string   `json:"title_zh"`
	Of        string   `json:"of" doc:"kind of the streams in which it is owed; any: of any kind"`
	Owner     string   `json:"owner" doc:"who owes it"`
	OwnerEN   string   `json:"owner_title"`
	OwnerZH   string   `json:"owner_title_zh"`
	Opens     []string `json:"opens" doc:"event types of which a fact opens it"`
	Meets     []string `json:"meets" doc:"event types of which one meets or ends it; none: its date alone does"`
	Limit     string   `json:"limit,omitempty" doc:"a parameter of the plan, a matter of law-limits (law: service), or what states the date"`
	LimitZH   string   `json:"limit_zh,omitempty"`
	HoldsUp   []string `json:"holds_up" doc:"what in its stream waits for it: signing, closing"`
	Escalates bool     `json:"escalates" doc:"the ledger says once that it is late (deadline-passed)"`
	Rules     []string `json:"rules"`
}

// dutyList are the kinds of obligations as they are declared.
func dutyList() (all []DutyInfo) {
	some := func(list []string) []string { return append([]string{}, list...) }
	for _, d := range domain.Duties() {
		all = append(all, DutyInfo{d.Name.Code, d.Name.English, d.Name.Chinese, d.Of, d.Owner.Code, d.Owner.English, d.Owner.Chinese,
			some(d.Opens), some(d.Meets), d.Limit, d.LimitZH, some(d.HoldsUp), d.Escalates, names(d.Rules)})
	}
	return all
}

// FaultInfo is one fault of form.
type FaultInfo struct {
	Fault  law.Fault `json:"fault"`
	Says   string    `json:"says" doc:"template, as those of codes"`
	SaysZH string    `json:"says_zh"`
}

// ruleList makes the answer of GET /v1/rules.
func ruleList(cat *event.Catalogue) *RuleList {
	all := &RuleList{}
	for _, s := range law.Sentences() {
		all.Rules = append(all.Rules, RuleInfo{ID: s.Rule.String(), At: s.At, Kind: s.Kind, Acts: s.Acts.English(), Quote: s.Quote,
			Line: s.English, LineZH: s.Chinese, Codes: law.CodesOf(s.Rule), Types: cat.Citing(s.Rule)})
	}
	for _, p := range law.Principles() {
		all.Rules = append(all.Rules, RuleInfo{ID: p.Rule.String(), Title: p.Title, TitleZH: p.TitleZH,
			Line: p.English, LineZH: p.Chinese, Codes: law.CodesOf(p.Rule), Types: cat.Citing(p.Rule)})
	}
	for _, g := range law.Groups() {
		for _, t := range g.Texts {
			info := CodeInfo{Code: t.Code, Acts: t.Acts.English(), Rules: names(t.Rules),
				Title: t.Title, TitleZH: t.TitleZH, Says: t.Says, SaysZH: t.SaysZH, Remedy: t.Remedy, RemedyZH: t.RemedyZH}
			info.Elsewhere, info.ElsewhereZH = t.Code.Elsewhere()
			if t.Acts != law.Flags {
				info.Status = rowOf(t.Code).status
			}
			all.Codes = append(all.Codes, info)
		}
	}
	for _, f := range law.Faults() {
		all.Faults = append(all.Faults, FaultInfo{f.Fault, f.Says, f.Chinese})
	}
	for _, a := range law.Articles() {
		all.Articles = append(all.Articles, ArticleInfo{a.Law, a.LawZH, a.Version, a.Number, a.English, a.Chinese, a.Unconfirmed})
	}
	all.Obligations = dutyList()
	return all
}

// names returns rules as answers cite them.
func names(rules []law.Rule) []string {
	out := make([]string, len(rules))
	for i, r := range rules {
		out[i] = r.String()
	}
	return out
}

func textOf(code law.Code) law.Text {
	t, _ := code.Text()
	return t
}

// encodeRules makes the answers of GET /v1/rules and of each of its members once: the law does not
// change while the program runs.
func (a *Handler) encodeRules() error {
	all := ruleList(a.cfg.Catalogue)
	a.rule = map[string][]byte{}
	var err error
	keep := func(name string, v any) {
		b, e := json.Marshal(v)
		if err == nil {
			err = e
		}
		a.rule[name] = b
	}
	for _, r := range all.Rules {
		keep(strings.ReplaceAll(r.ID, " ", "-"), r)
	}
	for _, c := range all.Codes {
		keep(string(c.Code), c)
	}
	keep("", all)
	if err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	return nil
}

func (a *Handler) ruleRoutes(d *document) []*route {
	return []*route{{
		method: "GET", path: "/v1/rules", id: "rules", tag: "about", summary: "The rules, every code, and what is owed",
		chinese: "规则、代码与义务",
		doc: "The rules of the speech with their quotes, the pillars of the design, the closed set of codes with texts and remedies, " +
			"the articles of law that are cited, and every kind of obligation: who owes it, since and until what, by when and under which " +
			"rule, in Chinese and English. RULES.md is the same to read.",
		answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(RuleList{})},
		handle:  func(c *call) error { c.body(mediaJSON, a.rule[""]); return nil },
	}, {
		method: "GET", path: "/v1/rules/{name}", id: "rule", tag: "about", summary: "One rule or one code", chinese: "一条规则或一个代码",
		doc:     "The type of every problem is such an address.",
		params:  []*huma.Param{pathParam("name", "a code (closing-needs-copies) or a rule (R43, pillar-1, Roles, schema)")},
		answers: map[string]*huma.Schema{mediaJSON: {OneOf: []*huma.Schema{d.schemaOf(RuleInfo{}), d.schemaOf(CodeInfo{})}}},
		codes:   []law.Code{law.NotFound},
		handle: func(c *call) error {
			name := c.path("name")
			b := a.rule[name]
			if name == "" || b == nil {
				return fail(law.NotFound, law.Str("name", name))
			}
			c.body(mediaJSON, b)
			return nil
		},
	}}
}
