package msgfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// manifestName is the seal of the stream's configuration files in a store's directory.
const manifestName = "manifest"

// metaFiles are the engine's files without which it does not see the stream. It warns,
// goes on without the stream, and would adopt the old records into a new one.
var metaFiles = []string{"meta.inf", "meta.sum"}

// Seal fixes the content of some files, so that a flipped byte in them is found. Its file
// is one line of JSON and one line with the SHA-256 of the first in hexadecimal.
type Seal struct {
	Head  uint64            `json:"head"`  // last block when it was made
	Files map[string]string `json:"files"` // path below the stream's directory → SHA-256, or size for *.blk
}

// ErrSeal is wrapped when a seal's own bytes are not what was written.
var ErrSeal = errors.New("msgfile: seal is damaged")

// Write stores the seal at path: durable, and whole or not at all.
func (s *Seal) Write(path string) error {
	line, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("msgfile: %w", err)
	}
	sum := sha256.Sum256(line)
	b := append(line, '\n')
	b = append(hex.AppendEncode(b, sum[:]), '\n')
	return durable.WriteFile(path, b, durable.FileMode)
}

// ReadSeal reads what [Seal.Write] wrote.
func ReadSeal(path string) (*Seal, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("msgfile: %w", err)
	}
	line, rest, ok := bytes.Cut(b, []byte{'\n'})
	sum := sha256.Sum256(line)
	if !ok || string(rest) != hex.EncodeToString(sum[:])+"\n" {
		return nil, fmt.Errorf("%w: %s", ErrSeal, path)
	}
	s := new(Seal)
	if err := json.Unmarshal(line, s); err != nil {
		return nil, fmt.Errorf("%w: %s: %v", ErrSeal, path, err)
	}
	return s, nil
}

// WriteManifest seals the stream's configuration files as they are now, which the caller
// has found to be right. It writes nothing when they are sealed so already.
func WriteManifest(dir string) error {
	s := Seal{Files: map[string]string{}}
	for _, name := range metaFiles {
		sum, err := fingerprint(filepath.Join(StreamDir(dir), name))
		if err != nil {
			return err
		}
		s.Files[name] = sum
	}
	path := filepath.Join(dir, manifestName)
	if old, err := ReadSeal(path); err == nil && maps.Equal(old.Files, s.Files) {
		return nil
	}
	return s.Write(path)
}

// HasManifest reports whether a stream was ever made in dir.
func HasManifest(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, manifestName))
	return !errors.Is(err, fs.ErrNotExist)
}

// CheckManifest compares the stream's configuration files with their seal.
func CheckManifest(dir string) []Damage {
	path := filepath.Join(dir, manifestName)
	s, err := ReadSeal(path)
	if err != nil {
		return []Damage{{File: path, Reason: err.Error()}}
	}
	return s.check(dir)
}

// NewCleanSeal seals what a cleanly stopped engine left: its index by content, so that it
// will be used as it is, and the block files by size.
func NewCleanSeal(dir string, head uint64) (*Seal, error) {
	files, err := fingerprints(dir)
	if err != nil {
		return nil, err
	}
	return &Seal{Head: head, Files: files}, nil
}

// Intact reports whether the files are those of the seal, none more and none fewer.
func (s *Seal) Intact(dir string) bool {
	files, err := fingerprints(dir)
	return err == nil && maps.Equal(files, s.Files)
}

const index = "msgs/index.db"

// IndexPath is where the engine keeps what it knows of its records; it makes it again from them.
func IndexPath(dir string) string { return filepath.Join(StreamDir(dir), index) }

// fingerprints covers the engine's index by content and the block files by size.
func fingerprints(dir string) (map[string]string, error) {
	files := map[string]string{}
	sum, err := fingerprint(IndexPath(dir))
	if err != nil {
		return nil, err
	}
	files[index] = sum
	paths, _, err := blockFiles(dir)
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("msgfile: %w", err)
		}
		files["msgs/"+filepath.Base(path)] = fmt.Sprint(info.Size())
	}
	return files, nil
}

// ScanNewest checks the newest block file alone: the one that a restart reads and, when
// its end is damaged, truncates. Torn counts as damage. The error is as for [Scan].
func ScanNewest(dir string) (*Report, error) {
	paths, numbers, err := blockFiles(dir)
	if err != nil || len(paths) == 0 {
		return &Report{}, err
	}
	last := len(paths) - 1
	f := readFile(paths[last], numbers[last], false)
	if f.err != nil {
		return nil, fmt.Errorf("msgfile: %w", f.err)
	}
	s := scanner{expected: 1}
	if len(f.records) > 0 {
		s.expected = f.records[0].seq
	}
	if err := s.add(&f); err != nil {
		return nil, err
	}
	return &s.report, nil
}

// RewriteNewest writes the newest block file anew and makes it durable. After a failed
// fsync the kernel may hold pages that it calls clean although the disk never got them:
// only writing the bytes again tells. The engine must not be running.
func RewriteNewest(dir string) error {
	paths, _, err := blockFiles(dir)
	if err != nil || len(paths) == 0 {
		return err
	}
	path := paths[len(paths)-1]
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("msgfile: %w", err)
	}
	return durable.WriteFile(path, b, durable.FileMode)
}

func (s *Seal) check(dir string) (damage []Damage) {
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		path := filepath.Join(StreamDir(dir), name)
		sum, err := fingerprint(path)
		switch {
		case err != nil:
			damage = append(damage, Damage{File: path, Reason: err.Error()})
		case sum != s.Files[name]:
			damage = append(damage, Damage{File: path, Reason: "content differs from its seal in " + manifestName})
		}
	}
	return damage
}

func fingerprint(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("msgfile: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// CleanPath is where a clean stop is sealed; the file is gone while the engine runs.
func CleanPath(dir string) string { return filepath.Join(dir, "clean") }

// CheckSeals compares the engine's own files with their seals: the configuration files at
// any time, the index and the sizes after a clean stop. The engine must not be running.
// After an unclean stop its index is out of date, and the engine will not use it.
func CheckSeals(dir string) (damage []Damage) {
	if HasManifest(dir) {
		damage = CheckManifest(dir)
	}
	path := CleanPath(dir)
	switch seal, err := ReadSeal(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		damage = append(damage, Damage{File: path, Reason: err.Error()})
	case !seal.Intact(dir):
		damage = append(damage, Damage{File: path, Reason: "index or sizes are not those of the clean stop"})
	}
	return damage
}
