package reportdb

import (
	"database/sql/driver"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"modernc.org/sqlite"
)

// A name is found by any part of it, however it is written: width, form, case, brackets, blanks and 臺 for 台 make no difference. What is
// left of a text is cut into pairs of characters, and the last character alone; each is a word of an index of words. So one character is
// the beginning of a word, two are a word, and more are words that follow each other.

// variants are characters that are written for others.
var variants = map[rune]rune{'臺': '台', '檯': '台'}

// fold returns the characters of a text that count. The compatibility form NFKC (Unicode UAX 15) has one width.
func fold(text string) []rune {
	var out []rune
	for _, r := range norm.NFKC.String(strings.ToLower(norm.NFKC.String(text))) {
		if v, is := variants[r]; is {
			r = v
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, r)
		}
	}
	return out
}

// pairs are the words by which a text is found.
func pairs(text string) string {
	var b strings.Builder
	for field := range strings.SplitSeq(text, "\n") {
		chars := fold(field)
		for i := range chars {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(string(chars[i:min(i+2, len(chars))]))
		}
	}
	return b.String()
}

// sought is what the index of words is asked for: each word of a text, wherever it stands; "": there is none.
func sought(text string) string {
	var all []string
	for word := range strings.FieldsSeq(text) {
		switch chars := fold(word); len(chars) {
		case 0:
		case 1:
			all = append(all, `"`+string(chars)+`"*`)
		default:
			var b strings.Builder
			for i := range len(chars) - 1 {
				if i > 0 {
					b.WriteByte(' ')
				}
				b.WriteString(string(chars[i : i+2]))
			}
			all = append(all, `"`+b.String()+`"`)
		}
	}
	return strings.Join(all, " AND ")
}

// addPairs has the databases of this process know pairs; what is no text has none.
var addPairs = sync.OnceFunc(func() {
	sqlite.MustRegisterDeterministicScalarFunction("pairs", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		text, _ := args[0].(string)
		return pairs(text), nil
	})
})
