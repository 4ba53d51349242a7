package reportdb_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// blank is a question to a database of no entries.
func blank(t *testing.T) *reportdb.Conn {
	t.Helper()
	b, err := reportdb.Blank(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	who := event.Actor{Role: event.RoleSupervisionOffice}
	most := 5 * time.Minute
	if end, ok := t.Deadline(); ok { // what is counted is much, and not how fast: the question has the time of the test
		most = time.Until(end)
	}
	c, err := b.Ask(context.WithoutCancel(t.Context()), reportdb.Question{Actor: who, Scope: visibility.ScopeOf(who, &visibility.Fold{}),
		For: most})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// What is tallied is what GROUP BY counts, whatever values the fields have and however many conditions there are.
func TestTallyIsGroupBy(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	values := []string{"NULL", "0", "1", "2", "2.0", "2.5", "-1", "''", "'1'", "'2'", "'府'", "'府t'", "x'32'", "9007199254740993"}
	var things []string
	for range 400 {
		things = append(things, fmt.Sprintf("(%d, %s, %s, %d)", rng.IntN(9), values[rng.IntN(len(values))], values[rng.IntN(len(values))],
			rng.IntN(200)))
	}
	c := blank(t)
	query := "WITH t (ix, a, b, n) AS (VALUES " + strings.Join(things, ", ") + ") SELECT * FROM t"
	_, n, err := c.Things(query, nil)
	if err != nil || n != 400 {
		t.Fatal(n, err)
	}
	var conditions, counts []string
	for i := range 130 {
		conditions = append(conditions, fmt.Sprintf([]string{"n >= %d OR a > :least", late + " AND n >= %d"}[i%5/4], i))
		counts = append(counts, fmt.Sprintf("count(*) FILTER (WHERE %s)", conditions[i]))
	}
	least := map[string]any{"least": 1}
	for _, fields := range [][]string{{}, {"a"}, {"a", "b"}} {
		for i, of := range []int{0, 1, 60, 61, 130} {
			keep, whole := []string{"1", "0", "n >= 100"}[i%3], i == 4
			if _, _, err := c.Things(query, nil); err != nil {
				t.Fatal(err)
			}
			want := grouped(t, c, fields, slices.Concat(counts[:of], []string{"count(DISTINCT b)", "count(DISTINCT a) FILTER (WHERE " + late + ")"}),
				least)
			kept := grouped(t, c, nil, []string{fmt.Sprintf("count(*) FILTER (WHERE %s OR %t)", keep, whole)}, nil)
			distinct := []string{"b", "CASE WHEN " + late + " THEN a END"}
			tallied, err := c.Count(armsOf(query, fields, reportdb.Arm{Conditions: conditions[:of], Distinct: distinct, Keep: keep}, whole), least)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, g := range tallied {
				line := ""
				for _, v := range g.Key {
					line += fmt.Sprintf("%v|", v)
				}
				for _, n := range g.Counts {
					line += fmt.Sprintf("%d|", n)
				}
				for i := range g.Values {
					line += fmt.Sprintf("%d|", g.Values[i].Len())
				}
				got = append(got, line)
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Fatalf("by %v, %d conditions:\n%v\nGROUP BY gives\n%v", fields, of, got, want)
			}
			if is := grouped(t, c, nil, []string{"count(*)"}, nil); !slices.Equal(is, kept) {
				t.Fatalf("of those that meet %q there are kept %v, want %v", keep, is, kept)
			}
		}
	}
	few := armsOf(query, []string{"a", "b"}, reportdb.Arm{Conditions: conditions, Distinct: []string{"b", ""}}, false)
	few.Most = 10
	if some, err := c.Count(few, least); err != nil || len(some) != 11 {
		t.Errorf("of more than 10 combinations there came %d, %v", len(some), err)
	}
	if _, err := c.Query("SELECT tally(1, 1)", nil); err == nil {
		t.Error("a question may call tally")
	}
}

// late is a condition of the last of the arms of armsOf.
const late = "n > 150"

// armsOf counts the things of a query, which has a field n, in three arms, of which none is asked for what no thing of it has.
func armsOf(query string, by []string, of reportdb.Arm, whole bool) reportdb.Counting {
	with, rest, _ := strings.Cut(query, " SELECT ")
	all := reportdb.Counting{With: with, By: by, Whole: whole, Most: 1000}
	for i, within := range []string{"n < 120", "n BETWEEN 120 AND 150", late} {
		own := func(texts []string) (out []string) {
			for _, text := range texts {
				if i < 2 && strings.Contains(text, late) {
					text = ""
				}
				out = append(out, text)
			}
			return out
		}
		a := reportdb.Arm{Query: fmt.Sprintf("SELECT * FROM (SELECT %s) WHERE %s", rest, within), Conditions: own(of.Conditions),
			Distinct: own(of.Distinct), Plain: i != 1}
		if of.Keep != "0" {
			a.Keep = of.Keep
		}
		all.Arms = append(all.Arms, a)
	}
	return all
}

// grouped are the lines that GROUP BY gives.
func grouped(t *testing.T, c *reportdb.Conn, fields, counts []string, p map[string]any) (out []string) {
	t.Helper()
	query := "SELECT " + strings.Join(slices.Concat(fields, counts, []string{"count(*)"}), ", ") + " FROM temp.thing"
	if len(fields) > 0 {
		query += " GROUP BY " + strings.Join(fields, ", ")
	}
	rows, err := c.Query(query, p)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		row := make([]any, len(fields)+len(counts)+1)
		to := make([]any, len(row))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		line := ""
		for _, v := range row[:len(row)-1] {
			line += fmt.Sprintf("%v|", v)
		}
		out = append(out, line)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	slices.Sort(out)
	return out
}

// Things of which no more is asked than how many they are may be more than a table may have; then they are not set aside.
func TestMoreThingsAreCountedThanKept(t *testing.T) {
	c := blank(t)
	query := "WITH d (n) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)), t (n) AS (SELECT a.n FROM d a, d b, d c " +
		"WHERE b.n + c.n >= 0) " +
		"SELECT a.n AS ix, b.n AS b FROM t a, t b, d c WHERE c.n < 2"
	if _, _, err := c.Things(query, nil); !errors.Is(err, reportdb.ErrTooLong) {
		t.Errorf("two million things are kept: %v", err)
	}
	arm := reportdb.Arm{Query: query, Conditions: []string{"b < 5"}, Keep: "1"}
	of := reportdb.Counting{By: []string{"ix"}, Arms: []reportdb.Arm{arm}, Whole: true, Most: 100}
	if _, err := c.Count(of, nil); !errors.Is(err, reportdb.ErrTooLong) ||
		!strings.Contains(err.Error(), "1000000 things") || !strings.Contains(err.Error(), "缩小范围") {
		t.Errorf("more is asked of two million things: %v", err)
	}
	of.Arms[0].Keep, of.Arms[0].Distinct = "b = 0", []string{"b"}
	tallied, err := c.Count(of, nil)
	if err != nil || len(tallied) != 10 {
		t.Fatalf("%d, %v", len(tallied), err)
	}
	for _, g := range tallied {
		if g.Counts[0] != 100_000 || g.Values[0].Len() != 10 {
			t.Errorf("%v: %d, of which %d differ", g.Key, g.Counts[0], g.Values[0].Len())
		}
	}
	if kept := grouped(t, c, nil, []string{"count(*)"}, nil); !slices.Equal(kept, []string{"200000|"}) {
		t.Errorf("kept are %v", kept)
	}
	if err := c.SetAside("t"); err != nil || c.Away() {
		t.Errorf("a part of the things is set aside: %v", err)
	}
}
