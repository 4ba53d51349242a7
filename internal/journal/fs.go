package journal

import (
	"io"
	"io/fs"
	"os"
)

// FS is what the journal asks of a file system. Tests inject failures behind it.
type FS interface {
	MkdirAll(dir string, perm fs.FileMode) error
	ReadDir(dir string) ([]fs.DirEntry, error)
	OpenFile(name string, flag int, perm fs.FileMode) (File, error)
	Rename(from, to string) error
	Remove(name string) error
	Chmod(name string, mode fs.FileMode) error
	// SyncDir makes creations, renames and removals in dir durable.
	SyncDir(dir string) error
}

// File is an open file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Size() (int64, error)
	Truncate(size int64) error
	// Sync makes data and metadata durable, Datasync data and what is needed to read it.
	Sync() error
	Datasync() error
	// WriteBack lets the disk begin with what was written to n bytes from off on. It does not
	// wait, and is a hint: only Sync and Datasync promise anything.
	WriteBack(off, n int64)
}

// OS is the operating system's file system.
type OS struct{}

func (OS) MkdirAll(dir string, perm fs.FileMode) error { return os.MkdirAll(dir, perm) }
func (OS) ReadDir(dir string) ([]fs.DirEntry, error)   { return os.ReadDir(dir) }
func (OS) Rename(from, to string) error                { return os.Rename(from, to) }
func (OS) Remove(name string) error                    { return os.Remove(name) }
func (OS) Chmod(name string, mode fs.FileMode) error   { return os.Chmod(name, mode) }

func (OS) OpenFile(name string, flag int, perm fs.FileMode) (File, error) {
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (OS) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return syncDir(d)
}

type osFile struct{ *os.File }

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (f osFile) Datasync() error { return datasync(f.File) }

func (f osFile) WriteBack(off, n int64) { writeBack(f.File, off, n) }

// readAll reads a whole file, for small ones.
func readAll(fsys FS, name string) ([]byte, error) {
	f, err := fsys.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	b := make([]byte, size)
	_, err = io.ReadFull(io.NewSectionReader(f, 0, size), b)
	return b, err
}

// writeFile puts a whole file in place of name, or leaves name as it was.
func writeFile(fsys FS, dir, name string, b []byte, perm fs.FileMode) error {
	tmp := name + temporary
	if err := writeNew(fsys, tmp, b, perm); err != nil {
		return err
	}
	if err := fsys.Rename(tmp, name); err != nil {
		return err
	}
	return fsys.SyncDir(dir)
}

// writeNew writes and syncs a file that nobody reads yet. A file that could not be written
// whole is removed again, so that it does not hold space on a full disk.
func writeNew(fsys FS, name string, b []byte, perm fs.FileMode) error {
	f, err := fsys.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(b, 0)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = fsys.Remove(name) // the first error says it all; Open removes what is left
	}
	return err
}
