package node

import (
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

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

// A small heap may double, a large one grow by half, and there is no step between them at which more were taken for less.
func TestALargeHeapIsCollectedOftener(t *testing.T) {
	for live, want := range map[uint64]int{0: 100, plenty: 100, plenty * 5 / 4: 80, 2 * plenty: 50, 20 * plenty: 50} {
		if got := growth(live); got != want {
			t.Errorf("of %d MiB it may grow by %d %%, want %d", live>>20, got, want)
		}
	}
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	percent := func() uint64 {
		s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
		metrics.Read(s)
		return s[0].Value.Uint64()
	}
	large := make([]byte, 2*plenty) // never touched: it takes no memory
	runtime.GC()
	stop := Thrift()
	for until := time.Now().Add(30 * time.Second); percent() != 50 && time.Now().Before(until); {
		time.Sleep(50 * time.Millisecond)
	}
	during := percent()
	stop()
	runtime.KeepAlive(large)
	if during != 50 || percent() != 100 {
		t.Errorf("it may grow by %d %% and, when that is over, by %d %%", during, percent())
	}
	t.Setenv("GOGC", "80")
	stop = Thrift()
	time.Sleep(1500 * time.Millisecond)
	if stop(); percent() != 100 {
		t.Error("although the administrator has tuned the collector")
	}
}
