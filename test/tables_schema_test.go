package test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	registers "github.com/anjian-ledger/anjian/projections/tables"
)

// TestSchemaDocumentIsTheTables renders the declarations of the report database and compares them with SCHEMA.md.
func TestSchemaDocumentIsTheTables(t *testing.T) {
	path, want := filepath.Join("..", "SCHEMA.md"), renderTables()
	if *update {
		must(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	have, err := os.ReadFile(path)
	must(t, err)
	if string(have) != want {
		t.Errorf("SCHEMA.md is not what the tables are; run: go test ./test -run SchemaDocument -update\n%s", firstDifference(string(have), want))
	}
}

// renderTables is SCHEMA.md: what stands in the report database.
func renderTables() string {
	var b strings.Builder
	e, first := &registers.Entries, registers.All[0]
	common := first.All()[:len(first.All())-len(first.Columns)]
	b.WriteString(`# The report database 报表数据库

This page is rendered from the declarations in projections/tables (` + "`go test ./test -run SchemaDocument -update`" + `). The file is
data/reports/reports.db, SQLite. It is made of the ledger's entries and can be deleted at any time; the server makes it again. Other
programs (sqlite3, DBeaver, pandas) may read it beside a running server and must not write to it:

` + "```sh\nsqlite3 'file:data/reports/reports.db?mode=ro' \"SELECT state, count(*) FROM visits_now GROUP BY state\"\n```" + `

Whoever can open the file sees all of it, hidden visits too; sealed text is not in it. Questions that the server answers see only what the
asker may see.

## How to read it

- A row of a register is a **version** of a thing. It holds from the entry from_ix until before the entry to_ix. The present are the rows
  with ` + fmt.Sprintf("to_ix = %d", registers.End) + `; as of the entry n hold those with from_ix <= n and to_ix > n.
- seen_ix is the entry since which everybody counts it, NULL while it waits for a hidden visit. Figures count what is seen, for everybody.
- Ids of the ledger are numbers here; the table names has them. The views that end in _now have the present, with ids as texts.
- The type of a column with ids says of what they are: "id of visits" is in the column id of visits,
  ` + "`JOIN visits v ON v.id = f.visit`" + `; "id of orders, cases" in that of one of them; "id" alone is that of the row's own thing.
  Ids of a stream are in the column stream of entries; those of an event, and of a file (its SHA-256), are in no register.
- Times are texts in Beijing time, "2026-12-02 09:30", or "2026-12-02" where no more is known; money is in minor units (fen).
  NULL: not stated.
- A column of type set is a text in which each code stands between blanks, " FIRE MINE "; NULL is the empty set. Whether it has a code is
  asked exactly by ` + "`instr(risk, ' high-risk-industry ') > 0`" + `;
  ` + "`JOIN sectors k ON instr(in_charge, ' ' || k.code || ' ') > 0`" + ` gives a row for each. Lists answer with it as an array.
- What the ledger flagged and took back has the state lapsed, and counts nowhere. Whether something is overdue is asked, and not stored.

Every register has these columns before its own, and a number of the version (version):

`)
	columnTable(&b, common)
	fmt.Fprintf(&b, "\n## %s %s\n\nOne row for each: %s, numbered by its index (ix).\n\n", e.Name, e.Chinese, e.Doc)
	columnTable(&b, slices.Concat(registers.EntryColumns()[:1], e.Columns))
	for _, r := range registers.All {
		fmt.Fprintf(&b, "\n## %s %s\n\nA row is a version of: %s.", r.Name, r.Chinese, r.Doc)
		if r.Of != nil {
			list := make([]string, len(r.Of))
			for i, k := range r.Of {
				list[i] = string(k)
			}
			fmt.Fprintf(&b, " From the streams of kind %s.", strings.Join(list, ", "))
		}
		b.WriteString("\n\n")
		columnTable(&b, r.Columns)
	}
	b.WriteString(`
## Other tables

| table | what it has |
|---|---|
| names | id, name: each id of the ledger, once |
| scopes | id, kind, name, county, sectors, team, authority: of which rows who may see them follows |
| sectors | id, bit, code, name: a sector and its bit in the column sectors |
| areas | code, name, parent: counties, and zones with the county on whose land they lie |
| reach | areas, sectors, unit: in reports only, one row: 1 where who asks sees all counties, all sectors; the only unit that he sees |
| position | next_ix: how many entries are in the database |
| meta | of which ledger and schema it is |
`)
	return b.String()
}

func columnTable(b *strings.Builder, columns []registers.Column) {
	b.WriteString("| column | type | 中文 | what it is |\n|---|---|---|---|\n")
	for i := range columns {
		c := &columns[i]
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", c.Name, c.Kind(), c.Chinese, c.Doc)
	}
}
