package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/node"
)

// tokenOptions are the flags of anjian token.
type tokenOptions struct {
	dir    string
	engine *engines.Settings
	issue  token.Issued
	role   string
	ttl    time.Duration
	revoke string
	reason string
	list   bool
}

func newToken() *cobra.Command {
	o := tokenOptions{engine: engines.NewSettings()}
	cmd := &cobra.Command{
		Use:   "token --role ROLE [--person ID] [--team ID] [--county CODE] [--unit ID]",
		Short: "Issue, list or revoke bearer tokens / 签发、列出、撤销访问令牌",
		Long: fmt.Sprintf(`Issues a bearer token, prints it and nothing else. The issue is an entry of the ledger, which
says who asked; the ledger keeps the token's SHA-256 only, so it cannot be shown again.
Roles: %v.

An inspector or team-leader token names its person and team, an officer or approver token its
person and authority (unit), an inspected-party token its subject, a county-government token its
county, an importer token its source as unit. Persons, teams and subjects must be registered.
A token of an office or a system may name no person.

When a server runs on the data directory, the command asks it over its socket, DIR/admin.sock.
Otherwise it opens the ledger itself, with the same engine flags as serve. It never makes a ledger.`, event.Roles),
		Example: `  curl -H "Authorization: Bearer $(anjian token --role supervision-office)" http://127.0.0.1:8440/v1/city
  anjian token --list
  anjian token --revoke 1234 --reason "phone lost"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	f := cmd.Flags()
	f.StringVar(&o.dir, "data", "data", "data directory of the ledger")
	addEngines(f, o.engine, true)
	f.StringVar(&o.role, "role", "", "role of the bearer")
	f.StringVar(&o.issue.Person, "person", "", "id of the person")
	f.StringVar(&o.issue.Team, "team", "", "id of the team")
	f.StringVar(&o.issue.County, "county", "", "code of the county or functional zone that the token is bound to")
	f.StringVar(&o.issue.Unit, "unit", "", "id of the department or authority, or of an importer's source")
	f.StringVar(&o.issue.Subject, "subject", "", "id of the subject that the bearer speaks for")
	f.DurationVar(&o.ttl, "ttl", firstTokens, "how long it is valid")
	f.StringVar(&o.revoke, "revoke", "", "revoke a token instead: the token itself, its SHA-256, the position of its issue or the id of "+
		"that event")
	f.StringVar(&o.reason, "reason", "revoked by the administrator", "why it is revoked")
	f.BoolVar(&o.list, "list", false, "list every token that was issued instead")
	cmd.MarkFlagsMutuallyExclusive("role", "revoke", "list")
	cmd.MarkFlagsOneRequired("role", "revoke", "list")
	_ = cmd.RegisterFlagCompletionFunc("role", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, r := range event.Roles {
			names = append(names, string(r))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

// firstTokens is how long a token is valid unless somebody says otherwise.
const firstTokens = 31 * 24 * time.Hour

func (o *tokenOptions) run(ctx context.Context, out io.Writer) (err error) {
	d, closeDesk, err := o.desk(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeDesk()) }()
	switch {
	case o.list:
		all, err := d.list(ctx)
		if err != nil {
			return err
		}
		return printTokens(out, all)
	case o.revoke != "":
		t, err := d.revoke(ctx, revocation{Token: identity.Reference(o.revoke), Reason: o.reason})
		if err != nil {
			return fmt.Errorf("nothing was revoked: %w", err)
		}
		if t.Already {
			_, err = fmt.Fprintf(out, "revoked already: the token of role %s issued at %d; nothing was done / 此前已撤销\n", t.Role, t.Token)
			return err
		}
		_, err = fmt.Fprintf(out, "revoked: the token of role %s issued at %d\n", t.Role, t.Token)
		return err
	}
	o.issue.Role = event.Role(strings.TrimSpace(o.role))
	t := identity.NewToken()
	o.issue.SHA256 = t.SHA256()
	if _, err := d.issue(ctx, issuance{Issued: o.issue, TTL: o.ttl.String()}); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, t.Reveal())
	return err
}

// desk is where tokens are issued: the server that runs, or the ledger itself.
func (o *tokenOptions) desk(ctx context.Context) (desk, func() error, error) {
	n, closeDesk, err := atTheMachine(ctx, o.dir, o.engine, func(*node.Config) error { return nil })
	if err != nil || n == nil {
		return socketDesk(o.dir), closeDesk, err
	}
	return &nodeDesk{n, identity.Self()}, closeDesk, nil
}

func printTokens(out io.Writer, all []tokenInfo) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ISSUED AT\tROLE\tPERSON\tTEAM\tCOUNTY\tUNIT\tEXPIRES\tSTATE")
	for _, t := range all {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.Token, t.Role, t.Person, t.Team, t.County, t.Unit,
			t.Expires.In(event.Beijing).Format("2006-01-02 15:04"), t.State)
	}
	return w.Flush()
}
