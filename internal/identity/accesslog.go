package identity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/durable"
)

// MinAccessLogDays is how long the access log is kept at least, in days: six months
// (Cybersecurity Law, Article 21 (3)).
const MinAccessLogDays = 183

// ErrAccessLog means that the access log cannot be written: restricted material must then
// not be handed out.
var ErrAccessLog = errors.New("identity: the access log cannot be written")

// Access is one read of restricted material.
type Access struct {
	Time   time.Time  `json:"time"` // UTC
	Person string     `json:"person,omitzero"`
	Role   event.Role `json:"role"`
	Team   string     `json:"team,omitzero"`
	County string     `json:"county,omitzero"`
	Unit   string     `json:"unit,omitzero"`
	Token  uint64     `json:"token"`           // position of its issue, never the token
	Action string     `json:"action"`          // what was done: "GET /v1/events"
	Object string     `json:"object,omitzero"` // what was read: a stream, a hash, a view
	From   string     `json:"from"`            // network address of the client
	Result string     `json:"result,omitzero"` // what was answered, e.g. an HTTP status
}

// AccessOf begins an Access with who the bearer is.
func AccessOf(c Claims) Access {
	a := c.Actor()
	return Access{Person: a.Person, Role: a.Role, Team: a.Team, County: a.County, Unit: a.Unit, Token: a.Token}
}

// AccessLog writes reads of restricted material to a file a day, DIR/2019-12-02.ndjson
// (UTC, by the time of writing), mode 0600. Record does not wait for the disk, RecordNow does; a record that
// was taken is written, tried again while the disk refuses, and only lost with the process.
type AccessLog struct {
	dir      string
	keep     int
	now      func() time.Time
	keepable func() (time.Time, bool)

	queue chan taken
	quit  chan struct{} // closed by Close
	done  chan struct{} // closed when the writer has ended

	mu     sync.Mutex
	failed error // mu; why the last write failed, nil after one that succeeded
	closed bool  // mu

	// the writer goroutine's
	day  string
	file *os.File
	size int64 // bytes known to be whole
}

const (
	accessQueue    = 1024
	retryAfter     = 500 * time.Millisecond
	accessSuffix   = ".ndjson"
	maxAccessBatch = 1 << 20
)

// AccessLogOptions tune an access log. The zero value is ready.
type AccessLogOptions struct {
	KeepDays int              // at least MinAccessLogDays, which is also the default
	Now      func() time.Time // time.Now when nil
	// Keepable returns the time by which files may be old enough to be removed; false, and nil:
	// nothing is removed. One clock's word is not enough: keeping is a duty by law, and a clock
	// that is far ahead for a moment would end it.
	Keepable func() (time.Time, bool)
}

// OpenAccessLog opens the log in dir and starts its writer.
func OpenAccessLog(dir string, opts AccessLogOptions) (*AccessLog, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Keepable == nil {
		opts.Keepable = func() (time.Time, bool) { return time.Time{}, false }
	}
	if err := durable.MkdirAll(dir, durable.DirMode); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	l := &AccessLog{
		dir: dir, keep: max(opts.KeepDays, MinAccessLogDays), now: opts.Now, keepable: opts.Keepable,
		queue: make(chan taken, accessQueue), quit: make(chan struct{}), done: make(chan struct{}),
	}
	go l.run()
	return l, nil
}

// Record takes one access, setting its time. It waits while the queue is full and fails
// when ctx ends first, when the last write failed, or when the log is closed: who cannot be
// logged must not read.
func (l *AccessLog) Record(ctx context.Context, a Access) error { return l.record(ctx, a, nil) }

// RecordNow is Record, and waits until the disk has the access: for what must not be read if the process may end
// before that.
func (l *AccessLog) RecordNow(ctx context.Context, a Access) error {
	written := make(chan error, 1)
	if err := l.record(ctx, a, written); err != nil {
		return err
	}
	select {
	case err := <-written:
		if err != nil {
			err = fmt.Errorf("%w: %w", ErrAccessLog, err)
		}
		return err
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrAccessLog, ctx.Err())
	}
}

// taken is a line on its way to the disk; written, when not nil, is told the outcome of the first attempt.
type taken struct {
	line    []byte
	written chan<- error
}

func (l *AccessLog) record(ctx context.Context, a Access, written chan<- error) error {
	a.Time = l.now().UTC()
	line, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAccessLog, err)
	}
	if err := l.state(); err != nil {
		return err
	}
	select {
	case l.queue <- taken{append(line, '\n'), written}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrAccessLog, ctx.Err())
	case <-l.quit:
		return fmt.Errorf("%w: %w", ErrAccessLog, os.ErrClosed)
	}
}

func (l *AccessLog) state() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return fmt.Errorf("%w: %w", ErrAccessLog, os.ErrClosed)
	case l.failed != nil:
		return fmt.Errorf("%w: %w", ErrAccessLog, l.failed)
	}
	return nil
}

