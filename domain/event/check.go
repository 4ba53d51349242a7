package event

import (
	"strings"

	"github.com/anjian-ledger/anjian/domain/law"
)

// Fault is what is wrong with one member of a body, named by its path: harm.deaths, evidence.2.size.
// Of an attribute the path is its name, of the event as a whole it is empty.
type Fault struct {
	Path   string
	Fault  law.Fault
	Values law.Values
}

// NewFault returns a fault whose path somebody else tells.
func NewFault(f law.Fault, values ...law.Value) *Fault {
	return &Fault{Fault: f, Values: law.Collect(values...)}
}

// Error says it in English.
func (f *Fault) Error() string { return f.Says(law.InEnglish) }

// Says writes the fault with its path.
func (f *Fault) Says(l law.Language) string {
	text := f.Fault.Says(l, f.Values)
	switch {
	case f.Path == "":
		return text
	case l == law.InChinese:
		return f.Path + "：" + text
	}
	return f.Path + ": " + text
}

// Faults is an error that names each.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Checker collects what is wrong between the members of a body, for its Validate. The zero value
// is ready.
type Checker struct{ faults Faults }

// That notes a fault of a member unless ok holds.
func (c *Checker) That(ok bool, member string, f law.Fault, values ...law.Value) {
	if !ok {
		c.faults = append(c.faults, Fault{member, f, law.Collect(values...)})
	}
}

// Err returns all faults, or nil.
func (c *Checker) Err() error {
	if len(c.faults) == 0 {
		return nil
	}
	return c.faults
}
