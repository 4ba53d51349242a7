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
		Short: "Write the entries, or registers with --tables, as NDJSON / 导出全部记录或登记簿",
		Long: `Writes the stored bytes of the entries, one a line, in order: sha256 over 0x00 and a line is the
Merkle leaf. The command reads the journal and may run beside a server.

With --tables it writes registers of the report database instead (visits, findings, orders …; SCHEMA.md
has their columns): DIR/NAME.ndjson for each, and DIR/manifest.json with position, root, rows and SHA-256.
Of a server it writes what the token may see; what is restricted stands in the server's access log. Who
can read a data directory sees all but what is hidden, as far as its report database was built.

DIR must not exist. Until all is whole the files stand in DIR.part; when the command is interrupted, the
same command goes on from there, as of the same position.

Exit code 0: all is whole; 1: it is not, or DIR was there.`,
		Example: `  anjian export --data ./data -o entries.ndjson
  anjian export --tables ./registers --server http://127.0.0.1:8440 --token "$T"
  anjian export --tables ./registers --data ./data --register visits,findings --as-of 4000`,
		Args: cobra.NoArgs,
	}
	dir, t := dataFlag(cmd), &tablesOptions{}
	cmd.Flags().Uint64Var(&from, "from", 0, "first index")
	cmd.Flags().Uint64Var(&to, "to", 0, "index after the last; 0: all")
	cmd.Flags().StringVarP(&out, "out", "o", "-", "file to write; - is standard output")
	cmd.Flags().StringVar(&t.dir, "tables", "", "directory to write registers into, in place of entries")
	cmd.Flags().StringSliceVar(&t.registers, "register", nil, "with --tables: names, apart by commas; left out: all")
	cmd.Flags().StringVar(&t.asOf, "as-of", "", "with --tables: position; of a server also a recorded time; left out: now")
	cmd.Flags().StringVar(&t.server, "server", "", "with --tables: address of a ledger; without it the data directory is read")
	cmd.Flags().StringVar(&t.token, "token", "", "bearer token for --server (better: ANJIAN_TOKEN)")
	for _, name := range []string{"from", "to", "out"} {
		cmd.MarkFlagsMutuallyExclusive("tables", name)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if t.data = *dir; t.dir != "" {
			return t.write(cmd.Context(), cmd.OutOrStdout())
		}
		for _, name := range []string{"register", "as-of", "server"} {
			if cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s goes with --tables", name)
			}
		}
		d, err := existing(*dir)
		if err != nil {
			return err
		}
		return writeOut(out, cmd.OutOrStdout(), func(w io.Writer) error { return exportEntries(cmd.Context(), w, d, from, to) })
	}
	return cmd
}

// exportEntries writes the entries from one index to before another, one a line; to 0 is all.
func exportEntries(ctx context.Context, w io.Writer, d datadir.Dir, from, to uint64) error {
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
