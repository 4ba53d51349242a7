package event_test

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
)

func TestTextIsWhatTheFixedListLeaves(t *testing.T) {
	for s, want := range map[string]string{
		"安全生产督查": "", "Ünïcödé": "", "𠮷野家": "", "👷🏽‍": "U+200D at character 3", "a\u0378b": "", // U+0378 is unassigned
		"\ue000\U000F0000": "", "\U0003134A": "", "e\u0301": "", "\ufffd": "", // private use, rare surnames, combining, replacement
		"a\x00": "U+0000 at character 2",
		"a\r\n": "U+000D at character 2", "一\u0085": "U+0085 at character 2", "\x7f": "U+007F at character 1",
		"ab\u202e": "U+202E at character 3", "\u2066x": "U+2066 at character 1", "\ufeffx": "U+FEFF at character 1",
		"\ufffe": "U+FFFE at character 1", "\U0001FFFF": "U+1FFFF at character 1 is no text: noncharacter", "\U000E0041": "U+E0041",
		"\ufdd0": "noncharacter", "\ufdf0": "", "\u200a": "", "\u2010": "", "\u2027": "", "\u202f": "", "\u205f": "", "\u2070": "",
		"\U000DFFFF": "noncharacter", "\U000E0080": "", "\xff": "character 1 is not UTF-8", "x\n": "U+000A at character 2: line feed",
	} {
		switch err := event.CheckText(s, false); {
		case want == "" && err != nil || want != "" && err == nil:
			t.Errorf("%q: %v, want %q", s, err, want)
		case err != nil && !strings.Contains(err.Error(), want):
			t.Errorf("%q: %v does not say %q", s, err, want)
		}
	}
	if err := event.CheckText("一\n\t二", true); err != nil {
		t.Error(err)
	}
	if err := event.CheckText("一\r\n二", true); err == nil {
		t.Error("CR is text")
	}
}

func TestRequiredTextIsVisible(t *testing.T) {
	for _, blank := range []string{"", " ", "\u3000", "\u00a0\u2003", "\u3164", "\u2800", "\ufe0f", "\u00ad", "\U000E0100"} {
		var k event.Checker
		if k.Text("reason", blank, true, 10); k.Err() == nil || !strings.HasPrefix(k.Err().Error(), "reason: required") {
			t.Errorf("%q: %v", blank, k.Err())
		}
		var free event.Checker
		if free.Text("note", blank, false, 10); free.Err() != nil {
			t.Errorf("%q as a note: %v", blank, free.Err())
		}
	}
	var k event.Checker
	if k.Text("reason", " \u3000。", true, 10); k.Err() != nil {
		t.Error(k.Err())
	}
}

func TestTheListsAreAscending(t *testing.T) {
	for _, list := range [][]event.CodePoints{event.NoText, event.Blanks} {
		for i, p := range list {
			if p.First > p.Last || p.What == "" || i > 0 && p.First <= list[i-1].Last {
				t.Errorf("%+v", p)
			}
		}
	}
}

func BenchmarkText(b *testing.B) {
	var k event.Checker
	s := strings.Repeat("疏散通道堆放杂物，影响人员疏散。exit blocked ", 4)
	b.ReportAllocs()
	for b.Loop() {
		k.Lines("description", s, true, 4000)
	}
}
