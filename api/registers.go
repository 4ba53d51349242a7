package api

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// A register of the report database is exported as it was as of a position, for others: all rows that the caller may see, one a line. Like
// reports it has what everybody in the scope sees: nothing of a hidden visit, for nobody. The rows are counted first, and the answer says
// how many will come; then they are read in parts, between which no connection to the database is held.

const (
	// exportsAtOnce is how many exports all callers have, and exportsOfToken how many of them one has.
	exportsAtOnce  = 8
	exportsOfToken = 1
)

// RegisterList is what the caller may export.
type RegisterList struct {
	projections.Head
	Registers []RegisterInfo `json:"registers"`
}

// RegisterInfo is a register with its columns.
type RegisterInfo struct {
	Name    string           `json:"name"`
	Chinese string           `json:"chinese"`
	Doc     string           `json:"doc" doc:"what one row is"`
	Columns []RegisterColumn `json:"columns" doc:"members of each line, in their order; what a row does not have is null"`
}

// RegisterColumn is a column of a register.
type RegisterColumn struct {
	Name    string      `json:"name"`
	Chinese string      `json:"chinese"`
	Doc     string      `json:"doc"`
	Of      []string    `json:"of,omitempty" doc:"of what an id is: registers, in whose column id it is; or event, stream (of entries), file"`
	Type    tables.Form `json:"type" doc:"text, id, integer, number, boolean, time (RFC 3339, or a date), codes (a list)"`
}

func (a *Handler) registerRoutes(d *document) []*route {
	codes := []law.Code{law.NotFound, law.InvalidParameter, law.BeyondHead, law.ReportTooLarge, law.ReportsBehind, law.NoReports,
		law.ViewsBehind, law.TooManyReads, law.ScopeChanged}
	return []*route{
		{
			method: "GET", path: "/v1/registers", id: "registers", tag: "reports", need: identity.ReadEvents,
			summary: "The registers that the caller may export", chinese: "可导出的登记簿",
			doc:    "Each with its columns, which SCHEMA.md describes too, and the position as of which all of them can be asked for now.",
			params: []*huma.Param{asOfParam}, answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(RegisterList{})}, waits: true,
			codes: []law.Code{law.InvalidParameter, law.NoReports, law.ViewsBehind}, handle: a.registerList,
		},
		{
			method: "GET", path: "/v1/registers/{register}", id: "exportRegister", tag: "reports", need: identity.ReadEvents,
			summary: "All rows of a register, as of a position", chinese: "导出登记簿",
			doc: "NDJSON: one object a line, in the order in which the rows were made, within the caller's scope. As in reports, nothing of a " +
				"hidden visit is in it. The header Anjian-Rows says how many lines follow, and an answer that is cut short ends the connection: so " +
				"a part is never taken for the whole. To go on after that, ask again with as_of=Anjian-Position: under the same scope the answer " +
				"has the same bytes. A token has one export at a time. An export of what is restricted to some roles stands in the access log.",
			params:  []*huma.Param{pathParam("register", "of GET /v1/registers: visits, findings, orders …"), asOfParam},
			answers: map[string]*huma.Schema{mediaNDJSON: text()}, codes: codes, waits: true,
			headers: withHeaders(append([]string{headerRows, "lines that follow"}, positionHeaders...)...),
			handle:  a.exportRegister,
		},
	}
}

// headerRows is how many lines an export has.
const headerRows = "Anjian-Rows"

// needsRegister is the permission that a register needs beside those of its kinds: as a list over it does.
func needsRegister(r *tables.Register) identity.Permission {
	if slices.Contains(r.Of, event.Subject) {
		return identity.ReadSubjects
	}
	return cmp.Or(readsList[r.Name], identity.ReadEvents)
}

// mayExport reports whether the caller may see any row of a register.
func (a *Handler) mayExport(c *call, r *tables.Register) bool {
	actor := c.claims.Actor()
	q := reportdb.Question{Actor: actor, Scope: a.cfg.Projector.ScopeAt(actor).Scope}
	return q.MaySee(r) && identity.Can(c.claims.Role, needsRegister(r))
}

func (a *Handler) registerList(c *call) (err error) {
	if a.cfg.Reports == nil {
		return fail(law.NoReports)
	}
	size := a.cfg.Ledger.Head().Size
	if s := c.query.Get("as_of"); s != "" {
		if size, err = a.position(c.r.Context(), s); err != nil {
			return err
		}
	}
	if err := a.waitForViews(c.r.Context(), size); err != nil {
		return err
	}
	out := RegisterList{Registers: []RegisterInfo{}}
	scope := a.cfg.Projector.ScopeAt(c.claims.Actor()).Scope
	if out.Head, err = a.cfg.Projector.HeadAt(size, &scope); err != nil {
		return err
	}
	for _, r := range reportdb.Exported() {
		if a.mayExport(c, r) {
			out.Registers = append(out.Registers, registerInfo(r))
		}
	}
	return c.json(out)
}

