package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/internal/profile"
	"github.com/anjian-ledger/anjian/internal/setup"
)

func newSetup() *cobra.Command {
	var name, server, token, out string
	var patience time.Duration
	var c setup.Config
	cmd := &cobra.Command{
		Use:   "setup --profile NAME|DIR --server URL --token T",
		Short: "Publish a city's code tables / 发布一个城市的代码表",
		Long: `Publishes the profile of a city in a ledger, over the same API as everyone else and with a token of the
supervision office: sectors, units, committees, who answers for what, categories of findings, checklists with the
text of every item, limits of the law by date, rules of deduction, lists of duties, the holidays of each year with
the exchanged working days (调休), the rules of discipline, and the plan with which the campaign begins (plan.json):
that of ankang is by the law of 2019, that of ankang-2026 by the law of today. Run it before anything else, and again
whenever a file has changed: what is in force as the file says is left alone, so a second run appends nothing.

A profile is a directory of files *.json, one for each table (one for each year of holidays) and one for the plan; each is the body of
the event that publishes it, as GET /v1/tables/NAME shows it under content. Built in: ` + strings.Join(profile.Names, ", ") + `. Write the
built-in one out, change it, and give the directory:

  anjian setup --profile ankang --write ./our-city

Every file is checked before anything is sent; each fault is told as FILE:LINE, in English and Chinese. Rows of the
built-in profile that were inferred say so in their table's member document (limits: confirmed is false): have the
office check them. A table comes as a whole in one append, of at most 250,000 bytes; tables that were published before
a fault stay published. --dry-run asks the ledger about as many tables as one append holds.

The last line on standard output is {"published":…,"unchanged":…}.`,
		Example: `  anjian setup --profile ankang --server http://127.0.0.1:8440 --token "$(anjian token --role supervision-office)"
  anjian setup --profile ./our-city --dry-run --token "$T"`,
		Args: cobra.NoArgs,
	}
	f := cmd.Flags()
	f.StringVar(&name, "profile", "", "a profile that is built in ("+strings.Join(profile.Names, ", ")+"), or a directory of files")
	f.StringVar(&server, "server", "http://127.0.0.1:8440", "the ledger's address")
	f.StringVar(&token, "token", "", "bearer token of role supervision-office (better: ANJIAN_TOKEN)")
	f.BoolVar(&c.DryRun, "dry-run", false, "check the files, ask the ledger what it would refuse, and publish nothing")
	f.StringVar(&out, "write", "", "write the files of the profile into this directory, which must be new or empty, and do nothing else")
	f.DurationVar(&patience, "patience", 2*time.Minute, "how long to try while the server is busy or away")
	_ = cmd.RegisterFlagCompletionFunc("profile", cobra.FixedCompletions(profile.Names, cobra.ShellCompDirectiveDefault))
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if name == "" {
			return errors.New("--profile is needed: " + strings.Join(profile.Names, ", ") + ", or a directory")
		}
		if out != "" {
			return writeProfile(name, out)
		}
		if c.Profile, err = openProfile(name); err != nil {
			return err
		}
		if token == "" {
			return errors.New("--token or ANJIAN_TOKEN is needed; make one with: anjian token --role supervision-office")
		}
		if c.Client, err = client.New(client.Config{URL: server, Token: token, Patience: patience}); err != nil {
			return err
		}
		c.Tell = func(r setup.Result) {
			what := fmt.Sprintf("unchanged, in force since entry %d / 未变", r.Version)
			switch {
			case r.New && c.DryRun:
				what = "would be published / 将发布"
			case r.New:
				what = fmt.Sprintf("published as entry %d / 已发布", r.Version)
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%-20s %4d  %s  %s\n", r.Table, r.Rows, r.Name, what)
		}
		sum, err := setup.Run(cmd.Context(), c)
		if e := json.MarshalWrite(cmd.OutOrStdout(), sum); e != nil {
			return errors.Join(err, e)
		}
		fmt.Fprintln(cmd.OutOrStdout())
		return err
	}
	return cmd
}

// openProfile opens a profile that is built in, or the files of a directory.
func openProfile(name string) (*profile.Profile, error) {
	if slices.Contains(profile.Names, name) {
		return profile.BuiltIn(name)
	}
	if _, err := os.Stat(name); err != nil {
		return nil, fmt.Errorf("--profile: neither a built-in profile (%s) nor a directory: %w", strings.Join(profile.Names, ", "), err)
	}
	return profile.Read(os.DirFS(name), strings.TrimSuffix(name, "/"))
}

// writeProfile writes the files of a built-in profile into a directory, which must be new or empty.
func writeProfile(name, dir string) error {
	files, err := profile.FilesOf(name)
	if err != nil {
		return err
	}
	if there, err := os.ReadDir(dir); err == nil && len(there) > 0 {
		return fmt.Errorf("--write: %s is not empty", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.CopyFS(dir, files)
}
