package tornfs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// Available returns why file systems cannot be mounted here, nil when they can.
func Available() error {
	f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("no FUSE: %w", err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	if os.Geteuid() != 0 {
		return errors.New("mounting needs root")
	}
	return nil
}

// Mount shows the disk at dir, which must exist. Every process must have left it before
// unmount is called.
func (d *Disk) Mount(dir string) (unmount func() error, err error) {
	long := time.Minute // nobody changes the disk but the kernel's own requests
	server, err := fs.Mount(dir, &node{d: d, in: d.root}, &fs.Options{
		EntryTimeout: &long, AttrTimeout: &long,
		MountOptions:   fuse.MountOptions{DirectMountStrict: true, FsName: "tornfs", Name: "tornfs", MaxWrite: 1 << 20, DisableXAttrs: true},
		RootStableAttr: &fs.StableAttr{Ino: d.root.id, Mode: syscall.S_IFDIR},
	})
	if err != nil {
		return nil, fmt.Errorf("tornfs: %w", err)
	}
	if err := keepToSelf(); err != nil {
		return nil, errors.Join(err, server.Unmount())
	}
	return func() error {
		for range 200 { // a process that was killed may hold files for a moment
			if err = server.Unmount(); err == nil {
				return nil
			}
			time.Sleep(10 * time.Millisecond)
		}
		return fmt.Errorf("tornfs: unmount %s: %w", dir, err)
	}, nil
}

// keepToSelf keeps processes that the test starts from inheriting the way to the kernel: one
// that outlives the test would keep its own file system, and wait for an answer from it for ever.
func keepToSelf() error {
	fds, err := os.ReadDir("/proc/self/fd")
	for _, e := range fds {
		if to, _ := os.Readlink("/proc/self/fd/" + e.Name()); to == "/dev/fuse" {
			fd, err := strconv.Atoi(e.Name())
			if err != nil {
				return err
			}
			unix.CloseOnExec(fd)
		}
	}
	return err
}

// node is an inode as go-fuse sees it.
type node struct {
	fs.Inode
	d  *Disk
	in *inode
}

var (
	_ fs.NodeLookuper  = (*node)(nil)
	_ fs.NodeReaddirer = (*node)(nil)
	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
	_ fs.NodeCreater   = (*node)(nil)
	_ fs.NodeMkdirer   = (*node)(nil)
	_ fs.NodeMknoder   = (*node)(nil)
	_ fs.NodeUnlinker  = (*node)(nil)
	_ fs.NodeRmdirer   = (*node)(nil)
	_ fs.NodeRenamer   = (*node)(nil)
	_ fs.NodeLinker    = (*node)(nil)
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeReader    = (*node)(nil)
	_ fs.NodeWriter    = (*node)(nil)
	_ fs.NodeFsyncer   = (*node)(nil)
	_ fs.NodeFlusher   = (*node)(nil)
	_ fs.NodeStatfser  = (*node)(nil)
)

// lock takes the disk for reading; after the cut there is nothing to read.
func (n *node) lock() (unlock func(), errno syscall.Errno) {
	n.d.mu.Lock()
	if n.d.cut {
		errno = syscall.EIO
	}
	return n.d.mu.Unlock, errno
}

// change takes the disk for one operation that changes or syncs something.
func (n *node) change() (unlock func(), errno syscall.Errno) {
	n.d.mu.Lock()
	return n.d.mu.Unlock, n.d.step()
}

func (n *node) child(ctx context.Context, in *inode) *fs.Inode {
	return n.NewInode(ctx, &node{d: n.d, in: in}, fs.StableAttr{Mode: in.kind(), Ino: in.id})
}

// kind is the type of file, as in st_mode.
func (in *inode) kind() uint32 {
	switch {
	case in.dir():
		return syscall.S_IFDIR
	case in.socket:
		return syscall.S_IFSOCK
	}
	return syscall.S_IFREG
}

func (in *inode) attr(out *fuse.Attr) {
	out.Ino, out.Mode, out.Nlink = in.id, in.mode|in.kind(), uint32(in.links)
	if in.dir() {
		out.Nlink = 2
	}
	out.Size, out.Blksize = uint64(len(in.data)), page
	out.Blocks = (out.Size + 511) / 512
	out.SetTimes(nil, &in.mtime, &in.mtime)
}

// Lookup implements fs.NodeLookuper.
func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	unlock, errno := n.lock()
	defer unlock()
	in := n.in.names[name]
	switch {
	case errno != 0:
		return nil, errno
	case in == nil:
		return nil, syscall.ENOENT
	}
	in.attr(&out.Attr)
	return n.child(ctx, in), 0
}

// Readdir implements fs.NodeReaddirer.
func (n *node) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	unlock, errno := n.lock()
	defer unlock()
	var list []fuse.DirEntry
	for _, name := range slices.Sorted(maps.Keys(n.in.names)) {
		in := n.in.names[name]
		list = append(list, fuse.DirEntry{Name: name, Ino: in.id, Mode: in.kind()})
	}
	return fs.NewListDirStream(list), errno
}

// Getattr implements fs.NodeGetattrer.
func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	unlock, errno := n.lock()
	defer unlock()
	n.in.attr(&out.Attr)
	return errno
}

