package event

import (
	"fmt"
	"slices"

	"github.com/anjian-ledger/anjian/domain/law"
)

// Catalogue is the explicit list of every event type in every version. It is built once at
// start from the domain packages' declarations and never changes.
type Catalogue struct {
	byName map[string]*Type // by CloudEvents type attribute
	newest map[string]*Type // by bare name
	all    []*Type
	kinds  []Kind
	listed map[Kind]bool // kinds
}

// NewCatalogue checks the declarations against each other: a name belongs to one kind, which is
// listed, versions run from 1 without a gap, only the newest lacks an Upcast.
func NewCatalogue(kinds []Kind, types ...*Type) (*Catalogue, error) {
	c := &Catalogue{byName: map[string]*Type{}, newest: map[string]*Type{}, all: types, kinds: kinds, listed: map[Kind]bool{}}
	for _, k := range kinds {
		if c.listed[k] {
			return nil, fmt.Errorf("stream kind %s is declared twice", k)
		}
		c.listed[k] = true
	}
	for _, t := range types {
		if c.byName[t.String()] != nil {
			return nil, fmt.Errorf("event type %s is declared twice", t)
		}
		if t.Kind != "" && !c.listed[t.Kind] {
			return nil, fmt.Errorf("event type %s is of a stream kind that is not listed: %s", t, t.Kind)
		}
		c.byName[t.String()] = t
		if n := c.newest[t.Name]; n == nil || n.Version < t.Version {
			c.newest[t.Name] = t
		}
	}
	for _, n := range c.newest {
		for v := 1; v <= n.Version; v++ {
			t := c.byName[fmt.Sprintf("anjian.%s.v%d", n.Name, v)]
			switch {
			case t == nil:
				return nil, fmt.Errorf("event type %s lacks version %d", n.Name, v)
			case t.Kind != n.Kind:
				return nil, fmt.Errorf("event type %s: version %d is of another stream kind", n.Name, v)
			case (t.Upcast == nil) != (v == n.Version):
				return nil, fmt.Errorf("event type %s: every version but the newest needs an Upcast, and only those", t)
			}
		}
	}
	return c, nil
}

// Lookup returns the declaration for a CloudEvents type attribute, or nil.
func (c *Catalogue) Lookup(ceType string) *Type { return c.byName[ceType] }

// Newest returns the newest version of a bare name, or nil.
func (c *Catalogue) Newest(name string) *Type { return c.newest[name] }

// All returns every declaration in declaration order. The caller must not change it.
func (c *Catalogue) All() []*Type { return c.all }

// Kinds lists the stream kinds. The caller must not change it.
func (c *Catalogue) Kinds() []Kind { return c.kinds }

// Lists reports whether there is such a stream kind.
func (c *Catalogue) Lists(k Kind) bool { return c.listed[k] }

// ParseStream parses "kind/id", of a kind that is listed.
func (c *Catalogue) ParseStream(s string) (Stream, error) {
	stream, err := ParseStream(s)
	if err == nil && !c.listed[stream.Kind] {
		return Stream{}, NewFault(law.FaultStreamKind, law.Quote("value", string(stream.Kind)))
	}
	return stream, err
}

// Citing returns the bare names of the types that serve a rule, in declaration order.
func (c *Catalogue) Citing(r law.Rule) []string {
	names := []string{}
	for _, t := range c.all {
		if t.Upcast == nil && slices.Contains(t.Rules, r) {
			names = append(names, t.Name)
		}
	}
	return names
}

// Upcast brings a decoded body of type t to the newest version.
func (c *Catalogue) Upcast(t *Type, d Data) (*Type, Data) {
	for t.Upcast != nil {
		d = t.Upcast(d)
		t = c.byName[fmt.Sprintf("anjian.%s.v%d", t.Name, t.Version+1)]
	}
	return t, d
}
