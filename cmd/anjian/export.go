package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/journal"
)

func newExport() *cobra.Command {
	var from, to uint64
	var out string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the entries as NDJSON, one a line / 导出全部记录",
		Long: `Writes the stored bytes of the entries, one a line, in order: sha256 over 0x00 and a line is the
Merkle leaf. The command reads the journal and may run beside a server.`,
		Args: cobra.NoArgs,
	}
	dir := dataFlag(cmd)
	cmd.Flags().Uint64Var(&from, "from", 0, "first index")
	cmd.Flags().Uint64Var(&to, "to", 0, "index after the last; 0: all")
	cmd.Flags().StringVarP(&out, "out", "o", "-", "file to write; - is standard output")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		d, err := existing(*dir)
		if err != nil {
			return err
		}
		w := cmd.OutOrStdout()
		if out != "-" {
			f, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if err != nil {
				return err
			}
			defer func() {
				if e := f.Close(); err == nil {
					err = e
				}
			}()
			w = f
		}
		return export(cmd.Context(), w, d, from, to)
	}
	return cmd
}

// export writes the entries from one index to before another, one a line; to 0 is all.
func export(ctx context.Context, w io.Writer, d datadir.Dir, from, to uint64) error {
	buf := bufio.NewWriterSize(w, 1<<20)
	bar := newProgress(-1, "export")
	defer func() { _ = bar.Close() }()
	torn, err := journal.Walk(ctx, d.Journal(), func(_ uint64, raw []byte) error {
		b, err := block.Parse(raw)
		if err != nil {
			return err
		}
		for i, line := range b.Entries {
			if index := b.First + uint64(i); index < from || to > 0 && index >= to {
				continue
			}
			if _, err := buf.Write(line); err != nil {
				return err
			}
			if err := buf.WriteByte('\n'); err != nil {
				return err
			}
		}
		return bar.Set64(int64(b.Size))
	})
	if err != nil {
		return err
	}
	if torn != nil && !d.Live() {
		fmt.Fprintf(os.Stderr, "anjian: %d bytes of an unfinished block at the end of %s were left out\n", torn.Bytes, torn.Segment)
	}
	return buf.Flush()
}
