package main

import (
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/anjian-ledger/anjian/internal/engines"
)

const (
	leastFiles  = 4096    // descriptors: connections, segments, the engine's files
	littleSpace = 1 << 30 // bytes
)

// writable reports why this user cannot make files in dir.
func writable(dir string) error { return unix.Access(dir, unix.W_OK|unix.X_OK) }

// machine checks what the operating system gives the process.
func (c *checkup) machine() {
	c.space()
	var files unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files); err == nil && files.Max < leastFiles {
		c.problem("raise it: LimitNOFILE=65536 in the systemd unit, or ulimit -n", "at most %d files may be open", files.Max)
	}
	if now := time.Now(); now.Year() < 2025 || now.Year() > 2100 {
		c.problem("set the clock", "the clock says %v", now.Format(time.RFC3339))
	}
	var clock unix.Timex
	if state, err := unix.Adjtimex(&clock); err == nil && state == unix.TIME_ERROR {
		c.warning("run chrony or systemd-timesyncd: entries carry this machine's time", "the clock is not synchronised")
	}
}

// space checks the disk of the data directory, or of the first directory above it.
func (c *checkup) space() {
	dir, err := filepath.Abs(string(c.dir))
	if err != nil {
		return
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil {
			break
		}
	}
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		c.problem("check the disk", "statfs %s: %v", dir, err)
		return
	}
	switch free := int64(st.Bavail) * st.Bsize; {
	case st.Flags&unix.ST_RDONLY != 0:
		c.problem("mount it for writing", "the file system of %s is read-only", dir)
	case free < 2*engines.Reserve:
		c.problem("make room: appends stop when less than the reserve is left", "%d MiB are free on the disk of %s; %d MiB are kept in reserve",
			free>>20, dir, int64(engines.Reserve)>>20)
	case free < littleSpace:
		c.warning("make room: a campaign of 440 thousand entries takes some 600 MiB", "%d MiB are free on the disk of %s", free>>20, dir)
	}
	if st.Files > 0 && st.Ffree < leastFiles {
		c.problem("remove files from that disk", "only %d more files can be made on the disk of %s", st.Ffree, dir)
	}
}
