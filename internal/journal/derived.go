package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Derived is a file that was made from finished segments and does not fit them.
type Derived struct {
	File   string // its name in the directory
	Reason string
	path   string
}

// CheckDerived compares the indexes and SHA256SUMS in dir with the segments they were made
// from, reading every listed segment. The segments themselves are not judged: what differs
// may be either. No journal may be open for writing.
func CheckDerived(dir string) ([]Derived, error) {
	var bad []Derived
	b, err := os.ReadFile(filepath.Join(dir, sums))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("journal: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		have := "a malformed line"
		if ok && filepath.Base(name) == name {
			have, err = sumOf(filepath.Join(dir, name))
		}
		if err != nil || have != sum {
			bad = append(bad, Derived{sums, fmt.Sprintf("%q does not fit the segment: %s", line, errorOr(err, have)), filepath.Join(dir, sums)})
			break // the file is made again as a whole
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"+indexExtension))
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	for _, path := range slices.Sorted(slices.Values(names)) {
		if err := checkIndex(path); err != nil {
			bad = append(bad, Derived{filepath.Base(path), err.Error(), path})
		}
	}
	return bad, nil
}

// Remove removes a derived file. The next [Open] makes it again.
func (d Derived) Remove() error {
	if err := os.Remove(d.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

func errorOr(err error, s string) string {
	if err != nil {
		return err.Error()
	}
	return s
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// checkIndex reads an index as Open does.
func checkIndex(path string) error {
	segment := strings.TrimSuffix(path, indexExtension)
	info, err := os.Stat(segment)
	if err != nil {
		return err
	}
	var base uint64
	if _, err := fmt.Sscanf(filepath.Base(segment), "%d.ndjson", &base); err != nil {
		return fmt.Errorf("not named after a segment: %w", err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, err = decodeIndex(b, base, info.Size())
	return err
}
