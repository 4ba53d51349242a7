package reportdb

import (
	"runtime"
	"syscall"
	"testing"
)

// What builds has a thread of low priority, and leaves that of others as it was.
func TestWhatBuildsGivesWayToAppends(t *testing.T) {
	nice := func() int {
		n, err := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid())
		if err != nil {
			t.Error(err)
		}
		return 20 - n // as the system call says it
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := nice()
	inside := make(chan int)
	go func() {
		background()
		inside <- nice()
	}()
	if got, want := <-inside, max(before, niceness); got != want {
		t.Errorf("it is %d nice, want %d", got, want)
	}
	if got := nice(); got != before {
		t.Errorf("another thread is %d nice, was %d", got, before)
	}
}
