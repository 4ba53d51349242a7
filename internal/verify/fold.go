package verify

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// folder goes over the blocks in order. One goroutine owns it.
type folder struct {
	opts  Options
	tiles *tileCheck // nil without tiles
	tree  *translog.Tree
	out   Report

	block    uint64 // number of the next block
	index    uint64 // index of the next entry
	blocks   uint64
	recorded recordedTimes
	// broken is set once the tree cannot be continued, because a block is missing or its
	// entries do not lead to the signed root: later roots prove nothing either way.
	broken bool
	// resumed is set after a gap: streams may continue at any revision.
	resumed bool
	// skipped is set after an entry whose form is newer: it may have been of any stream, and have
	// issued a token or registered a key.
	skipped   bool
	revisions map[event.Stream]uint64 // next revision
	ids       map[[16]byte]struct{}
	keys      keys
	tokens    tokenTable
	deadlines deadlines
	rules     int // number of the set of rules that the ledger adopted last
}

func newFolder(tiles translog.Dir, opts Options) *folder {
	f := &folder{
		opts: opts, tree: translog.NewFold(), block: 1,
		revisions: map[event.Stream]uint64{}, ids: map[[16]byte]struct{}{}, keys: newKeys(), deadlines: newDeadlines(),
		out: Report{OK: true, Problems: []Problem{}, Malformed: []Unread{}, Newer: []Unread{}},
	}
	f.tokens = newTokenTable(func(s event.Stream) bool { _, ok := f.revisions[s]; return ok })
	if tiles != "" {
		f.tiles = newTileCheck(tiles, f.tree, opts.Verifier, f.out.add)
	}
	return f
}

func (f *folder) problem(where string, number uint64, index int64, format string, args ...any) {
	f.out.add(Problem{where, number, index, fmt.Sprintf(format, args...)})
}

// fold takes in one block number.
func (f *folder) fold(j *job) {
	if i := slices.IndexFunc(j.candidates, func(c *candidate) bool { return c.newer != "" }); i >= 0 {
		f.later(j, j.candidates[i])
		return
	}
	for _, p := range j.problems {
		f.out.add(p)
	}
	if j.number == 0 {
		return
	}
	if j.number != f.block {
		f.problem("journal and store", f.block, int64(f.index), "blocks %d to %d are in no copy", f.block, j.number-1)
		f.gap()
	}
	f.block = j.number + 1
	if c := f.choose(j.candidates); c != nil {
		f.apply(c)
	} else {
		f.gap()
	}
	for _, c := range j.candidates {
		c.release()
	}
	f.blocks++
	if f.opts.Progress != nil {
		f.opts.Progress(f.index, f.blocks)
	}
}

// later notes a block of a later form. What the copies say of it, and what follows it, is for the
// release that wrote it.
func (f *folder) later(j *job, c *candidate) {
	f.out.cannotTell(unread{index: f.index, newer: true, reason: fmt.Sprintf("block %d: %s", j.number, c.newer)})
	f.block = j.number + 1
	f.gap()
	f.blocks++
	for _, c := range j.candidates {
		c.release()
	}
}

// gap notes that entries are missing here.
func (f *folder) gap() {
	f.broken, f.resumed = true, true
	clear(f.revisions)
}

// choose reports what is wrong with each copy of a block and returns the one to go on
// with: the first whose entries lead to the signed root, else the first that parses.
// The tree then has its leaves.
func (f *folder) choose(copies []*candidate) *candidate {
	var good, parsed *candidate
	for _, c := range copies {
		for _, p := range c.problems {
			f.out.add(p)
		}
		if parsed == nil && c.block != nil {
			parsed = c
		}
		if good == nil && c.block != nil && f.extend(c) {
			good = c
		}
	}
	if len(copies) == 2 {
		f.reportDifference(copies[0], copies[1], good)
	}
	if good != nil || parsed == nil {
		return cmp.Or(good, parsed)
	}
	if !f.broken && parsed.block.First == f.index {
		f.problem(parsed.where, parsed.number, f.firstWrongLeaf(parsed),
			"the entries do not lead to the signed root; later roots cannot be checked")
	}
	f.broken = true
	return parsed
}

// extend appends the leaves of c if they lead to the root that c's checkpoint signs.
func (f *folder) extend(c *candidate) bool {
	if f.broken || c.block.First != f.index || c.head.Size != c.block.Size {
		return false
	}
	f.tree.Append(c.leaves)
	root, err := f.tree.Root()
	if err == nil && root == c.head.Root {
		return true
	}
	if err := errors.Join(err, f.tree.Truncate(f.index)); err != nil {
		f.problem(c.where, c.number, int64(f.index), "%v", err)
		f.broken = true
	}
	return false
}

// reportDifference says where two copies of a block differ and which one is right.
func (f *folder) reportDifference(a, b, good *candidate) {
	where, what := "journal and store", "the two copies of the block differ"
	index := int64(-1)
	if a.block != nil && b.block != nil {
		for i := range min(len(a.leaves), len(b.leaves)) {
			if a.leaves[i] != b.leaves[i] {
				index = int64(a.block.First) + int64(i)
				break
			}
		}
	}
	if good != nil {
		where, what = other(good, a, b).where, fmt.Sprintf("differs from the %s, whose bytes lead to the signed root", good.where)
	}
	f.problem(where, a.number, index, "%s", what)
}

