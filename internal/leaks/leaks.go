// Package leaks puts the access logs of a ledger's nodes beside its entries: who read of a visit before it was disclosed (R39).
// Whoever warned a subject is among those who had read of the visit, or were told by one of them.
//
// The logs are written by the nodes (identity.AccessLog) and stand in no ledger: what a log does not have is no proof that nobody read.
// [Logs] therefore says from when to when each log reaches, and how many of its lines could not be read.
package leaks

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/identity"
)

// Visit is a visit that was hidden for a time, or still is.
type Visit struct {
	ID       string    `json:"inspection"`
	Subject  string    `json:"subject,omitzero"`
	Team     string    `json:"team,omitzero"`
	County   string    `json:"county,omitzero"`
	Reserved time.Time `json:"reserved"`          // when the ledger recorded its first entry
	Opened   time.Time `json:"opened,omitzero"`   // when that occurred by which it was disclosed: the arrival, mostly
	Recorded time.Time `json:"recorded,omitzero"` // when the ledger recorded that; zero: it is hidden as yet
}

// hiddenAt reports whether the visit was hidden when somebody read.
func (v *Visit) hiddenAt(t time.Time) bool {
	return !t.Before(v.Reserved) && (v.Recorded.IsZero() || t.Before(v.Recorded))
}

// Visits are the hidden visits of a ledger, by id. The zero value knows none.
type Visits struct {
	all       map[string]*Visit
	disclosed map[string]struct{} // from their first entry on
	catalogue *event.Catalogue
}

// NewVisits returns visits that are to be read by means of a catalogue.
func NewVisits(catalogue *event.Catalogue) *Visits {
	return &Visits{all: map[string]*Visit{}, disclosed: map[string]struct{}{}, catalogue: catalogue}
}

// Block takes the stored bytes of the next block. Its entries of newer forms are passed over.
func (v *Visits) Block(raw []byte) error {
	b, err := block.Parse(raw)
	if err != nil {
		return err
	}
	for _, line := range b.Entries {
		en, err := entry.Parse(line)
		if errors.Is(err, entry.ErrNewer) {
			continue
		}
		if err != nil {
			return err
		}
		if en.Stream.Kind == event.Inspection {
			v.apply(&en)
		}
	}
	return nil
}

func (v *Visits) apply(en *entry.Entry) {
	id := en.Stream.ID
	visit := v.all[id]
	if _, open := v.disclosed[id]; open || visit != nil && !visit.Recorded.IsZero() {
		return
	}
	e := en.Decode(v.catalogue)
	discloses := visibility.Discloses(e)
	switch {
	case visit == nil && discloses:
		v.disclosed[strings.Clone(id)] = struct{}{}
		return
	case visit == nil:
		visit = &Visit{ID: strings.Clone(id), Reserved: en.Recorded}
		v.all[visit.ID] = visit
	case discloses:
		visit.Opened, visit.Recorded = e.Happened(), en.Recorded
	}
	for to, said := range map[*string]string{&visit.Subject: en.About.Subject, &visit.Team: en.About.Team, &visit.County: en.About.County} {
		*to = strings.Clone(cmp.Or(said, *to))
	}
}

// Find returns a visit that was hidden; nil: there was none of this id.
func (v *Visits) Find(id string) *Visit { return v.all[id] }

// Len is how many visits were hidden for a time, or are.
func (v *Visits) Len() int { return len(v.all) }

// Reader is who read of one visit before it was disclosed.
type Reader struct {
	*Visit
	Person string     `json:"person,omitzero"`
	Role   event.Role `json:"role"`
	Of     string     `json:"of,omitzero"` // the reader's team, unit or county
	Token  uint64     `json:"token"`       // position of its issue
	Own    bool       `json:"own"`         // the reader is of the team that makes the visit
	First  time.Time  `json:"first"`
	Last   time.Time  `json:"last"`
	Times  int        `json:"times"`
	Lead   *float64   `json:"hours_before"` // from the first read to what disclosed the visit; null: it is hidden as yet
	From   []string   `json:"from"`         // network addresses
	What   []string   `json:"what"`         // routes
}

