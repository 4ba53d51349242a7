package event

import (
	"fmt"
	"slices"
)

// Unknown names the members of a body that its source does not know. They are left out of the
// body: nobody has to invent a zero. A member of an object within the body is named with a dot,
// as in harm.deaths. A body that has the member unknown marks what it may name by the struct
// tag unknown: "optional" where it may be left out without a word too, "required" where not.
type Unknown []string

// Has reports whether a member is named.
func (u Unknown) Has(member string) bool { return slices.Contains(u, member) }

// Member is what [Checker.Unknown] has to know of a member that may be unknown.
type Member struct {
	Name     string
	Stated   bool
	Required bool // must be stated or named
}

// Unknown checks that every member is stated or, where it is not, may be and is named in
// unknown; and that unknown names nothing else, and nothing twice.
func (c *Checker) Unknown(named Unknown, members ...Member) {
	for _, m := range members {
		switch has := named.Has(m.Name); {
		case m.Stated && has:
			c.errs = append(c.errs, fmt.Errorf("unknown: %s is stated; a member is stated or named in unknown", m.Name))
		case !m.Stated && !has && m.Required:
			c.errs = append(c.errs, fmt.Errorf("%s: required; if it is not known, leave it out and name it in unknown", m.Name))
		}
	}
	for i, name := range named {
		known := slices.ContainsFunc(members, func(m Member) bool { return m.Name == name })
		c.That(known, "unknown: %.60q cannot be unknown here", name)
		c.That(!slices.Contains(named[:i], name), "unknown: %.60q stands twice", name)
	}
}
