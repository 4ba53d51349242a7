package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/node"
)

func newToken() *cobra.Command {
	var c identity.Claims
	var role, revoke string
	var ttl time.Duration
	cmd := &cobra.Command{
		Use:   "token --role ROLE [--person ID] [--team ID] [--county CODE]",
		Short: "Print a bearer token and nothing else / 签发访问令牌",
		Long: fmt.Sprintf(`Prints a bearer token for one role and nothing else. A server that is running on the same
data directory accepts it at once. Roles: %v.

An inspector or team-leader token names its person and team; a county-government token its
county. Revoke a token by the id in its "jti" claim.`, event.Roles),
		Example: `  curl -H "Authorization: Bearer $(anjian token --role supervision-office)" http://127.0.0.1:8440/v1/city`,
		Args:    cobra.NoArgs,
	}
	dir := dataFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&role, "role", "", "role of the bearer")
	f.StringVar(&c.Person, "person", "", "id of the person")
	f.StringVar(&c.Team, "team", "", "id of the team")
	f.StringVar(&c.County, "county", "", "six-digit code of the county the token is bound to")
	f.StringVar(&c.Unit, "unit", "", "id of the department or organisation that the token speaks for, as in the table of units")
	f.DurationVar(&ttl, "ttl", 31*24*time.Hour, "how long it is valid")
	f.StringVar(&revoke, "revoke", "", "revoke the token with this id instead")
	_ = cmd.RegisterFlagCompletionFunc("role", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, r := range event.Roles {
			names = append(names, string(r))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		d := node.Dir(*dir)
		if revoke != "" {
			return identity.Revoke(d.Keys(), revoke)
		}
		c.Role = event.Role(role)
		t, err := node.IssueToken(d, c, ttl)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), t.Reveal())
		return err
	}
	return cmd
}
