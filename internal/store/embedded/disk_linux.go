package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// checkSpace returns why need bytes cannot be written below dir, or nil.
func checkSpace(dir string, need int64) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return fmt.Errorf("statfs %s: %w", dir, err)
	}
	if st.Flags&unix.ST_RDONLY != 0 {
		return fmt.Errorf("the file system of %s: %w", dir, unix.EROFS)
	}
	if free := int64(st.Bavail) * st.Bsize; free < need {
		return fmt.Errorf("no space on the file system of %s: %d bytes free, %d wanted", dir, free, need)
	}
	return nil
}

// lockDir makes this process the only one that has a store open on dir. JetStream itself
// would let two servers write the same files.
func lockDir(dir string) (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDONLY, durable.FileMode)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("jetstream: %s is in use by another process: %w", dir, err), f.Close())
	}
	return f.Close, nil
}
