package event

import (
	"fmt"
	"unicode/utf8"

	"github.com/anjian-ledger/anjian/domain/law"
)

// CodePoints is a range of code points, both ends included, with what they are.
type CodePoints struct {
	First, Last rune
	What        string
}

// NoText lists the code points that no text of an event may have, ascending. It is fixed: it
// does not follow the Unicode tables of a Go release. Everything else is text, unassigned and
// private use included, because rare surnames are written with them. The last two code points
// of every plane, which are noncharacters too, are not listed one by one.
var NoText = []CodePoints{
	{0x0000, 0x001F, "control character"},
	{0x007F, 0x009F, "control character"},
	{0x200B, 0x200F, "invisible or directional character"},
	{0x2028, 0x202E, "line separator or directional override"},
	{0x2060, 0x206F, "invisible or directional character"},
	{0xFDD0, 0xFDEF, "noncharacter"},
	{0xFEFF, 0xFEFF, "byte order mark"},
	{0xFFF9, 0xFFFB, "annotation character"},
	{0xFFFE, 0xFFFF, "noncharacter"},
	{0xE0000, 0xE007F, "tag character"},
}

// Blanks lists the code points that show nothing, ascending. A text that is required has at
// least one other. The list is fixed as [NoText] is.
var Blanks = []CodePoints{
	{0x0009, 0x000A, "tabulator and line feed"},
	{0x0020, 0x0020, "space"},
	{0x00A0, 0x00A0, "no-break space"},
	{0x00AD, 0x00AD, "soft hyphen"},
	{0x034F, 0x034F, "combining grapheme joiner"},
	{0x061C, 0x061C, "Arabic letter mark"},
	{0x115F, 0x1160, "Hangul fillers"},
	{0x1680, 0x1680, "Ogham space mark"},
	{0x17B4, 0x17B5, "inherent vowels"},
	{0x180B, 0x180F, "Mongolian selectors and separator"},
	{0x2000, 0x200A, "spaces of fixed width"},
	{0x202F, 0x202F, "narrow no-break space"},
	{0x205F, 0x205F, "mathematical space"},
	{0x2800, 0x2800, "blank Braille pattern"},
	{0x3000, 0x3000, "ideographic space"},
	{0x3164, 0x3164, "Hangul filler"},
	{0xFE00, 0xFE0F, "variation selectors"},
	{0xFFA0, 0xFFA0, "halfwidth Hangul filler"},
	{0xE0100, 0xE01EF, "variation selectors"},
}

// noText is [NoText] up to U+FFFF, one bit each: every character of every text is looked up.
var noText = func() (bits [0x10000 / 64]uint64) {
	for _, p := range NoText {
		for r := p.First; r <= p.Last && r <= 0xFFFF; r++ {
			bits[r/64] |= 1 << (r % 64)
		}
	}
	return bits
}()

// listed returns the range of a list that has r.
func listed(list []CodePoints, r rune) (CodePoints, bool) {
	for _, p := range list {
		if r >= p.First && r <= p.Last {
			return p, true
		}
	}
	return CodePoints{}, false
}

// textual reports whether r may stand in a text; lines allows line feed and tabulator.
func textual(r rune, lines bool) bool {
	switch {
	case r == '\n' || r == '\t':
		return lines
	case r <= 0xFFFF:
		return noText[r/64]&(1<<(r%64)) == 0
	case r&0xFFFE == 0xFFFE:
		return false
	}
	_, no := listed(NoText, r)
	return !no
}

// Visible reports whether s has a code point that is not blank.
func Visible(s string) bool {
	for _, r := range s {
		if r > ' ' && r < 0x7F {
			return true
		}
		if _, blank := listed(Blanks, r); !blank {
			return true
		}
	}
	return false
}

// checkText returns the length of s in characters, or says which character is no text.
func checkText(s string, lines bool) (int, error) {
	n := 0
	for i := 0; i < len(s); n++ {
		if c := s[i]; c >= 0x20 && c < 0x7F {
			i++
			for len(s)-i >= 8 && printable8(s[i:i+8]) {
				i, n = i+8, n+8
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size <= 1 {
			return n, NewFault(law.FaultNotUTF8, law.Int("place", n+1))
		}
		if !textual(r, lines) {
			return n, notText(r, n+1)
		}
		i += size
	}
	return n, nil
}

// printable8 reports whether eight bytes are all printable ASCII. Of most texts that is what a
// check costs.
func printable8(s string) bool {
	const each, high = 0x0101010101010101, 0x8080808080808080
	w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	return (w|(w+each)|(w-0x20*each))&high == 0 // none above 0x7E, none below 0x20
}

func notText(r rune, at int) error {
	character, place := law.Str("character", fmt.Sprintf("U+%04X", r)), law.Int("place", at)
	if r == '\n' || r == '\t' {
		return NewFault(law.FaultOneLine, character, place)
	}
	p, ok := listed(NoText, r)
	if !ok {
		p.What = "noncharacter"
	}
	return NewFault(law.FaultNoText, character, place, law.Str("what", p.What))
}

// CheckText says which character of s may not stand in a text, or nil. lines allows line feed
// and tabulator.
func CheckText(s string, lines bool) error {
	_, err := checkText(s, lines)
	return err
}

// CheckLength says why s is no text of at most limit characters, or nil. The empty text is one.
func CheckLength(s string, lines bool, limit int) error {
	n, err := checkText(s, lines)
	if err == nil && n > limit {
		err = NewFault(law.FaultTooLong, law.Int("count", n), law.Int("most", limit))
	}
	return err
}
