package durable

import (
	"io"
	"io/fs"
	"os"
)

// FS is what durable writing asks of a file system. Tests inject failures behind it.
type FS interface {
	// MkdirAll is [MkdirAll].
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

func (OS) MkdirAll(dir string, perm fs.FileMode) error { return MkdirAll(dir, perm) }
func (OS) ReadDir(dir string) ([]fs.DirEntry, error)   { return os.ReadDir(dir) }
func (OS) Rename(from, to string) error                { return os.Rename(from, to) }
func (OS) Remove(name string) error                    { return os.Remove(name) }
func (OS) Chmod(name string, mode fs.FileMode) error   { return os.Chmod(name, mode) }
func (OS) SyncDir(dir string) error                    { return SyncDir(dir) }

func (OS) OpenFile(name string, flag int, perm fs.FileMode) (File, error) {
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
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
