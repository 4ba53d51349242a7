// Package rounds tells how often a test repeats what chance or a long list decides: as often as it was made for under .ci/run
// (ANJIAN_CI=1), and less often where somebody types go test, who waits for it. A test that uses it says what the few still show.
package rounds

import "os"

// Of returns few, or all under .ci/run.
func Of(few, all int) int {
	if os.Getenv("ANJIAN_CI") == "1" {
		return all
	}
	return few
}
