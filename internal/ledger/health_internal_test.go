package ledger

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/store"
)

// TestARefusalForGoodIsTriedAgain by one append after a while, so that it ends with its cause.
func TestARefusalForGoodIsTriedAgain(t *testing.T) {
	var c condition
	refusal := fmt.Errorf("%w: %w", store.ErrNotStored, &store.RefusedError{Says: "no access", Cause: errors.New("x")})
	c.answered(refusal)
	if err := c.refusing(); !errors.Is(err, ErrRefused) {
		t.Errorf("at once: %v", err)
	}
	c.refused.since = time.Now().Add(-refusalCounts)
	if err := c.refusing(); err != nil {
		t.Errorf("after %v: %v", refusalCounts, err)
	}
	c.answered(refusal)
	if err := c.refusing(); !errors.Is(err, ErrRefused) {
		t.Errorf("refused again: %v", err)
	}
	c.answered(nil)
	if err := c.refusing(); err != nil {
		t.Errorf("a block that was taken: %v", err)
	}
}
