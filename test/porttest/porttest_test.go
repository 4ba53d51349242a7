package porttest_test

import (
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/test/porttest"
)

// TestNobodyElseGetsAPort: neither who asks for a port, nor who listens where the system likes, nor
// the near end of a connection gets a port that a test has and does not use yet.
func TestNobodyElseGetsAPort(t *testing.T) {
	taken := map[int]bool{}
	for range 200 {
		port := porttest.Free(t)
		if taken[port] || taken[port+1] {
			t.Fatalf("port %d is given a second time", port)
		}
		taken[port], taken[port+1] = true, true
	}
	if low := systems(t); low < 32768 {
		t.Logf("this system chooses ports from %d on: its choice may meet a test's", low)
		return
	}
	for range 2000 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		near, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		for _, addr := range []net.Addr{l.Addr(), near.LocalAddr()} {
			if port := addr.(*net.TCPAddr).Port; taken[port] {
				t.Errorf("the system gave port %d", port)
			}
		}
		near.Close()
		l.Close()
	}
}

// systems is the lowest port that this system chooses.
func systems(t *testing.T) int {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return 49152
	}
	low, err := strconv.Atoi(strings.Fields(string(text))[0])
	if err != nil {
		t.Fatal(err)
	}
	return low
}
