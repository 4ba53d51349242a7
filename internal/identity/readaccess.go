package identity

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
)

// maxAccessLine is how long a line of an access log may be, in bytes. What [AccessLog] writes is far shorter.
const maxAccessLine = 64 << 10

// ReadAccessLog gives the lines of an access log, by day and in the order of writing; err is of a line that cannot be read. The log may
// be written meanwhile: a line that is not whole at the end of a file is left out. A directory without a day's file is an error.
func ReadAccessLog(ctx context.Context, dir string, fn func(x *Access, err error)) error {
	days, err := daysOf(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("identity: %w", err)
	}
	if len(days) == 0 {
		return fmt.Errorf("identity: %s holds no access log: there is no *%s in it", dir, accessSuffix)
	}
	for _, day := range days {
		if err := readAccessDay(ctx, filepath.Join(dir, day+accessSuffix), fn); err != nil {
			return fmt.Errorf("identity: %w", err)
		}
	}
	return nil
}

func readAccessDay(ctx context.Context, name string, fn func(*Access, error)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, maxAccessLine)
	for long := false; ctx.Err() == nil; {
		line, err := r.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			long = true
			continue
		case errors.Is(err, io.EOF):
			return nil // what stands before it is not whole
		case err != nil:
			return err
		}
		x := new(Access)
		if err = json.Unmarshal(line, x); long {
			err = bufio.ErrTooLong
		}
		fn(x, err)
		long = false
	}
	return ctx.Err()
}
