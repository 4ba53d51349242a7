package tables

import (
	"reflect"

	"github.com/anjian-ledger/anjian/domain/event"
)

// shelf is what one stream has of one register.
type shelf interface {
	apply(f *Fold, e *event.Event)
	flush(f *Fold, s *state, e *event.Event)
	hear(e *event.Event) // of its stream, before it is applied, whether or not it counts
	renew()
	count() int
}

// Things are the things of one register in one stream, while a fact is applied.
type Things[R comparable] struct {
	*things[R]
	fold *Fold
	e    *event.Event
}

// things implements [shelf].
type things[R comparable] struct {
	register *Register
	of       func(*Things[R], *event.Event)
	list     []thing[R]
	touched  []touch[R]
	anew     func() // makes the state of the stream anew; nil: there is none
}

type thing[R comparable] struct {
	key  string
	is   bool // it is; else it was withdrawn or ended
	row  R
	ix   uint64 // of the entry that opened it
	held held   // its version in the database
}

type touch[R comparable] struct {
	at  int
	was R
	is  bool
	ix  uint64
}

// Thing returns the row of a thing, which the fact opens or changes; key tells things of one stream from each other.
func (t *Things[R]) Thing(key string) *R {
	i := t.find(key)
	if i < 0 {
		i = len(t.list)
		t.list = append(t.list, thing[R]{key: t.fold.texts.keep(key)})
	}
	t.touch(i)
	if x := &t.list[i]; !x.is {
		var none R
		x.is, x.row, x.ix = true, none, t.e.Index
	}
	return &t.list[i].row
}

// Known returns the row of a thing that the fact may change; nil: there is none.
func (t *Things[R]) Known(key string) *R {
	i := t.find(key)
	if i < 0 || !t.list[i].is {
		return nil
	}
	t.touch(i)
	return &t.list[i].row
}

// Each calls fn with each thing, which the fact may change.
func (t *Things[R]) Each(fn func(key string, row *R)) {
	for i := range t.list {
		if t.list[i].is {
			t.touch(i)
			fn(t.list[i].key, &t.list[i].row)
		}
	}
}

// End ends a thing: it is not in the present any more.
func (t *Things[R]) End(key string) {
	if i := t.find(key); i >= 0 && t.list[i].is {
		t.touch(i)
		t.list[i].is = false
	}
}

// Name returns the number of an id.
func (t *Things[R]) Name(id string) Name { return t.fold.name(id) }

func (s *things[R]) find(key string) int {
	for i := len(s.list) - 1; i >= 0; i-- { // what comes is mostly of the newest
		if s.list[i].key == key {
			return i
		}
	}
	return -1
}

func (s *things[R]) touch(i int) {
	for k := range s.touched {
		if s.touched[k].at == i {
			return
		}
	}
	s.touched = append(s.touched, touch[R]{i, s.list[i].row, s.list[i].is, s.list[i].ix})
}

func (s *things[R]) apply(f *Fold, e *event.Event) { s.of(&Things[R]{s, f, e}, e) }

func (s *things[R]) hear(*event.Event) {}

func (s *things[R]) count() int { return len(s.list) }

// renew begins anew: the facts that count are applied again, and what they do not give ends.
func (s *things[R]) renew() {
	for i := range s.list {
		s.touch(i)
		s.list[i].is = false
	}
	if s.anew != nil {
		s.anew()
	}
}

// flush writes the versions that an entry has changed.
func (s *things[R]) flush(f *Fold, of *state, e *event.Event) {
	for _, t := range s.touched {
		x := &s.list[t.at]
		if x.is == t.is && (!x.is || x.row == t.was && x.ix == t.ix) {
			x.row = t.was // whose texts are apart from the bytes of entries
			continue
		}
		was := x.held.row
		if was != 0 {
			f.close(&x.held, e.Index)
		}
		if x.is {
			row := reflect.ValueOf(&x.row).Elem()
			f.write(s.register, of, x.ix, row, &x.held, e, was)
		}
	}
	s.touched = s.touched[:0]
}
