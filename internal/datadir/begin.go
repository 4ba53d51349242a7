package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/anjian-ledger/anjian/internal/durable"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// RefusedError says why a node does not start on its directory, and what to do about it.
type RefusedError struct {
	Reason, Remedy     string // in English
	ReasonZH, RemedyZH string // in Chinese
}

func (e *RefusedError) Error() string {
	return e.Reason + ": " + e.Remedy + "\n" + e.ReasonZH + "：" + e.RemedyZH
}

// said is a sentence in both languages, with the same verbs of package fmt in both.
type said struct{ en, zh string }

func refuse(remedy, reason said, args ...any) error {
	return &RefusedError{
		Reason: fmt.Sprintf(reason.en, args...), Remedy: remedy.en,
		ReasonZH: fmt.Sprintf(reason.zh, args...), RemedyZH: remedy.zh,
	}
}

// Wish is what a start wants of its directory, and what it knows of the blocks.
type Wish struct {
	Origin    string                   // chosen name of a new ledger; empty: there must be one
	NewOrigin func(name string) string // makes the origin of a new ledger; translog.NewOrigin when nil
	// New begins a ledger although MustExist is set, or a second history where a key is left
	// alone. Where a ledger is, it is refused: nobody leaves it set.
	New bool
	// MustExist refuses to begin a ledger in a directory that has none.
	MustExist bool
	// ReadOnly opens a ledger that is there, for reading: the secret half of its key is neither
	// needed nor used.
	ReadOnly bool

	External bool // the blocks are kept outside of the directory, so that a key may stand there alone
	HasStore bool // the directory has something of a store, in whatever state
}

// Standing is what a directory is to the node that opens it, decided from its files alone.
type Standing struct {
	Key    *translog.Key // nil when a ledger is to begin
	Origin string        // of the ledger that is there, or of the one that is to begin: random digits and all
}

// Fresh reports whether a ledger is to begin.
func (s Standing) Fresh() bool { return s.Key == nil }

// beginning is there from before the key of a new ledger is made until its store is there, and where
// that is outside of the directory, until it has a block. So
// a first start that was interrupted goes on, and a key alone is not taken for one.
func (d Dir) beginning() string { return filepath.Join(string(d), "beginning") }

// Stand decides whether d holds a ledger, or may begin one. Nothing is changed.
//
// A ledger begins where there is neither a key, nor a pinned one, nor anything of a ledger. A
// key without a ledger is what is left when the data are elsewhere, on a volume that is not
// mounted or in a backup: a second history under that key would be a fork.
func (d Dir) Stand(w Wish) (Standing, error) {
	holds := w.HasStore || d.HasJournal()
	if w.New && holds && !d.Beginning() {
		return Standing{}, refuse(said{"leave --new out", "去掉 --new"}, said{"%s holds a ledger already", "%s 中已有账本"}, d)
	}
	k, err := translog.LoadKey(d.CheckpointKey())
	if w.ReadOnly {
		return d.standReading(w, holds, k, err)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return d.standFresh(w, holds)
	case err != nil:
		return Standing{}, err
	case w.Origin != "" && w.Origin != k.Origin() && w.Origin != translog.OriginName(k.Origin()):
		return Standing{}, refuse(said{"leave the origin out, or name the data directory of that ledger", "去掉 origin，或改用那个账本的数据目录"},
			said{"%s signs for %q, not for %q", "%s 为 %q 签名，而不是 %q"}, d.CheckpointKey(), k.Origin(), w.Origin)
	case !d.isPinned(k):
		return Standing{}, refuse(said{"put back the file that does not belong there from its backup", "请从备份恢复放错的文件"},
			said{"keys/checkpoint.pub is not the public half of keys/checkpoint.key in %s", "%s 中的 keys/checkpoint.pub 与 keys/checkpoint.key 不是一对"},
			d)
	case !w.External && !w.New && !holds && !d.Beginning():
		return Standing{}, d.KeyAlone(k.Origin())
	}
	return Standing{k, k.Origin()}, nil
}

