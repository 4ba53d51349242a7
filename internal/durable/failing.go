package durable

import (
	"errors"
	"slices"
	"syscall"
)

// failures are how the operating system says that a disk, and not a program, is at fault.
var failures = []syscall.Errno{syscall.EIO, syscall.EROFS, syscall.ENXIO, syscall.ENODEV}

// Failing reports whether an error says that the disk fails: it cannot read or write, became
// read-only, or is gone. A full disk does not fail.
func Failing(err error) bool {
	var errno syscall.Errno
	return errors.As(err, &errno) && slices.Contains(failures, errno)
}
