package obligation

import (
	"container/heap"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
)

// Worklist is what is open in all streams (pillar 12). It grows with what is open, and not with what ever was.
// One goroutine changes it; what [Worklist.Rows] and [Worklist.Pieces] returned may be read by others.
type Worklist struct {
	at   map[event.Stream]*place
	rows []piece // in no order; each but the last is full
	lent uint64  // how often all pieces were lent
	next schedule
	open int // obligations
}

// Row is what is open in one stream. Once it is on a worklist it does not change.
type Row struct {
	Stream event.Stream
	About  event.About // that of the stream's entries
	Hidden bool        // known to the office and the own team alone
	Open   []Duty
	// Next is the instant after which the next of them may be escalated; the zero time: none.
	Next time.Time
	// Doubtful says that something was escalated of which that does not hold any more: the next sweep takes it back.
	Doubtful bool
}

// Duty is an obligation that is open.
type Duty struct {
	Kind      *Kind
	Opener    uuid.UUID
	Item      string
	Due       time.Time // zero: nobody states a limit
	Escalated bool      // a deadline-passed stands
}

// Ref returns what the obligation is known by.
func (o *Duty) Ref() Ref { return Ref{o.Kind.Name, o.Opener, o.Item} }

// Overdue reports whether the obligation is overdue at an instant.
func (o *Duty) Overdue(now time.Time) bool { return !o.Due.IsZero() && now.After(o.Due) }

// NewWorklist returns an empty one.
func NewWorklist() *Worklist { return &Worklist{at: map[event.Stream]*place{}} }

// Set takes over what is open in a stream now. One in which nothing is open, or doubtful, is forgotten.
func (w *Worklist) Set(r *Row) {
	p := w.at[r.Stream]
	switch {
	case p == nil && r.idle():
		return
	case p == nil:
		p = &place{r, w.add(r), nowhere}
		w.at[r.Stream] = p
	case r.idle():
		w.forget(p)
		return
	default:
		w.open -= len(p.row.Open)
		p.row = r
		w.put(p.index, r)
	}
	w.open += len(r.Open)
	w.next.put(p)
}

func (w *Worklist) forget(p *place) {
	w.open -= len(p.row.Open)
	w.next.drop(p)
	moved := w.last()
	w.put(p.index, moved)
	w.at[moved.Stream].index = p.index
	w.cut()
	delete(w.at, p.row.Stream)
}

// Has reports whether the worklist says of a stream what a row does.
func (w *Worklist) Has(r *Row) bool {
	p := w.at[r.Stream]
	if p == nil {
		return r.idle()
	}
	o := p.row
	return o.Hidden == r.Hidden && o.Doubtful == r.Doubtful && o.Next.Equal(r.Next) && slices.Equal(o.Open, r.Open) &&
		sameAbout(&o.About, &r.About)
}

func sameAbout(a, b *event.About) bool {
	return a.Campaign == b.Campaign && a.Subject == b.Subject && a.Team == b.Team && a.County == b.County && slices.Equal(a.Sectors, b.Sectors)
}

func (r *Row) idle() bool { return len(r.Open) == 0 && !r.Doubtful }

// Row returns what is open in a stream; nil: nothing.
func (w *Worklist) Row(stream event.Stream) *Row {
	if p := w.at[stream]; p != nil {
		return p.row
	}
	return nil
}

// Rows returns all rows, in no order. The list is the caller's.
func (w *Worklist) Rows() []*Row {
	all := make([]*Row, 0, len(w.at))
	for i := range w.rows {
		all = append(all, w.rows[i].rows...)
	}
	return all
}

// Len returns how many obligations are open, and in how many streams.
func (w *Worklist) Len() (obligations, streams int) { return w.open, len(w.at) }

// Waiting returns up to most streams of which something may be said at an instant.
func (w *Worklist) Waiting(now time.Time, most int) []event.Stream {
	return w.next.before(nil, 0, now, most)
}

// place is where a row lies.
type place struct {
	row   *Row
	index int // in the list of rows
	turn  int // in the schedule
}

const nowhere = -1

// when is the instant after which something may be said of the row: of one that is doubtful, always.
func (p *place) when() time.Time {
	if p.row.Doubtful {
		return time.Time{}
	}
	return p.row.Next
}

// schedule is a heap of the rows of which something may be said at some time, the next first.
type schedule []*place

// Len implements [heap.Interface], as the four below do.
func (s schedule) Len() int           { return len(s) }
func (s schedule) Less(i, k int) bool { return s[i].when().Before(s[k].when()) }
func (s schedule) Swap(i, k int) {
	s[i], s[k] = s[k], s[i]
	s[i].turn, s[k].turn = i, k
}

func (s *schedule) Push(x any) {
	p := x.(*place)
	p.turn = len(*s)
	*s = append(*s, p)
}

func (s *schedule) Pop() any {
	last := len(*s) - 1
	p := (*s)[last]
	(*s)[last] = nil
	*s = (*s)[:last]
	p.turn = nowhere
	return p
}

func (s *schedule) put(p *place) {
	switch wanted := p.row.Doubtful || !p.row.Next.IsZero(); {
	case !wanted:
		s.drop(p)
	case p.turn == nowhere:
		heap.Push(s, p)
	default:
		heap.Fix(s, p.turn)
	}
}

func (s *schedule) drop(p *place) {
	if p.turn != nowhere {
		heap.Remove(s, p.turn)
	}
}

// before appends the streams at and below a place of the heap whose instant is past, until there are most.
func (s schedule) before(list []event.Stream, at int, now time.Time, most int) []event.Stream {
	if at >= len(s) || len(list) >= most || !s[at].row.Doubtful && !now.After(s[at].row.Next) {
		return list
	}
	list = append(list, s[at].row.Stream)
	return s.before(s.before(list, 2*at+1, now, most), 2*at+2, now, most)
}
