package reportdb

import (
	"bytes"
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

// Counting is what is counted of things.
type Counting struct {
	By         []string // fields: of each combination of their values is counted
	Conditions []string // how many things meet each
	Distinct   []string // which values each of these expressions has; NULL is none
	Keep       string   // condition of the things that are kept
	Whole      bool     // the others are kept, too, if there are no more than may be
	Most       int      // how many combinations there may be
}

// Tallied is what was counted of the things with one combination of values.
type Tallied struct {
	Key    []any
	Counts []int64
	Values []Set
}

// Count runs a query as [Conn.Things] does, and counts in the same pass: GROUP BY would sort all things by their texts first. The
// temporary table has afterwards the things that are kept, of which is made what is more than a count; where they are not whole, the
// connection is not set aside. Of too many combinations it returns one more than there may be, with counts that are not whole; of too
// many values [ErrManyValues].
func (c *Conn) Count(query string, of Counting, parameters map[string]any) ([]*Tallied, error) {
	t := newTally(&of)
	handle := rand.Int64()
	tallies.Store(handle, t)
	defer tallies.Delete(handle)
	args := []string{fmt.Sprint(handle), "(" + of.Keep + ") IS TRUE"}
	for some := range slices.Chunk(of.Conditions, inMask) {
		t.masks++
		args = append(args, maskOf(some, 0))
	}
	call := "tally(" + strings.Join(slices.Concat(args, of.Distinct, of.By), ", ") + ")"
	err := errRows
	if of.Whole { // in two passes, which take less than one that writes and calls in turn
		if _, _, err = c.Things(query, parameters); err == nil {
			err = c.tallyKept(call, parameters)
		}
	}
	if errors.Is(err, errRows) {
		_, _, err = c.things(query, call, parameters)
	}
	switch {
	case t.err == nil:
		return t.all, err
	case errors.Is(t.err, errMost):
		return t.all, nil
	}
	return nil, t.err
}

// tallyKept counts what is in the temporary table.
func (c *Conn) tallyKept(call string, parameters map[string]any) error {
	c.tally = true
	defer func() { c.tally = false }()
	rows, err := c.Query("SELECT count(*) FROM temp.thing WHERE "+call, parameters)
	if err != nil {
		return err
	}
	rows.Next() // what the call counts is in its tally
	return c.explain(errors.Join(rows.Err(), rows.Close()))
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

// tally is what the function tally(handle, keep, masks…, distinct…, values…) counts. It gives keep back.
type tally struct {
	most, conditions, masks int
	rows, bound             int // how many things may be kept, and counted
	values, words           int // how many distinct values there may be, and words of their sets

	distinct []map[string]uint32 // of each expression: the numbers of its values

	things, kept int
	err          error // why it ended

	all    []*Tallied
	groups map[string]*Tallied
	key    []byte
}

var errMost = errors.New("too many combinations")

func newTally(of *Counting) *tally {
	t := &tally{all: []*Tallied{}, most: of.Most, rows: mostRows, bound: mostThings, values: mostValues, words: mostWords,
		conditions: len(of.Conditions), groups: map[string]*Tallied{}}
	for range of.Distinct {
		t.distinct = append(t.distinct, map[string]uint32{})
	}
	return t
}

// add counts a thing. Texts lie in memory of SQLite's.
func (t *tally) add(keep bool, args []driver.Value) error {
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
	masks, has, values := args[:t.masks], args[t.masks:t.masks+len(t.distinct)], args[t.masks+len(t.distinct):]
	t.key = t.key[:0]
	for _, v := range values {
		t.key = appendKey(t.key, v)
	}
	g := t.groups[string(t.key)]
	if g == nil {
		g = &Tallied{make([]any, len(values)), make([]int64, t.conditions), make([]Set, len(has))}
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
			g.Counts[i*inMask+bits.TrailingZeros64(left)]++
		}
	}
	for i, v := range has {
		if v != nil {
			t.tell(i, v, &g.Values[i])
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
	n, _ := args[1].(int64)
	t.err = t.add(n != 0, args[2:])
	return args[1], t.err
}
