package feed_test

import (
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/feed"
)

// TestWhatCannotBeReadHasASubject: one strange entry must not stop the feed for good.
func TestWhatCannotBeReadHasASubject(t *testing.T) {
	line := func(ev string) string {
		return string(entry.Append(nil, &entry.Entry{Index: 7, Recorded: time.Unix(0, 0).UTC(),
			Stream: event.Stream{Kind: event.Subject, ID: "s"}, About: event.About{County: "610902"},
			Actor: event.Actor{Role: event.RoleAdmin, Token: 1}, Assurance: event.Token, Event: []byte(ev)}))
	}
	for raw, want := range map[string]string{
		line(`{"type":"anjian.subject-registered.v1"}`): ".610902.subject.subject-registered",
		line(`{no JSON}`):                                                        ".610902.subject.none",
		line(`{"type":7}`):                                                       ".610902.subject.none",
		line(`{"type":"a b.*>","type":"x"}`):                                     ".610902.subject.x",
		line(`{"type":"` + strings.Repeat("x", 50_000) + `"}`):                   ".610902.subject.malformed",
		`{"v":2,"index":7,"what":{"event":{"type":"anjian.tomorrow.v1"}}}`:       ".none.none.none",
		line(`{"specversion":"1.0","type":"anjian.tomorrow.v2","data":{"a":1}}`): ".610902.subject.tomorrow",
	} {
		if have, err := feed.Subject(feed.DefaultPrefix, []byte(raw)); err != nil || !strings.HasPrefix(have, "anjian.feed.") ||
			!strings.HasSuffix(have, want) {
			t.Errorf("%.100s: %q %v, want %q", raw, have, err, want)
		}
	}
	if have, err := feed.Subject(feed.DefaultPrefix, []byte(`{"v":1,"index":7,"what":1}`)); err == nil {
		t.Errorf("a wrong entry has subject %q", have)
	}
}

// Who may subscribe to one unit's subject must not get another unit's entries.
func TestNoTwoUnitsShareASubject(t *testing.T) {
	of := map[string]string{}
	for _, unit := range []string{"fire.hanbin", "fire_hanbin", "fire-hanbin", "fire..hanbin", "Fire.hanbin", "fire.hanbin."} {
		subject := feed.UnitSubject(feed.DefaultPrefix, unit, 1)
		if other, taken := of[subject]; taken || strings.Count(subject, ".") != 4 {
			t.Errorf("%s of %s is that of %q", subject, unit, other)
		}
		of[subject] = unit
	}
	if have := feed.UnitSubject(feed.DefaultPrefix, "fire", 1); have != "anjian.feed.unit.fire.1" {
		t.Error(have)
	}
}
