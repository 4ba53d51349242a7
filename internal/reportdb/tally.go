package reportdb

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"modernc.org/sqlite"
)

// Counting is what is counted of things, which some queries give, one behind the other.
type Counting struct {
	With  string   // stands before them all: WITH …
	Arms  []Arm    // the queries
	By    []string // fields: of each combination of their values is counted
	Whole bool     // all things are kept, if there are no more than may be
	Most  int      // how many combinations there may be
}

// Arm is one of the queries, which have the same fields. Its conditions and values have the places of those of the others; what is "" no
// thing of it has, and so nothing is done for it.
type Arm struct {
	Query      string
	Conditions []string // how many things meet each
	Distinct   []string // which values each of these expressions has; NULL is none
	Keep       string   // condition of the things that are kept
	Plain      bool     // no field takes a query of its own, so that it may be computed wherever it is used
}

// Tallied is what was counted of the things with one combination of values.
type Tallied struct {
	Key    []any
	Counts []int64
	Values []Set
}

// Count runs the queries as [Conn.Things] does, and counts in the same pass: GROUP BY would sort all things by their texts first. The
// temporary table has afterwards the things that are kept, of which is made what is more than a count; where they are not whole, the
// connection is not set aside. Of too many combinations it returns one more than there may be, with counts that are not whole; of too
// many values [ErrManyValues].
func (c *Conn) Count(of Counting, parameters map[string]any) ([]*Tallied, error) {
	asked := sha256.Sum256([]byte(of.query() + fmt.Sprint(parameters))) // of a map in the order of its keys
	of.Whole = of.Whole && !c.b.isMany(asked)
	t, err := c.count(&of, parameters)
	if of.Whole && errors.Is(err, errRows) {
		c.b.setMany(asked)
		of.Whole = false
		t, err = c.count(&of, parameters)
	}
	return t, err
}

// isMany reports whether a query gave more things than may be kept when it was asked before: that need not be found out again.
func (b *Builder) isMany(asked [sha256.Size]byte) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.many[asked]
}

func (b *Builder) setMany(asked [sha256.Size]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.many == nil || len(b.many) >= 1000 {
		b.many = map[[sha256.Size]byte]bool{}
	}
	b.many[asked] = true
}

func (c *Conn) count(of *Counting, parameters map[string]any) ([]*Tallied, error) {
	t := newTally(of)
	handle := rand.Int64()
	tallies.Store(handle, t)
	defer tallies.Delete(handle)
	fields, err := c.empty(of.query(), parameters)
	if err != nil {
		return nil, err
	}
	c.tally = true // the queries by themselves were refused one
	defer func() { c.tally = false }()
	if !of.Whole {
		_, err = c.insert("thing", of.told(handle, fields), c.args(parameters))
	} else if _, err = c.pour("thing", of.things(fields), c.args(parameters)); err == nil {
		// In two passes, which take less than one that writes and calls in turn.
		c.counted = fields
		err = c.tallyKept(of.tellKept(handle), parameters)
	}
	switch {
	case t.err == nil:
		return t.all, err
	case errors.Is(t.err, errMost):
		return t.all, nil
	}
	return nil, t.err
}

// tallyKept runs a query that tells the tally of what is in the temporary table.
func (c *Conn) tallyKept(query string, parameters map[string]any) error {
	rows, err := c.Query(query, parameters)
	if err != nil {
		return err
	}
	rows.Next() // what the call counts is in its tally
	return c.explain(errors.Join(rows.Err(), rows.Close()))
}

// query gives all things.
func (of *Counting) query() string {
	return of.join("\nUNION ALL\n", func(_ int, a *Arm) string { return a.Query })
}

// things gives all things, with the numbers of their arms.
func (of *Counting) things(fields []string) string {
	return of.join(" UNION ALL ", func(i int, a *Arm) string {
		return fmt.Sprintf("SELECT %d, %s FROM (%s\n)", i, plain(fields), a.Query)
	})
}

// tellKept tells the tally of each thing in the temporary table.
func (of *Counting) tellKept(handle int64) string {
	call := ""
	for i := range of.Arms {
		call += fmt.Sprintf(" WHEN %d THEN %s", i, of.call(handle, i))
	}
	return "SELECT count(CASE " + arm + call + " END) FROM temp.thing"
}

// told gives the things that are kept, and tells the tally of each thing once: what stands behind LIMIT is not moved into a query. Where
// none is kept and the fields are plain, the things are not even handed on: what is counted is told when all is joined.
func (of *Counting) told(handle int64, fields []string) string {
	nothing := "NULL" + strings.Repeat(", NULL", len(fields))
	return of.join(" UNION ALL ", func(i int, a *Arm) string {
		call := of.call(handle, i)
		if a.Keep == "" && a.Plain {
			return fmt.Sprintf("SELECT %s FROM (SELECT count(%s) AS n FROM (%s\n)) WHERE n < 0", nothing, call, a.Query)
		}
		return fmt.Sprintf("SELECT %d, * FROM (SELECT %s FROM (%s\n) LIMIT %d) WHERE %s", i, plain(fields), a.Query, mostThings+1, call)
	})
}

// join writes a query of all arms.
func (of *Counting) join(between string, each func(i int, a *Arm) string) string {
	all := make([]string, len(of.Arms))
	for i := range of.Arms {
		all[i] = each(i, &of.Arms[i])
	}
	return of.With + " " + strings.Join(all, between)
}

