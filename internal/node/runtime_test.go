package node

import "testing"

// The ballast goes as the heap grows by itself: with a heap of the ballast's size nothing of it is left, and it never comes back.
func TestTheBallastGoesAsTheHeapGrows(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	b := newBallast()
	for _, x := range []struct{ own, want int }{
		{0, ballastSize}, {ballastPiece, ballastSize}, {3 * ballastPiece, ballastSize - 2*ballastPiece},
		{ballastPiece, ballastSize - 2*ballastPiece}, {ballastSize + ballastPiece, 0}, {0, 0},
	} {
		b.lighten(uint64(b.size() + x.own))
		if got := b.size(); got != x.want {
			t.Errorf("with a heap of %d MiB besides, the ballast is %d MiB, want %d", x.own>>20, got>>20, x.want>>20)
		}
	}
	t.Setenv("GOGC", "50")
	if n := newBallast().size(); n != 0 {
		t.Errorf("%d bytes, although the administrator has tuned the collector", n)
	}
}
