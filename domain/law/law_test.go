package law

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// speech returns the sentences of the speech by place: "P8.15".
func speech(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile("speech.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for p, paragraph := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		for s, sentence := range strings.SplitAfter(paragraph, "。") {
			if sentence != "" {
				all["P"+strconv.Itoa(p+1)+"."+strconv.Itoa(s+1)] = sentence
			}
		}
	}
	return all
}

// TestEveryRuleQuotesTheSpeech: 78 rules, none absent, each in the speech's own words.
func TestEveryRuleQuotesTheSpeech(t *testing.T) {
	said := speech(t)
	if len(said) != 88 || len(Sentences()) != 78 {
		t.Fatalf("%d sentences, %d rules", len(said), len(Sentences()))
	}
	for i, s := range Sentences() {
		if s.Rule != R01+Rule(i) {
			t.Errorf("%s stands in the place of %s", s.Rule, R01+Rule(i))
		}
		if s.Quote == "" || !strings.Contains(said[s.At], s.Quote) {
			t.Errorf("%s: %s does not say 「%s」", s.Rule, s.At, s.Quote)
		}
		if (s.Acts == None) != (s.Rule == R78) || s.Acts&Answers != 0 || s.Kind == "" {
			t.Errorf("%s: kind %q acts %v", s.Rule, s.Kind, s.Acts.English())
		}
		checkTexts(t, s.Rule.String(), s.Chinese, s.English)
	}
}

func TestEveryPrincipleHasItsTexts(t *testing.T) {
	for i, p := range Principles() {
		if p.Rule != Pillar1+Rule(i) {
			t.Errorf("%s stands in the place of %s", p.Rule, Pillar1+Rule(i))
		}
		checkTexts(t, p.Rule.String(), p.Chinese, p.English)
		checkTexts(t, p.Rule.String(), p.TitleZH, p.Title)
	}
	if n := len(Sentences()) + len(Principles()); n != int(rulesEnd)-1 {
		t.Errorf("%d rules have texts, there are %d", n, rulesEnd-1)
	}
}

func TestNamesOfRules(t *testing.T) {
	names := map[string]bool{}
	for r := R01; r < rulesEnd; r++ {
		if names[r.String()] || r.String() == "" {
			t.Errorf("rule %d is named %q", r, r)
		}
		names[r.String()] = true
	}
	for r, want := range map[Rule]string{R01: "R01", R43: "R43", R78: "R78", Pillar1: "pillar 1", Pillar17: "pillar 17", Roles: "Roles",
		Schema: "schema", 0: "", 255: ""} {
		if r.String() != want {
			t.Errorf("rule %d is %q, want %q", r, r, want)
		}
	}
}

// TestEveryCodeHasItsTexts, and is named like its constant: whoever finds the code in an answer
// finds the constant in the code.
func TestEveryCodeHasItsTexts(t *testing.T) {
	declared := constants(t)
	seen := map[Code]bool{}
	for _, g := range Groups() {
		checkTexts(t, g.English, g.Chinese, g.English)
		for _, x := range g.Texts {
			switch name := declared[x.Code]; {
			case seen[x.Code]:
				t.Errorf("%s has two texts", x.Code)
			case !strings.EqualFold(name, strings.ReplaceAll(string(x.Code), "-", "")):
				t.Errorf("%s is the constant %q", x.Code, name)
			}
			seen[x.Code] = true
			for _, wrong := range x.wrong() {
				t.Error(wrong)
			}
			if got, ok := x.Code.Text(); !ok || got.Title != x.Title {
				t.Errorf("%s is not found by its name", x.Code)
			}
		}
	}
	for code := range declared {
		if !seen[code] {
			t.Errorf("%s has no text", code)
		}
	}
	if got, ok := Code("of-a-later-release").Text(); ok || got.Code != "of-a-later-release" {
		t.Errorf("an unknown code has the text %+v", got)
	}
}

// constants reads the codes that this package declares, with the names of their constants.
// TestWhatHTTPNeverAnswersSaysSoInBothLanguages.
func TestWhatHTTPNeverAnswersSaysSoInBothLanguages(t *testing.T) {
	for code, e := range elsewhere {
		if _, known := code.Text(); !known {
			t.Errorf("%s is no code", code)
		}
		checkTexts(t, string(code), e.chinese, e.english)
	}
}