// Setattr implements fs.NodeSetattrer: truncate and chmod.
func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	unlock, errno := n.change()
	defer unlock()
	if errno != 0 {
		return errno
	}
	if size, ok := in.GetSize(); ok && int64(size) != int64(len(n.in.data)) {
		n.d.write(n.in, change{size: int64(size)})
	}
	if mode, ok := in.GetMode(); ok {
		n.in.mode = mode & 0o7777
	}
	n.in.attr(&out.Attr)
	return 0
}

// Create implements fs.NodeCreater.
func (n *node) Create(
	ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut,
) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	in, errno := n.make(name, mode, false)
	if errno != 0 {
		return nil, nil, 0, errno
	}
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	in.attr(&out.Attr)
	return n.child(ctx, in), nil, 0, 0
}

// Mkdir implements fs.NodeMkdirer.
func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	in, errno := n.make(name, mode, true)
	if errno != 0 {
		return nil, errno
	}
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	in.attr(&out.Attr)
	return n.child(ctx, in), 0
}

// Mknod implements fs.NodeMknoder, for sockets.
func (n *node) Mknod(ctx context.Context, name string, mode, _ uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if mode&syscall.S_IFMT != syscall.S_IFSOCK {
		return nil, syscall.ENOTSUP
	}
	in, errno := n.make(name, mode, false)
	if errno != 0 {
		return nil, errno
	}
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	in.socket = true
	in.attr(&out.Attr)
	return n.child(ctx, in), 0
}

func (n *node) make(name string, mode uint32, dir bool) (*inode, syscall.Errno) {
	unlock, errno := n.change()
	defer unlock()
	switch {
	case errno != 0:
		return nil, errno
	case n.in.names[name] != nil:
		return nil, syscall.EEXIST
	}
	in := n.d.newInode(mode, dir)
	n.d.bind(binding{n.in, name, in})
	return in, 0
}

// Unlink implements fs.NodeUnlinker.
func (n *node) Unlink(_ context.Context, name string) syscall.Errno {
	unlock, errno := n.change()
	defer unlock()
	switch {
	case errno != 0:
		return errno
	case n.in.names[name] == nil:
		return syscall.ENOENT
	}
	n.d.bind(binding{n.in, name, nil})
	return 0
}

// Rmdir implements fs.NodeRmdirer.
func (n *node) Rmdir(_ context.Context, name string) syscall.Errno {
	unlock, errno := n.change()
	defer unlock()
	in := n.in.names[name]
	switch {
	case errno != 0:
		return errno
	case in == nil:
		return syscall.ENOENT
	case len(in.names) > 0:
		return syscall.ENOTEMPTY
	}
	n.d.bind(binding{n.in, name, nil})
	return 0
}

// Rename implements fs.NodeRenamer.
func (n *node) Rename(_ context.Context, name string, newParent fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	unlock, errno := n.change()
	defer unlock()
	to, ok := newParent.(*node)
	in := n.in.names[name]
	switch {
	case errno != 0:
		return errno
	case !ok || flags != 0:
		return syscall.EINVAL
	case in == nil:
		return syscall.ENOENT
	case to.in.names[newName] == in:
		return 0
	}
	if over := to.in.names[newName]; over != nil && len(over.names) > 0 {
		return syscall.ENOTEMPTY
	}
	n.d.bind(binding{n.in, name, nil}, binding{to.in, newName, in})
	return 0
}

// Link implements fs.NodeLinker.
func (n *node) Link(ctx context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	unlock, errno := n.change()
	defer unlock()
	to, ok := target.(*node)
	switch {
	case errno != 0:
		return nil, errno
	case !ok:
		return nil, syscall.EINVAL
	case n.in.names[name] != nil:
		return nil, syscall.EEXIST
	}
	n.d.bind(binding{n.in, name, to.in})
	to.in.attr(&out.Attr)
	return n.child(ctx, to.in), 0
}

// Open implements fs.NodeOpener. O_TRUNC comes as a Setattr of its own.
func (n *node) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	unlock, errno := n.lock()
	defer unlock()
	return nil, fuse.FOPEN_KEEP_CACHE, errno
}

// Read implements fs.NodeReader.
func (n *node) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	unlock, errno := n.lock()
	defer unlock()
	if errno != 0 || off >= int64(len(n.in.data)) {
		return fuse.ReadResultData(nil), errno
	}
	return fuse.ReadResultData(dest[:copy(dest, n.in.data[off:])]), 0
}

// Write implements fs.NodeWriter.
func (n *node) Write(_ context.Context, _ fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	unlock, errno := n.change()
	defer unlock()
	if errno != 0 {
		return 0, errno
	}
	n.d.write(n.in, change{off: off, data: slices.Clone(data)})
	return uint32(len(data)), 0
}

// Fsync implements fs.NodeFsyncer, for files and directories.
func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	unlock, errno := n.change()
	defer unlock()
	if errno == 0 {
		n.d.sync(n.in)
	}
	return errno
}

// Flush implements fs.NodeFlusher: closing a file syncs nothing.
func (n *node) Flush(context.Context, fs.FileHandle) syscall.Errno { return 0 }

// Statfs implements fs.NodeStatfser: there is room.
func (n *node) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	unlock, errno := n.lock()
	defer unlock()
	out.Bsize, out.Frsize, out.NameLen = page, page, 255
	out.Blocks, out.Bfree, out.Bavail = 1<<22, 1<<21, 1<<21
	out.Files, out.Ffree = 1<<20, 1<<19
	return errno
}
