package api

import (
	"strings"
	"testing"
)

// FuzzAppend posts any body in every form: never a 5xx, and stored exactly when it was
// acknowledged.
func FuzzAppend(f *testing.F) {
	w := newFixture(f)
	one := w.subject("s-1")
	for _, seed := range []string{one, "[" + one + "]", "[" + one + "," + w.subject("s-2") + "]", "{}", "[]", `{"specversion":"1.0"`,
		strings.Replace(one, "s-1", `\u0073-1`, 1)} {
		for mode := range byte(3) {
			f.Add(seed, mode)
		}
	}
	f.Fuzz(func(t *testing.T, body string, mode byte) {
		headers := [][]string{
			{"Content-Type", mediaEvent},
			{"Content-Type", mediaBatch},
			{"Content-Type", mediaJSON, "Ce-Specversion", "1.0", "Ce-Id", "0198f3c2-0000-7000-8000-000000000000", "Ce-Source", "urn:f",
				"Ce-Type", "anjian.subject-registered.v1", "Ce-Subject", "subject/f", "Ce-Time", "2019-12-02T09:30:00+08:00"},
		}[mode%3]
		w := *w
		w.TB = t
		before := w.size()
		a := w.do(office, "POST", "/v1/events", body, headers...)
		switch stored := w.size() > before; {
		case a.StatusCode >= 500:
			t.Errorf("%d %s", a.StatusCode, a.body)
		case stored != (a.StatusCode == 201):
			t.Errorf("stored: %t, answered %d %s", stored, a.StatusCode, a.body)
		}
	})
}
