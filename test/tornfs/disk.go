// Package tornfs is a file system for tests that forgets and tears what was not synced, as a
// disk may when its power is cut.
//
// A [Disk] keeps two states: what processes see, and what is durable. A file's bytes become
// durable by fsync or fdatasync of the file, a name by fsync of its directory; unless the disk
// is strict, an fsync of a file carries the file's own name and those of the directories above
// it too, as the usual file systems do. Everything else is pending. [Disk.Freeze], or the
// operation that [Disk.CutAt] names, cuts the power: nothing that comes later is seen by
// anybody. [Disk.Reboot] then gives a disk as the next start could find it: each pending change
// is dropped or kept, and a file's pending bytes may be torn by page or in the middle of a
// write, by chance.
//
// A rename is one change, also between two directories: journals of file systems keep it whole.
// Modes and times are durable at once.
//
// disk.go is the model, mount.go shows it to processes by FUSE.
package tornfs

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

const page = 4096

// inode is a file or a directory. Its disk's mu guards it.
type inode struct {
	id     uint64
	mode   uint32 // permissions
	socket bool   // a name for a socket, which the kernel keeps; it has no bytes
	mtime  time.Time
	parent *inode // directory of its newest name
	links  int

	names, kept map[string]*inode // of a directory: as seen, and durable; nil for a file
	data, safe  []byte            // of a file: as seen, and durable
	pending     []change          // of a file: from safe to data
}

func (in *inode) dir() bool { return in.names != nil }

// change is one write to a file, or, with no bytes, a new size.
type change struct {
	off  int64
	data []byte
	size int64
}

// apply returns b after the change.
func (c change) apply(b []byte) []byte {
	if c.data == nil {
		return resized(b, c.size)
	}
	if end := c.off + int64(len(c.data)); end > int64(len(b)) {
		b = resized(b, end)
	}
	copy(b[c.off:], c.data)
	return b
}

func resized(b []byte, size int64) []byte {
	if size <= int64(len(b)) {
		return b[:size]
	}
	b = slices.Grow(b, int(size)-len(b))
	clear(b[len(b):size])
	return b[:size]
}

// move is one change of names: a file made, removed or renamed.
type move []binding

type binding struct {
	dir  *inode
	name string
	to   *inode // nil: no such name
}

type key struct {
	dir  *inode
	name string
}

// Disk is a file system in memory. It is safe for concurrent use.
type Disk struct {
	mu     sync.Mutex
	root   *inode
	strict bool
	last   uint64 // inode number
	moves  []move // pending, in order
	ops    int
	cutAt  int
	cut    bool
	frozen chan struct{} // closed by the cut
	fault  syscall.Errno // answer to every operation that changes or syncs something
}

// New returns an empty disk. On a strict one an fsync of a file does not carry its name.
func New(strict bool) *Disk {
	d := &Disk{strict: strict, frozen: make(chan struct{})}
	d.root = d.newInode(0o700, true)
	return d
}

func (d *Disk) newInode(mode uint32, dir bool) *inode {
	d.last++
	in := &inode{id: d.last, mode: mode & 0o7777, mtime: time.Now()}
	if dir {
		in.names, in.kept = map[string]*inode{}, map[string]*inode{}
	}
	return in
}

// CutAt cuts the power at the n-th operation from now on, which is not done any more; 0: never.
func (d *Disk) CutAt(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cutAt = 0; n > 0 {
		d.cutAt = d.ops + n
	}
}

// Freeze cuts the power now.
func (d *Disk) Freeze() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.freeze()
}

func (d *Disk) freeze() {
	if !d.cut {
		d.cut = true
		close(d.frozen)
	}
}

// Frozen is closed once the power is cut.
func (d *Disk) Frozen() <-chan struct{} { return d.frozen }

// Operations returns how many changes and syncs there were.
func (d *Disk) Operations() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops
}

// Fail makes every change and sync fail with the error, such as EIO, until it is called with 0.
func (d *Disk) Fail(with syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = with
}

