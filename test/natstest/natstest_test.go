package natstest_test

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/anjian-ledger/anjian/test/natstest"
)

// failing is a test that may fail: it keeps why.
type failing struct {
	testing.TB
	why string
}

func (f *failing) Fatalf(format string, values ...any) {
	f.why = fmt.Sprintf(format, values...)
	runtime.Goexit()
}

// TestAServerThatCannotStartSaysWhy: the test ends at once, with the server's reason, not after a
// minute without a leader.
func TestAServerThatCannotStartSaysWhy(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	f := &failing{TB: t}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		natstest.Start(f, 3, func(o *server.Options) {
			if o.ServerName == "n1" {
				o.Cluster.Port = taken.Addr().(*net.TCPAddr).Port
			}
		})
	}()
	<-ended
	if !strings.HasPrefix(f.why, "server 1 does not start: ") || !strings.Contains(f.why, "address already in use") {
		t.Errorf("it ends with %q", f.why)
	}
}
