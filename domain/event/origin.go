package event

import "strings"

// ValidOrigin reports whether s has the form of a ledger's origin: a name, a slash and eight
// lower-case hexadecimal digits, at most 200 bytes.
func ValidOrigin(s string) bool {
	name, digits, _ := strings.Cut(s[max(0, len(s)-9):], "/")
	return len(s) > 9 && len(s) <= MaxOrigin && name == "" && len(strings.Trim(digits, "0123456789abcdef")) == 0 && len(digits) == 8
}

// MaxOrigin is the longest origin, in bytes.
const MaxOrigin = 200
