package report

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

var (
	leading = regexp.MustCompile(`(?s)^\s*/\*(.*?)\*/`)
	remarks = regexp.MustCompile(`^(?:\s|--[^\n]*(?:\n|$))*`)
	bound   = regexp.MustCompile(`:(\w+)`)
	nameIs  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

	queryBegins = regexp.MustCompile(`(?i)^\s*(?:SELECT|WITH)\b`)
)

// Parse reads one file. Its error joins every fault that is seen without a database.
func Parse(file, text string) (*Report, error) {
	r := parse(file, text)
	return r, faultsOf(r)
}

// parse reads one file, with its faults. One whose header has faults may have a query that can be looked at.
func parse(file, text string) *Report {
	r := &Report{File: file, text: strings.ReplaceAll(text, "\r\n", "\n"), binds: map[string]bool{}}
	r.text = strings.TrimPrefix(r.text, "\ufeff")
	at := leading.FindStringSubmatchIndex(r.text)
	switch {
	case at != nil:
	case strings.HasPrefix(strings.TrimSpace(r.text), "/*"):
		lines := strings.Split(r.text, "\n")
		r.tellAt(1+max(0, slices.IndexFunc(lines, queryBegins.MatchString)), Words{"文件头没有结束：查询之前缺少 */",
			"the header has no end: */ is missing before the query"})
		return r
	default:
		r.tellAt(1, Words{"报表以文件头开始，写在 /* */ 之中", "a report begins with its header, in /* */"})
		return r
	}
	query := remarks.ReplaceAllString(r.text[at[1]:], "")
	r.line = 1 + strings.Count(r.text[:len(r.text)-len(query)], "\n")
	r.SQL = strings.TrimRight(query, "; \n\t")
	r.tokens = tokensOf(r.SQL)
	r.union = unionOf(r.tokens, len(r.SQL))
	r.with, r.queries = r.union.each(r.SQL)
	for _, m := range bound.FindAllStringSubmatch(r.SQL, -1) {
		r.binds[m[1]] = true
	}
	if r.decode(r.text[at[2]:at[3]], strings.Count(r.text[:at[2]], "\n")) {
		r.ID = r.Number + r.Part
		r.examine()
	}
	return r
}

// decode reads the header strictly: a word that there is not is a fault. It reports whether the header could be read.
func (r *Report) decode(text string, before int) bool {
	err := toml.NewDecoder(strings.NewReader(text)).DisallowUnknownFields().Decode(&r.header)
	var unknown *toml.StrictMissingError
	var bad *toml.DecodeError
	switch {
	case errors.As(err, &unknown):
		for i := range unknown.Errors {
			row, _ := unknown.Errors[i].Position()
			key := unknown.Errors[i].Key()
			word := key[len(key)-1]
			has := wordsIn(append(key[:len(key)-1:len(key)-1], within(strings.Split(text, "\n")[:row], word)...))
			r.tellAt(before+row, sentences(Words{"文件头没有 %q 这个词", "the header has no word %q"}.with(word), like(word, has),
				Words{"此处可用 %s", "here it has %s"}.with(listed(has))))
		}
	case errors.As(err, &bad):
		row, _ := bad.Position()
		what := strings.TrimPrefix(bad.Error(), "toml: ")
		says := Words{"TOML 格式错误（" + what + "）", what}
		if m := misfit.FindStringSubmatch(what); m != nil {
			says = Words{"%[1]s 是 TOML 的 %[2]s，应为 %[3]s", "%[1]s: this is a %[2]s of TOML, where %[3]s is wanted"}.with(strings.ToLower(m[2]),
				strings.ToLower(m[1]), wanted(m[3]))
		}
		r.tellAt(before+row, says)
	case err != nil:
		what := strings.TrimPrefix(err.Error(), "toml: ")
		r.tellAt(before+1, Words{"TOML 格式错误（" + what + "）", what})
	}
	return err == nil
}

// begins is a line with the first key of a value.
var begins = regexp.MustCompile(`^\s*(\w+)\s*=`)

// within is the key in whose value, between braces, a word stands at the end of some lines: TOML's own key has it not. None: it begins a
// line.
func within(lines []string, word string) []string {
	for _, line := range slices.Backward(lines) {
		if m := begins.FindStringSubmatch(line); m != nil {
			return slices.DeleteFunc(m[1:], func(key string) bool { return key == word })
		}
	}
	return nil
}

// wordsIn are the words that the header has within a key.
func wordsIn(key []string) (words []string) {
	t := reflect.TypeFor[header]()
	for _, part := range key {
		switch t.Kind() {
		case reflect.Map:
			t = t.Elem()
		case reflect.Struct:
			i := slices.IndexFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return f.Tag.Get("toml") == part })
			if i < 0 {
				return nil
			}
			t = reflect.VisibleFields(t)[i].Type
		}
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		if word := f.Tag.Get("toml"); word != "" {
			words = append(words, word)
		}
	}
	return words
}

// misfit is what TOML says of a value that is of another kind than the header's word.
var misfit = regexp.MustCompile(`^cannot decode TOML (.+) into struct field report\.(?:\w+)\.(\w+) of type (.+)$`)

// wanted says in TOML what a type of this package is.
func wanted(of string) string {
	switch {
	case of == "[]string" || strings.HasSuffix(of, ".Role"):
		return `["…", "…"]`
	case strings.HasPrefix(of, "[]"):
		return `[{…}, {…}]`
	case of == "bool":
		return "true/false"
	case strings.HasSuffix(of, "Words"):
		return `{zh = "…", en = "…"}`
	}
	return `"…"`
}
