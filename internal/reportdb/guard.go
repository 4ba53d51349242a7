package reportdb

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"modernc.org/sqlite"

	"github.com/anjian-ledger/anjian/projections/tables"
)

// guard has the authorizer decide about statements, or not.
func (c *Conn) guard(on bool) error {
	return c.conn.Raw(func(d any) error {
		if on {
			return d.(sqlite.AuthorizerRegisterer).RegisterAuthorizer(c.authorize)
		}
		return d.(sqlite.AuthorizerRegisterer).RegisterAuthorizer(nil)
	})
}

// functions are those that a question may call: none that reads a clock, a table or a file, makes large texts, or has another answer the
// next time.
var functions = func() map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq(`abs avg ceil coalesce count cume_dist dense_rank first_value floor ifnull iif instr lag last_value ` +
		`lead
length like lower ltrim max min nullif ntile percent_rank rank round row_number rtrim sign substr substring sum total trim unicode upper
days day_of minutes`) {
		out[name] = true
	}
	return out
}()

// authorize says what a statement may do: read the views, call the functions, and nothing else.
func (c *Conn) authorize(action sqlite.AuthorizerActionCode, a, b, db, source string) sqlite.AuthorizerReturnCode {
	allowed := false
	switch action {
	case sqlite.AuthSelect:
		allowed = true
	case sqlite.AuthFunction:
		allowed = functions[b] || b == "tally" && c.tally
	case sqlite.AuthRead:
		allowed = c.mayRead(a, db, source)
	case sqlite.AuthInsert:
		allowed = c.filling == a && db == "temp"
	}
	if allowed {
		return sqlite.AuthorizerOK
	}
	return sqlite.AuthorizerDeny
}

func (c *Conn) mayRead(table, db, source string) bool {
	switch db {
	case "main":
		inner := strings.TrimSuffix(strings.TrimPrefix(source, c.nonce+"_"), "_history")
		return !c.away && strings.HasPrefix(source, c.nonce+"_") && (inner == table || table == "names")
	case "temp":
		return c.views[table] || strings.HasPrefix(table, c.nonce) || table == "thing"
	}
	return false
}

var noTable = regexp.MustCompile(`no such table: (?:temp\.|main\.)?(\w+)|access to (?:main\.)?(\w+)`)

// explain says of an error which register the asker may not see, and never the inner name of a view.
func (c *Conn) explain(err error) error {
	if err == nil {
		return nil
	}
	if c.ctx.Err() != nil {
		return context.Cause(c.ctx)
	}
	if broken(err) {
		c.b.interrupt(fmt.Errorf("%w: %w", errForeign, err))
	}
	text := strings.ReplaceAll(err.Error(), c.nonce+"_", "")
	if m := noTable.FindStringSubmatch(text); m != nil {
		if r := tables.Of(m[1] + m[2]); r != nil && !c.q.MaySee(r) {
			return fmt.Errorf("role %s may not see the register %q", c.q.Actor.Role, r.Name)
		}
	}
	return errors.New(text)
}
