package event

import "slices"

// Unknown names the members of a body that its source does not know. They are left out of the
// body: nobody has to invent a zero. A member of an object within the body is named with a dot,
// as in harm.deaths. A body that has the member unknown marks what it may name by the struct
// tag unknown: "optional" where it may be left out without a word too, "required" where it must be
// stated or named, "imported" where only an importer may name it (which the rules see to), and
// "required for kind fine" or "imported for kind fine" where that depends on another member.
type Unknown []string

// Has reports whether a member is named.
func (u Unknown) Has(member string) bool { return slices.Contains(u, member) }
