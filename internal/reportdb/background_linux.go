package reportdb

import (
	"runtime"
	"syscall"
)

// niceness of the threads that build, see setpriority(2): a tenth of the processor is theirs for sure while appends want all of it.
const niceness = 10

// background lets the calling goroutine give way to appends: it has a thread of its own from now on, which the kernel runs after the others
// of the process when there is too little processor for all. The thread ends with the goroutine, because an ordinary user may not raise a
// priority again; so the caller does not unlock it. Where the kernel refuses, it goes on as before.
func background() {
	runtime.LockOSThread()
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), niceness)
}
