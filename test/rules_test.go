package test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/law"
)

// rulesMarker ends the part of RULES.md that is written by hand.
const rulesMarker = "<!-- Below this line: go test ./test -run RulesDocument -update -->\n"

// TestRulesDocumentIsTheLaw renders package law and compares it with RULES.md.
func TestRulesDocumentIsTheLaw(t *testing.T) {
	path := filepath.Join("..", "RULES.md")
	b, err := os.ReadFile(path)
	must(t, err)
	intro, have, ok := strings.Cut(string(b), rulesMarker)
	if !ok {
		t.Fatalf("RULES.md has no line %q", rulesMarker)
	}
	want := renderRules(testsOf(t), testPlaces(t))
	if *update {
		must(t, os.WriteFile(path, []byte(intro+rulesMarker+want), 0o644))
		return
	}
	if have != want {
		t.Errorf("RULES.md is not the law; run: go test ./test -run RulesDocument -update\n%s", firstDifference(have, want))
	}
}

// renderRules renders the law; tests are those that name a rule, where the files of all.
func renderRules(tests map[string][]string, where map[string]string) string {
	var b strings.Builder
	b.WriteString("\n## The rules of the speech 讲话规则\n")
	for _, s := range law.Sentences() {
		fmt.Fprintf(&b, "\n### %s\n\n> %s (%s)\n\n%s\n\n%s\n\n", s.Rule, s.Quote, s.At, s.Chinese, s.English)
		fmt.Fprintf(&b, "%s%s. ", strings.ToUpper(s.Kind[:1]), s.Kind[1:])
		if s.Acts != law.None {
			fmt.Fprintf(&b, "Acts 方式: %s (%s). ", strings.Join(s.Acts.English(), ", "), strings.Join(s.Acts.Chinese(), "、"))
		}
		renderCiting(&b, s.Rule, tests)
	}
	b.WriteString("\n## Pillars, form, law since 2025 支柱、格式、2025年以来的法\n")
	for _, p := range law.Principles() {
		fmt.Fprintf(&b, "\n### %s\n\n**%s %s**\n\n%s\n\n%s\n\n", p.Rule, p.TitleZH, p.Title, p.Chinese, p.English)
		renderCiting(&b, p.Rule, tests)
	}
	renderSettled(&b, where)
	renderObligations(&b)
	b.WriteString("\n## Codes 代码\n")
	for _, g := range law.Groups() {
		fmt.Fprintf(&b, "\n### %s %s\n\n| code | acts | rules | 含义与办法 | meaning and remedy |\n|---|---|---|---|---|\n", g.English, g.Chinese)
		for _, x := range g.Texts {
			english, chinese := x.Code.Elsewhere()
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s。%s | %s. *%s* |\n", x.Code, strings.Join(x.Acts.English(), ", "),
				strings.Join(ruleNames(x.Rules), ", "),
				saying(x.TitleZH, x.SaysZH, "。"), x.RemedyZH+aside("。不经 HTTP 答复：", chinese), saying(x.Title, x.Says, ". "), x.Remedy+
					aside(". Not over HTTP: ", english))
		}
	}
	b.WriteString("\n## Faults of form 格式错误\n\nWhat a problem says in `fields` of one member of an event.\n\n| fault | 含义 | meaning " +
		"|\n|---|---|---|\n")
	for _, f := range law.Faults() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Fault, f.Chinese, f.Says)
	}
	b.WriteString("\n## Articles of law 法律条文\n\n| law | text of | article | |\n|---|---|---|---|\n")
	for _, a := range law.Articles() {
		fmt.Fprintf(&b, "| %s %s | %s | %s | %s %s", a.LawZH, a.Law, a.Version, a.Number, a.Chinese, a.English)
		if a.Unconfirmed {
			b.WriteString(" (to be held against the official text 待核)")
		}
		b.WriteString(" |\n")
	}
	return b.String()
}

// renderObligations lists what is owed: by whom, since what, until what and when (pillar 12).
func renderObligations(b *strings.Builder) {
	b.WriteString("\n## Obligations 义务\n\nWhat somebody owes, for which rules. It is owed since an event of the types under *since*, " +
		"until one of " +
		"those under *met by*; its limit is a parameter of the plan, one of the law in force on the day of the fact (`law:`), or a date that " +
		"somebody stated. Without a limit it only holds up an event of its stream. What *escalates* is said to be late by the ledger " +
		"(`deadline-passed`), once; of people in the field after `late_sync_hours`.\n\n" +
		"| obligation 义务 | rules 规则 | in 流 | owed by 义务方 | since 起于 | met by 止于 | limit 期限 | escalates 升级 |\n|---|---|---|---|---|---|---|---|\n")
	for _, d := range domain.Duties() {
		escalates := ""
		if d.Escalates {
			escalates = "yes 是"
		}
		of := d.Of
		if of == "any" {
			of = "any 任何"
		}
		fmt.Fprintf(b, "| `%s` %s | %s | %s | %s %s | %s | %s | %s | %s |\n", d.Name.Code, d.Name.Chinese,
			strings.Join(ruleNames(d.Rules), ", "), of, d.Owner.Code,
			d.Owner.Chinese, quoted(d.Opens), quoted(d.Meets), strings.TrimSpace(d.Limit+" "+d.LimitZH), escalates)
	}
}

// quoted writes words as code.
func quoted(words []string) string {
	list := make([]string, len(words))
	for i := range words {
		list[i] = "`" + words[i] + "`"
	}
	return strings.Join(list, ", ")
}

// aside is what is said besides, if anything is.
func aside(begin, text string) string {
	if text == "" {
		return ""
	}
	return begin + text
}

// saying is a title with the template of its sentence.
func saying(title, template, stop string) string {
	if template == "" {
		return title
	}
	return title + stop + strings.ReplaceAll(template, "|", "\\|")
}

// mostTests is how many tests of a rule are listed.
const mostTests = 8

// renderCiting lists what acts under a rule, what serves it, and which tests name it.
func renderCiting(b *strings.Builder, r law.Rule, tests map[string][]string) {
	code := func(s string) string { return "`" + s + "`" }
	var codes, types, duties, parts []string
	for _, c := range law.CodesOf(r) {
		codes = append(codes, code(string(c)))
	}
	for _, name := range domain.Catalogue().Citing(r) {
		types = append(types, code(name))
	}
	for _, o := range domain.Obligations() {
		if name := code(o.Name); slices.Contains(o.Rules(), r) && !slices.Contains(duties, name) {
			duties = append(duties, name)
		}
	}
	if codes != nil {
		parts = append(parts, "Codes 代码: "+strings.Join(codes, ", ")+".")
	}
	if types != nil {
		parts = append(parts, "Event types 事件类型: "+strings.Join(types, ", ")+".")
	}
	if duties != nil {
		parts = append(parts, "[Obligations 义务](#obligations-义务): "+strings.Join(duties, ", ")+".")
	}
	if parts == nil {
		parts = append(parts, "No code and no event type cites it in this release. 本版尚无代码或事件类型引用。")
	}
	if names := tests[r.String()]; names != nil { // what only shows a figure is tested no less
		more := ""
		if n := len(names) - mostTests; n > 0 {
			names, more = names[:mostTests], fmt.Sprintf(", … (%d more)", n)
		}
		parts = append(parts, "Tests 测试: "+strings.Join(names, ", ")+more+".")
	}
	b.WriteString(strings.Join(parts, " ") + "\n")
}
