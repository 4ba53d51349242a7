package ledger

import "testing"

func TestADeadlineAmongTheDisputedIsKnownByItsType(t *testing.T) {
	for ev, want := range map[string]bool{
		`{"id":"0198f3c2-7a10-7000-8000-000000000001","type":"anjian.deadline-passed.v1"}`:                                  true,
		`{"id":"0198f3c2-7a10-7000-8000-000000000001","type":"anjian.deadline-passed-on.v1"}`:                               false,
		`{"id":"0198f3c2-7a10-7000-8000-000000000001","data":{"type":"anjian.deadline-passed.v1"},"type":"anjian.else.v1"}`: false,
	} {
		if got := isType([]byte(ev), deadlinePassed); got != want {
			t.Errorf("%s: %v", ev, got)
		}
	}
}
