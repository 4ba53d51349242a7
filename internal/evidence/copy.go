package evidence

import (
	"context"
	"errors"
	"fmt"
)

// Copied says what [Copy] did.
type Copied struct {
	Present int      `json:"present"` // pieces the target had before, read and compared
	Copied  int      `json:"copied"`  // pieces stored by this run
	Damaged []string `json:"damaged,omitempty"`
}

// Copy makes the target have every piece of evidence that the source has. It can be stopped
// and run again; a finished run proves that both have the same bytes. Pieces that are damaged
// in the source are left out and named. progress, when set, is called after each piece.
func Copy(ctx context.Context, from, to Store, progress func(done int)) (c Copied, err error) {
	err = from.List(ctx, func(sum string) error {
		created, err := copyOne(ctx, from, to, sum)
		switch {
		case errors.Is(err, ErrDamaged):
			c.Damaged = append(c.Damaged, sum)
		case err != nil:
			return fmt.Errorf("evidence %s: %w", sum, err)
		case created:
			c.Copied++
		default:
			c.Present++
		}
		if progress != nil {
			progress(c.Present + c.Copied + len(c.Damaged))
		}
		return nil
	})
	return c, err
}

func copyOne(ctx context.Context, from, to Store, sum string) (created bool, err error) {
	r, size, err := from.Open(ctx, sum)
	if err != nil {
		return false, err
	}
	defer r.Close()
	created, _, err = to.Put(ctx, sum, max(size, 1), r)
	return created, err
}
