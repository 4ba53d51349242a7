package reportdb

import (
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/projections/tables"
)

// dimensionColumns are the columns of what a question may read beside registers.
var dimensionColumns = map[string][]string{"reach": {"areas", "sectors", "unit"}, "areas": {"code", "name", "parent"},
	"area_members": {"area", "member"}, "sectors": {"bit", "code", "name"}}

// Columns are those that a question may name of a table: a register, by its name or with _history, or what stands beside them; nil:
// there is no such table. Letters may be small or large.
func Columns(table string) []string {
	table = strings.ToLower(table)
	if of := dimensionColumns[table]; of != nil {
		return of
	}
	name, history := strings.CutSuffix(table, "_history")
	if name == tables.Entries.Name && !history {
		return append(shownOf(tables.EntryColumns(), false), "hidden")
	}
	r := tables.Of(name)
	switch {
	case r == nil:
		return nil
	case history:
		return append(shownOf(r.All(), true), "since_ix", "until_ix")
	}
	return append(shownOf(r.All(), true), "hidden")
}

// Tables are the names of all that a question may read, but for histories.
func Tables() []string {
	names := []string{tables.Entries.Name}
	for _, r := range tables.All {
		names = append(names, r.Name)
	}
	for name := range dimensionColumns {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// shownOf are the columns that a question sees.
func shownOf(columns []tables.Column, versioned bool) []string {
	list := []string{"version"}
	if !versioned {
		list[0] = "ix"
	}
	for i := range columns {
		switch name := columns[i].Name; name {
		case "from_ix", "to_ix", "seen_ix", "scope":
		default:
			list = append(list, name)
		}
	}
	return list
}
