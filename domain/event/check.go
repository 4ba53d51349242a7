package event

import (
	"errors"
	"fmt"
	"slices"
	"time"
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

// Text checks one line of text of at most limit characters without the code points of [NoText].
// A required one has at least one visible character; an empty one is accepted when not required.
func (c *Checker) Text(field, s string, required bool, limit int) {
	c.text(field, s, required, limit, false)
}

// Lines checks text of several lines: as Text, with line feeds and tabulators.
func (c *Checker) Lines(field, s string, required bool, limit int) {
	c.text(field, s, required, limit, true)
}

func (c *Checker) text(field, s string, required bool, limit int, lines bool) {
	n, err := checkText(s, lines)
	switch {
	case err != nil:
		c.errs = append(c.errs, fmt.Errorf("%s: %w", field, err))
	case n == 0 && required:
		c.errs = append(c.errs, fmt.Errorf("%s: required", field))
	case required && !visible(s):
		c.errs = append(c.errs, fmt.Errorf("%s: required, with at least one visible character", field))
	case n > limit:
		c.errs = append(c.errs, fmt.Errorf("%s: %d characters, at most %d", field, n, limit))
	}
}

// Texts checks a list of at most most required lines.
func (c *Checker) Texts(field string, list []string, most, limit int) {
	c.That(len(list) <= most, "%s: at most %d", field, most)
	for _, s := range list {
		c.Text(field, s, true, limit)
	}
}

// IDs checks a list of at most most identifiers.
func (c *Checker) IDs(field string, list []string, most int) {
	c.That(len(list) <= most, "%s: at most %d", field, most)
	for _, s := range list {
		c.ID(field, s, true)
	}
}

// Within checks that n lies in a range.
func (c *Checker) Within(field string, n int64, r Range) {
	if n < r.Min || n > r.Max {
		c.errs = append(c.errs, fmt.Errorf("%s: %d is not within %d…%d %s", field, n, r.Min, r.Max, r.Unit))
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

// The years that a date in a body may have.
const firstYear, lastYear = 1900, 2200

// Moment checks a point in time that is required.
func (c *Checker) Moment(field string, t time.Time) {
	if t.IsZero() {
		c.errs = append(c.errs, fmt.Errorf("%s: required", field))
		return
	}
	c.moment(field, t)
}

func (c *Checker) moment(field string, t time.Time) {
	if y := t.UTC().Year(); y < firstYear || y > lastYear {
		c.errs = append(c.errs, fmt.Errorf("%s: year %d is not within %d…%d", field, y, firstYear, lastYear))
	}
}

// Date checks a calendar date YYYY-MM-DD; empty is accepted when not required.
func (c *Checker) Date(field, s string, required bool) {
	if s == "" && !required {
		return
	}
	if t, err := time.Parse(time.DateOnly, s); err != nil || t.Year() < firstYear || t.Year() > lastYear {
		c.errs = append(c.errs, fmt.Errorf("%s: %q is no date YYYY-MM-DD from %d to %d", field, s, firstYear, lastYear))
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