// TestEveryFaultHasItsTexts, in both languages about the same values, and a constant.
func TestEveryFaultHasItsTexts(t *testing.T) {
	seen := map[Fault]bool{}
	for _, f := range Faults() {
		if seen[f.Fault] || !codeForm.MatchString(string(f.Fault)) || !f.Fault.Known() {
			t.Errorf("%q stands twice, or is not in kebab case", f.Fault)
		}
		seen[f.Fault] = true
		checkTemplates(t, Code(f.Fault), f.Chinese, f.Says)
	}
	source, err := os.ReadFile("faults.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`Fault = "([^"]+)"`).FindAllSubmatch(source, -1)
	for _, d := range declared {
		if !seen[Fault(d[1])] {
			t.Errorf("%s has no texts", d[1])
		}
	}
	if len(declared) != len(seen) {
		t.Errorf("%d constants, %d texts", len(declared), len(seen))
	}
}

func constants(t *testing.T) map[Code]string {
	t.Helper()
	all := map[Code]string{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), "codes_") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && v.Type != nil {
				code, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				all[Code(code)] = v.Names[0].Name
			}
			return true
		})
	}
	return all
}

func TestArticles(t *testing.T) {
	for i, a := range Articles() {
		if _, err := time.Parse(time.DateOnly, a.Version); err != nil || a.Law == "" || a.Number == "" {
			t.Errorf("%d: %+v", i, a)
		}
		of := a.Law + " Art. " + a.Number
		checkTexts(t, of, a.LawZH, a.Law)
		checkTexts(t, of, a.Chinese, a.English)
	}
}

// checkTexts wants texts in both languages.
func checkTexts(t *testing.T, of, chinese, english string) {
	t.Helper()
	for _, wrong := range wrongTexts(of, chinese, english) {
		t.Error(wrong)
	}
}

// checkTemplates wants templates of the same values in both languages.
func checkTemplates(t *testing.T, of Code, chinese, english string) {
	t.Helper()
	for _, wrong := range wrongTemplates(string(of), chinese, english) {
		t.Error(wrong)
	}
}

// TestATopicDeclaresACodeWithItsTexts: once, whole, and in the place that its name gives it.
func TestATopicDeclaresACodeWithItsTexts(t *testing.T) {
	before, last := groups[OfCourse].Texts, groups[OfCourse].Texts[len(groups[OfCourse].Texts)-1].Code
	text := func(c Code) Text {
		return Text{Code: c, Acts: Flags, Rules: []Rule{R38}, TitleZH: "标题", Title: "title", SaysZH: "{person}", Says: "{person}",
			RemedyZH: "办法", Remedy: "remedy"}
	}
	t.Cleanup(func() {
		groups[OfCourse].Texts = before
		delete(texts, "of-b")
		delete(texts, "of-a")
	})
	Declare(OfCourse, text("of-b"))
	Declare(OfCourse, text("of-a"))
	if now := Groups()[OfCourse].Texts; len(now) != len(before)+2 || now[len(before)-1].Code != last || now[len(before)].Code != "of-a" ||
		now[len(before)+1].Code != "of-b" || !slices.Contains(CodesOf(R38), "of-b") || Code("of-a").Title(InChinese) != "标题" {
		t.Errorf("%+v", now[len(before):])
	}
	for what, bad := range map[string]Text{
		"twice": text("of-a"), "of the law": text(last), "no texts": {Code: "of-c", Acts: Flags, Rules: []Rule{R38}},
		"no rule": {Code: "of-c", Acts: Flags, TitleZH: "标题", Title: "title", RemedyZH: "办法", Remedy: "remedy"},
		"another value": {Code: "of-c", Acts: Flags, Rules: []Rule{R38}, TitleZH: "标题", Title: "title", SaysZH: "{a}", Says: "{b}",
			RemedyZH: "办法", Remedy: "remedy"},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: is declared", what)
				}
			}()
			Declare(OfCourse, bad)
		}()
	}
}