// other returns the one of a and b that c is not.
func other(c, a, b *candidate) *candidate {
	if c == a {
		return b
	}
	return a
}

// firstWrongLeaf finds which entry of c is not what it was, if the tile files still have
// the leaf hashes from then; otherwise the first of the block stands for all.
func (f *folder) firstWrongLeaf(c *candidate) int64 {
	if f.tiles != nil {
		for i := range c.leaves {
			index := c.block.First + uint64(i)
			b, err := f.tiles.src.Tile(0, index/translog.TileWidth)
			if err != nil {
				break
			}
			if at := index % translog.TileWidth * tlog.HashSize; !bytes.Equal(b[at:at+tlog.HashSize], c.leaves[i][:]) {
				return int64(index)
			}
		}
	}
	return int64(c.block.First)
}

// apply folds the entries of the chosen copy.
func (f *folder) apply(c *candidate) {
	if c.block.First != f.index {
		f.problem(c.where, c.number, int64(f.index), "the block begins at entry %d, the ledger before it ends at %d", c.block.First, f.index)
		f.gap()
		f.index = c.block.First
	}
	for i := range c.facts {
		f.applyFact(c, &c.facts[i], int64(f.index)+int64(i))
	}
	for _, u := range c.unread {
		f.out.cannotTell(u)
	}
	for _, bad := range f.keys.settle(&f.out.Signed) {
		f.problem(c.where, c.number, bad.index, "the signature is not that of key %s over the event's bytes", bad.key.ID)
	}
	f.index = c.block.Size
	if !f.broken && f.tiles != nil {
		f.tiles.reached(f.index)
	}
}

func (f *folder) applyFact(c *candidate, e *fact, index int64) {
	if e.event == nil {
		f.skipped = f.skipped || e.newer
		return
	}
	ev := e.event
	next, known := f.revisions[ev.Stream]
	resumed := f.resumed || f.skipped
	if ev.Revision != next && (known && !f.skipped || !resumed || ev.Revision < next) {
		f.problem(c.where, c.number, index, "revision %d of stream %s, want %d", ev.Revision, ev.Stream, next)
	}
	f.revisions[ev.Stream] = ev.Revision + 1
	if err := f.recorded.add(uint64(index), e.recorded, e.correction); err != nil {
		f.problem(c.where, c.number, index, "%v", err)
	}
	if ev.ID != uuid.Nil { // a malformed one may have none
		before := len(f.ids)
		if f.ids[ev.ID] = struct{}{}; len(f.ids) == before {
			f.problem(c.where, c.number, index, "the event id was used before")
		}
	}
	if err := created(ev, f.opts.Verifier.Name()); err != nil {
		f.problem(c.where, c.number, index, "%v", err)
	}
	if l, origin := ev.Link.Ledger, f.opts.Verifier.Name(); l != "" && l != origin {
		f.problem(c.where, c.number, index, "the event is for ledger %s, the checkpoints are of %s", l, origin)
	}
	if err := f.tokens.check(ev, resumed); err != nil {
		f.problem(c.where, c.number, index, "%v", err)
	}
	f.tokens.apply(ev)
	if err := f.deadlines.take(ev, f.opts.Verifier.Name(), resumed); err != nil {
		f.problem(c.where, c.number, index, "%v", err)
	}
	if f.opts.Files != nil {
		f.opts.Files.note(ev)
	}
	if err := f.adopt(ev, index); err != nil {
		f.problem(c.where, c.number, index, "%v", err)
	}
	if err := f.keys.take(index, e, resumed); err != nil {
		f.problem(c.where, c.number, index, "%v", err)
	}
}

// adopt checks that the number of the set of rules by which the ledger is judged never steps
// back. What a set says that this program does not have is for the release that has it.
func (f *folder) adopt(e *event.Event, index int64) error {
	d, adopts := e.Data.(*oversight.RulesAdopted)
	if !adopts {
		if _, unread := e.Data.(*event.Unreadable); index == 1 && !unread {
			return errors.New("entry 1 is not rules-adopted")
		}
		return nil
	}
	rules := d.Set
	switch {
	case e.Assurance != event.Derived:
		return fmt.Errorf("%s has assurance %s", e.Type.Name, e.Assurance)
	case rules <= f.rules:
		return fmt.Errorf("the number of the rules steps back or stays: %d after %d", rules, f.rules)
	case rules > domain.RulesVersion:
		reason := fmt.Sprintf("it adopts the rules of number %d, this program has %d", rules, domain.RulesVersion)
		f.out.cannotTell(unread{index: uint64(index), newer: true, reason: reason})
	}
	f.rules = rules
	return nil
}

// finish checks what can be said only at the end.
func (f *folder) finish() {
	if f.tiles != nil && !f.broken {
		f.tiles.finish(f.index, f.opts.Through == 0)
	}
}

func (f *folder) report() Report {
	f.out.Entries, f.out.Disputed = f.tree.Size(), f.recorded.count()
	root, err := f.tree.Root()
	if err != nil {
		f.problem("journal and store", 0, -1, "%v", err)
	}
	f.out.Keys = f.keys.links()
	f.out.Root = base64.StdEncoding.EncodeToString(root[:])
	return f.out
}
