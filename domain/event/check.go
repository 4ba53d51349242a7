package event

import (
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Checker collects what is wrong with a body, so that a client sees every fault at once.
// The zero value is ready.
type Checker struct{ errs []error }

// Require notes that field must be present.
func (c *Checker) Require(field string, present bool) {
	if !present {
		c.errs = append(c.errs, fmt.Errorf("%s: required", field))
	}
}

// Text checks a string of 1 to limit characters; empty is accepted when not required.
func (c *Checker) Text(field, s string, required bool, limit int) {
	switch n := utf8.RuneCountInString(s); {
	case n == 0 && required:
		c.errs = append(c.errs, fmt.Errorf("%s: required", field))
	case n > limit:
		c.errs = append(c.errs, fmt.Errorf("%s: %d characters, at most %d", field, n, limit))
	}
}

// ID checks an identifier as [ValidID] does; empty is accepted when not required.
func (c *Checker) ID(field, s string, required bool) {
	if s == "" && !required {
		return
	}
	if !ValidID(s) {
		c.errs = append(c.errs, fmt.Errorf("%s: %q is no id: 1 to %d characters of A-Z a-z 0-9 . _ -", field, s, MaxStreamID))
	}
}

// OneOf checks that s is one of the allowed codes; empty is accepted when not required.
func (c *Checker) OneOf(field, s string, required bool, allowed ...string) {
	if s == "" && !required {
		return
	}
	if !slices.Contains(allowed, s) {
		c.errs = append(c.errs, fmt.Errorf("%s: %q is not one of %v", field, s, allowed))
	}
}

// Date checks a calendar date YYYY-MM-DD; empty is accepted when not required.
func (c *Checker) Date(field, s string, required bool) {
	if s == "" && !required {
		return
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		c.errs = append(c.errs, fmt.Errorf("%s: %q is no date YYYY-MM-DD", field, s))
	}
}

// SHA256 checks a lower-case hexadecimal SHA-256; empty is accepted when not required.
func (c *Checker) SHA256(field, s string, required bool) {
	if s == "" && !required {
		return
	}
	ok := len(s) == 64
	for i := 0; ok && i < len(s); i++ {
		ok = s[i] >= '0' && s[i] <= '9' || s[i] >= 'a' && s[i] <= 'f'
	}
	if !ok {
		c.errs = append(c.errs, fmt.Errorf("%s: want 64 lower-case hexadecimal digits of a SHA-256", field))
	}
}

// That notes a fault unless ok holds.
func (c *Checker) That(ok bool, format string, args ...any) {
	if !ok {
		c.errs = append(c.errs, fmt.Errorf(format, args...))
	}
}

// Sub adds the faults of a nested value, prefixed with its field.
func (c *Checker) Sub(field string, err error) {
	if err != nil {
		c.errs = append(c.errs, fmt.Errorf("%s: %w", field, err))
	}
}

// Err returns all faults joined, or nil.
func (c *Checker) Err() error { return errors.Join(c.errs...) }
