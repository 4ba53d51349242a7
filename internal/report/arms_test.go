package report

import (
	"slices"
	"strings"
	"testing"
)

// A number opens over the arms of the query that can have things of it: those alone, all of those, and with the names of the fields.
func TestANumberOpensOverTheArmsThatHaveIt(t *testing.T) {
	const (
		two = "WITH a AS (SELECT 1) SELECT f.ix, 'finding' AS thing, area AS county, f.fine, NULL AS n FROM findings f " +
			"UNION ALL SELECT v.ix, 'visit', +v.area, NULL, sum(1) FILTER (WHERE 1) FROM visits v WHERE v.counted"
		finding = "WITH a AS (SELECT 1) SELECT f.ix, 'finding' AS thing, area AS county, f.fine, NULL AS n FROM findings f"
		visit   = "WITH a AS (SELECT 1) SELECT v.ix AS ix , 'visit' AS thing , +v.area AS county , NULL AS fine , " +
			"sum(1) FILTER (WHERE 1) AS n FROM visits v WHERE v.counted"
		kept   = "WITH a AS MATERIALIZED (SELECT 1)" //nolint:misspell // a word of SQLite
		third  = " UNION ALL SELECT w.ix, 'w', w.area, NULL, 2 FROM w"
		within = "SELECT *, substr(county, 1, 2) AS c FROM (SELECT ix, 'a' AS thing, area AS county FROM x " +
			"UNION ALL SELECT y.ix, 'b', 'c' FROM y)"
		b = "SELECT *, substr(county, 1, 2) AS c FROM (SELECT y.ix AS ix , 'b' AS thing , 'c' AS county FROM y)"
	)
	count := func(where string) *Column { return &Column{Kind: Count, Where: where} }
	for _, c := range []struct {
		query  string
		column *Column
		want   string
	}{
		{two, count("thing = 'finding'"), finding},
		{two, count("n > 0 AND Thing = 'visit'"), visit},
		{two, count("thing = 'none'"), two}, // it has no rows either way
		{two, count("thing = 'visit' OR n > 0"), two},
		{two, count("NOT thing = 'visit'"), two},
		{two, count("thing BETWEEN 'a' AND n"), two},
		{two, count("thing <> 'visit'"), two},
		{two, count("fine IS NOT NULL"), finding},
		{two, count("fine IS NULL"), two},
		{two, count("n"), visit},
		{two, count("coalesce(fine, n) AND county = 'finding'"), two},
		{two, &Column{Kind: Sum, of: "fine"}, finding},
		{two, &Column{Kind: Count}, two},
		{within, count("thing = 'b'"), b},
		{strings.Replace(two, "WITH a AS (SELECT 1)", kept, 1), count("thing = 'finding'"), finding},
		{strings.Replace(two, "WITH a AS (SELECT 1)", kept, 1) + third, count("n"),
			strings.Replace(visit, "WITH a AS (SELECT 1)", kept, 1) + third},
		{strings.Replace(within, "substr(county, 1, 2)", "count(*) OVER ()", 1), count("thing = 'b'"), ""},
		{strings.Replace(within, "SELECT *", "SELECT ix, county AS thing", 1), count("thing = 'b'"), ""},
		{within + " WHERE c", count("thing = 'b'"), ""},
		{"SELECT ix, m.thing FROM x JOIN (SELECT 'a' AS thing UNION ALL SELECT 'b') m", count("thing = 'b'"), ""},
		{strings.Replace(two, "UNION ALL", "UNION", 1), count("thing = 'visit'"), ""},
		{strings.Replace(two, "UNION ALL", "EXCEPT", 1), count("thing = 'visit'"), ""},
		{two + " LIMIT 9", count("thing = 'visit'"), ""},
		{strings.Replace(two, "v.ix, 'visit'", "*", 1), count("thing = 'visit'"), ""},
	} {
		r := &Report{SQL: c.query, union: unionOf(tokensOf(c.query), len(c.query))}
		if c.want == "" {
			c.want = c.query
		}
		if got := strings.Join(strings.Fields(r.within([]*Column{c.column})), " "); got != c.want {
			t.Errorf("%s %s %s:\n%s, want\n%s", c.column.Kind, c.column.of, c.column.Where, got, c.want)
		}
	}
}

