package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// ErrInUse means that another process holds the data directory.
var ErrInUse = errors.New("the data directory is in use by another process")

// Lock makes this process the only one that may write below d, and its user the only one that may
// read there. The lock ends with the process, however it ends.
func (d Dir) Lock() (unlock func() error, err error) {
	if err := durable.MkdirAll(string(d), durable.DirMode); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(string(d), "lock"), os.O_CREATE|os.O_RDWR, durable.FileMode)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", d, ErrInUse), f.Close())
	}
	if err := d.seclude(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}

// Live reports whether another process holds d.
func (d Dir) Live() bool {
	f, err := os.Open(filepath.Join(string(d), "lock"))
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB), unix.EWOULDBLOCK)
}
