// Package export writes registers of the report database into a directory, for programs of others: NAME.ndjson for each, and
// [ManifestName] that says what they are of.
//
// # What is whole
//
// The files are written below DIR.part, which becomes DIR when all of them are whole; DIR is never changed. An export that ended before
// leaves DIR.part, and the next one into DIR goes on with it: what is whole stays, the register that was cut short is asked for anew, all
// as of the same position. What was begun for another ledger, position, scope or list of registers is refused, and never mixed. While
// an export runs, it holds a lock on DIR.part.
package export

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/internal/durable"
)

// Source has registers; *client.Client and *[Local] are such.
type Source interface {
	// Registers lists those there are, as of a position or recorded time; "": now.
	Registers(ctx context.Context, asOf string) (client.Registers, error)
	// Export writes all rows of one. It may call open several times: then what was written before counts for nothing.
	Export(ctx context.Context, register string, position uint64, open func(of client.Stand, rows int64) (io.Writer, error)) error
}

// ManifestName is the name of the file with the [Manifest].
const ManifestName = "manifest.json"

// Part ends the name of a directory that is not whole yet.
const Part = ".part"

// Manifest says what the files of a directory are of.
type Manifest struct {
	client.Stand
	Files []File `json:"files"`
}

// File is a file with a register.
type File struct {
	client.Register
	File   string `json:"file"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // "": it is not whole yet
}

// Options say what is exported. The zero value is all registers as of now.
type Options struct {
	AsOf      string   // position, or recorded time where the source knows it
	Registers []string // names; empty: all that may be exported
	// Progress is told which register begins, the how many-th of how many, and of how many rows; what it returns is told how many of them were
	// written since. nil: nobody is told.
	Progress func(register string, n, of int, rows int64) func(rows int)
}

// The errors of an export; test with errors.Is.
var (
	// ErrExists: the directory is there already.
	ErrExists = errors.New("it is there already, and an export never changes one")
	// ErrOther: an export that was begun is of something else.
	ErrOther = errors.New("an export of something else was begun there")
	// ErrBusy: another export writes into the same directory.
	ErrBusy = errors.New("another export into it is running; wait for its end")
	// ErrUnknown: there is no such register, or not for the asker.
	ErrUnknown = errors.New("there is no such register for you")
)

// Write writes the registers of a source into a directory, which must not be there.
func Write(ctx context.Context, from Source, dir string, o Options) (*Manifest, error) {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = ErrExists
		}
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	part := filepath.Clean(dir) + Part
	if o.Progress == nil {
		o.Progress = func(string, int, int, int64) func(int) { return func(int) {} }
	}
	m, unlock, err := begin(ctx, from, part, &o)
	if err != nil {
		return nil, err
	}
	defer unlock() //nolint:errcheck // the files are synced
	for i := range m.Files {
		f := &m.Files[i]
		if f.SHA256 != "" && f.whole(part) {
			continue
		}
		err := m.write(ctx, from, part, f, func(rows int64) func(int) { return o.Progress(f.Name, i+1, len(m.Files), rows) })
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return m, durable.Rename(part, dir)
}

// begin makes the directory of an export, or goes on with one, which it locks.
func begin(ctx context.Context, from Source, part string, o *Options) (m *Manifest, unlock func() error, err error) {
	begun, err := read(part)
	if err != nil {
		return nil, nil, err
	}
	if begun != nil && o.AsOf == "" {
		o.AsOf = fmt.Sprint(begun.Position)
	}
	if m, err = manifestOf(ctx, from, o); err != nil {
		return nil, nil, err
	}
	if err := durable.MkdirAll(part, durable.DirMode); err != nil {
		return nil, nil, err
	}
	if unlock, err = lock(part); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", part, err)
	}
	if begun, err = read(part); err == nil && begun != nil { // what was there before may have been of another export
		err = m.resume(begun, part)
	} else if err == nil {
		err = m.save(part)
	}
	if err != nil {
		return nil, nil, errors.Join(err, unlock())
	}
	return m, unlock, nil
}

// manifestOf is the manifest of what is asked for, with nothing written.
func manifestOf(ctx context.Context, from Source, o *Options) (*Manifest, error) {
	has, err := from.Registers(ctx, o.AsOf)
	if err != nil {
		return nil, err
	}
	m := &Manifest{Stand: has.Stand}
	for _, name := range o.Registers {
		if !slices.ContainsFunc(has.Registers, func(r client.Register) bool { return r.Name == name }) {
			return nil, fmt.Errorf("%s: %w", name, ErrUnknown)
		}
	}
	for _, r := range has.Registers {
		if len(o.Registers) == 0 || slices.Contains(o.Registers, r.Name) {
			m.Files = append(m.Files, File{Register: r, File: r.Name + ".ndjson"})
		}
	}
	return m, nil
}

// resume takes over which files are whole from the manifest of an export that was begun, and nothing else.
func (m *Manifest) resume(begun *Manifest, part string) error {
	same := func(a, b File) bool { return a.Name == b.Name && slices.Equal(a.Columns, b.Columns) }
	if !alike(&begun.Stand, &m.Stand) || !slices.EqualFunc(begun.Files, m.Files, same) {
		return fmt.Errorf("%s: %w: as of %d, %d registers; delete it to begin anew", part, ErrOther, begun.Position, len(begun.Files))
	}
	for i := range begun.Files {
		f := &begun.Files[i]
		m.Files[i].Rows, m.Files[i].Bytes, m.Files[i].SHA256 = f.Rows, f.Bytes, f.SHA256
	}
	return nil
}

// lock locks a directory against other exports, until the process ends or unlock is called.
func lock(dir string) (unlock func() error, err error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err = unix.Flock(int(d.Fd()), unix.LOCK_EX|unix.LOCK_NB); err == nil {
		held, err1 := d.Stat()
		named, err2 := os.Stat(dir)
		if err = errors.Join(err1, err2); err == nil && os.SameFile(held, named) {
			return d.Close, nil
		}
	}
	if err == nil || errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, fs.ErrNotExist) { // the other one may just have ended
		err = ErrBusy
	}
	return nil, errors.Join(err, d.Close())
}

// alike reports whether answers are of the same entries under the same scope.
func alike(a, b *client.Stand) bool {
	return a.Position == b.Position && a.Root == b.Root && a.Scope == b.Scope
}

// read reads the manifest of an export that was begun; nil: none was.
func read(part string) (*Manifest, error) {
	b, err := os.ReadFile(filepath.Join(part, ManifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // as it says
	}
	m := &Manifest{}
	if err == nil {
		err = json.Unmarshal(b, m)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; delete it to begin anew", part, err)
	}
	return m, nil
}

func (m *Manifest) save(part string) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(part, ManifestName), append(b, '\n'), durable.FileMode)
}

// whole reports whether a file that was written before is as it was.
func (f *File) whole(part string) bool {
	r, err := os.Open(filepath.Join(part, f.File))
	if err != nil {
		return false
	}
	defer r.Close()
	h := sha256.New()
	n, err := io.Copy(h, r)
	return err == nil && n == f.Bytes && hex.EncodeToString(h.Sum(nil)) == f.SHA256
}

// write writes one register, and then notes in the manifest that it is whole.
func (m *Manifest) write(ctx context.Context, from Source, part string, f *File, progress func(rows int64) func(int)) (err error) {
	path := filepath.Join(part, f.File)
	out, err := os.OpenFile(path+durable.Temporary, os.O_CREATE|os.O_WRONLY, durable.FileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ignoreClosed(out.Close())) }()
	to := &writer{file: out, sum: sha256.New()}
	err = from.Export(ctx, f.Name, m.Position, func(of client.Stand, rows int64) (io.Writer, error) {
		if !alike(&of, &m.Stand) {
			return nil, fmt.Errorf("%w: the scope has changed, or it is another ledger: delete %s to begin anew", ErrOther, part)
		}
		f.Rows = rows
		return to, to.begin(progress(rows))
	})
	if err == nil && to.rows != f.Rows {
		err = fmt.Errorf("%d of %d rows: %w", to.rows, f.Rows, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(out.Sync(), out.Close()); err != nil {
		return err
	}
	if err := durable.Rename(path+durable.Temporary, path); err != nil {
		return err
	}
	f.Bytes, f.SHA256 = to.bytes, hex.EncodeToString(to.sum.Sum(nil))
	return m.save(part)
}

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// writer writes a file and knows what is in it.
type writer struct {
	file        *os.File
	sum         hash.Hash
	rows, bytes int64
	progress    func(rows int)
}

// begin empties the file.
func (w *writer) begin(progress func(rows int)) error {
	w.sum.Reset()
	w.rows, w.bytes, w.progress = 0, 0, progress
	_, err := w.file.Seek(0, io.SeekStart)
	return errors.Join(err, w.file.Truncate(0))
}

func (w *writer) Write(b []byte) (int, error) {
	n, err := w.file.Write(b)
	_, _ = w.sum.Write(b[:n]) // never fails
	rows := bytes.Count(b[:n], []byte{'\n'})
	w.rows, w.bytes = w.rows+int64(rows), w.bytes+int64(n)
	w.progress(rows)
	return n, err
}
