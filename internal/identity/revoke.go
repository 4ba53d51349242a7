package identity

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// RevocationFile lists revoked tokens in the key directory: one jti a line.
const RevocationFile = "revoked"

// revocationCheck is how often the list is looked at: a revocation takes effect within it.
const revocationCheck = time.Second

func revocationPath(dir string) string { return filepath.Join(dir, RevocationFile) }

// Revoke adds a token's id to the list in dir, durably. A server that is running refuses
// the token within a second.
func Revoke(dir, id string) error {
	if id == "" || strings.ContainsAny(id, "\r\n") {
		return fmt.Errorf("identity: %q is no token id", id)
	}
	f, err := os.OpenFile(revocationPath(dir), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	_, err = f.WriteString(id + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return durable.SyncDir(dir)
}

// revocations is the list as last read.
type revocations struct {
	path string
	now  func() time.Time

	mu      sync.Mutex
	checked time.Time // mu; when the file was last looked at
	changed time.Time // mu; its modification time then
	size    int64     // mu; its size then: two changes can share a time
	ids     map[string]struct{}
}

// has reports whether a token is revoked. Its error means that the list cannot be read;
// it lasts until it can.
func (r *revocations) has(id string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if since := now.Sub(r.checked); r.checked.IsZero() || since >= revocationCheck || since < 0 {
		if err := r.refresh(); err != nil {
			return false, err
		}
		r.checked = now
	}
	_, ok := r.ids[id]
	return ok, nil
}

// refresh reads the file when it has changed. mu is held.
func (r *revocations) refresh() error {
	info, err := os.Stat(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		r.ids, r.changed, r.size = nil, time.Time{}, 0
		return nil
	}
	if err == nil && info.ModTime().Equal(r.changed) && info.Size() == r.size {
		return nil
	}
	var b []byte
	if err == nil {
		b, err = os.ReadFile(r.path)
	}
	if err != nil {
		return fmt.Errorf("identity: the revocation list cannot be read: %w", err)
	}
	r.ids = map[string]struct{}{}
	for id := range strings.Lines(string(b)) {
		if id = strings.TrimSpace(id); id != "" {
			r.ids[id] = struct{}{}
		}
	}
	r.changed, r.size = info.ModTime(), info.Size()
	return nil
}
