package report

import (
	"regexp"
	"slices"
	"strings"
)

// A query that counts things of several kinds has an arm for each, joined by UNION ALL. Who opens one number looks only into the arms that
// can have things of it: SQLite would fill what another arm joins before it finds that none of its rows meets the condition.

// arm is one SELECT of a query.
type arm struct {
	from, to int      // its bytes of the query, behind UNION ALL and before the next
	items    [][2]int // bytes of what it gives for each field
	literals []string // of each: the text, number or NULL that it gives in every row; "": what it gives depends on the row
	named    []bool   // of each: it says the field's name
}

// union are the arms of a query and the names of their fields; none, where the fields of the query are others than those of its arms.
type union struct {
	arms   []arm
	fields []string
	keeps  [][2]int // bytes of each word before the arms by which the query keeps rows
	own    int      // byte of the SELECT whose fields are those of the arms; of the first arm, where it is no other
}

var (
	fieldWord = regexp.MustCompile(`^[\pL_][\pL\pN_]*$`)
	literals  = regexp.MustCompile(`(?is)^(?:'.*'|[0-9]+|NULL)$`)
)

// unionOf reads the arms: of the query itself, or of the one that it reads by SELECT *, … FROM (…), by itself. A text that is no query has
// none: whether it is one, SQLite says later.
func unionOf(tokens []token, end int) (u union) {
	first, last, begins := outer(tokens)
	var at []int // where an arm begins
	for i := first; i < last; i++ {
		switch t := &tokens[i]; {
		case t.open > tokens[first].open:
		case t.is("VALUES", "LIMIT", "ORDER", "DISTINCT"):
			return union{}
		case !t.is("SELECT"):
		case len(at) > 0 && (i < 2 || !tokens[i-2].is("UNION") || !tokens[i-1].is("ALL")):
			return union{}
		default:
			at = append(at, i)
		}
	}
	for i := 1; len(at) > 0 && i < at[0]; i++ {
		if t := &tokens[i]; t.is("MATERIALIZED") && tokens[i-1].is("AS") { //nolint:misspell // a word of SQLite
			u.keeps = append(u.keeps, [2]int{t.at, t.at + len(t.text)})
		}
	}
	if u.own = begins; begins < 0 && len(at) > 0 {
		u.own = tokens[at[0]].at
	}
	for i, begin := range at {
		until := last
		if i+1 < len(at) {
			until = at[i+1] - 2
		}
		stop := end
		if until < len(tokens) {
			stop = tokens[until].at
		}
		a, names := armOf(tokens[begin:until], stop)
		if i == 0 {
			u.fields = names
		}
		if u.arms = append(u.arms, a); len(a.items) == 0 || len(a.items) != len(u.fields) || slices.Contains(u.fields, "") {
			return union{}
		}
	}
	return u
}

// outer are the tokens in which the arms stand: all, or what stands in the brackets that end a query whose fields are those of what it
// reads, and others that it makes of them row by row.
// begins is the byte at which that query does, behind what stands before it; -1: there is none.
func outer(tokens []token) (first, last, begins int) {
	own := -1 // the last SELECT that stands in no brackets
	for i := range tokens {
		switch t := &tokens[i]; {
		case t.open > 0:
		case t.is("SELECT"):
			own = i
		case t.text == "(" && own >= 0 && tokens[i-1].is("FROM") && tokens[own+1].text == "*":
			if end, _ := closing(tokens, i); end == len(tokens)-1 &&
				!slices.ContainsFunc(tokens[own:i], func(t token) bool { return t.is("OVER") }) {
				return i + 1, end, tokens[own].at
			}
		}
	}
	return 0, len(tokens), -1
}

// armOf reads one SELECT, up to the byte stop, and the names of its fields; "": a field has none.
func armOf(tokens []token, stop int) (a arm, names []string) {
	a.from, a.to = tokens[0].at, stop
	begin := 1
	for i := 1; i <= len(tokens); i++ {
		behind := i == len(tokens)
		if !behind && (tokens[i].open > tokens[0].open || tokens[i].text != "," && !tokens[i].is("FROM")) {
			continue
		}
		if i == begin {
			return arm{}, nil
		}
		to := stop
		if !behind {
			to = tokens[i].at
		}
		a.items = append(a.items, [2]int{tokens[begin].at, to})
		value, name, named := itemOf(tokens[begin:i])
		a.literals, a.named, names = append(a.literals, literal(value)), append(a.named, named), append(names, name)
		if begin = i + 1; behind || tokens[i].text != "," {
			return a, names
		}
	}
	return arm{}, nil
}

// itemOf takes the name from what a field is made of: what stands behind AS, or the last word of a column.
func itemOf(tokens []token) (value []token, name string, named bool) {
	n := len(tokens)
	if n > 2 && tokens[n-2].is("AS") {
		return tokens[:n-2], strings.ToLower(tokens[n-1].text), true
	}
	if word := tokens[n-1].text; fieldWord.MatchString(word) && (n == 1 || n == 3 && tokens[1].text == ".") {
		name = strings.ToLower(word)
	}
	return tokens, name, false
}