// KeyAlone is the refusal of a directory that has a key, and no copy of its ledger is anywhere.
func (d Dir) KeyAlone(origin string) error {
	return refuse(said{"bring them back (is the volume mounted?); --new begins a second history under this key",
		"请恢复数据（数据卷是否已挂载？）；--new 会用这个密钥另起一部历史"},
		said{"%s has the key of %q, and neither journal nor store", "%s 中有 %q 的密钥，却既没有日志文件也没有区块存储"}, d, origin)
}

// standReading decides for a start that only reads: k is the key that was loaded, unless err says
// why not.
func (d Dir) standReading(w Wish, holds bool, k *translog.Key, err error) (Standing, error) {
	if !holds && !w.External || !d.Exists() {
		return Standing{}, refuse(said{"name the data directory of a ledger (is its volume mounted?)", "请指定已有账本的数据目录（数据卷是否已挂载？）"},
			said{"%s holds no ledger that could be read", "%s 中没有可供读取的账本"}, d)
	}
	vkey := ""
	switch {
	case err == nil && !d.isPinned(k):
		return d.Stand(Wish{External: w.External, HasStore: w.HasStore}) // which says what is wrong
	case err == nil:
		vkey = k.VerifierKey()
	case !errors.Is(err, fs.ErrNotExist):
		return Standing{}, err
	default:
		if vkey, err = d.VerifierKey(); err != nil {
			return Standing{}, err
		}
	}
	public, err := translog.PublicKey(vkey)
	if err != nil {
		return Standing{}, err
	}
	return Standing{public, public.Origin()}, nil
}

// standFresh decides for a directory without a key.
func (d Dir) standFresh(w Wish, holds bool) (Standing, error) {
	switch {
	case holds:
		return Standing{}, refuse(said{"put the key back from its backup, or bring it over from another node", "请从备份恢复密钥，或从另一个节点复制过来"},
			said{"%s is missing, and %s holds a ledger", "缺少 %s，而 %s 中已有账本"}, d.CheckpointKey(), d)
	case d.pinned():
		return Standing{}, refuse(said{"put its key there", "请把该账本的密钥放到那里"},
			said{"%s is missing, and %s names a ledger", "缺少 %s，而 %s 已指明一个账本"}, d.CheckpointKey(), d.checkpointPub())
	case w.MustExist && !w.New:
		return Standing{}, refuse(said{"is its volume mounted? --new begins a ledger", "数据卷是否已挂载？--new 用于新建账本"},
			said{"%s holds no ledger, and one must exist", "%s 中没有账本，而设置要求必须已有账本"}, d)
	case w.Origin == "":
		return Standing{}, errors.New("a new ledger needs a name: the checkpoint origin")
	}
	if _, err := translog.NewKey(w.Origin); err != nil {
		return Standing{}, refuse(said{"use a name like anjian.example.gov.cn/2026, without spaces and plus signs",
			"请用 anjian.example.gov.cn/2026 这样的名称，不含空格和加号"},
			said{"--origin %q: %v", "--origin %q：%v"}, w.Origin, err)
	}
	if w.NewOrigin != nil {
		return Standing{Origin: w.NewOrigin(w.Origin)}, nil
	}
	return Standing{Origin: translog.NewOrigin(w.Origin)}, nil
}

// isPinned reports whether no other key is pinned than k.
func (d Dir) isPinned(k *translog.Key) bool {
	vkey, err := d.VerifierKey()
	return err != nil || vkey == "" || vkey == k.VerifierKey()
}

// Beginning reports whether the first start of a ledger was interrupted here, or runs now.
func (d Dir) Beginning() bool { return exists(d.beginning()) }

// Announce notes that a ledger is about to begin, before its key is made.
func (d Dir) Announce() error {
	return durable.WriteFile(d.beginning(), []byte("a new ledger is being made here; this file goes once it is there\n"), durable.FileMode)
}

// Begin returns the ledger's key, which is made when s is fresh.
func (d Dir) Begin(s Standing) (k *translog.Key, err error) {
	if k = s.Key; s.Fresh() {
		if k, err = translog.LoadOrCreateKey(d.CheckpointKey(), s.Origin); err != nil {
			return nil, err
		}
	}
	return k, d.Pin(k.VerifierKey())
}

// Begun takes the note of [Dir.Announce] away: the ledger is there.
func (d Dir) Begun() error {
	if !d.Beginning() {
		return nil
	}
	return durable.RemoveAll(d.beginning())
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
