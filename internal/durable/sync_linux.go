package durable

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// datasync spares a file that grows the inode's times: fdatasync writes the data and the size.
func datasync(f *os.File) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var serr error
	err = conn.Control(func(fd uintptr) {
		for {
			if serr = syscall.Fdatasync(int(fd)); serr != syscall.EINTR {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	if serr != nil {
		return &os.PathError{Op: "fdatasync", Path: f.Name(), Err: serr}
	}
	return nil
}

// writeBack starts the write without waiting for it (sync_file_range(2)).
func writeBack(f *os.File, off, n int64) {
	conn, err := f.SyscallConn()
	if err != nil {
		return // the sync to come will say what is wrong
	}
	_ = conn.Control(func(fd uintptr) {
		_ = unix.SyncFileRange(int(fd), off, n, unix.SYNC_FILE_RANGE_WRITE)
	})
}
