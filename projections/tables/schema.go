package tables

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
)

// generation is raised when the same entries give other rows than before, so that a database that was built by another program is built
// anew.
const generation = 1

// Schema returns the statements that make an empty database, without the indexes.
func Schema() []string {
	out := []string{
		"CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
		"CREATE TABLE position (next_ix INTEGER NOT NULL)",
		"INSERT INTO position VALUES (0)",
		"CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
		"CREATE TABLE scopes (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, county TEXT NOT NULL, sectors TEXT NOT NULL, " +
			"team TEXT NOT NULL, authority TEXT NOT NULL)",
		"CREATE TABLE sectors (id INTEGER PRIMARY KEY, bit INTEGER NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL)",
		"CREATE TABLE areas (code TEXT PRIMARY KEY, name TEXT NOT NULL, parent TEXT) WITHOUT ROWID",
		fmt.Sprintf("CREATE TABLE %s (ix INTEGER PRIMARY KEY, %s)", Entries.Name, typed(entryColumns())),
		presentOf(Entries.Name, "e.ix", entryColumns(), ""),
	}
	for _, a := range codes.Counties() {
		parent := "NULL"
		if a.Parent != "" {
			parent = quote(a.Parent)
		}
		out = append(out, fmt.Sprintf("INSERT OR IGNORE INTO areas VALUES (%s, %s, %s)", quote(a.Code), quote(a.Chinese), parent))
	}
	for _, r := range All {
		out = append(out, fmt.Sprintf("CREATE TABLE %s (version INTEGER PRIMARY KEY, %s)", r.Name, typed(r.All())),
			presentOf(r.Name, "e.ix", r.All()[1:], fmt.Sprintf(" WHERE e.to_ix = %d", End)))
		if r.Search != nil {
			out = append(out, fmt.Sprintf("CREATE VIRTUAL TABLE %s_search USING fts5(pairs, content='', tokenize='unicode61 remove_diacritics 0', "+
				"prefix='1')", r.Name))
		}
	}
	return out
}

// Indexes returns the statements that make the indexes: of a database that is built from the first entry on when it has
// come to the end.
func Indexes() (out []string) {
	list := indexes()
	for i := range list {
		out = append(out, list[i].String())
	}
	return out
}

// Finds reports whether an index of all versions finds those with a value in a column.
func (r *Register) Finds(column string) bool {
	return slices.ContainsFunc(indexes(), func(x index) bool { return x.covers(r.Name, column) })
}

func indexes() []index {
	list := []index{{"names", "1", "name", ""}}
	for _, l := range Lists {
		list = append(list, l.indexes()...)
	}
	for _, r := range append([]*Register{&Entries}, All...) {
		for i, columns := range r.Indexes {
			if !slices.ContainsFunc(list, func(x index) bool { return x.covers(r.Name, columns) }) {
				list = append(list, index{r.Name, fmt.Sprint(i + 1), columns, ""})
			}
		}
	}
	for _, c := range entryFilters {
		list = append(list, index{Entries.Name, "held_" + c, c + ", seen_ix", " WHERE seen_ix > ix"})
	}
	return list
}

// Fingerprint tells schemas and the rules by which rows are made apart.
func Fingerprint() string {
	sum := sha256.Sum256([]byte(fmt.Sprint(generation, Schema(), Indexes())))
	return hex.EncodeToString(sum[:8])
}

// SearchStatement returns the statement that makes versions of a register found; its parameters are the first version and the one
// behind the last. pairs is a function of the database's, which gives the words of a text. One statement for each version would have the
// index written as often.
func (r *Register) SearchStatement() string {
	var texts []string
	for _, c := range r.Columns {
		switch {
		case !slices.Contains(r.Search, c.Name):
		case c.Refers:
			texts = append(texts, fmt.Sprintf("pairs((SELECT name FROM names WHERE id = v.%s))", c.Name))
		default:
			texts = append(texts, fmt.Sprintf("pairs(v.%s)", c.Name))
		}
	}
	return fmt.Sprintf("INSERT INTO %[1]s_search (rowid, pairs) SELECT version, %[2]s FROM %[1]s v WHERE version >= ? AND version < ?", r.Name,
		strings.Join(texts, " || ' ' || "))
}

// Many is how many rows a statement adds where there are so many.
const Many = 16

// Statement returns the statement that carries an operation out, or as many of one kind that add rows. The parameters of one that adds
// a row are the row's number and then the values; those of one that changes a row are At and Row.
func (op *Op) Statement(rows int) string {
	switch op.Do {
	case Write:
		return insert(op.In.Name, 1+len(common)+len(op.In.Columns), rows)
	case AddEntry:
		return insert(Entries.Name, 1+len(entryColumns()), rows)
	case AddName:
		return insert("names", 2, rows)
	case AddScope:
		return insert("scopes", 7, rows)
	case AddSector:
		return insert("sectors", 4, rows)
	case Close:
		return "UPDATE " + op.In.Name + " SET to_ix = ? WHERE version = ?"
	case See:
		if op.In == nil {
			return "UPDATE " + Entries.Name + " SET seen_ix = ? WHERE ix = ?"
		}
		return "UPDATE " + op.In.Name + " SET seen_ix = ? WHERE version = ?"
	}
	return ""
}

func insert(table string, columns, rows int) string {
	row := "(" + strings.Repeat("?,", columns-1) + "?)"
	return "INSERT INTO " + table + " VALUES " + strings.Repeat(row+",", rows-1) + row
}

func entryColumns() []Column { return slices.Concat(entryCommon, Entries.Columns) }

// EntryColumns returns the columns of entries behind ix.
func EntryColumns() []Column { return entryColumns() }

func typed(columns []Column) string {
	list := make([]string, len(columns))
	for i := range columns {
		list[i] = columns[i].Name + " " + columns[i].Type
	}
	return strings.Join(list, ", ")
}

// presentOf is the permanent view of the present of a table, for other tools: hidden matter is in it, and ids are texts.
func presentOf(table, key string, columns []Column, where string) string {
	list := []string{key}
	for i := range columns {
		switch c := &columns[i]; {
		case c.Name == "to_ix" || c.Name == "scope":
		case c.Refers:
			list = append(list, fmt.Sprintf("(SELECT name FROM names WHERE id = e.%s) AS %[1]s", c.Name))
		default:
			list = append(list, "e."+c.Name)
		}
	}
	return fmt.Sprintf("CREATE VIEW %s_now AS SELECT %s FROM %[1]s e%[3]s", table, strings.Join(list, ", "), where)
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