// call is the call of tally for a thing of the i-th arm.
func (of *Counting) call(handle int64, i int) string {
	a := &of.Arms[i]
	args := []string{fmt.Sprint(handle), fmt.Sprint(i), "(" + cmp.Or(a.Keep, "0") + ") IS TRUE"}
	for some := range slices.Chunk(said(a.Conditions), inMask) {
		args = append(args, maskOf(some, 0))
	}
	return "tally(" + strings.Join(slices.Concat(args, said(a.Distinct), of.By), ", ") + ")"
}

// said are the texts that are not "".
func said(texts []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s == "" })
}

// placesOf are the places of those texts.
func placesOf(texts []string) (places []int) {
	for i, s := range texts {
		if s != "" {
			places = append(places, i)
		}
	}
	return places
}

// inMask is how many conditions one number says.
const inMask = 60

// maskOf is an expression with one bit for each condition, from the first on, in halves: a chain of them would be too deep.
func maskOf(conditions []string, first int) string {
	if len(conditions) == 1 {
		return fmt.Sprintf("CASE WHEN %s THEN %d ELSE 0 END", conditions[0], int64(1)<<first)
	}
	half := len(conditions) / 2
	return "(" + maskOf(conditions[:half], first) + " | " + maskOf(conditions[half:], first+half) + ")"
}

// tallies are those that are being made, by the number that their query names.
var tallies sync.Map

// tally is what the function tally(handle, arm, keep, masks…, distinct…, values…) counts. It gives keep back.
type tally struct {
	most          int
	rows, bound   int // how many things may be kept, and counted
	values, words int // how many distinct values there may be, and words of their sets
	arms          []armTally
	conditions    int
	distinct      []map[string]uint32 // of each expression: the numbers of its values

	things, kept int
	err          error // why it ended

	all    []*Tallied
	groups map[string]*Tallied
	key    []byte
}

// armTally tells what the arguments of one arm are: the places of the conditions of its masks, and of its expressions.
type armTally struct {
	masks                int
	conditions, distinct []int
}

var errMost = errors.New("too many combinations")

func newTally(of *Counting) *tally {
	t := &tally{all: []*Tallied{}, most: of.Most, rows: mostRows, bound: mostThings, values: mostValues, words: mostWords,
		groups: map[string]*Tallied{}}
	for i := range of.Arms {
		a := &of.Arms[i]
		conditions := placesOf(a.Conditions)
		t.arms = append(t.arms, armTally{(len(conditions) + inMask - 1) / inMask, conditions, placesOf(a.Distinct)})
		t.conditions = len(a.Conditions)
		for len(t.distinct) < len(a.Distinct) {
			t.distinct = append(t.distinct, map[string]uint32{})
		}
	}
	return t
}

// add counts a thing of an arm. Texts lie in memory of SQLite's.
func (t *tally) add(arm int64, keep bool, args []driver.Value) error {
	t.things++
	if keep {
		t.kept++
	}
	switch {
	case t.things > t.bound:
		return fmt.Errorf("%w: more than %d things; %s", ErrTooLong, t.bound, less)
	case t.kept > t.rows:
		return errRows
	}
	a := &t.arms[arm]
	masks, has, values := args[:a.masks], args[a.masks:a.masks+len(a.distinct)], args[a.masks+len(a.distinct):]
	t.key = t.key[:0]
	for _, v := range values {
		t.key = appendKey(t.key, v)
	}
	g := t.groups[string(t.key)]
	if g == nil {
		g = &Tallied{make([]any, len(values)), make([]int64, t.conditions), make([]Set, len(t.distinct))}
		for i, v := range values {
			g.Key[i] = copied(v)
		}
		t.groups[string(t.key)], t.all = g, append(t.all, g)
		if len(t.all) > t.most {
			return errMost
		}
	}
	for i, mask := range masks {
		n, _ := mask.(int64)
		for left := uint64(n); left != 0; left &= left - 1 {
			g.Counts[a.conditions[i*inMask+bits.TrailingZeros64(left)]]++
		}
	}
	for i, v := range has {
		if v != nil {
			t.tell(a.distinct[i], v, &g.Values[a.distinct[i]])
		}
	}
	if t.values < 0 || t.words < 0 {
		return ErrManyValues
	}
	return nil
}

// tell adds a value of an expression to a set.
func (t *tally) tell(i int, v driver.Value, to *Set) {
	t.key = appendKey(t.key[:0], v)
	n, known := t.distinct[i][string(t.key)]
	if !known {
		n = uint32(len(t.distinct[i]))
		t.distinct[i][string(t.key)] = n
		t.values--
	}
	t.words -= to.add(n)
}

// appendKey writes a value so that values that GROUP BY tells apart differ, and others do not.
func appendKey(to []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return append(binary.AppendUvarint(append(to, 't'), uint64(len(v))), v...)
	case []byte:
		return append(binary.AppendUvarint(append(to, 'b'), uint64(len(v))), v...)
	case int64:
		return binary.BigEndian.AppendUint64(append(to, 'i'), uint64(v))
	case float64:
		if n := int64(v); float64(n) == v && math.Abs(v) < 1<<53 {
			return appendKey(to, n)
		}
		return binary.BigEndian.AppendUint64(append(to, 'f'), math.Float64bits(v))
	}
	return append(to, '0')
}

func copied(v any) any {
	switch v := v.(type) {
	case string:
		return strings.Clone(v)
	case []byte:
		return bytes.Clone(v)
	}
	return v
}

func addTo(_ *sqlite.FunctionContext, args []driver.Value) (keep driver.Value, err error) {
	into, _ := tallies.Load(args[0])
	t, ok := into.(*tally)
	if !ok {
		return nil, errors.New("tally is no function of questions")
	}
	arm, _ := args[1].(int64)
	n, _ := args[2].(int64)
	t.err = t.add(arm, n != 0, args[3:])
	return args[2], t.err
}
