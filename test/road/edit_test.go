package road

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// An input is an event as text, and a program of edits to it. The program works on the tokens of
// JSON, so that the fuzzer changes attributes, values, names and blanks more often than it breaks
// the text; what it does to the text itself is every other byte string.

// lex cuts text into tokens of JSON: strings with their quotation marks, runs of blanks, runs of
// letters and digits, and single other bytes. It takes any text; the tokens joined are the text.
func lex(text string) (tokens []string) {
	class := func(c byte) int {
		switch {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			return 1
		case strings.IndexByte(`{}[]:,"`, c) >= 0:
			return 0
		}
		return 2
	}
	for len(text) > 0 {
		n := 1
		if text[0] == '"' {
			for n < len(text) && text[n] != '"' {
				if text[n] == '\\' {
					n++
				}
				n++
			}
			n = min(n+1, len(text))
		} else if k := class(text[0]); k > 0 {
			for n < len(text) && class(text[n]) == k {
				n++
			}
		}
		tokens, text = append(tokens, text[:n]), text[n:]
	}
	return tokens
}

// values take the place of a token. Most were stored once, and should not have been.
var values = []string{
	`null`, `true`, `false`, `0`, `-0`, `1.0`, `1.5`, `1e3`, `-1`, `2147483647`, `2147483648`, `-2147483649`, `9007199254740991`,
	`9007199254740992`,
	`9223372036854775807`, `99999999999999999999`, `{}`, `[]`, `""`, `" "`, `"null"`, `"1.0"`, `":::% zz"`, `"urn:x y"`, `"%"`, `"urn:%zz"`,
	`"../a?b#c"`,
	`"安"`, `"nonsense"`, `"2019-12-02T9:30:00+08:00"`, `"2019-12-02T09:30:00,5+08:00"`, `"2019-12-02T09:30:00+24:00"`,
	`"2019-12-02T09:30:00+08:60"`,
	`"2019-12-02t09:30:00z"`, `"2019-12-02T09:30:00.1234567+08:00"`, `"2019-12-02T09:30:00.1234567891Z"`, `"2016-12-31T23:59:60Z"`,
	`"2019-12-02T09:30:00-00:00"`,
	`"2019-02-29T00:00:00Z"`, `"2019-12-02"`, `"9999-12-31T23:59:59-12:00"`, `"0001-01-01T00:00:00Z"`, `"1900-01-01T00:00:00+08:00"`,
	`"2019-12-02T24:00:00Z"`,
	`"day"`, `"month"`, `"year"`, `"hour"`, `"application/json"`, `"application/json; charset=utf-8"`, `"https://x.example/s"`, `"/s"`,
	`"0198F3C2-7A10-7000-8000-000000000001"`, `"{0198f3c2-7a10-7000-8000-000000000001}"`, `"00000000-0000-0000-0000-000000000000"`,
	`"0198f3c2-7a10-8000-8000-000000000001"`,
	`"anjian.subject-registered.v1"`, `"anjian.subject-registered.v2"`, `"anjian.key-revoked.v1"`, `"anjian.tomorrow.v1"`,
	`"urn:anjian:key:@key"`, `"@ledger"`, `"@prev"`, `@seq`,
	`"@id"`, `"subject/s-@n"`, `"Subject/s-@n"`, `"subject/.x"`, `"subject/"`, `"person/p-1"`, `"team/t-1"`, `"ledger/ledger"`,
}

// names are those of members that are put in.
var names = []string{
	"note", "x", "data", "Data", "data_base64", "subject", "time", "TIME", "id", "Id", "type", "source", "specversion", "datacontenttype",
	"dataschema", "campaign",
	"causationid", "correlationid", "deviceid", "timeprecision", "expectedrevision", "ledger", "keyseq", "keyprev", "",
	"abcdefghijklmnopqrstu", "a-b", "安", "name", "unknown",
	"sectors", "kind", "__proto__", "source ", "id\\u0000", "\\u0069d",
}

// blanks are put between tokens. Not all of them are white space of JSON.
var blanks = []string{" ", "\t", "\r", "\n", "\r\n", "  \t ", "\n\n", "\u00a0", "\ufeff", "\u2028", "\x00", "\v", "/**/",
	strings.Repeat(" ", 9000), strings.Repeat("\n", 9000)}

// characters are put into strings, raw or escaped.
var characters = []rune{
	0, 1, '\t', '\n', '\r', 0x7f, 0x85, 0x9f, 0xa0, 0xad, 0x200b, 0x200e, 0x2028, 0x202e, 0x2060, 0x2066, 0xfdd0, 0xfeff, 0xfff9, 0xfffd,
	0xfffe, 0x1fffe, 0x10ffff,
	0xe0001, 0xe000, 0x20bb7, 0x3000, 'é', '安', '"', '\\', '/', '<', '%', 0xd800,
}

// edit applies a program: instructions of three bytes, an operation, a place and an operand.
func edit(text string, program []byte) string {
	for ; len(program) >= 3 && len(text) < 200<<10; program = program[3:] {
		tokens := lex(text)
		if len(tokens) == 0 {
			tokens = []string{""}
		}
		i, v := int(program[1])%len(tokens), int(program[2])
		switch tok := tokens[i]; program[0] % 10 {
		case 0:
			tokens[i] = values[v%len(values)]
		case 1:
			tokens[i] = blanks[v%len(blanks)] + tok
		case 2: // a member, before the next one; its value is the one that the name's number picks too
			for i < len(tokens)-1 && (i == 0 || tokens[i-1] != "{" && tokens[i-1] != ",") {
				i++
			}
			tokens[i] = fmt.Sprintf(`"%s":%s,%s`, names[v%len(names)], values[v*7%len(values)], tokens[i])
		case 3:
			tokens[i] = escaped(tok)
		case 4:
			tokens[i] = within(tok, string(characters[v%len(characters)]))
		case 5:
			tokens[i] = within(tok, escapes(characters[v%len(characters)]))
		case 6:
			tokens[i] = ""
		case 7:
			j := v % len(tokens)
			tokens[i], tokens[j] = tokens[j], tokens[i]
		case 8:
			tokens[i] = within(tok, strings.Repeat("安", v*97))
		case 9:
			tokens[i] = tok + tokens[v%len(tokens)]
		}
		text = strings.Join(tokens, "")
	}
	return text
}

// within puts s before the end of a string; of another token behind it.
func within(tok, s string) string {
	if rest, ok := strings.CutSuffix(tok, `"`); ok && len(tok) > 1 {
		return rest + s + `"`
	}
	return tok + s
}

func escapes(r rune) (s string) {
	if r > 0xffff {
		a, b := utf16.EncodeRune(r)
		return escapes(a) + escapes(b)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// escaped writes every character of a string as \u.
func escaped(tok string) string {
	if len(tok) < 2 || tok[0] != '"' || strings.Contains(tok, `\`) {
		return tok
	}
	var b strings.Builder
	for _, r := range tok[1 : len(tok)-1] {
		b.WriteString(escapes(r))
	}
	return `"` + b.String() + `"`
}
