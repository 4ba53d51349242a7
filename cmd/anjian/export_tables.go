package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/schollz/progressbar/v3"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/internal/export"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// tablesOptions is what anjian export --tables is asked.
type tablesOptions struct {
	dir, server, token, data, asOf string
	registers                      []string
}

// write exports registers into the directory.
func (o *tablesOptions) write(ctx context.Context, w io.Writer) error {
	from, err := o.source(ctx)
	if err != nil {
		return err
	}
	var bar *progressbar.ProgressBar
	m, err := export.Write(ctx, from, o.dir, export.Options{AsOf: o.asOf, Registers: o.registers,
		Progress: func(register string, n, of int, rows int64) func(int) {
			if bar != nil {
				_ = bar.Close()
			}
			bar = newProgress(max(rows, 1), fmt.Sprintf("%d/%d %s", n, of, register))
			return func(rows int) { _ = bar.Add(rows) }
		}})
	if bar != nil {
		_ = bar.Close()
	}
	if err != nil {
		part := filepath.Clean(o.dir) + export.Part
		if _, begun := os.Stat(part); begun != nil || errors.Is(err, export.ErrOther) || errors.Is(err, export.ErrBusy) {
			return err
		}
		return fmt.Errorf("%w\n  what is whole stands in %s; the same command goes on from there / 再次执行同一命令可继续", err, part)
	}
	rows := int64(0)
	for _, f := range m.Files {
		rows += f.Rows
	}
	_, err = fmt.Fprintf(w, "%s: %d registers, %d rows, as of position %d / 已导出\n", o.dir, len(m.Files), rows, m.Position)
	return err
}

// source is the server, or the report database of the data directory.
func (o *tablesOptions) source(ctx context.Context) (export.Source, error) {
	if o.server != "" {
		return client.New(client.Config{URL: o.server, Token: o.token})
	}
	d, err := existing(o.data)
	if err != nil {
		return nil, err
	}
	b, err := reportdb.Beside(ctx, d.Reports())
	if err != nil {
		return nil, fmt.Errorf("%w; anjian serve builds it", err)
	}
	return &export.Local{Database: b}, nil
}
