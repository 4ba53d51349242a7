package register

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// narrow writes full-width digits, letters, brackets and spaces as the narrow ones, and leaves Chinese punctuation that has
// no narrow form.
func narrow(s string) string {
	for _, r := range s {
		if r >= 0xFF01 && r <= 0xFF5E || r == '\u3000' {
			return width.Narrow.String(s)
		}
	}
	return s
}

// invisible are characters that editors leave in cells and nobody sees.
func invisible(r rune) bool {
	return r == '\uFEFF' || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r == 0x2060 || r == 0xAD
}

// text is what a cell says, on one line: without invisible characters, line feeds and double spaces.
func text(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII && !unicode.Is(unicode.Han, r) || r < ' ' }) >= 0 {
		s = strings.Map(func(r rune) rune {
			switch {
			case invisible(r):
				return -1
			case unicode.IsSpace(r) || unicode.IsControl(r):
				return ' '
			}
			return r
		}, s)
	}
	if !strings.Contains(s, "  ") {
		return strings.TrimSpace(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// folded is a text as it is compared: narrow, in lower case, without spaces.
func folded(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(narrow(text(s))), ""))
}

// code is a text that is a code: narrow, in capitals, without spaces and hyphens.
func code(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '\'' || r == '`' {
			return -1
		}
		return unicode.ToUpper(r)
	}, narrow(text(s)))
}

// scientific is how a spreadsheet writes a long number: 9.16109E+17.
var scientific = regexp.MustCompile(`^[0-9](\.[0-9]+)?E\+?[0-9]{1,3}$`)
