package datadir

import "golang.org/x/sys/unix"

// Space is the size of the file system that holds the directory, and what of it an unprivileged
// process may still use, in bytes.
func (d Dir) Space() (free, size uint64, err error) {
	var st unix.Statfs_t
	if err := unix.Statfs(string(d), &st); err != nil {
		return 0, 0, err
	}
	block := uint64(st.Bsize) // never negative, and of another type on another system
	return st.Bavail * block, st.Blocks * block, nil
}
