package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// printRegisters prints the registers that a report may read, or one of them, with their columns.
func printRegisters(out io.Writer, name string) error {
	all := append([]*tables.Register{&tables.Entries}, tables.All...)
	if name != "" {
		all = slices.DeleteFunc(all, func(r *tables.Register) bool { return r.Name != name })
	}
	if len(all) == 0 {
		return fmt.Errorf("there is no register %q / 没有登记簿 %[1]q: %s", name, strings.Join(reportdb.Tables(), ", "))
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, r := range all {
		fmt.Fprintf(w, "%s %s: %s\n", r.Name, r.Chinese, r.Doc)
		columns, may := r.All(), reportdb.Columns(r.Name)
		if r == &tables.Entries {
			columns = tables.EntryColumns()
		}
		for i := range columns {
			if c := &columns[i]; slices.Contains(may, c.Name) {
				fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", c.Name, c.Kind(), c.Chinese, c.Doc)
			}
		}
	}
	return w.Flush()
}