// Err says why the last write failed, so that nothing that must be logged can be read; nil when it
// did not.
func (l *AccessLog) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// Close writes what was taken and ends the log. Its error says that some of it could not
// be written. No Record may be running.
func (l *AccessLog) Close() error {
	l.mu.Lock()
	again := l.closed
	l.closed = true
	l.mu.Unlock()
	if !again {
		close(l.quit)
	}
	<-l.done
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// run is the writer: everything that is waiting becomes one write and one sync.
func (l *AccessLog) run() {
	defer close(l.done)
	defer func() { _ = l.closeFile() }() // what was written is synced already
	var pending batch                    // taken and not yet on the disk
	for {
		if len(pending.lines) == 0 {
			select {
			case t := <-l.queue:
				pending.add(t)
			case <-l.quit:
				l.finish(pending)
				return
			}
		}
		l.gather(&pending)
		if l.put(&pending) == nil {
			continue
		}
		select {
		case <-time.After(retryAfter):
		case <-l.quit:
			l.finish(pending)
			return
		}
	}
}

// batch is lines that are written together, and who waits for that.
type batch struct {
	lines   []byte
	waiting []chan<- error
}

func (b *batch) add(t taken) {
	b.lines = append(b.lines, t.line...)
	if t.written != nil {
		b.waiting = append(b.waiting, t.written)
	}
}

// gather adds what is waiting, up to a bound.
func (l *AccessLog) gather(b *batch) {
	for len(b.lines) < maxAccessBatch {
		select {
		case t := <-l.queue:
			b.add(t)
		default:
			return
		}
	}
}

// put writes a batch and tells who waits. After an error the lines stay, to be tried again.
func (l *AccessLog) put(b *batch) error {
	err := l.note(l.write(b.lines))
	for _, w := range b.waiting {
		w <- err
	}
	if b.waiting = nil; err == nil {
		b.lines = nil
	}
	return err
}

// finish writes what is left in a last attempt.
func (l *AccessLog) finish(b batch) {
	for {
		if l.gather(&b); len(b.lines) == 0 || l.put(&b) != nil {
			return
		}
	}
}

// note keeps the outcome of a write for Record and Close.
func (l *AccessLog) note(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = err
	return err
}

// write appends lines to the day's file and syncs it; after an error nothing of them is
// counted as written.
func (l *AccessLog) write(lines []byte) error {
	if day := l.now().UTC().Format(time.DateOnly); l.file == nil || day != l.day {
		if err := l.open(day); err != nil {
			return err
		}
	}
	if err := l.file.Truncate(l.size); err != nil { // what a failed write left
		return errors.Join(err, l.closeFile())
	}
	if _, err := l.file.WriteAt(lines, l.size); err != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		return errors.Join(err, l.file.Truncate(l.size), l.closeFile())
	}
	l.size += int64(len(lines))
	return nil
}

// open opens the file of a day, drops a line that a crash cut short, and removes files
// that have been kept long enough.
func (l *AccessLog) open(day string) error {
	if err := errors.Join(l.closeFile(), l.expire()); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(l.dir, day+accessSuffix), os.O_RDWR|os.O_CREATE, durable.FileMode)
	if err != nil {
		return err
	}
	size, err := wholeLines(f)
	if err := errors.Join(err, f.Chmod(durable.FileMode), durable.SyncDir(l.dir)); err != nil {
		return errors.Join(err, f.Close())
	}
	l.file, l.day, l.size = f, day, size
	return nil
}

// wholeLines returns the offset after the last line feed of f.
func wholeLines(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	buf := make([]byte, 64<<10)
	for end := info.Size(); end > 0; {
		n := min(end, int64(len(buf)))
		if _, err := f.ReadAt(buf[:n], end-n); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return end - n + int64(i) + 1, nil
		}
		end -= n
	}
	return 0, nil
}

// clockDays is how far ahead a clock may be that is relied on without a question (pillar 7).
const clockDays = 10

// expire removes files older than the days to keep, by a time that can be relied on.
func (l *AccessLog) expire() error {
	now, ok := l.keepable()
	if !ok {
		return nil
	}
	days, err := daysOf(l.dir)
	if err != nil {
		return err
	}
	oldest := now.UTC().AddDate(0, 0, -l.keep-clockDays).Format(time.DateOnly)
	for _, day := range days {
		if _, err := time.Parse(time.DateOnly, day); err != nil || day >= oldest {
			continue
		}
		if err := os.Remove(filepath.Join(l.dir, day+accessSuffix)); err != nil {
			return err
		}
	}
	return nil
}

// daysOf are the names of the files of an access log without their ending, sorted: the days that it has.
func daysOf(dir string) (days []string, err error) {
	list, err := os.ReadDir(dir)
	for _, e := range list {
		if day, ok := strings.CutSuffix(e.Name(), accessSuffix); ok {
			days = append(days, day)
		}
	}
	return days, err
}

func (l *AccessLog) closeFile() error {
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}
