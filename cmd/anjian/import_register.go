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
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/importer/register"
	"github.com/anjian-ledger/anjian/internal/importer/sheet"
)

// registerOptions are the flags of import-register.
type registerOptions struct {
	register.Config
	server, token, mapping, rejects, day string
	patience                             time.Duration
}

func newImportRegister() *cobra.Command {
	o := &registerOptions{}
	cmd := &cobra.Command{
		Use:   "import-register --token T FILE",
		Short: "Register the enterprises of a table (CSV, XLSX) / 导入企业名录",
		Long: `Reads a register of enterprises, one in each row, and says what of it would be new, changed, equal or
rejected. Nothing is written without --apply.

读取企业名录（每行一个企业），先报告哪些是新增、变更、相同或被拒；只有加上 --apply 才写入账本。

The columns are found by their headers: 企业名称 (needed), 统一社会信用代码, 行业领域 (needed), 县区 (needed), 地址, 规模, 所有制,
类别, 行业代码, 注册号, 法定代表人, 成立日期 … Telephone numbers and the like are not read. Other headers and words are explained by a
file, --mapping map.toml:

  [columns]
  "单位全称" = "name"        # name uscc uscc_reason kind sectors region address industry ownership size venue_type
  "排污许可证" = "other_ids.排污许可证"   # risk_classes departments other_ids.SCHEME; source: kept as it is written;
  "分管领导" = ""             # "": not read
  [values.sectors]            # what the register writes, and the code (GET /v1/codes, or the Chinese names)
  "采矿业" = "MINE"
  [defaults]                  # where a row or the register has none
  region = "610902"

A row is a subject that the ledger has when the credit code is the same, or, where one of the two has no code, name and county.
What this source said before and the file says otherwise is corrected; county and sectors cannot be. Subjects that
others registered are left as they are. The same file again adds nothing, and an import that was stopped can be run
again. Rejected rows are listed in FILE.rejects.csv, with row, column, reason and remedy; the others are imported.

A CSV is UTF-8 or UTF-16, or with --encoding gb18030 what a Chinese Excel saves. Cells that are formulas, merged, or codes of which
Excel has made 9.16E+17 are rejected, never guessed at.`,
		Example: `  TOKEN=$(anjian token --role importer --unit register)
  anjian import-register --token "$TOKEN" 企业名录.xlsx            # says what would happen / 试运行
  anjian import-register --token "$TOKEN" --apply 企业名录.xlsx    # does it / 写入
  anjian import-register --token "$TOKEN" --encoding gb18030 --mapping map.toml 名录.csv`,
		Args: cobra.ExactArgs(1),
	}
	f := cmd.Flags()
	f.BoolVar(&o.Apply, "apply", false, "append; without it nothing is written / 写入账本")
	f.StringVar(&o.server, "server", "http://127.0.0.1:8440", "the ledger's address")
	f.StringVar(&o.token, "token", "", "bearer token of role importer (better: ANJIAN_TOKEN); its unit is the name of the register")
	f.StringVar(&o.mapping, "mapping", "", "file that says what columns and words mean / 映射文件")
	f.StringVar(&o.rejects, "rejects", "", "where to list rejected rows; empty: FILE.rejects.csv in this directory; - is standard error")
	f.StringVar(&o.day, "date", "", "day of the register, YYYY-MM-DD: from then on the new subjects are known; empty: today / 名录日期")
	f.StringVar(&o.Options.Encoding, "encoding", "", "of a CSV: "+strings.Join(sheet.Encodings, ", ")+"; empty: utf-8 or utf-16 / 编码")
	f.StringVar(&o.Options.Sheet, "sheet", "", "sheet of a workbook; empty: the only one with rows that is not hidden / 工作表")
	f.DurationVar(&o.patience, "patience", 2*time.Minute, "how long to try while the server is busy or away")
	_ = cmd.RegisterFlagCompletionFunc("encoding", cobra.FixedCompletions(sheet.Encodings, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, files []string) error {
		o.File = files[0]
		return o.run(cmd)
	}
	return cmd
}

var errNotImporter = errors.New("the token is not of role importer; make one with: anjian token --role importer --unit register / " +
	"令牌角色须为 importer")

// prepare makes the configuration of the flags.
func (o *registerOptions) prepare(cmd *cobra.Command) (err error) {
	if o.token == "" {
		return errors.New("--token or ANJIAN_TOKEN is needed; make one with: anjian token --role importer --unit register / 缺少令牌")
	}
	o.Day = register.Today(time.Now())
	if o.day != "" {
		if o.Day, err = time.ParseInLocation(time.DateOnly, o.day, event.Beijing); err != nil {
			return fmt.Errorf("--date: %q is no day such as 2026-11-23 / 日期格式应为 2026-11-23", o.day)
		}
	}
	if o.mapping != "" {
		if o.Mapping, err = register.ReadMapping(o.mapping); err != nil {
			return err
		}
	}
	if o.Client, err = client.New(client.Config{URL: o.server, Token: o.token, Patience: o.patience}); err != nil {
		return err
	}
	me, err := o.Client.Me(cmd.Context())
	if err != nil {
		return err
	}
	if me.Role != string(event.RoleImporter) {
		return errNotImporter
	}
	o.Source = me.Unit
	return nil
}

// run imports the file and prints what came of it.
func (o *registerOptions) run(cmd *cobra.Command) error {
	if err := o.prepare(cmd); err != nil {
		return err
	}
	o.Config.Rejects = cmd.ErrOrStderr()
	if o.rejects == "" {
		o.rejects = register.Beside(o.File)
	}
	if o.rejects != "-" {
		f, err := os.Create(o.rejects)
		if err != nil {
			return err
		}
		defer f.Close()
		o.Config.Rejects = f
	}
	bar := newProgress(-1, "read the ledger / 读取账本")
	reading := true
	o.Progress = func(p register.Progress) {
		if reading && !p.Reading {
			reading = false
			bar.Describe("read the file / 读取名录")
			bar.ChangeMax64(p.Total)
		}
		_ = bar.Set64(p.Done)
	}
	sum, err := register.Run(cmd.Context(), o.Config)
	_ = bar.Close()
	o.explain(cmd, &sum)
	if e := json.MarshalWrite(cmd.OutOrStdout(), sum); e != nil {
		return errors.Join(err, e)
	}
	fmt.Fprintln(cmd.OutOrStdout())
	return err
}

// explain says on standard error what a summary does not.
func (o *registerOptions) explain(cmd *cobra.Command, sum *register.Summary) {
	w := cmd.ErrOrStderr()
	if len(sum.Unread) > 0 {
		fmt.Fprintf(w, "columns not read / 未读取的列: %s\n", strings.Join(sum.Unread, ", "))
	}
	if len(sum.Sheets) > 0 {
		fmt.Fprintf(w, "sheets not read / 未读取的工作表: %s\n", strings.Join(sum.Sheets, ", "))
	}
	if sum.Rejected > 0 {
		fmt.Fprintf(w, "%d rows are rejected, see / 有 %[1]d 行被拒，见 %s\n", sum.Rejected, o.rejects)
	}
	if !sum.Applied {
		fmt.Fprintln(w, "nothing was written; add --apply to write / 未写入；加 --apply 写入")
	}
}
