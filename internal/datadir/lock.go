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

// Lock makes this process the only one that may write below d. The lock ends with the
// process, however it ends.
func (d Dir) Lock() (unlock func() error, err error) {
	if err := durable.MkdirAll(string(d), 0o750); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(string(d), "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", d, ErrInUse), f.Close())
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