// literal is the text, number or NULL that a field is; "": it is something else.
func literal(value []token) string {
	if len(value) == 2 && value[0].text == "+" {
		value = value[1:]
	}
	if len(value) != 1 || !literals.MatchString(value[0].text) {
		return ""
	}
	return value[0].text
}

// within is the query with those arms alone that may have things of one of some columns.
func (r *Report) within(columns []*Column) string {
	u := &r.union
	keep := slices.DeleteFunc(slices.Clone(u.arms), func(a arm) bool {
		return !slices.ContainsFunc(columns, func(c *Column) bool { return !u.lacks(&a, c) })
	})
	if len(keep) == 0 || len(keep) == len(u.arms) {
		return r.SQL
	}
	text := u.before(r.SQL, len(keep) == 1)
	for i := range keep {
		if i > 0 {
			text += "\nUNION ALL\n"
		}
		text += u.arm(r.SQL, &keep[i], i == 0)
	}
	return text + r.SQL[u.arms[len(u.arms)-1].to:]
}

// arm is one arm of a query. That which comes first gives the fields their names.
func (u *union) arm(query string, a *arm, first bool) (text string) {
	at := a.from
	for k, item := range a.items {
		if first && at > u.arms[0].from && !a.named[k] {
			text, at = text+query[at:item[0]]+strings.TrimSpace(query[item[0]:item[1]])+" AS "+u.fields[k]+" ", item[1]
		}
	}
	return text + query[at:a.to]
}

// armQuery is an arm as a query by itself.
type armQuery struct {
	text   string
	direct bool // no field takes a query of its own
}

// each are the queries of the arms by themselves, with what stands before all of them: the query itself, where it has no arms.
func (u *union) each(query string) (with string, queries []armQuery) {
	if len(u.arms) < 2 {
		return "", []armQuery{{query, direct(tokensOf(query))}}
	}
	for i := range u.arms {
		text := query[u.own:u.arms[0].from] + u.arm(query, &u.arms[i], true) + query[u.arms[len(u.arms)-1].to:]
		queries = append(queries, armQuery{text, direct(tokensOf(text))})
	}
	return query[:u.own], queries
}

// lacking reports whether the i-th of these has nothing that a column counts.
func (u *union) lacking(i int, c *Column) bool { return len(u.arms) > 1 && u.lacks(&u.arms[i], c) }

// direct reports whether every query within a query is one of those that it reads, and none is computed for a field or condition.
func direct(tokens []token) bool {
	for i := range tokens {
		if tokens[i].is("SELECT") && i > 1 && tokens[i-1].text == "(" &&
			!tokens[i-2].is("FROM", "JOIN", "AS", "MATERIALIZED") { //nolint:misspell // a word of SQLite
			return false
		}
	}
	return true
}

// before is what stands before the arms. What is kept for several of them is not where there is one: a row's key then serves inside, too.
func (u *union) before(query string, one bool) (text string) {
	at := 0
	for _, word := range u.keeps {
		if one {
			text, at = text+query[at:word[0]], word[1]
		}
	}
	return text + query[at:u.arms[0].from]
}

// lacks reports whether an arm has nothing that a column counts, by what it gives in every row.
func (u *union) lacks(a *arm, c *Column) bool {
	of := func(field string) string {
		if i := slices.Index(u.fields, strings.ToLower(field)); i >= 0 {
			return a.literals[i]
		}
		return ""
	}
	null := func(field string) bool { return strings.EqualFold(of(field), "NULL") }
	switch c.Kind {
	case Sum, Distinct, Median, Min, Max:
		if null(c.of) {
			return true
		}
	}
	return slices.ContainsFunc(conjuncts(tokensOf(c.Where)), func(t []token) bool {
		field := t[0].text
		switch {
		case len(t) == 1:
			return null(field) || of(field) == "0"
		case len(t) == 4 && t[1].is("IS") && t[2].is("NOT") && t[3].is("NULL"):
			return null(field)
		case len(t) != 3 || t[1].text != "=":
			return false
		}
		has, wants := of(field), literal(t[2:])
		return null(field) || strings.HasPrefix(has, "'") && strings.HasPrefix(wants, "'") && has != wants
	})
}

// conjuncts are the conditions of which all have to be met; none, where that is not plain.
func conjuncts(tokens []token) (all [][]token) {
	begin := 0
	for i := range tokens {
		switch t := &tokens[i]; {
		case t.open > 0:
		case t.is("OR", "BETWEEN", "CASE"):
			return nil
		case t.is("AND"):
			all, begin = append(all, tokens[begin:i]), i+1
		}
	}
	if begin < len(tokens) {
		all = append(all, tokens[begin:])
	}
	return slices.DeleteFunc(all, func(t []token) bool { return len(t) == 0 })
}
