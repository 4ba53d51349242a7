// Package porttest gives tests the ports on which programs listen that cannot choose one
// themselves, or that must find theirs again when they start a second time.
package porttest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// A port that the system chose and that a test gave back is free for whoever asks next: the next
// listener on port 0, the near end of any connection, another test's process. So these ports lie
// below those that systems choose from (Linux from 32768, macOS and RFC 6335 from 49152).
const lowest, highest = 20000, 32767

// Free is a TCP port of 127.0.0.1 that is free, and that until the test's end neither the system
// nor another test that asks here gives to anybody else. The port after it is the claim: whoever
// listens there has both.
func Free(tb testing.TB) int {
	tb.Helper()
	for range 1000 {
		port := lowest + 2*rand.IntN((highest+1-lowest)/2)
		claim, err := listen(port + 1)
		if err != nil {
			continue
		}
		if l, err := listen(port); err == nil {
			l.Close()
			tb.Cleanup(func() { claim.Close() })
			return port
		}
		claim.Close()
	}
	tb.Fatalf("no free port from %d to %d", lowest, highest)
	return 0
}

func listen(port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}
