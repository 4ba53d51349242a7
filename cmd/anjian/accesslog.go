package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/leaks"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// accessLogOptions is what anjian access-log is asked.
type accessLogOptions struct {
	data, visit string
	asJSON      bool
}

func newAccessLog() *cobra.Command {
	o := &accessLogOptions{}
	cmd := &cobra.Command{
		Use:   "access-log [DIR...]",
		Short: "Show who read of visits before they were disclosed / 泄密核查：谁在公开前查阅过检查",
		Long: `Puts access logs beside the ledger and lists, of each visit, who read of it while it was hidden: before somebody arrived (R39).
Each DIR is the access log of one node: the directory "access" of its data directory, or a copy of it. Without DIR it is that of --data.
The ledger may be a copy that anjian copy made; the command reads its journal alone and may run beside a server.

With --visit it also has the reads that did not name the visit and could have shown it, such as reports and registers.

What is printed of a visit begins with the first who read. HOURS BEFORE is from the first read to the arrival: a read after the arrival that
was recorded later has less than 0. No server has a route for this, and no log is part of the ledger: that a log has no line is no proof
that nobody read. So the command ends with how far each log reaches; ask for the logs of all nodes.

Exit code 0: the logs were read whole; 1: they were not.`,
		Example: `  anjian access-log --data /var/lib/anjian
  anjian access-log --data ./copy ./logs/node-1 ./logs/node-2
  anjian access-log --data ./copy --visit sim-v-17 ./logs/node-1 --json`,
		RunE: func(cmd *cobra.Command, dirs []string) error { return o.run(cmd.Context(), cmd.OutOrStdout(), dirs) },
	}
	cmd.Flags().StringVar(&o.data, "data", "data", "data directory of the ledger, or a copy of it")
	cmd.Flags().StringVar(&o.visit, "visit", "", "id of one visit")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print a line of JSON for each reader, and for each log")
	return cmd
}

func (o *accessLogOptions) run(ctx context.Context, w io.Writer, dirs []string) error {
	d, err := existing(o.data)
	if err != nil {
		return err
	}
	if len(dirs) == 0 {
		dirs = []string{d.Access()}
	}
	visits, err := hiddenVisits(ctx, d)
	if err != nil {
		return err
	}
	if o.visit != "" && visits.Find(o.visit) == nil {
		return fmt.Errorf("--visit: no entry of %q was hidden: there is no such visit, or it was disclosed from its first entry on", o.visit)
	}
	audit := leaks.NewAudit(visits, o.visit)
	logs, err := leaks.Logs(ctx, dirs, audit.Take)
	if err != nil {
		return err
	}
	readers := audit.Readers()
	if o.asJSON {
		err = jsonLines(w, readers, logs)
	} else {
		err = table(w, visits, readers, logs)
	}
	for i := range logs {
		if err == nil && logs[i].Malformed > 0 {
			err = errNotOK
		}
	}
	return err
}

// hiddenVisits reads the journal of a ledger.
func hiddenVisits(ctx context.Context, d datadir.Dir) (*leaks.Visits, error) {
	visits := leaks.NewVisits(domain.Catalogue())
	bar := newProgress(-1, "ledger")
	defer func() { _ = bar.Close() }()
	_, err := journal.Walk(ctx, d.Journal(), func(_ uint64, raw []byte) error {
		_ = bar.Add(1)
		return visits.Block(raw)
	})
	return visits, err
}

func jsonLines(w io.Writer, readers []leaks.Reader, logs []leaks.Log) error {
	enc := json.NewEncoder(w)
	for i := range readers {
		if err := enc.Encode(&readers[i]); err != nil {
			return err
		}
	}
	for i := range logs {
		if err := enc.Encode(&logs[i]); err != nil {
			return err
		}
	}
	return nil
}

func table(w io.Writer, visits *leaks.Visits, readers []leaks.Reader, logs []leaks.Log) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(readers) > 0 {
		fmt.Fprintln(t, "VISIT\tSUBJECT\tARRIVED\tREADER\tROLE\tOF\tFIRST READ\tTIMES\tHOURS BEFORE\tFROM\tWHAT")
	}
	for i := range readers {
		r := &readers[i]
		who, of, lead := r.Person, r.Of, "not yet"
		if who == "" {
			who = fmt.Sprintf("token %d", r.Token)
		}
		if r.Own {
			of += " (own)"
		}
		if r.Lead != nil {
			lead = fmt.Sprintf("%.1f", *r.Lead)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\n", r.ID, r.Subject, beijing(r.Opened), who, r.Role, of,
			beijing(r.First), r.Times, lead, list(r.From), list(r.What))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nreaders: %d; visits that were hidden for a time, or are: %d\n", len(readers), visits.Len())
	for i := range logs {
		l := &logs[i]
		fmt.Fprintf(w, "log %s: %d lines, from %s to %s", l.Dir, l.Lines, beijing(l.First), beijing(l.Last))
		if l.Malformed > 0 {
			fmt.Fprintf(w, "; %d of them could not be read", l.Malformed)
		}
		fmt.Fprintln(w)
	}
	return nil
}

// beijing is a time for people, to the minute.
func beijing(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(event.Beijing).Format(tables.Minute)
}

func list(texts []string) string {
	switch len(texts) {
	case 0:
		return "-"
	case 1:
		return texts[0]
	}
	return fmt.Sprintf("%s and %d more", texts[0], len(texts)-1)
}
