package test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"

	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// tables returns the golden event of the code tables with the body of every other table: an event has one.
func tables(g golden) (list []golden) {
	if _, ok := g.typ.New().(*codetable.Published); !ok {
		return nil
	}
	files, err := filepath.Glob("testdata/tables/*.json")
	must(g.t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(g.t, err)
		one := g
		one.all = maps.Clone(g.all)
		must(g.t, json.Unmarshal(raw, &one.data))
		one.all["data"] = one.data
		list = append(list, one)
	}
	return list
}

// TestEveryTableHasAGoldenBody: of all tables but units, whose body is the golden event's.
func TestEveryTableHasAGoldenBody(t *testing.T) {
	all, n := goldens(t), 0
	for _, g := range all {
		if _, ok := g.typ.New().(*codetable.Published); ok {
			n++
			if err := g.with(nil, g.data); err != nil {
				t.Error(err)
			}
		}
	}
	if n != 10 {
		t.Errorf("%d bodies", n)
	}
}
