// Package worklist answers what is open, for one asker: by owner, team, county, kind and due time at a given now
// (pillar 12). It looks at what is open and at nothing else; what the asker may not know of is left out before anything is
// counted (pillar 14).
package worklist

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// Query says what is asked. Filters that are zero leave out nothing.
type Query struct {
	Scope     visibility.Scope
	Now       time.Time // what is overdue then
	Owner     obligation.Owner
	Kind      string
	Team      string
	Campaign  string
	County    string    // with its zones
	DueBefore time.Time // what has no date is left out with it
	Cursor    string    // of the page before; "": the first
	Limit     int       // most items of a page
}

// OpenObligation is one obligation that is open.
type OpenObligation struct {
	Stream    string     `json:"stream" doc:"in which it is owed"`
	Kind      string     `json:"kind" doc:"of the obligation: record, copies, leader-review, closing, rectify, filing, approval …"`
	Owner     string     `json:"owner" doc:"who owes it"`
	Rule      string     `json:"rule,omitempty" doc:"number of the rule that makes it owed"`
	Event     string     `json:"event" doc:"id of the event since which it is owed"`
	Item      string     `json:"item,omitempty" doc:"which of several: recipient, finding, section"`
	Due       *time.Time `json:"due,omitempty" doc:"the last instant that is in time; left out: nobody states a limit"`
	Overdue   bool       `json:"overdue" doc:"at now"`
	Escalated bool       `json:"escalated" doc:"a deadline-passed stands"`
	HoldsUp   []string   `json:"holds_up" doc:"what waits for it: signing, closing"`
	Campaign  string     `json:"campaign,omitempty"`
	Subject   string     `json:"subject,omitempty"`
	Team      string     `json:"team,omitempty"`
	County    string     `json:"county,omitempty"`
	Hidden    bool       `json:"hidden,omitempty" doc:"of a visit that is not disclosed: the office and the own team alone know of it"`
}

// Page is a part of what was asked, by due time; what has none comes last.
type Page struct {
	Items   []OpenObligation `json:"obligations"`
	Open    int              `json:"open" doc:"all that the filters leave and the asker may see"`
	Overdue int              `json:"overdue" doc:"of them, at now"`
	Next    string           `json:"next,omitempty" doc:"cursor of the next page; left out after the last"`
}

// The errors of a cursor.
var (
	ErrCursor       = errors.New("malformed cursor")
	ErrScopeChanged = errors.New("the scope has changed since the cursor was made")
)

// found is an obligation in its row.
type found struct {
	row  *obligation.Row
	duty *obligation.Duty
}

// key orders obligations: by date, and by what they are known by.
type key struct {
	due    time.Time // zero: last
	stream event.Stream
	ref    obligation.Ref
}

func (f found) key() key { return key{f.duty.Due, f.row.Stream, f.duty.Ref()} }

func byDue(a, b time.Time) int {
	if a.IsZero() != b.IsZero() {
		if a.IsZero() {
			return 1
		}
		return -1
	}
	return a.Compare(b)
}

func (k key) compare(o key) int {
	for _, c := range [...]int{byDue(k.due, o.due), strings.Compare(k.stream.ID, o.stream.ID),
		strings.Compare(string(k.stream.Kind), string(o.stream.Kind)), strings.Compare(k.ref.Kind, o.ref.Kind),
		bytes.Compare(k.ref.Opener[:], o.ref.Opener[:])} {
		if c != 0 {
			return c
		}
	}
	return strings.Compare(k.ref.Item, o.ref.Item)
}

func (f found) compare(o found) int {
	if c := byDue(f.duty.Due, o.duty.Due); c != 0 {
		return c
	}
	return f.key().compare(o.key())
}

// List answers a query from rows, which are in no order.
func List(rows []*obligation.Row, q *Query) (Page, error) {
	page := Page{Items: []OpenObligation{}}
	after, err := parse(q.Cursor, q.Scope.Fingerprint())
	if err != nil {
		return page, err
	}
	var list []found // the first of those behind the cursor
	var most *found  // the last of them, when there is no room for more
	for _, r := range rows {
		if !q.sees(r) {
			continue
		}
		for i := range r.Open {
			f := found{r, &r.Open[i]}
			if !q.asks(f.duty) {
				continue
			}
			if page.Open++; f.duty.Overdue(q.Now) {
				page.Overdue++
			}
			if after != nil && f.key().compare(*after) <= 0 || most != nil && f.compare(*most) > 0 {
				continue
			}
			if list = append(list, f); len(list) >= 8*(q.Limit+1) {
				list = first(list, q.Limit+1)
				most = &list[q.Limit]
			}
		}
	}
	list = first(list, q.Limit+1)
	if len(list) > q.Limit {
		list = list[:q.Limit]
		page.Next = list[q.Limit-1].key().cursor(q.Scope.Fingerprint())
	}
	for _, f := range list {
		page.Items = append(page.Items, f.item(q.Now))
	}
	return page, nil
}

