package inspection

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// What topics declare: event types, obligations, and rules of a visit as a whole. Each declaration enters itself,
// and states its place; nothing else lists them. The order of files says nothing.

// book is what topics declare of one sort, by place.
type book[T any] map[int]T

var (
	typeBook     = book[*event.Type]{}
	owedBook     = book[*owed]{}
	standingBook = book[standing]{}
)

// enter adds a declaration. That two have one place is seen when the program starts.
func (b book[T]) enter(place int, x T) {
	if old, taken := b[place]; taken || place <= 0 {
		panic(fmt.Sprintf("inspection: place %d of %+v is taken by %+v", place, x, old))
	}
	b[place] = x
}

func (b book[T]) inOrder() []T {
	list := make([]T, 0, len(b))
	for _, place := range slices.Sorted(maps.Keys(b)) {
		list = append(list, b[place])
	}
	return list
}

// declare declares the type of a body: its place in the order of a visit, by which lists show types, when in a visit it
// may come, and whether it discloses the visit. Of the rules that it serves it names those of its own judge; those of the
// gate that it stands at, and of the rules of the visit as a whole that read it, are added.
func declare[T any, F interface {
	*T
	fact
}](place int, at stage, d disclosure, t event.Type) *event.Type {
	t.Kind, t.Stage, t.Discloses, t.New = event.Inspection, int(at), bool(d), func() event.Data { return F(new(T)) }
	t.Mark = uint64(mark())
	typeBook.enter(place, &t)
	return &t
}

// obliges declares a kind of obligation: its place among them, by which lists and gates show them, and under which code
// which gate waits for it.
func obliges(k owed) *owed {
	if !k.Listed() {
		k.Also = k.rules // a gate names them
	}
	owedBook.enter(k.place, &k)
	return &k
}

// stands declares a rule of the visit as a whole. What they say of one event is recorded in the order of their places.
func stands(r standing) bool { //nolint:unparam // a declaration outside functions has a value
	standingBook.enter(r.place, r)
	return true
}

// declarations are what topics declare, in order.
type declarations struct {
	types       []*event.Type
	obligations []*owed
	standings   []standing
	readers     map[string]reader
	atSigning   gate // what holds up the site record, which states all of it
	atClosing   gate // what holds up the closing
}

// declared is known once all topics have declared: when package domain makes its list of kinds.
var declared = sync.OnceValue(func() *declarations {
	all := &declarations{types: typeBook.inOrder(), obligations: owedBook.inOrder(), standings: standingBook.inOrder()}
	for _, k := range all.obligations {
		if k.atSigning != "" {
			all.atSigning = append(all.atSigning, demand{k, k.atSigning})
			k.HoldsUp = append(k.HoldsUp, obligation.Signing)
		}
		if k.atClosing != "" {
			all.atClosing = append(all.atClosing, demand{k, k.atClosing})
			k.HoldsUp = append(k.HoldsUp, obligation.Closing)
		}
	}
	all.readers = readersOf(all.standings)
	for _, t := range all.types {
		t.Rules = all.rulesOf(t)
	}
	return all
})

// rulesOf returns the rules that a type serves: those it names, and those that follow from what else is declared.
func (all *declarations) rulesOf(t *event.Type) []law.Rule {
	rules := slices.Clone(t.Rules)
	waits := map[string]gate{siteRecordSigned.Name: all.atSigning, signatureRefused.Name: all.atSigning, inspectionClosed.Name: all.atClosing}
	for _, d := range waits[t.Name] {
		rules = append(rules, d.rules...)
	}
	for i, r := range all.standings {
		if of := all.readers[t.Name]; (of.begin|of.reads)&(1<<i) != 0 {
			rules = append(rules, r.rule)
		}
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// Types are the events of this package, in the order of a visit. The caller must not change them.
func Types() []*event.Type { return declared().types }

// Obliges is a kind of obligation of a visit, and the codes under which gates wait for it, "" where none does.
type Obliges struct {
	*obligation.Kind
	AtSigning, AtClosing law.Code
}

func obligationKinds() (all []*obligation.Kind) {
	for _, k := range declared().obligations {
		all = append(all, &k.Kind)
	}
	return all
}

// Obligations are the kinds of obligations of a visit, in their order.
func Obligations() (all []Obliges) {
	for _, k := range declared().obligations {
		all = append(all, Obliges{&k.Kind, k.atSigning, k.atClosing})
	}
	return all
}
