package datadir

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// Loose returns those of d and the directories in it that others than their owner may enter. A start
// closes them ([Dir.Lock]).
func (d Dir) Loose() (loose []string, err error) {
	for _, path := range []string{string(d), d.Store(), d.Journal(), d.Tiles(), d.Keys(), d.Evidence(), d.Access(), d.Reports()} {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case info.IsDir() && info.Mode().Perm()&^durable.DirMode != 0:
			loose = append(loose, path)
		}
	}
	return loose, nil
}

// seclude closes what is loose. What is in these directories has the modes of package durable; what
// an earlier program, or a copy of files, has left with others is out of reach behind them.
func (d Dir) seclude() error {
	loose, err := d.Loose()
	for _, path := range slices.Backward(loose) {
		if e := os.Chmod(path, durable.DirMode); e != nil {
			err = errors.Join(err, refuse(
				said{"give it to the user that runs anjian, and chmod 700 it; of a file system without modes, mount it with umask=077",
					"请把它交给运行 anjian 的用户并 chmod 700；不支持权限的文件系统请以 umask=077 挂载"},
				said{"others may read %s, and its mode cannot be changed (%v)", "其他用户可以读取 %s，且无法修改其权限（%v）"}, path, e))
		}
	}
	return err
}
