package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/anjian-ledger/anjian/internal/durable"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
)

// DamagedFilesError says that the engine was not started, because it would have cut off
// good records behind damaged ones, or that what it recovered is not what its files held.
// The files are as they were found: read them with msgfile.Scan, or put them away with
// [SetAside] and rebuild the store from the journal.
type DamagedFilesError struct {
	Dir    string
	Report msgfile.Report // Damage is never empty
}

func (e *DamagedFilesError) Error() string {
	more := ""
	if n := len(e.Report.Damage); n > 1 {
		more = fmt.Sprintf(" and %d more", n-1)
	}
	return fmt.Sprintf("jetstream: damaged files: %s%s", e.Report.Damage[0], more)
}

func damaged(dir string, report *msgfile.Report, more ...msgfile.Damage) error {
	r := *report
	r.Damage = append(append([]msgfile.Damage(nil), r.Damage...), more...)
	return &DamagedFilesError{Dir: dir, Report: r}
}

// cleanPath is where [Store.Close] seals a clean stop; it is gone while the engine runs.
func cleanPath(dir string) string { return msgfile.CleanPath(dir) }

// inspection is what the files say before the engine sees them.
type inspection struct {
	exists   bool   // a stream was made here
	leftover bool   // the making of one was interrupted: it holds nothing, and is in the way
	head     uint64 // last good block
	torn     *msgfile.Damage
}

// Inspect tells, changing nothing, whether [Open] would start the engine on dir, and
// with how many blocks. Damage is a [*DamagedFilesError]; a store that was never made is none.
func Inspect(dir string, mayCut func(block uint64) bool) (head uint64, err error) {
	found, err := inspect(dir, mayCut)
	return found.head, err
}

// inspect decides whether the engine may be started on dir. After a clean stop it proves
// that the engine will take its index as it is: index, file sizes and the newest file are
// checked. Otherwise the engine would read, and truncate, every file: so all are read here.
//
// A last record with a hole was never acknowledged, or a disk lost a page of it later: it may
// be cut off only where mayCut says that the other copy knows enough of it.
func inspect(dir string, mayCut func(block uint64) bool) (inspection, error) {
	if !msgfile.HasManifest(dir) {
		return inspectUnsealed(dir)
	}
	seal, sealErr := msgfile.ReadSeal(cleanPath(dir))
	if sealErr == nil && seal.Intact(dir) && len(msgfile.CheckManifest(dir)) == 0 {
		newest, err := msgfile.ScanNewest(dir)
		if err == nil && newest.OK() && (newest.Records == 0 || newest.Last == seal.Head) {
			return inspection{exists: true, head: seal.Head}, nil
		}
	}
	report, err := msgfile.Scan(dir, nil)
	if errors.Is(err, fs.ErrNotExist) {
		return inspection{}, damaged(dir, &msgfile.Report{}, msgfile.Damage{File: msgfile.StreamDir(dir), Reason: err.Error()})
	}
	if err != nil {
		return inspection{}, err
	}
	var more []msgfile.Damage
	if report.Records == 0 {
		more = msgfile.CheckManifest(dir)
	}
	cut := report.Torn == nil || !report.Holed || mayCut != nil && mayCut(report.Torn.FirstSeq)
	if report.Torn != nil && (sealErr == nil || !cut) {
		more = append(more, *report.Torn)
	}
	if sealErr == nil && report.Last != seal.Head {
		more = append(more, msgfile.Damage{File: msgfile.StreamDir(dir), FirstSeq: report.Last + 1, LastSeq: seal.Head,
			Reason: fmt.Sprintf("the last good record is %d, after the last clean stop it was %d", report.Last, seal.Head)})
	}
	if !report.OK() || len(more) > 0 {
		return inspection{}, damaged(dir, report, more...)
	}
	return inspection{exists: true, head: report.Last, torn: report.Torn}, nil
}

// inspectUnsealed handles a directory without a manifest: a new one, or one whose making
// was interrupted before the first block. Records there mean that the manifest was lost.
func inspectUnsealed(dir string) (inspection, error) {
	if seal, err := msgfile.ReadSeal(cleanPath(dir)); err == nil && seal.Head > 0 {
		return inspection{}, damaged(dir, &msgfile.Report{}, msgfile.CheckManifest(dir)...)
	}
	report, err := msgfile.Scan(dir, nil)
	_, statErr := os.Lstat(msgfile.StreamDir(dir))
	leftover := statErr == nil
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return inspection{leftover: leftover}, nil
	case err != nil:
		return inspection{}, err
	case report.Records > 0 || !report.OK() || report.Torn != nil:
		return inspection{}, damaged(dir, report, msgfile.CheckManifest(dir)...)
	}
	return inspection{leftover: leftover}, nil
}

// SetAside renames a store's directory to DIR.damaged-TIME (UTC), durably, so that a new
// store can be built in its place and the damaged one examined. No store may be open on it.
func SetAside(dir string) (newPath string, err error) {
	unlock, err := lockDir(dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	dir = filepath.Clean(dir)
	newPath = dir + ".damaged-" + time.Now().UTC().Format("20060102T150405.000000Z")
	if err := durable.Rename(dir, newPath); err != nil {
		return "", fmt.Errorf("jetstream: set aside: %w", err)
	}
	return newPath, nil
}
