package reportdb_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain has less collected: hundreds of small databases are opened, and a tenth of the time went into what they leave.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