func registerInfo(r *tables.Register) RegisterInfo {
	info := RegisterInfo{Name: r.Name, Chinese: r.Chinese, Doc: r.Doc}
	for _, c := range r.Shown() {
		info.Columns = append(info.Columns, RegisterColumn{c.Name, c.Chinese, c.Doc, c.Of, c.Form()})
	}
	return info
}

// registerOf is the register that a path names, if the caller may export it.
func (a *Handler) registerOf(c *call) (*tables.Register, error) {
	if a.cfg.Reports == nil {
		return nil, fail(law.NoReports)
	}
	name := c.path("register")
	for _, r := range reportdb.Exported() {
		switch {
		case r.Name != name:
		case a.mayExport(c, r):
			return r, nil
		default:
			return nil, fail(law.Forbidden, law.Str("role", c.claims.Role), law.Str("operation", "GET /v1/registers/"+name))
		}
	}
	return nil, fail(law.NotFound, law.Str("name", name))
}

// export is one export on its way out.
type export struct {
	v    *viewer
	of   *tables.Register
	asOf *uint64 // index of the last entry that counts; nil until the first connection has said it
	head projections.Head
	rows int64
}

func (a *Handler) exportRegister(c *call) error {
	r, err := a.registerOf(c)
	if err != nil {
		return err
	}
	x := &export{v: a.viewer(c), of: r}
	if x.asOf, err = a.asOfReport(c); err != nil {
		return err
	}
	slot, err := a.exports.take(c.r.Context(), &c.who)
	if err != nil {
		return err
	}
	defer slot.free()
	if err := x.begin(); err != nil {
		return err
	}
	h := c.Header()
	h.Set("Content-Type", mediaNDJSON)
	h.Set(headerRows, strconv.FormatInt(x.rows, 10))
	setPosition(h, x.head)
	if c.r.Method == http.MethodHead {
		c.WriteHeader(http.StatusOK)
		return nil
	}
	c.long(false)
	return x.send()
}

// positionHeaders are those of [setPosition], and what they say.
var positionHeaders = []string{headerReportPosition, "entries that the answer reflects; of changes those at the second position",
	headerReportRoot, "Merkle root at that size, base64", headerReportRecorded, "recorded time of the last of them",
	headerReportScope, "tells scopes apart"}

// setPosition names what an answer that is no JSON reflects.
func setPosition(h http.Header, head projections.Head) {
	h.Set(headerReportPosition, strconv.FormatUint(head.Position, 10))
	h.Set(headerReportRoot, head.Root)
	h.Set(headerReportRecorded, head.Recorded.Format(time.RFC3339))
	h.Set(headerReportScope, head.Scope)
}

// ask asks the database as of the position, as one expensive read, and gives both back before anything is sent. Token and scope
// are looked at behind it: what was read under another scope is not sent.
func (x *export) ask(fn func(*reportdb.Conn) error) error {
	a, c := x.v.a, x.v.c
	slot, err := a.reads.stay(c.r.Context(), &c.who)
	if err != nil {
		return err
	}
	defer slot.free()
	conn, err := a.askReports(c, reportdb.Question{AsOf: x.asOf, Names: x.of.Name, For: reportTime})
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it has only read
	if err := fn(conn); err != nil {
		return reportError(err)
	}
	return x.v.renew()
}

// begin counts the rows as of a position that the parts share, and writes an export of what is restricted into the access log, where it
// stands before the first row leaves.
func (x *export) begin() error {
	restricted := int64(0)
	err := x.ask(func(conn *reportdb.Conn) (err error) {
		x.asOf = new(uint64(conn.Position())) // of no entries it is before the first
		if x.rows, restricted, err = conn.Rows(x.of); err != nil {
			return err
		}
		x.head, err = x.v.a.headOf(x.v.c, conn)
		return err
	})
	if err != nil || restricted == 0 {
		return err
	}
	access := accessOf(x.v.c, fmt.Sprintf("register %s as of %d", x.of.Name, x.head.Position))
	access.Result = fmt.Sprintf("%d rows, %d of them restricted", x.rows, restricted)
	return x.v.a.cfg.AccessLog.RecordNow(x.v.c.r.Context(), access)
}

// send sends the rows part by part. When they are not as many as were announced, the connection ends.
func (x *export) send() error {
	sent := int64(0)
	for p := (reportdb.Part{Next: -1}); !p.Whole; {
		err := x.ask(func(conn *reportdb.Conn) (err error) {
			p, err = conn.Part(x.of, p.Next)
			return err
		})
		if err == nil {
			sent += p.Rows
			_, err = x.v.c.Write(p.Lines)
		}
		if err != nil {
			return err
		}
	}
	if sent != x.rows {
		return fmt.Errorf("the register %s has %d rows as of %d, and %d were counted", x.of.Name, sent, x.head.Position, x.rows)
	}
	return nil
}
