package test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/law"
)

// citations are the forms in which source and documents cite a rule, a sentence of the speech, a
// pillar or an article of law.
var (
	citedRule     = regexp.MustCompile(`\bR\d\d\b`)
	citedPillar   = regexp.MustCompile(`[Pp]illars? \d+`)
	citedSentence = regexp.MustCompile(`\bP\d+\.\d+\b`)
	citedArticle  = regexp.MustCompile(`(安全生产法|行政处罚法|Order 493)[^;:.\n]{0,12}? Arts?\.? (\d+(?:, \d+)*)`)
	// elsewhere names books that are not in this repository.
	elsewhere = regexp.MustCompile(`\b(FORMATS|REQUIREMENTS|HOUSE|FAULTS|CODES|PEERS|STYLE)\b|\bDecisions? \d|\bK1?\d\b`)
)

// TestNothingIsCitedThatIsNotHere: who reads R43, pillar 7 or an article finds it in RULES.md.
func TestNothingIsCitedThatIsNotHere(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, s := range law.Sentences() {
		known[s.Rule.String()], known[s.At] = true, true
	}
	for _, p := range law.Principles() {
		known[p.Rule.String()] = true
	}
	found := 0
	must(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return cmpSkip(err, d)
		}
		if ext := filepath.Ext(path); d.IsDir() || ext != ".go" && ext != ".md" || d.Name() == "citations_test.go" {
			return nil
		}
		b, err := os.ReadFile(path)
		must(t, err)
		text := string(b)
		if m := elsewhere.FindString(text); m != "" {
			t.Errorf("%s cites %q, which is not in this repository", path, m)
		}
		cited := slices.Concat(citedRule.FindAllString(text, -1), citedSentence.FindAllString(text, -1))
		for _, m := range citedPillar.FindAllString(text, -1) {
			cited = append(cited, "pillar "+m[strings.LastIndex(m, " ")+1:])
		}
		for _, c := range cited {
			if found++; !known[c] {
				t.Errorf("%s cites %s, which RULES.md does not have", path, c)
			}
		}
		for _, m := range citedArticle.FindAllStringSubmatch(text, -1) {
			for _, n := range strings.Split(m[2], ", ") {
				if found++; !slices.ContainsFunc(law.Articles(), func(a law.ArticleText) bool {
					return a.Number == n && (a.LawZH == m[1] || strings.HasSuffix(a.Law, m[1]))
				}) {
					t.Errorf("%s cites %s, which RULES.md does not have", path, m[0])
				}
			}
		}
		return nil
	}))
	if found < 500 {
		t.Errorf("only %d citations found", found)
	}
}

// A limit that was held against the text of the law cites an article, in the same text, that was held against it, too.
func TestConfirmedLimitsCiteConfirmedArticles(t *testing.T) {
	confirmed := 0
	for _, l := range codes.StatuteRows() {
		if !l.Confirmed {
			continue
		}
		confirmed++
		if !slices.ContainsFunc(law.Articles(), func(a law.ArticleText) bool {
			return strings.HasPrefix(a.LawZH, l.Law) && a.Version == l.Version && a.Number == l.Article && !a.Unconfirmed
		}) {
			t.Errorf("%s cites %s (%s) Art. %s, which is not among the articles", l.Matter, l.Law, l.Version, l.Article)
		}
	}
	if confirmed < 40 {
		t.Errorf("only %d limits are confirmed", confirmed)
	}
}

// cmpSkip passes over a directory, or an error on.
func cmpSkip(err error, d fs.DirEntry) error {
	if err == nil && d.IsDir() {
		return filepath.SkipDir
	}
	return err
}