type readerKey struct {
	visit, person string
	token         uint64
}

// Audit finds the readers of hidden visits in access logs.
type Audit struct {
	visits  *Visits
	only    string // id of a visit; "": all
	readers map[readerKey]*Reader
}

// NewAudit returns an audit of all hidden visits, or of one. Of one it also has the reads that did not name it and could have shown it:
// lists, reports, registers and the like, while it was hidden.
func NewAudit(v *Visits, only string) *Audit {
	return &Audit{visits: v, only: only, readers: map[readerKey]*Reader{}}
}

// ofVisit begins what the log says was read of one visit.
const ofVisit = string(event.Inspection) + "/"

// Take takes the next line of a log, in any order.
func (a *Audit) Take(x *identity.Access) {
	id, named := strings.CutPrefix(x.Object, ofVisit)
	if !named {
		id = a.only
	}
	visit := a.visits.Find(id)
	if visit == nil || a.only != "" && id != a.only || !visit.hiddenAt(x.Time) {
		return
	}
	key := readerKey{id, x.Person, 0}
	if x.Person == "" {
		key.token = x.Token
	}
	r := a.readers[key]
	if r == nil {
		r = &Reader{Visit: visit, Person: x.Person, Role: x.Role, Of: cmp.Or(x.Team, x.Unit, x.County), Token: x.Token,
			Own: x.Team != "" && x.Team == visit.Team, First: x.Time, Last: x.Time, From: []string{}, What: []string{}}
		a.readers[key] = r
	}
	if x.Time.Before(r.First) {
		r.First = x.Time
	}
	if x.Time.After(r.Last) {
		r.Last = x.Time
	}
	r.Times++
	r.From = withOne(r.From, x.From)
	r.What = withOne(r.What, x.Action)
}

// mostNamed is how many addresses or routes of one reader are named.
const mostNamed = 16

func withOne(list []string, s string) []string {
	if len(list) < mostNamed && !slices.Contains(list, s) {
		list = append(list, s)
	}
	return list
}

// Readers returns who read, in the order of the visits' first entries, and of one visit who read first.
func (a *Audit) Readers() []Reader {
	out := make([]Reader, 0, len(a.readers))
	for _, r := range a.readers {
		if !r.Opened.IsZero() {
			r.Lead = new(r.Opened.Sub(r.First).Hours())
		}
		out = append(out, *r)
	}
	slices.SortFunc(out, func(x, y Reader) int {
		return cmp.Or(x.Reserved.Compare(y.Reserved), strings.Compare(x.ID, y.ID), x.First.Compare(y.First),
			strings.Compare(x.Person, y.Person), cmp.Compare(x.Token, y.Token))
	})
	return out
}

// Log is how far one access log reaches.
type Log struct {
	Dir       string    `json:"log"`
	First     time.Time `json:"first,omitzero"` // of its lines
	Last      time.Time `json:"last,omitzero"`
	Lines     int       `json:"lines"`
	Malformed int       `json:"malformed"` // lines that could not be read: of a newer program, or damaged
}

// Logs reads access logs: directories as a node has them (DIR/access), one for each node.
func Logs(ctx context.Context, dirs []string, take func(*identity.Access)) ([]Log, error) {
	out := make([]Log, 0, len(dirs))
	for _, dir := range dirs {
		l := Log{Dir: dir}
		err := identity.ReadAccessLog(ctx, dir, func(x *identity.Access, err error) {
			l.Lines++
			if err != nil {
				l.Malformed++
				return
			}
			if l.First.IsZero() || x.Time.Before(l.First) {
				l.First = x.Time
			}
			if x.Time.After(l.Last) {
				l.Last = x.Time
			}
			take(x)
		})
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}
