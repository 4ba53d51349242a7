//go:build !linux

package journal

import (
	"os"
	"runtime"
)

func datasync(f *os.File) error { return f.Sync() }

func writeBack(*os.File, int64, int64) {}

// syncDir: Windows has no handle to sync a directory with; NTFS journals its entries.
func syncDir(d *os.File) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return d.Sync()
}
