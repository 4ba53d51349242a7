package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/adminsocket"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// reportOptions is what anjian report is asked.
type reportOptions struct {
	server, token, data, own string
	format, rows, asOf, out  string
	from, to, open           string
	language                 string
	given                    map[string]string
	registers                bool
	engine                   *engines.Settings
}

func newReport() *cobra.Command {
	o := &reportOptions{engine: engines.NewSettings()}
	cmd := &cobra.Command{
		Use:   "report [ID]",
		Short: "Ask a report, or list the reports there are / 查询报表",
		Long: `Asks a report of a server, as far as the token may see, or of a data directory. Where no server runs on the directory, the
whole ledger is read first, its roots are checked, and DIR/reports is built or brought up to its end; beside a server the database is read
as the server has it, and standard error tells by how many entries it is behind. Who can read the directory sees what the office sees.
With --from it tells what changed between two positions: of each number what it was and is, what came and what went.
With --open ROW,COLUMN it opens one number of a data directory: a line for each thing that is counted, with the index of its entry (anjian
export has the entry) and what it adds; they add up to the number. ROW is what the answer calls it (安康市, or its code; with several groups
joined by /; an entry, where each row is one thing) or total, COLUMN a name as --format json has it; a wrong one is told those there are.
A share or ratio opens as its two numbers.
The flags --from and --to are positions of the ledger. The period of a report is --given from=DAY and --given to=DAY, with them and without,
of a server and of a directory.
Without ID it lists the reports; with --reports it checks those of your own and lists them, for which no ledger is needed.`,
		Example: `  anjian report --server http://127.0.0.1:8440 --token "$T"
  anjian report --reports ./reports
  anjian report --registers findings
  anjian report 3 --data ./data --rows county --format csv -o findings.csv
  anjian report 3 --data ./data --as-of 4000 --given year=2026 --given county=610902
  anjian report 3 --data ./data --rows county --open 610902,found
  anjian report 3 --data ./data --open total,found --format json
  anjian report 3 --data ./data --from 4000 --to 5000
  anjian report 3 --server http://127.0.0.1:8440 --from 4000 --given from=2026-01-01 --given to=2026-03-31`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id := strings.Join(args, "")
			if o.registers {
				return printRegisters(cmd.OutOrStdout(), id)
			}
			if err := o.examine(id); err != nil {
				return err
			}
			return writeOut(o.out, cmd.OutOrStdout(), func(w io.Writer) error {
				if o.server != "" {
					return o.ask(cmd.Context(), w, id)
				}
				return o.says(o.read(cmd.Context(), w, id))
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.server, "server", "", "address of a ledger; without it the data directory is read")
	f.StringVar(&o.token, "token", "", "bearer token for --server (better: ANJIAN_TOKEN)")
	f.StringVar(&o.data, "data", "data", "data directory of the ledger")
	f.StringVar(&o.own, "reports", "", "directory with reports of your own, with --data")
	f.BoolVar(&o.registers, "registers", false, "print the registers that a report may read, with their columns; with ID one of them")
	f.StringVar(&o.format, "format", "csv", "csv, xlsx or json")
	f.StringVar(&o.rows, "rows", "", "grouping, one of the report's")
	f.StringVar(&o.asOf, "as-of", "", "position; of a server also a recorded time")
	f.StringVar(&o.open, "open", "", "ROW,COLUMN: the things and entries behind this number of the answer, with --data")
	f.StringVar(&o.from, "from", "", "what changed since this position; of a server also a recorded time")
	f.StringVar(&o.to, "to", "", "up to this position, with --from; the present without it")
	f.StringVar(&o.language, "language", "zh", "of titles and words: zh or en")
	f.StringVarP(&o.out, "out", "o", "-", "file to write; - is standard output")
	f.StringToStringVar(&o.given, "given", nil, "parameter of the report, name=value, its period as from and to; may be repeated")
	addEngines(f, o.engine, true)
	return cmd
}

// examine refuses flags that do not go together.
func (o *reportOptions) examine(id string) error {
	switch {
	case o.language != "zh" && o.language != "en":
		return fmt.Errorf("--language: there are zh and en, not %q", o.language)
	case !slices.Contains([]string{"csv", "xlsx", "json"}, o.format):
		return fmt.Errorf("--format: there are csv, xlsx and json, not %q", o.format)
	case o.to != "" && o.from == "":
		return errors.New("--to needs --from: changes are between two positions")
	case o.open != "" && (id == "" || o.from != "" || o.server != ""):
		return errors.New("--open needs the ID of a report over --data, as of one position; a server answers GET /v1/reports/{id}/entries / " +
			"--open 须与报表编号和 --data 同用，且只问一个位置；向服务器查询用 GET /v1/reports/{id}/entries")
	case o.from != "" && id == "":
		return errors.New("--from needs the ID of a report")
	case o.from != "" && o.asOf != "":
		return errors.New("--as-of is of one position, --from and --to are of two")
	}
	for word, of := range positionWords {
		if _, is := o.given[word]; is {
			return fmt.Errorf("--given %s: the period of a report is --given from= and --given to= here; write %s", word, of)
		}
	}
	return nil
}

// positionWords are what the HTTP interface calls the period of a report where from and to are positions, and what it is called here, where
// these are flags of their own.
var positionWords = map[string]string{"since": "from", "until": "to"}

// ask asks a server.
func (o *reportOptions) ask(ctx context.Context, w io.Writer, id string) error {
	q := url.Values{}
	for name, value := range o.given {
		q.Set(name, value)
	}
	if id != "" {
		q.Set("format", o.format)
		if o.from != "" {
			for as, period := range positionWords {
				if day := q.Get(period); day != "" {
					q.Del(period)
					q.Set(as, day)
				}
			}
		}
		for name, value := range map[string]string{"rows": o.rows, "as_of": o.asOf, "from": o.from, "to": o.to} {
			if value != "" {
				q.Set(name, value)
			}
		}
	}
	c, err := client.New(client.Config{URL: o.server, Token: o.token, Language: o.language})
	if err != nil {
		return err
	}
	if o.from != "" {
		return c.ReportChanges(ctx, id, q, w)
	}
	return c.Report(ctx, id, q, w)
}

// everybody sees all; units and teams bound nobody who reads the directory.
type everybody struct{ visibility.Roll }

// read asks the report database of a data directory.
func (o *reportOptions) read(ctx context.Context, w io.Writer, id string) (err error) {
	all, err := report.Load(ctx, o.own)
	if err != nil {
		return err
	}
	if id == "" {
		return o.list(w, all)
	}
	r := report.Find(all, id)
	if r == nil {
		return fmt.Errorf("there is no report %q; anjian report lists those there are", id)
	}
	dir, err := existing(o.data)
	if err != nil {
		return err
	}
	b, done, err := o.database(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	actor := event.Actor{Role: event.RoleSupervisionOffice}
	if !r.For(actor.Role) {
		actor.Role = event.RoleDisciplineCommission
	}
	q := reportdb.Question{Actor: actor, Scope: visibility.ScopeOf(actor, everybody{}), Hidden: r.Hidden, Names: r.Names(), For: time.Minute}
	if q.AsOf, err = last("--as-of", o.asOf); err == nil && o.from != "" {
		q.AsOf, err = last("--from", o.from)
	}
	if err != nil {
		return err
	}
	conn, err := b.Ask(ctx, q)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if o.from != "" {
		return o.changes(w, r, conn)
	}
	x, err := r.On(conn, "", report.Question{Rows: o.rows, Given: o.given})
	if err != nil {
		return err
	}
	return o.write(w, x, conn)
}

// list lists the reports: with a directory its own, which have no fault.
func (o *reportOptions) list(w io.Writer, all []*report.Report) error {
	b := &strings.Builder{}
	if o.own != "" {
		if all = report.Own(all); len(all) == 0 {
			return fmt.Errorf("%s has no file *.sql / %[1]s 中没有 *.sql 文件", o.own)
		}
		fmt.Fprintf(b, "%s: reports %d, no fault / 报表 %[2]d 个，没有错误\n", o.own, len(all))
	}
	for _, r := range all {
		fmt.Fprintf(b, "%-5s %s / %s\n      rows: %s\n", r.ID, r.Title.ZH, r.Title.EN, strings.Join(r.RowNames(), " | "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// database is the report database of a directory, at the ledger's end where no server runs on it; done releases the directory.
func (o *reportOptions) database(ctx context.Context, dir datadir.Dir) (b *reportdb.Builder, done func() error, err error) {
	if dir.Live() {
		b, err = besideServer(ctx, dir)
		return b, func() error { return nil }, err
	}
	log := newLogger(os.Stderr, slog.LevelWarn)
	engine, err := engineOf(dir, o.engine, log)
	if err != nil {
		return nil, nil, err
	}
	bar := newProgress(-1, "ledger and report database")
	defer func() { _ = bar.Close() }()
	n, err := node.Open(ctx, node.Config{Dir: dir, Engine: engine, Logger: log, EntriesOnly: true, MustExist: true, ScrubEvery: -1,
		Progress: func(done, total uint64) { bar.ChangeMax64(int64(total)); _ = bar.Set64(int64(done)) }})
	if err != nil {
		return nil, nil, err
	}
	done = func() error { return n.Close(context.WithoutCancel(ctx)) }
	if b, err = n.ReportsAtRest(ctx); err != nil {
		return nil, nil, errors.Join(err, done())
	}
	return b, done, nil
}

// besideServer is the database as the server of a directory has it. Standard error tells what it lacks.
func besideServer(ctx context.Context, dir datadir.Dir) (*reportdb.Builder, error) {
	s, err := askReports(ctx, string(dir), false)
	if errors.Is(err, adminsocket.ErrNoServer) {
		err = fmt.Errorf("%s: %w, and that is no server: wait for its end", dir, datadir.ErrInUse)
	}
	if err != nil {
		return nil, err
	}
	if s.Fault != "" {
		fmt.Fprintln(os.Stderr, "anjian: the server builds no report database at the moment:", s.Fault)
	}
	if s.Position < s.Size {
		fmt.Fprintf(os.Stderr, "anjian: the report database is %d entries behind the ledger, which has %d\n", s.Size-s.Position, s.Size)
	}
	return reportdb.Beside(ctx, dir.Reports())
}

// write writes an answer in the form that is asked for.
func (o *reportOptions) write(w io.Writer, x *report.Execution, conn *reportdb.Conn) error {
	l := o.speaks()
	a, err := x.Answer()
	if err != nil {
		return err
	}
	d, err := x.Document(a, l)
	if err != nil {
		return err
	}
	if o.open != "" {
		return o.entries(w, x, d, conn)
	}
	switch n, of, entry, err := x.Twice(); {
	case err != nil:
		return err
	case n > 0:
		fmt.Fprintf(os.Stderr, "anjian: %d of %d things have the entry of another one, such as entry %d: does a join give a thing twice? Where "+
			"one entry makes several things, say several = true in the header / %[2]d 个事项中有 %[1]d 个与其他事项出自同一条目（如条目 %[3]d）："+
			"是否因连接而重复？若一个条目确有几个事项，请在文件头写 several = true\n", n, of, entry)
	}
	return o.form(w, d, d.Table(l), conn, struct {
		Position int64  `json:"position"`
		Recorded string `json:"recorded"` // Beijing time
		*report.Document
	}{conn.Position() + 1, conn.Now(), d})
}

// last is the index of the last entry that counts as of a position; nil: the present.
func last(flag, position string) (*uint64, error) {
	if position == "" {
		return nil, nil //nolint:nilnil // the present
	}
	n, err := strconv.ParseUint(position, 10, 63)
	if err != nil {
		return nil, fmt.Errorf("%s: %q is no position", flag, position)
	}
	return new(n - 1), nil
}

// says has an error about a parameter in the language that is asked for.
func (o *reportOptions) says(err error) error {
	var wrong *report.Wrong
	if !errors.As(err, &wrong) || wrong.Unknown {
		return err
	}
	v := law.Collect(law.Str("parameter", wrong.Parameter), law.Str("wanted", wrong.Wanted), law.List("allowed", wrong.Allowed))
	return errors.New(law.InvalidParameter.Says(o.speaks(), v))
}

func (o *reportOptions) speaks() law.Language {
	if o.language == "en" {
		return law.InEnglish
	}
	return law.InChinese
}

// changes writes what changed since the connection's position.
func (o *reportOptions) changes(w io.Writer, r *report.Report, conn *reportdb.Conn) error {
	to, err := last("--to", o.to)
	if err != nil {
		return err
	}
	from := conn.Position() + 1
	if to != nil && int64(*to)+1 < from {
		return fmt.Errorf("--from %s is behind --to %s", o.from, o.to)
	}
	l := o.speaks()
	c, err := r.Changes(conn, "", report.Question{Rows: o.rows, Given: o.given}, to, l)
	if err != nil {
		return err
	}
	return o.form(w, c.Document(uint64(from)), c.Table(l), conn, struct {
		From     int64  `json:"from"`
		To       int64  `json:"to"`
		Recorded string `json:"recorded"` // Beijing time, of the second position
		*report.Changes
	}{from, conn.Position() + 1, conn.Now(), c})
}

// form writes an answer as CSV, XLSX or JSON.
func (o *reportOptions) form(w io.Writer, d *report.Document, table *report.Table, conn *reportdb.Conn, whole any) (err error) {
	var body []byte
	switch o.format {
	case "json":
		body, err = json.MarshalIndent(whole, "", "  ")
	case "csv":
		body, err = table.CSV()
	case "xlsx":
		recorded, _ := time.ParseInLocation(tables.Minute, conn.Now(), event.Beijing) // none of no entries
		body, err = table.XLSX(d, report.Stand{Position: uint64(conn.Position() + 1), Recorded: recorded, Asker: "--data"}, o.speaks())
	}
	if err != nil {
		return err
	}
	_, err = w.Write(body)
	return err
}
