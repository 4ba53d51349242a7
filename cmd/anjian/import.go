package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/internal/importer"
	"github.com/anjian-ledger/anjian/internal/importer/mappings"
)

// formats are the mappings of foreign records.
var formats = []importer.Mapping{mappings.MSHA, mappings.Toronto, mappings.Chicago}

// mappingOf returns the mapping of a format.
func mappingOf(format string) (importer.Mapping, error) {
	for _, m := range formats {
		if m.Format == strings.ToLower(format) {
			return m, nil
		}
	}
	return importer.Mapping{}, fmt.Errorf("import: unknown format %q, want one of %v", format, formatNames())
}

func formatNames() []string {
	names := make([]string, len(formats))
	for i, m := range formats {
		names[i] = m.Format
	}
	return names
}

// importOptions are the command's flags.
type importOptions struct {
	importer.Config
	format, server, token, report string
	patience                      time.Duration
}

func newImport() *cobra.Command {
	o := &importOptions{}
	cmd := &cobra.Command{
		Use:   "import --format " + strings.Join(formatNames(), "|") + " --server URL --token T FILE…",
		Short: "Turn records that others published into events / 导入公开的检查记录",
		Long: `Maps the rows of public inspection records to events and appends them through the same API as
everyone else. Nothing is invented: a value that the source does not state is recorded as
unknown, and the words of the source are kept beside the codes that they were mapped to.

An import can be stopped and run again: event ids are derived from the rows, so a second run over the
same file adds nothing. Rows that cannot be mapped are listed with file, line and reason on
standard error (or --report FILE) and do not stop the rest. The last line on standard output
is {"rows":…,"appended":…,"already_present":…,"unmapped":…}. With --dry-run nothing is appended:
"appended" is what would be, "refused" what would not, with the reasons in the report.

A row that was changed is amended, and one that became again what it was counts again. With --whole
the files are said to be all that the source has: what they have no more is withdrawn (counted as
"withdrawn", by --dry-run too). A file with bad rows, or without rows, is refused then, and where
more than a tenth of the records vanished the number has to be confirmed.`,
		Example: `  anjian import --format msha --server http://127.0.0.1:8440 --token "$(anjian token --role importer --unit msha)" rows.csv
  anjian import --format chicago --server http://127.0.0.1:8440 --token "$T" inspections.csv.gz items.csv.gz`,
		Args: cobra.MinimumNArgs(1),
	}
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "", "form of the files: "+strings.Join(formatNames(), ", "))
	f.StringVar(&o.server, "server", "http://127.0.0.1:8440", "the ledger's address")
	f.StringVar(&o.token, "token", "", "bearer token of role importer (better: ANJIAN_TOKEN)")
	f.StringVar(&o.report, "report", "-", "where to list what could not be mapped; - is standard error")
	f.IntVar(&o.BatchSize, "batch", 0, "events in one append; 0: the most there may be")
	f.BoolVar(&o.DryRun, "dry-run", false, "ask the ledger what it would refuse and flag, and append nothing; judged is the first batch of "+
		"each subject")
	f.BoolVar(&o.Whole, "whole", false, "the files are all that the source has: withdraw what they have no more; with --dry-run count and "+
		"list it")
	f.IntVar(&o.Confirm, "confirm", 0, "with --whole: the number that --dry-run counted as \"withdrawn\", needed where more than a tenth "+
		"vanished")
	f.DurationVar(&o.patience, "patience", 2*time.Minute, "how long to try while the server is busy or away")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, files []string) error { return o.run(cmd, files) }
	return cmd
}

// run imports the files and prints what came of them.
func (o *importOptions) run(cmd *cobra.Command, files []string) (err error) {
	if o.token == "" {
		return errors.New("--token or ANJIAN_TOKEN is needed; make one with: anjian token --role importer --unit SOURCE")
	}
	c := o.Config
	if c.Mapping, err = mappingOf(o.format); err != nil {
		return err
	}
	c.Files, c.Report = files, os.Stderr
	if c.Client, err = client.New(client.Config{URL: o.server, Token: o.token, Patience: o.patience}); err != nil {
		return err
	}
	if o.report != "-" {
		f, err := os.Create(o.report)
		if err != nil {
			return err
		}
		defer f.Close()
		c.Report = f
	}
	bar := newProgress(-1, "import")
	c.Progress = func(p importer.Progress) {
		bar.ChangeMax(p.Total)
		_ = bar.Set(p.Done)
	}
	sum, err := importer.Run(cmd.Context(), c)
	_ = bar.Close()
	if e := json.MarshalWrite(cmd.OutOrStdout(), sum); e != nil {
		return errors.Join(err, e)
	}
	fmt.Fprintln(cmd.OutOrStdout())
	switch {
	case err != nil || sum.Refused == 0:
	case o.DryRun:
		err = fmt.Errorf("the ledger would refuse %d events; the report has each with the reason", sum.Refused)
	default:
		err = fmt.Errorf("the ledger refused to withdraw %d facts; the report has each with the reason", sum.Refused)
	}
	return err
}