// A text that is no query, or none with arms that are told apart, is looked at as a whole; SQLite says what is wrong with it.
func FuzzArmsOfWhatIsNoQuery(f *testing.F) {
	for _, query := range []string{
		"SELECT SELECT 1", "SELECT 1 AS ix UNION", "SELECT x SELECT", "SELECT 1 AS ix UNION ALL SELECT", "SELECT", "(", ")", "SELECT * FROM ()",
		"SELECT *, FROM (SELECT 1 AS ix UNION ALL)", "WITH a AS (SELECT 1 AS ix", "SELECT max(ix) FILTER", "",
		"SELECT 'a' AS ix) UNION ALL SELECT 'b' AS ix",
	} {
		f.Add(query)
	}
	column := &Column{Kind: Count, Where: "ix = 'none'"}
	f.Fuzz(func(t *testing.T, query string) {
		r := &Report{SQL: query, tokens: tokensOf(query), union: unionOf(tokensOf(query), len(query))}
		r.grouping()
		r.union.each(query)
		if got := r.within([]*Column{column}); len(r.union.arms) < 2 && got != query {
			t.Errorf("%q became %q", query, got)
		}
	})
}

// The arms of our reports are found, wherever they stand.
func TestTheArmsOfOurReportsAreFound(t *testing.T) {
	all, err := Read("")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]int{"2": 4, "4": 2, "7": 1, "10": 2, "20": 6, "22": 6, "L5": 2, "L10": 4} {
		if got := len(Find(all, id).union.arms); got != want {
			t.Errorf("report %s has %d arms, want %d", id, got, want)
		}
	}
	r := Find(all, "22")
	if got := r.within([]*Column{r.Column("violations")}); strings.Contains(got, "documents") || !strings.Contains(got, "'finding' AS thing") {
		t.Errorf("violations are sought in\n%s", got)
	}
}

// The arms of a query, each by itself behind what stands before all of them, give together what the query gives, by the same names.
func TestEachArmIsAQueryByItself(t *testing.T) {
	for _, c := range []struct {
		query, with string
		want        []string
	}{
		{"SELECT ix FROM a", "", []string{"SELECT ix FROM a"}},
		{"WITH w AS (SELECT 1) SELECT ix FROM w", "", []string{"WITH w AS (SELECT 1) SELECT ix FROM w"}},
		{"WITH w AS (SELECT 1) SELECT a.ix, 'a' AS thing FROM a UNION ALL SELECT 2, c.n FROM c", "WITH w AS (SELECT 1)",
			[]string{"SELECT a.ix, 'a' AS thing FROM a", "SELECT 2 AS ix , c.n AS thing FROM c"}},
		{"WITH w AS (SELECT 1) SELECT *, ix + 1 AS next FROM (SELECT a.ix FROM a UNION ALL SELECT +b.n FROM b UNION ALL SELECT 3)",
			"WITH w AS (SELECT 1)", []string{"SELECT *, ix + 1 AS next FROM (SELECT a.ix FROM a )",
				"SELECT *, ix + 1 AS next FROM (SELECT +b.n AS ix FROM b )", "SELECT *, ix + 1 AS next FROM (SELECT 3 AS ix )"}},
	} {
		u := unionOf(tokensOf(c.query), len(c.query))
		with, queries := u.each(c.query)
		var texts []string
		for _, q := range queries {
			texts = append(texts, strings.Join(strings.Fields(q.text), " "))
		}
		if strings.TrimSpace(with) != c.with || !slices.Equal(texts, c.want) {
			t.Errorf("%s:\n%q %q, want\n%q %q", c.query, with, texts, c.with, c.want)
		}
	}
}

// A field that takes a query of its own is computed once; what a query reads is no such field.
func TestAFieldThatTakesAQueryIsFound(t *testing.T) {
	for query, want := range map[string]bool{
		"SELECT ix, substr(a, 1, 2) AS b FROM x":                                   true,
		"WITH w AS (SELECT 1) SELECT * FROM (SELECT 1) JOIN (SELECT 2)":            true,
		"SELECT ix, (SELECT 1) AS b FROM x":                                        false,
		"SELECT * FROM (SELECT ix, EXISTS (SELECT 1 FROM y) AS b FROM x)":          false,
		"SELECT ix FROM x WHERE a IN (SELECT b FROM y)":                            false,
		"WITH w AS MATERIALIZED (SELECT 1 AS ix), v AS (SELECT 2) SELECT * FROM w": true, //nolint:misspell // a word of SQLite
	} {
		if got := direct(tokensOf(query)); got != want {
			t.Errorf("%s: %t", query, got)
		}
	}
}
