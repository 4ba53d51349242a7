package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// sealLater finishes a segment in the background: index, sum, read-only. write is held.
func (j *Journal) sealLater(s *segment) {
	j.sealers.Go(func() {
		j.sealMu.Lock()
		defer j.sealMu.Unlock()
		if err := j.seal(s); err != nil {
			j.setSealErr(fmt.Errorf("journal: finishing segment %s: %w", s.name(), err))
		}
	})
}

// seal may be repeated: each step is skipped or done again to the same end. sealMu is held.
func (j *Journal) seal(s *segment) error {
	j.mu.RLock()
	t := s.table // finished: nobody appends to it any more
	j.mu.RUnlock()
	if !s.indexed {
		if err := durable.WriteFileIn(j.fs, s.path+indexExtension, encodeIndex(s.base, t), durable.FileMode); err != nil {
			return err
		}
		s.indexed = true
	}
	if err := j.fs.Chmod(s.path, durable.SealedMode); err != nil {
		return err
	}
	list, err := j.readSums()
	if err != nil || list[s.name()] != "" {
		return err
	}
	if list[s.name()], err = j.sum(s); err != nil {
		return err
	}
	return j.writeSums(list) // last: what is listed is sealed
}

// unseal makes the newest segment grow again if it was finished once: the segment after it
// was taken back.
func (j *Journal) unseal(s *segment) error {
	j.sealMu.Lock()
	list, err := j.readSums()
	j.sealMu.Unlock()
	if err != nil || list[s.name()] == "" {
		return err
	}
	if err := j.fs.Chmod(s.path, durable.FileMode); err != nil {
		return err
	}
	s.indexed = false
	return j.forget(s.name())
}

// sealUnsealed seals every finished segment that a crash or a full disk left unsealed.
// write is held or the journal is not shared yet.
func (j *Journal) sealUnsealed() {
	j.sealMu.Lock()
	list, err := j.readSums()
	j.sealMu.Unlock()
	j.setSealErr(err)
	if err != nil {
		return
	}
	for i := 0; i < len(j.segments)-1; i++ {
		if s := j.segments[i]; !s.indexed || list[s.name()] == "" {
			j.sealLater(s)
		}
	}
}

func (j *Journal) sum(s *segment) (string, error) {
	f, err := j.fs.OpenFile(s.path, os.O_RDONLY, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, io.NewSectionReader(f, 0, s.end), make([]byte, readChunk)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// readSums reads SHA256SUMS: hash by file name. A malformed line is left out and made
// again.
func (j *Journal) readSums() (map[string]string, error) {
	list := map[string]string{}
	b, err := readAll(j.fs, filepath.Join(j.dir, sums))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(b)) {
		if sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  "); ok && len(sum) == 2*sha256.Size {
			list[name] = sum
		}
	}
	return list, nil
}

// writeSums replaces SHA256SUMS as a whole, in the order of the segments.
func (j *Journal) writeSums(list map[string]string) error {
	j.mu.RLock()
	segments := j.segments
	j.mu.RUnlock()
	var b bytes.Buffer
	for _, s := range segments {
		if sum := list[s.name()]; sum != "" {
			fmt.Fprintf(&b, "%s  %s\n", sum, s.name())
		}
	}
	return durable.WriteFileIn(j.fs, filepath.Join(j.dir, sums), b.Bytes(), durable.FileMode)
}

// forget drops what is derived from a segment's bytes before they are replaced or cut.
func (j *Journal) forget(name string) error {
	j.sealMu.Lock()
	defer j.sealMu.Unlock()
	if err := j.fs.Remove(filepath.Join(j.dir, name+indexExtension)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	list, err := j.readSums()
	if err != nil {
		return err
	}
	if _, ok := list[name]; !ok {
		return nil
	}
	delete(list, name)
	return j.writeSums(list)
}

// removeTemporary removes what an interrupted writeFile or Rewrite left. On a read-only
// disk it stays: it does no harm.
func (j *Journal) removeTemporary() error {
	list, err := j.fs.ReadDir(j.dir)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	for _, e := range list {
		if strings.HasSuffix(e.Name(), temporary) {
			_ = j.fs.Remove(filepath.Join(j.dir, e.Name()))
		}
	}
	return nil
}
