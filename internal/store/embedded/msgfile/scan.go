package msgfile

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Damage is one damaged range of bytes, or a hole between good ones (Length 0).
type Damage struct {
	File           string
	Offset, Length int64
	// FirstSeq to LastSeq are the blocks lost to it. Both are 0 when none is missing; LastSeq
	// alone is 0 when no good record follows, so that nobody can say how many were there.
	FirstSeq, LastSeq uint64
	Reason            string
}

// String says where the damage is and which blocks it concerns.
func (d Damage) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, bytes %d to %d: %s", d.File, d.Offset, d.Offset+d.Length, d.Reason)
	switch {
	case d.FirstSeq == 0:
	case d.LastSeq == 0:
		fmt.Fprintf(&b, " (from block %d on)", d.FirstSeq)
	default:
		fmt.Fprintf(&b, " (blocks %d to %d)", d.FirstSeq, d.LastSeq)
	}
	return b.String()
}

// Report is the outcome of a [Scan].
type Report struct {
	Last    uint64 // sequence of the last good record, 0 when there is none
	Records uint64 // good records
	Bytes   int64  // read
	Damage  []Damage
	// Torn is an incomplete record at the very end of the newest file: a write that was
	// interrupted, or that is under way while a server runs. It was never acknowledged, so it
	// is no damage by itself; after a clean stop it is.
	Torn *Damage
	// Holed says that Torn has its full size and zeros where pages never reached the disk. So
	// does a page that the disk lost later, of a record that was acknowledged: only the other
	// copy can tell.
	Holed bool
}

// OK reports whether every record is good and none is missing between them.
func (r *Report) OK() bool { return len(r.Damage) == 0 }

// Scan reads every block file under a store's directory and calls fn, which may be nil,
// with each good record in order; fn may keep payload, and an error of fn ends the scan.
// Damage never ends it. Files are checked in parallel with fn, a few ahead of it.
//
// Scan writes nothing and may run beside a server. The error wraps fs.ErrNotExist when
// there is no stream.
func Scan(dir string, fn func(seq uint64, payload []byte) error) (*Report, error) {
	paths, numbers, err := blockFiles(dir)
	if err != nil {
		return nil, err
	}
	s := scanner{fn: fn, expected: 1}
	if err := s.scan(paths, numbers); err != nil {
		return nil, err
	}
	if s.report.Records > 0 {
		s.report.Damage = append(s.report.Damage, CheckManifest(dir)...)
	}
	return &s.report, nil
}

// ScanFrom is [Scan] from the file on in which record from is, by what the first record of each file says of itself: a store of ten
// gibibytes is not read for its last block. Where that was damaged it may begin behind from; it reports no damage.
func ScanFrom(dir string, from uint64, fn func(seq uint64, payload []byte) error) error {
	paths, numbers, err := blockFiles(dir)
	if err != nil {
		return err
	}
	first := max(len(paths)-1, 0)
	for first > 0 && (from <= 1 || firstOf(paths[first]) > from) {
		first--
	}
	s := scanner{fn: fn, expected: from}
	return s.scan(paths[first:], numbers[first:])
}

// firstOf returns what the first record of a file says is its sequence; the greatest number where the file cannot tell.
func firstOf(path string) uint64 {
	f, err := os.Open(path)
	if err != nil {
		return math.MaxUint64
	}
	defer f.Close()
	var head [recordHeader]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return math.MaxUint64
	}
	return sequenceOf(head[:])
}

// readAll reads the files with as many goroutines as there are processors and delivers
// the results in order. Closing done ends it early.
func readAll(paths []string, numbers []int, done <-chan struct{}) <-chan chan file {
	ordered := make(chan chan file, runtime.GOMAXPROCS(0))
	go func() {
		defer close(ordered)
		for i, path := range paths {
			result := make(chan file, 1)
			select {
			case ordered <- result: // its capacity bounds how many files are in memory
			case <-done:
				return
			}
			go func() { result <- readFile(path, numbers[i], i == len(paths)-1) }()
		}
	}()
	return ordered
}

// scanner joins the files and finds what is missing between their records.
type scanner struct {
	fn       func(uint64, []byte) error
	expected uint64 // sequence that the next record should have
	open     int    // index+1 in report.Damage of the range that no good record follows yet
	report   Report
}

// scan reads files and adds them in order.
func (s *scanner) scan(paths []string, numbers []int) error {
	done := make(chan struct{})
	defer close(done)
	for f := range readAll(paths, numbers, done) {
		r := <-f
		if r.err != nil {
			return fmt.Errorf("msgfile: %w", r.err)
		}
		if err := s.add(&r); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) add(f *file) error {
	s.report.Bytes += int64(len(f.buf))
	bad := f.damage
	for _, rec := range f.records {
		for len(bad) > 0 && bad[0].Offset < int64(rec.offset) {
			s.damaged(bad[0])
			bad = bad[1:]
		}
		if err := s.record(f, rec); err != nil {
			return err
		}
	}
	for _, d := range bad {
		s.damaged(d)
	}
	if f.torn != nil {
		f.torn.FirstSeq = s.expected
		s.report.Torn, s.report.Holed = f.torn, f.holed
	}
	return nil
}

// damaged notes a range; the next good record tells which blocks it held.
func (s *scanner) damaged(d Damage) {
	if s.open == 0 {
		d.FirstSeq = s.expected
		s.open = len(s.report.Damage) + 1
	}
	s.report.Damage = append(s.report.Damage, d)
}

func (s *scanner) record(f *file, rec record) error {
	at := Damage{File: f.path, Offset: int64(rec.offset)}
	switch {
	case rec.seq < s.expected:
		at.Length, at.Reason = int64(rec.endOfData+checksumSize-rec.offset), fmt.Sprintf("record %d after record %d", rec.seq, s.expected-1)
		s.report.Damage = append(s.report.Damage, at)
		return nil
	case s.open > 0:
		d := &s.report.Damage[s.open-1]
		if d.LastSeq = rec.seq - 1; d.LastSeq < d.FirstSeq {
			d.FirstSeq, d.LastSeq = 0, 0
		}
		s.open = 0
	case rec.seq > s.expected:
		at.FirstSeq, at.LastSeq, at.Reason = s.expected, rec.seq-1, "records are missing before "+filepath.Base(f.path)
		s.report.Damage = append(s.report.Damage, at)
	}
	s.expected = rec.seq + 1
	s.report.Last = rec.seq
	s.report.Records++
	if s.fn == nil {
		return nil
	}
	return s.fn(rec.seq, f.buf[rec.payload:rec.endOfData:rec.endOfData])
}
