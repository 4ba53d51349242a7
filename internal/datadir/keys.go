package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// HasKey reports whether the directory has the key that signs checkpoints.
func (d Dir) HasKey() bool {
	_, err := os.Stat(d.CheckpointKey())
	return err == nil
}

// CopyKeys copies the secrets of the ledger in from, each with its mode, to a directory that
// has none. A file that is there already and has other bytes is an error: it is never
// replaced.
func CopyKeys(from, to Dir) error {
	names, err := os.ReadDir(from.Keys())
	if err != nil {
		return err
	}
	if err := durable.MkdirAll(to.Keys(), durable.DirMode); err != nil {
		return err
	}
	for _, name := range names {
		info, err := name.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() || strings.HasPrefix(name.Name(), ".") { // of a key that was never finished
			continue
		}
		if err := copyKey(filepath.Join(from.Keys(), name.Name()), filepath.Join(to.Keys(), name.Name()), info.Mode().Perm()); err != nil {
			return err
		}
	}
	return nil
}

func copyKey(from, to string, mode fs.FileMode) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err = durable.Create(to, b, mode); errors.Is(err, fs.ErrExist) {
		if have, err := os.ReadFile(to); err != nil || string(have) != string(b) {
			return errors.Join(fmt.Errorf("%s is there and is not %s", to, from), err)
		}
		return nil
	}
	return err
}
