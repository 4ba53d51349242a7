//go:build !linux

package reportdb

// background does nothing where a thread has no priority of its own.
func background() {}
