package verify

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
)

// Files is what the entries say of pieces of evidence, for [Files.Check]. [Run] fills it in where Options has
// one.
type Files struct {
	// Each calls fn with the SHA-256 of every file that a body names.
	Each func(d event.Data, fn func(sha256 string))

	of    map[[32]byte]*said
	order [][32]byte
	keys  map[string]string // id of a sealing key → file of its secret half
}

// said is what the entries say of one file.
type said struct {
	entry    uint64 // the first that names it, or says that it came
	received bool   // its bytes were durable
	erased   bool
	by       uint64 // the entry that erased it
	secret   bool   // it is the secret half of a sealing key
}

// Erased is a file that an entry erased.
type Erased struct {
	SHA256 string `json:"sha256"`
	Entry  uint64 `json:"entry"`         // that erased it
	Key    bool   `json:"key,omitempty"` // it is the secret half of a sealing key
}

// FilesReport is what became of the files that the entries name.
type FilesReport struct {
	Present uint64   `json:"present"` // whole
	Erased  []Erased `json:"erased"`  // and in no store
	// Awaited are named by an event, and no entry says that they came; the first hundred.
	Awaited      []string `json:"awaited"`
	AwaitedCount uint64   `json:"awaited_count"`
}

// note takes in one event.
func (f *Files) note(e *event.Event) {
	switch d := e.Data.(type) {
	case *event.Unreadable:
		return
	case *files.Received:
		f.file(d.SHA256, e.Index).set(func(s *said) { s.received = true })
	case *files.Erased:
		f.file(d.SHA256, e.Index).set(func(s *said) { s.erase(e.Index) })
	case *sealingkey.Published:
		if f.keys == nil {
			f.keys = map[string]string{}
		}
		f.keys[e.Stream.ID] = d.Wrapped
		f.file(d.Wrapped, e.Index).set(func(s *said) { s.received, s.secret = true, true })
	case *sealingkey.Destroyed:
		f.file(f.keys[e.Stream.ID], e.Index).set(func(s *said) { s.erase(e.Index) })
	default:
		f.Each(e.Data, func(sha256 string) { f.file(sha256, e.Index) })
	}
}

func (s *said) set(f func(*said)) {
	if s != nil {
		f(s)
	}
}

func (s *said) erase(index uint64) {
	if !s.erased {
		s.erased, s.by = true, index
	}
}

// file returns what is said of a file; nil when that is no hash.
func (f *Files) file(sha256 string, index uint64) *said {
	var sum [32]byte
	if !event.ValidSHA256(sha256) {
		return nil
	}
	_, _ = hex.Decode(sum[:], []byte(sha256)) // its form was checked
	s := f.of[sum]
	if s == nil {
		if f.of == nil {
			f.of = map[[32]byte]*said{}
		}
		s = &said{entry: index}
		f.of[sum] = s
		f.order = append(f.order, sum)
	}
	return s
}

// Found is what a store has under a hash.
type Found uint8

// What a store may have.
const (
	Nothing Found = iota
	Whole
	Damaged
)

// Check has every file read that the entries name, or say that they came, and adds to the report what is wrong: a file
// that came and is missing though no entry erased it, one that is damaged, and one that was erased and is still there.
// The error is that of read, or for a Check that was cancelled.
func (f *Files) Check(ctx context.Context, read func(ctx context.Context, sha256 string) (Found, error), r *Report) error {
	out := &FilesReport{Erased: []Erased{}, Awaited: []string{}}
	r.Evidence = out
	wrong := func(index uint64, format string, name string) {
		r.add(Problem{Where: "evidence", Index: int64(index), What: fmt.Sprintf(format, name)})
	}
	for _, sum := range f.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		name, s := hex.EncodeToString(sum[:]), f.of[sum]
		found, err := read(ctx, name)
		switch {
		case err != nil:
			return err
		case s.erased && found == Nothing:
			out.Erased = append(out.Erased, Erased{name, s.by, s.secret})
		case s.erased:
			wrong(s.by, "file %s was erased by this entry and is still there", name)
		case found == Whole:
			out.Present++
		case found == Damaged:
			wrong(s.entry, "file %s is damaged", name)
		case s.received:
			wrong(s.entry, "file %s had come and is missing; no entry erased it", name)
		default:
			if out.AwaitedCount++; len(out.Awaited) < maxProblems {
				out.Awaited = append(out.Awaited, name)
			}
		}
	}
	slices.SortStableFunc(out.Erased, func(a, b Erased) int { return cmp.Compare(a.Entry, b.Entry) })
	return nil
}
