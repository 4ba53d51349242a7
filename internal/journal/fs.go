package journal

import (
	"io"
	"os"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// FS is what the journal asks of a file system. Tests inject failures behind it.
type FS = durable.FS

// File is an open file.
type File = durable.File

// OS is the operating system's file system.
type OS = durable.OS

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
