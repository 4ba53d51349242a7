package reports

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	registers "github.com/anjian-ledger/anjian/projections/tables"
)

// Each id is in the register that the declaration of its column names, as far as a simulated campaign goes: somebody who joins by SCHEMA.md
// loses no row.
func TestIdsAreInTheRegistersThatAreNamed(t *testing.T) {
	w := campaignWorld(t)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "reports.db")+"?mode=ro")
	must(t, err)
	defer db.Close()
	checked := 0
	// The simulation keeps the file of an official who is registered nowhere.
	unregistered := []string{"duty_items.person", "duty_reviews.person"}
	for _, r := range append([]*registers.Register{&registers.Entries}, registers.All...) {
		columns := r.All()
		if r == &registers.Entries {
			columns = registers.EntryColumns()
		}
		for _, c := range columns {
			var in []string
			for _, of := range c.Of {
				switch {
				case of == "stream":
					in = append(in, "SELECT stream FROM entries")
				case registers.Of(of) != nil:
					in = append(in, "SELECT id FROM "+of)
				case !slices.Contains(registers.Elsewhere, of):
					t.Errorf("%s.%s is an id of %s: there is no such register", r.Name, c.Name, of)
				}
			}
			if len(in) == 0 || slices.Contains(unregistered, r.Name+"."+c.Name) {
				continue
			}
			var all, lost int
			var one sql.NullString
			must(t, db.QueryRow(fmt.Sprintf("SELECT count(*), count(*) FILTER (WHERE %[1]s NOT IN (%[3]s)), (SELECT name FROM names WHERE id = "+
				"(SELECT %[1]s FROM %[2]s WHERE %[1]s NOT IN (%[3]s))) FROM %[2]s WHERE %[1]s IS NOT NULL", c.Name, r.Name,
				strings.Join(in, " UNION "))).Scan(&all, &lost, &one))
			if lost > 0 {
				t.Errorf("%s.%s: %d of %d are no id of %s, such as %s", r.Name, c.Name, lost, all, strings.Join(c.Of, ", "), one.String)
			}
			if all > 0 {
				checked++
			}
		}
		if slices.ContainsFunc(r.Columns, func(c registers.Column) bool {
			return c.Refers && c.Name != "id" && len(c.Of) == 0 && r != &registers.Entries
		}) {
			t.Errorf("%s has an id that says not of what", r.Name)
		}
	}
	if checked < 100 {
		t.Errorf("%d columns with ids were checked", checked)
	}
}
