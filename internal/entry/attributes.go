package entry

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// integer reads a CloudEvents Integer: a whole number of 32 bits with sign, written without
// fraction, exponent or minus zero.
func integer(name string, v jsontext.Value) (int64, error) {
	if v.Kind() != '0' {
		return 0, invalid(name, law.FaultInteger32, law.Quote("value", string(v)))
	}
	s := string(v)
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || s == "-0" {
		return 0, invalid(name, law.FaultInteger32, law.Quote("value", s))
	}
	return n, nil
}

// extension checks an attribute that the ledger keeps and does not read.
func extension(name string, v jsontext.Value, count *int) error {
	if *count++; *count > maxExtensions || !validExtension(name) {
		return invalid(clip(name), law.FaultAttributeName, law.Int("most", maxExtensions))
	}
	switch v.Kind() {
	case 'n', 't', 'f':
		return nil
	case '"':
		s, err := unquote(v)
		if err != nil {
			return err
		}
		return textual(name, s)
	case '0':
		_, err := integer(name, v)
		return err
	}
	return invalid(name, law.FaultAttributeValue)
}

// textual checks an attribute that is free text. The list of what is no text is that of data; the
// characters that a CloudEvents String must not have (§3.1) are among them.
func textual(name, s string) error {
	if err := event.CheckText(s, false); err != nil {
		return about(name, err)
	}
	return nil
}

// clip shortens what a message quotes.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// uriCharacter has the characters of RFC 3986 §2: those that are not in it are 0, and those that can
// stand where they must not are structural.
var uriCharacter = func() (kind [256]byte) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%") {
		kind[c] = 1
	}
	for _, c := range []byte("%[]?#") {
		kind[c] = structural
	}
	return kind
}()

const structural = 2

// uriReference reports whether s has the characters of a URI-reference (RFC 3986 §4.1) and
// can be taken apart.
func uriReference(s string) bool {
	all := byte(0)
	for i := range len(s) {
		kind := uriCharacter[s[i]]
		if kind == 0 {
			return false
		}
		all |= kind
	}
	if all&structural == 0 && strings.HasPrefix(s, "urn:") {
		return true // the usual ones: nothing can be wrong with the rest
	}
	_, err := url.Parse(s)
	return err == nil
}

// attribute returns the name in a JSON string without allocating for the usual ones.
func attribute(quoted jsontext.Value) string {
	switch string(quoted) {
	case `"specversion"`:
		return "specversion"
	case `"id"`:
		return "id"
	case `"source"`:
		return "source"
	case `"type"`:
		return "type"
	case `"subject"`:
		return "subject"
	case `"time"`:
		return "time"
	case `"campaign"`:
		return "campaign"
	case `"originid"`:
		return "originid"
	case `"data"`:
		return "data"
	case `"ledger"`:
		return "ledger"
	case `"keyseq"`:
		return "keyseq"
	case `"keyprev"`:
		return "keyprev"
	}
	name, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return "" // refused as a name that no attribute has
	}
	return string(name)
}

func validExtension(name string) bool {
	if name == "" || len(name) > 20 {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
