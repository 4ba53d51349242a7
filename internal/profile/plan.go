package profile

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/campaign"
)

// Plan is the plan of a campaign with which a city begins: its numbers are those of the law of its time. A profile of 2019 leaves out
// what the law since 2025 asks for, and one of 2026 states all of it.
type Plan struct {
	Campaign string `json:"campaign"` // id of the campaign's stream
	campaign.PlanPublished
}

// variants are built-in profiles that have the files of another one, and in place of some of them their own.
var variants = map[string]string{"ankang-2026": "ankang"}

// layered has the files of a variant on top of those of the profile that it is one of.
type layered struct{ own, of fs.FS }

// Open implements [fs.FS].
func (l layered) Open(name string) (fs.File, error) {
	if f, err := l.own.Open(name); name == "." || err == nil || !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	return l.of.Open(name)
}

// ReadDir implements [fs.ReadDirFS].
func (l layered) ReadDir(name string) ([]fs.DirEntry, error) {
	own, err := fs.ReadDir(l.own, name)
	if err != nil {
		return nil, err
	}
	all, err := fs.ReadDir(l.of, name)
	for _, e := range all {
		if !slices.ContainsFunc(own, func(o fs.DirEntry) bool { return o.Name() == e.Name() }) {
			own = append(own, e)
		}
	}
	slices.SortFunc(own, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return own, err
}
