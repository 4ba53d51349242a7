package obligation

import "slices"

// The rows of a worklist lie in pieces, so that who wants all of them holds up who changes them for as long as it takes to copy a
// list of the pieces, and not of the rows. A piece that was lent is copied before it is changed.

// pieceRows is how many rows a piece has.
const pieceRows = 256

// piece is some of the rows.
type piece struct {
	rows  []*Row
	owned uint64 // it was copied when all had been lent so often: since then it was not
}

// Pieces returns all rows, in no order, in lists that nobody changes any more. It changes the worklist, though none of its rows.
func (w *Worklist) Pieces() [][]*Row {
	w.lent++
	out := make([][]*Row, len(w.rows))
	for i := range w.rows {
		out[i] = w.rows[i].rows
	}
	return out
}

// own returns a piece that is not lent.
func (w *Worklist) own(i int) []*Row {
	p := &w.rows[i]
	if p.owned != w.lent {
		rows := make([]*Row, len(p.rows), pieceRows)
		copy(rows, p.rows)
		p.rows, p.owned = rows, w.lent
	}
	return p.rows
}

// put changes the row at a place.
func (w *Worklist) put(index int, r *Row) { w.own(index / pieceRows)[index%pieceRows] = r }

// add puts a row at the end, and returns its place.
func (w *Worklist) add(r *Row) int {
	last := len(w.rows) - 1
	if last < 0 || len(w.rows[last].rows) == pieceRows {
		w.rows = append(w.rows, piece{make([]*Row, 0, pieceRows), w.lent})
		last++
	}
	w.rows[last].rows = append(w.own(last), r)
	return last*pieceRows + len(w.rows[last].rows) - 1
}

// last is the row at the end.
func (w *Worklist) last() *Row {
	rows := w.rows[len(w.rows)-1].rows
	return rows[len(rows)-1]
}

// cut takes the row at the end away.
func (w *Worklist) cut() {
	last := len(w.rows) - 1
	rows := w.own(last)
	n := len(rows) - 1
	rows[n] = nil
	if w.rows[last].rows = rows[:n]; n == 0 {
		w.rows = slices.Delete(w.rows, last, last+1)
	}
}
