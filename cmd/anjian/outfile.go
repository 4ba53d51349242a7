package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// unfinished ends the name of a file that is being written.
const unfinished = ".part"

// writeOut has fn write to std, when path is "-", or into a new file, which is there whole or not at all.
func writeOut(path string, std io.Writer, fn func(io.Writer) error) (err error) {
	if path == "-" {
		return fn(std)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("%s: %w", path, fs.ErrExist))
	}
	f, err := os.OpenFile(path+unfinished, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, durable.FileMode)
	if err != nil {
		return err
	}
	if err = fn(f); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path+unfinished))
	}
	return durable.Rename(path+unfinished, path)
}