// first sorts a list and cuts it to n.
func first(list []found, n int) []found {
	slices.SortFunc(list, found.compare)
	return list[:min(len(list), n)]
}

// sees reports whether the asker may know of the row's stream, and asked for it.
func (q *Query) sees(r *obligation.Row) bool {
	a := &r.About
	switch {
	case q.Team != "" && a.Team != q.Team, q.Campaign != "" && a.Campaign != q.Campaign, q.County != "" && !codes.Covers(q.County, a.County):
		return false
	case !q.Scope.Sees(r.Stream, a):
		return false
	}
	return !r.Hidden || q.Scope.Early(a.Team, "") // approvers ask for no list
}

func (q *Query) asks(d *obligation.Duty) bool {
	if d.Kind.Window && d.Overdue(q.Now) {
		return false // nobody owes it: it has ended
	}
	if q.Scope.Party() && d.Kind.Owner != obligation.Party {
		return false // what others owe is no document of his
	}
	return (q.Owner == "" || d.Kind.Owner == q.Owner) && (q.Kind == "" || d.Kind.Name == q.Kind) &&
		(q.DueBefore.IsZero() || !d.Due.IsZero() && d.Due.Before(q.DueBefore))
}

func (f found) item(now time.Time) OpenObligation {
	a, d := &f.row.About, f.duty
	out := OpenObligation{Stream: f.row.Stream.String(), Kind: d.Kind.Name, Owner: string(d.Kind.Owner), Rule: d.Kind.Rule.String(),
		Event: d.Opener.String(), Item: d.Item, Overdue: d.Overdue(now), Escalated: d.Escalated, HoldsUp: d.Kind.HoldsUp,
		Campaign: a.Campaign, Subject: a.Subject, Team: a.Team, County: a.County, Hidden: f.row.Hidden}
	if !d.Due.IsZero() {
		out.Due = &d.Due
	}
	if out.HoldsUp == nil {
		out.HoldsUp = []string{}
	}
	return out
}

// cursor encodes the place behind an obligation, for a scope.
func (k key) cursor(fingerprint uint64) string {
	b := binary.BigEndian.AppendUint64(nil, fingerprint)
	b = binary.AppendVarint(b, k.due.Unix())
	b = binary.AppendVarint(b, int64(k.due.Nanosecond()))
	b = append(b, k.ref.Opener[:]...)
	b = append(b, strings.Join([]string{k.stream.String(), k.ref.Kind, k.ref.Item}, "\n")...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// parse decodes a cursor that was made under a scope; nil: none.
func parse(s string, fingerprint uint64) (*key, error) {
	if s == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 8 {
		return nil, ErrCursor
	}
	made, b := binary.BigEndian.Uint64(b), b[8:]
	seconds, n := binary.Varint(b)
	nanos, m := binary.Varint(b[max(n, 0):])
	if n <= 0 || m <= 0 || len(b) < n+m+len(uuid.UUID{}) {
		return nil, ErrCursor
	}
	k := key{ref: obligation.Ref{Opener: uuid.UUID(b[n+m:][:16])}}
	names := strings.Split(string(b[n+m+16:]), "\n")
	kind, id, _ := strings.Cut(names[0], "/")
	if len(names) != 3 || id == "" {
		return nil, ErrCursor
	}
	if made != fingerprint {
		return nil, ErrScopeChanged
	}
	if none := (time.Time{}); seconds != none.Unix() {
		k.due = time.Unix(seconds, nanos).UTC()
	}
	k.stream.Kind, k.stream.ID, k.ref.Kind, k.ref.Item = event.Kind(kind), id, names[1], names[2]
	return &k, nil
}

// Stream returns the rows of one stream.
func Stream(row *obligation.Row) []*obligation.Row {
	if row == nil {
		return nil
	}
	return []*obligation.Row{row}
}

// Hidden returns the ids of the undisclosed visits on a page, each once.
func (p *Page) Hidden() (ids []string) {
	for i := range p.Items {
		if _, id, _ := strings.Cut(p.Items[i].Stream, "/"); p.Items[i].Hidden && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}