// step counts an operation that changes or syncs something, and says whether it is done. mu
// is held.
func (d *Disk) step() syscall.Errno {
	if d.cut {
		return syscall.EIO
	}
	if d.ops++; d.ops == d.cutAt {
		d.freeze()
		return syscall.EIO
	}
	return d.fault
}

// bind does a move. mu is held.
func (d *Disk) bind(m ...binding) {
	for _, b := range m {
		if old := b.dir.names[b.name]; old != nil {
			old.links--
		}
		if b.to == nil {
			delete(b.dir.names, b.name)
		} else {
			b.dir.names[b.name] = b.to
			b.to.links++
			b.to.parent = b.dir
		}
		b.dir.mtime = time.Now()
	}
	d.moves = append(d.moves, m)
}

// write changes a file. mu is held.
func (d *Disk) write(in *inode, c change) {
	in.data = c.apply(in.data)
	in.pending = append(in.pending, c)
	in.mtime = time.Now()
}

// sync is fsync. mu is held.
func (d *Disk) sync(in *inode) {
	for _, c := range in.pending {
		in.safe = c.apply(in.safe)
	}
	in.pending = nil
	carried := map[*inode]bool{}
	if !d.strict {
		for up := in; up != nil; up = up.parent {
			carried[up] = true
		}
	}
	d.keep(func(b binding) bool { return b.dir == in || b.to != nil && carried[b.to] })
}

// keep makes moves durable that have a binding for which want is true, and those before them
// that concern the same names. mu is held.
func (d *Disk) keep(want func(binding) bool) {
	keys := map[key]bool{}
	var now, later []move
	for _, m := range slices.Backward(d.moves) {
		if slices.ContainsFunc(m, func(b binding) bool { return want(b) || keys[key{b.dir, b.name}] }) {
			for _, b := range m {
				keys[key{b.dir, b.name}] = true
			}
			now = append(now, m)
		} else {
			later = append(later, m)
		}
	}
	slices.Reverse(now)
	slices.Reverse(later)
	for _, m := range now {
		for _, b := range m {
			set(b.dir.kept, b.name, b.to)
		}
	}
	d.moves = later
}

func set(names map[string]*inode, name string, to *inode) {
	if to == nil {
		delete(names, name)
	} else {
		names[name] = to
	}
}

// Pending reports whether a sync of everything would still change what is durable.
func (d *Disk) Pending() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.moves) > 0 || pending(d.root)
}

func pending(in *inode) bool {
	for _, child := range in.names {
		if pending(child) {
			return true
		}
	}
	return len(in.pending) > 0
}

// Reboot returns the disk as the next start could find it, by chance; a nil chance drops all
// that was pending. d must be frozen, and stays as it is.
func (d *Disk) Reboot(chance *rand.Rand) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.cut {
		panic("tornfs: the power is still on")
	}
	names := map[*inode]map[string]*inode{}
	for _, m := range surviving(d.moves, chance) {
		for _, b := range m {
			if names[b.dir] == nil {
				names[b.dir] = maps.Clone(b.dir.kept)
			}
			set(names[b.dir], b.name, b.to)
		}
	}
	next := New(d.strict)
	s := survivor{old: names, disk: next, files: map[*inode]*inode{}, chance: chance}
	s.copyDir(d.root, next.root)
	return next
}

// surviving chooses among pending changes: none, all, those before some moment, or each for
// itself.
func surviving[T any](pending []T, chance *rand.Rand) []T {
	if chance == nil || len(pending) == 0 {
		return nil
	}
	switch chance.IntN(4) {
	case 0:
		return nil
	case 1:
		return pending
	case 2:
		return pending[:chance.IntN(len(pending)+1)]
	}
	return slices.DeleteFunc(slices.Clone(pending), func(T) bool { return chance.IntN(2) == 0 })
}

