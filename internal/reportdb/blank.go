package reportdb

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
)

// Blank returns a database of no entries in an empty directory, which answers questions and is not built: what is asked
// of it shows whether a question can be asked at all.
func Blank(ctx context.Context, dir string) (*Builder, error) {
	b := New(Config{Dir: dir, Size: func() uint64 { return 0 }})
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	db, err := open(filepath.Join(dir, file), url.Values{})
	if err != nil {
		return nil, err
	}
	if err := create(ctx, db, ""); err != nil {
		_ = db.Close()
		return nil, err
	}
	b.note(func() { b.ready = true })
	return b, db.Close()
}
