// Package durable changes files and directories so that after a power cut either the old state or
// the new one is there, and never the old one after the change was reported.
//
// A file's bytes are on the disk after fsync of the file; its name is there after fsync of
// the directory that holds it, and that directory's own name after fsync of the one above
// (POSIX; some file systems do more, none has to). So:
//
//	replace  write NAME.tmp, fsync it, rename it over NAME, fsync the directory
//	create   write a temporary file, fsync it, link it to NAME, fsync the directory
//	mkdir    make each directory, fsync the one above
//
// A temporary file that is left after a power cut does no harm: the next replacement overwrites
// it, and names that begin with a dot are not read.
package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Modes of everything that a ledger keeps. It holds names, findings and keys: nobody but the user
// that runs the server reads it. Who archives it is that user, or root.
const (
	FileMode   fs.FileMode = 0o600
	SealedMode fs.FileMode = 0o400 // of a file that is never written again
	DirMode    fs.FileMode = 0o700
)

// Temporary ends the names of files that are being written by [WriteFile].
const Temporary = ".tmp"

// WriteFile puts b in place of the file at path: durable, and whole or not at all. One
// process at a time may write path.
func WriteFile(path string, b []byte, perm fs.FileMode) error {
	return WriteFileIn(OS{}, path, b, perm)
}

// WriteFileIn is [WriteFile] on any file system.
func WriteFileIn(fsys FS, path string, b []byte, perm fs.FileMode) error {
	tmp := path + Temporary
	if err := writeNew(fsys, tmp, b, perm); err != nil {
		return err
	}
	if err := fsys.Rename(tmp, path); err != nil {
		return errors.Join(err, ignoreMissing(fsys.Remove(tmp)))
	}
	return fsys.SyncDir(filepath.Dir(path))
}

// writeNew writes and syncs a file that nobody reads yet. A file that could not be written
// whole is removed again, so that it does not hold space on a full disk.
func writeNew(fsys FS, name string, b []byte, perm fs.FileMode) error {
	f, err := fsys.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
	if err != nil {
		return err
	}
	if _, err = f.WriteAt(b, 0); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = fsys.Remove(name) // the first error says it all
	}
	return err
}

// Create makes a file that must not exist yet: durable, and whole or not at all. It never
// replaces one: of several processes that try at once, all but one get an error that wraps
// fs.ErrExist.
func Create(path string, b []byte, perm fs.FileMode) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err = errors.Join(err, f.Chmod(perm), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return SyncDir(dir)
}

// Rename gives what is at from the name to, durably.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	err := SyncDir(filepath.Dir(to))
	if filepath.Dir(from) != filepath.Dir(to) {
		err = errors.Join(err, SyncDir(filepath.Dir(from)))
	}
	return err
}

// RemoveAll removes path and what is below it, durably; nothing there is no error.
func RemoveAll(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	return ignoreMissing(SyncDir(filepath.Dir(path)))
}

// MkdirAll makes dir and those above it that are missing, each with its name durable. The
// name of dir itself becomes durable also when it was there: the process that made it may
// have ended before it did so.
func MkdirAll(dir string, perm fs.FileMode) error {
	parent := filepath.Dir(dir)
	_, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) && parent != dir {
		if err := MkdirAll(parent, perm); err != nil {
			return err
		}
	}
	made := err != nil
	if err := os.MkdirAll(dir, perm); err != nil {
		return err
	}
	err = SyncDir(parent)
	if !made && (errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)) {
		return nil // what is above is somebody else's, and older than this process
	}
	return err
}

// SyncDir makes the names in dir durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