// survivor copies what is left of a disk.
type survivor struct {
	old    map[*inode]map[string]*inode // names of directories that had pending ones
	disk   *Disk
	files  map[*inode]*inode
	chance *rand.Rand
}

func (s *survivor) copyDir(from, to *inode) {
	names := from.kept
	if n, changed := s.old[from]; changed {
		names = n
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		child := names[name]
		copied := s.files[child]
		if copied == nil {
			copied = s.disk.newInode(child.mode, child.dir())
			copied.socket = child.socket
			s.files[child] = copied
			if child.dir() {
				s.copyDir(child, copied)
			} else {
				copied.safe = torn(child, s.chance)
				copied.data = slices.Clone(copied.safe)
			}
		}
		copied.links++
		copied.parent = to
		to.names[name], to.kept[name] = copied, copied
	}
}

// torn returns the bytes of a file after the cut.
func torn(in *inode, chance *rand.Rand) []byte {
	b := slices.Clone(in.safe)
	if chance == nil || len(in.pending) == 0 {
		return b
	}
	switch chance.IntN(5) {
	case 0:
		return b
	case 1:
		return slices.Clone(in.data)
	case 2: // the last write that arrived did so in part
		n := chance.IntN(len(in.pending))
		for _, c := range in.pending[:n] {
			b = c.apply(b)
		}
		c := in.pending[n]
		if c.data == nil {
			return b
		}
		c.data = c.data[:chance.IntN(len(c.data)+1)]
		if b = c.apply(b); chance.IntN(2) == 0 { // its size arrived, its end did not
			b = resized(b, max(int64(len(b)), c.off+int64(len(in.pending[n].data))))
		}
		return b
	}
	return tornPages(in, chance)
}

// tornPages takes each page as it was or as it was to be, and the size of some moment.
func tornPages(in *inode, chance *rand.Rand) []byte {
	old := slices.Clone(in.safe)
	sizes := []int64{int64(len(old))}
	for _, c := range in.pending {
		old = c.apply(old)
		sizes = append(sizes, int64(len(old)))
	}
	size := sizes[chance.IntN(len(sizes))]
	if chance.IntN(2) == 0 {
		size = sizes[len(sizes)-1] // sizes are journaled before bytes as a rule
	}
	out := make([]byte, size)
	copy(out, in.safe)
	for at := int64(0); at < size; at += page {
		end := min(at+page, size, int64(len(in.data)))
		switch {
		case end <= at:
		case chance.IntN(2) == 0:
			clear(out[at:min(at+page, size)])
			copy(out[at:end], in.data[at:end])
		case chance.IntN(8) == 0: // within a page, by sector
			half := min(at+512*int64(1+chance.IntN(7)), end)
			copy(out[at:half], in.data[at:half])
		}
	}
	return out
}

// Save writes what processes see to a directory of a real disk.
func (d *Disk) Save(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return save(d.root, dir)
}

func save(in *inode, path string) error {
	if !in.dir() {
		if err := os.WriteFile(path, in.data, 0o600); err != nil {
			return err
		}
		return os.Chmod(path, os.FileMode(in.mode))
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	for name, child := range in.names {
		if child.socket {
			continue
		}
		if err := save(child, filepath.Join(path, name)); err != nil {
			return err
		}
	}
	return os.Chmod(path, os.FileMode(in.mode))
}

// Load puts a directory of a real disk into d, durably.
func (d *Disk) Load(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.load(d.root, dir)
}

func (d *Disk) load(in *inode, path string) error {
	list, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Type()&os.ModeSocket != 0 {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		child := d.newInode(uint32(info.Mode().Perm()), e.IsDir())
		child.parent, child.links = in, 1
		in.names[e.Name()], in.kept[e.Name()] = child, child
		if e.IsDir() {
			err = d.load(child, filepath.Join(path, e.Name()))
		} else if child.data, err = os.ReadFile(filepath.Join(path, e.Name())); err == nil {
			child.safe = slices.Clone(child.data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
