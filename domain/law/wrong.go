package law

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/anjian-ledger/anjian/domain/codes"
)

// What a text must be is asked when the program starts, of the codes that topics declare, and by a test of all.

var (
	codeForm  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	fieldForm = regexp.MustCompile(`\{[a-z0-9_]+(?::([a-z-]+))?\}`)
	nested    = regexp.MustCompile(`\[[^\]]*\[`)
)

// wrong says what is wrong with a code's texts; nil: nothing.
func (t *Text) wrong() (list []string) {
	if !codeForm.MatchString(string(t.Code)) {
		list = append(list, fmt.Sprintf("%q is not in kebab case", t.Code))
	}
	if t.Acts == None || t.Acts&^(Refuses|Gates|Flags|Answers) != 0 || t.Acts != Answers && len(t.Rules) == 0 {
		list = append(list, fmt.Sprintf("%s: acts %v under %v", t.Code, t.Acts.English(), t.Rules))
	}
	if required, optionals := t.Names(); len(required)+len(optionals) > MaxValues { // of which a flag may store so many
		list = append(list, fmt.Sprintf("%s names %d values", t.Code, len(required)+len(optionals)))
	}
	of := string(t.Code)
	return slices.Concat(list, wrongTexts(of, t.TitleZH, t.Title), wrongTexts(of, t.RemedyZH, t.Remedy),
		wrongTemplates(of, t.SaysZH, t.Says), wrongTemplates(of, t.RemedyZH, t.Remedy))
}

// wrongTexts wants a Chinese text with Chinese in it and an English one without.
func wrongTexts(of, chinese, english string) (list []string) {
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	if !han(chinese) {
		list = append(list, fmt.Sprintf("%s: no Chinese in %q", of, chinese))
	}
	if english == "" || han(english) || strings.TrimSpace(english) != english {
		list = append(list, fmt.Sprintf("%s: English %q", of, english))
	}
	return list
}

// wrongTemplates wants the same values in both languages, with the same that may be left out, and
// nothing but text beside them.
func wrongTemplates(of, chinese, english string) (list []string) {
	sorted := func(template string) string {
		required, parts := optional(template)
		var all []string
		for _, s := range []string{required, parts} {
			n := names(s)
			slices.Sort(n)
			all = append(all, strings.Join(slices.Compact(n), " "))
		}
		return strings.Join(all, " | ")
	}
	if zh, en := sorted(chinese), sorted(english); zh != en || (chinese == "") != (english == "") {
		list = append(list, fmt.Sprintf("%s: the Chinese template names %q, the English %q", of, zh, en))
	}
	for _, s := range []string{chinese, english} {
		if rest := fieldForm.ReplaceAllString(s, ""); strings.ContainsAny(rest, "{}") ||
			strings.Count(rest, "[") != strings.Count(rest, "]") || nested.MatchString(rest) {
			list = append(list, fmt.Sprintf("%s: malformed template %q", of, s))
		}
		for _, m := range fieldForm.FindAllStringSubmatch(s, -1) {
			if m[1] != "" && m[1] != "term" && codes.TableOf(m[1]) == nil {
				list = append(list, fmt.Sprintf("%s: %q names no code table", of, m[0]))
			}
		}
		for _, name := range names(s) {
			if len(name) > MaxName {
				list = append(list, fmt.Sprintf("%s: the name %q is too long", of, name))
			}
		}
	}
	return list
}
