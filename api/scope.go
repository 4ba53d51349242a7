package api

import (
	"strconv"
	"sync"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/projector"
)

// viewer is one caller and what he may see at one moment. What that is, package visibility
// decides; the viewer asks it for each entry, and logs what must be.
type viewer struct {
	a      *Handler
	c      *call
	scope  projector.ScopeAt
	logged map[string]struct{} // inspections whose reading is in the access log already
}

// maxLoggedOnce bounds viewer.logged; past it, an inspection may be logged again.
const maxLoggedOnce = 4096

func (a *Handler) viewer(c *call) *viewer {
	return &viewer{a: a, c: c, scope: a.cfg.Projector.ScopeAt(c.claims.Actor())}
}

// renew looks at token and scope again. It fails when the token has ended, or the scope is no
// longer the one that the reader began with.
func (v *viewer) renew() error {
	if _, err := v.a.authenticate(v.c.r); err != nil {
		return err
	}
	before := v.scope.Fingerprint()
	if v.scope = v.a.cfg.Projector.ScopeAt(v.c.claims.Actor()); v.scope.Fingerprint() != before {
		return fail(law.ScopeChanged)
	}
	return nil
}

// since returns the position since which the caller sees an entry, and whether he does as yet.
func (v *viewer) since(en *entry.Entry) (uint64, bool) {
	return v.a.cfg.Projector.Since(&v.scope.Scope, en.Stream, &en.About, en.Index)
}

// wrote reports whether the caller appended an entry: that person, or else that token; of an import, its source.
func (v *viewer) wrote(en *entry.Entry) bool {
	me := v.c.claims.Actor()
	if me.Role == event.RoleImporter {
		return en.Actor.Role == event.RoleImporter && en.Actor.Unit == me.Unit
	}
	if en.Actor.Person != "" {
		return en.Actor.Person == me.Person
	}
	return en.Actor.Token != 0 && en.Actor.Token == me.Token
}

// own reports whether an entry is the caller's own: he appended it, it lies in the stream of his person
// (certificate, training, keys), or it issued or took back his token.
func (v *viewer) own(en *entry.Entry) bool {
	me := &v.c.claims
	return v.wrote(en) || me.Person != "" && en.Stream == event.Stream{Kind: event.Person, ID: me.Person} ||
		en.Stream == event.Stream{Kind: event.Tokens, ID: me.Event.String()}
}

// show logs that an entry is about to be read, if it must be: reading of a visit before it is
// disclosed goes to the access log first (R39).
func (v *viewer) show(en *entry.Entry) error {
	if !v.a.cfg.Projector.Hidden(en.Stream, en.Index) {
		return nil
	}
	return v.log(en.Stream.ID)
}

// log records once that the caller reads of an undisclosed visit.
func (v *viewer) log(id string) error {
	if _, done := v.logged[id]; done {
		return nil
	}
	if v.logged == nil || len(v.logged) >= maxLoggedOnce {
		v.logged = map[string]struct{}{}
	}
	v.logged[id] = struct{}{}
	return v.a.logAccess(v.c, string(event.Inspection)+"/"+id)
}

// seesFile reports whether the caller may read a file: an entry that he sees names it, or he
// uploaded it to this node lately.
func (v *viewer) seesFile(sum [32]byte) (bool, error) {
	if v.a.uploads.has(v.c, sum) {
		return true, nil
	}
	stream, index, ok := v.a.cfg.Projector.Naming(sum, &v.scope.Scope)
	if !ok {
		return false, nil
	}
	return true, v.show(&entry.Entry{Stream: stream, Index: index})
}

// uploads remembers who put which file here, until an entry names it. It is bounded and dies
// with the process: the bytes are still on the phone that sent them.
type uploads struct {
	mu    sync.Mutex
	by    map[upload]struct{}
	order []upload
}

type upload struct {
	who string // person, or else the token
	sum [32]byte
}

const maxUploads = 1 << 16

func uploadOf(c *call, sum [32]byte) upload {
	if c.claims.Person != "" {
		return upload{"person/" + c.claims.Person, sum}
	}
	return upload{"token/" + strconv.FormatUint(c.claims.Token, 10), sum}
}

func (u *uploads) add(c *call, sum [32]byte) {
	u.mu.Lock()
	defer u.mu.Unlock()
	k := uploadOf(c, sum)
	if _, known := u.by[k]; known {
		return
	}
	if u.by == nil {
		u.by = map[upload]struct{}{}
	}
	if len(u.order) >= maxUploads {
		delete(u.by, u.order[0])
		u.order = u.order[1:]
	}
	u.by[k] = struct{}{}
	u.order = append(u.order, k)
}

func (u *uploads) has(c *call, sum [32]byte) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	_, ok := u.by[uploadOf(c, sum)]
	return ok
}
