package report

import (
	"regexp"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// SQLite reads a query; here its words are looked at only to tell faults with their lines, and to find a query that groups by itself.

// token is a word, text, number or sign of a query; blanks and comments are none.
type token struct {
	text string
	at   int // byte of the query
	deep int // in how many subqueries it stands
	open int // in how many brackets
}

var lexeme = regexp.MustCompile("(?s)'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\\[[^\\]]*\\]|--[^\\n]*|/\\*.*?\\*/" +
	`|:?[\pL_][\pL\pN_]*|[0-9][\pL\pN_.]*|<>|[<>!=]=|\|\||\s+|.`)

// tokensOf are the tokens of a query.
func tokensOf(query string) (all []token) {
	for _, at := range lexeme.FindAllStringIndex(query, -1) {
		text := query[at[0]:at[1]]
		if strings.TrimSpace(text) != "" && !strings.HasPrefix(text, "--") && !strings.HasPrefix(text, "/*") {
			all = append(all, token{text: text, at: at[0]})
		}
	}
	deep, brackets := 0, []int{} // of each open bracket: how deep it stands
	for i := range all {
		if n := len(brackets); all[i].text == ")" && n > 0 {
			deep, brackets = brackets[n-1], brackets[:n-1]
		}
		all[i].deep, all[i].open = deep, len(brackets)
		if all[i].text == "(" {
			brackets = append(brackets, deep)
			if i+1 < len(all) && all[i+1].is("SELECT", "WITH", "VALUES") {
				deep++
			}
		}
	}
	return all
}

// is reports whether a token is one of some words.
func (t *token) is(words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(t.text, w) })
}

// find is where the query has tokens that follow each other, such as f.level; a parameter is found without its colon.
func (r *Report) find(text string) (places []int) {
	want := tokensOf(text)
	for i := range r.tokens {
		same := len(want) > 0 && len(r.tokens)-i >= len(want)
		for k := 0; same && k < len(want); k++ {
			same = strings.EqualFold(strings.TrimPrefix(r.tokens[i+k].text, ":"), strings.TrimPrefix(want[k].text, ":"))
		}
		if same {
			places = append(places, r.tokens[i].at)
		}
	}
	return places
}

// grouping is the first word by which the query itself makes one row of several things, or leaves things out by their number; nil: none.
// Within brackets a query may do so.
func (r *Report) grouping() *token {
	for i := range r.tokens {
		switch t := &r.tokens[i]; {
		case t.deep > 0:
		case t.is("GROUP", "HAVING", "LIMIT"), t.is("DISTINCT") && i > 0 && r.tokens[i-1].is("SELECT"), r.aggregates(i):
			return t
		}
	}
	return nil
}

// aggregates reports whether a token calls a function over several rows, and not over a window.
func (r *Report) aggregates(i int) bool {
	most := r.tokens[i].is("min", "max") // of one value: of several they compare values of one row
	if !most && !r.tokens[i].is("count", "sum", "total", "avg") || i+1 >= len(r.tokens) || r.tokens[i+1].text != "(" {
		return false
	}
	end, several := closing(r.tokens, i+1)
	if end+1 < len(r.tokens) && r.tokens[end+1].is("FILTER") {
		end, _ = closing(r.tokens, end+2)
	}
	return (!most || !several) && (end+1 >= len(r.tokens) || !r.tokens[end+1].is("OVER"))
}

// closing is where the bracket that opens at a token closes, and whether commas stand directly in it.
func closing(tokens []token, i int) (end int, several bool) {
	if i >= len(tokens) || tokens[i].text != "(" {
		return i, false
	}
	outside := tokens[i].open
	for end = i + 1; end < len(tokens) && tokens[end].open > outside; end++ {
		several = several || tokens[end].text == "," && tokens[end].open == outside+1
	}
	return end, several
}

// reads are the tables that a name of the query may stand for: a register, by itself or by the name that FROM or JOIN gives it there.
// "": all that it reads.
func (r *Report) reads(name string) (out []string) {
	for i := range r.tokens {
		t := &r.tokens[i]
		if i == 0 || !r.tokens[i-1].is("FROM", "JOIN", ",") || reportdb.Columns(t.text) == nil {
			continue
		}
		as := i + 1
		if as < len(r.tokens) && r.tokens[as].is("AS") {
			as++
		}
		if name == "" || t.is(name) || as < len(r.tokens) && r.tokens[as].is(name) {
			if of := strings.ToLower(t.text); !slices.Contains(out, of) {
				out = append(out, of)
			}
		}
	}
	return out
}

// nearest is the word of a list that is most like another one; "": none is.
func nearest(word string, list []string) (found string) {
	least := 1 + max(1, (len(word)+1)/4)
	for _, w := range list {
		if d := distance(strings.ToLower(word), w); d < least {
			found, least = w, d
		}
	}
	return found
}

// distance is how many letters are put in, left out, changed or swapped with the next between two words (Damerau and Levenshtein).
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for k := range d[i] {
			switch {
			case i == 0 || k == 0:
				d[i][k] = i + k
			case a[i-1] == b[k-1]:
				d[i][k] = d[i-1][k-1]
			default:
				d[i][k] = 1 + min(d[i-1][k-1], d[i-1][k], d[i][k-1])
			}
			if i > 1 && k > 1 && a[i-1] == b[k-2] && a[i-2] == b[k-1] {
				d[i][k] = min(d[i][k], 1+d[i-2][k-2])
			}
		}
	}
	return d[len(a)][len(b)]
}
