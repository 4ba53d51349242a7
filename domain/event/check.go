package event

import (
	"fmt"
	"strings"
)

// Fault is what is wrong with one member of a body, named by its path: harm.deaths, evidence.2.size.
type Fault struct {
	Path string
	Err  error
}

// Faults is an error that names each.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.Path + ": " + one.Err.Error()
	}
	return strings.Join(lines, "\n")
}

// Checker collects what is wrong between the members of a body, for its Validate. The zero value
// is ready.
type Checker struct{ faults Faults }

// That notes a fault of a member unless ok holds.
func (c *Checker) That(ok bool, member, format string, args ...any) {
	if !ok {
		c.faults = append(c.faults, Fault{member, fmt.Errorf(format, args...)})
	}
}

// Err returns all faults, or nil.
func (c *Checker) Err() error {
	if len(c.faults) == 0 {
		return nil
	}
	return c.faults
}
