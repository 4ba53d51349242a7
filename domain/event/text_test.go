package event_test

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
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

type texts struct {
	Reason string `json:"reason" is:"text(10)" zh:"原因" doc:"reason"`
	Note   string `json:"note,omitempty" is:"lines(4000)" zh:"备注" doc:"note"`
}

func TestRequiredTextIsVisible(t *testing.T) {
	for _, blank := range []string{"", " ", "\u3000", "\u00a0\u2003", "\u3164", "\u2800", "\ufe0f", "\u00ad", "\U000E0100"} {
		if err := field.Check(&texts{Reason: blank}); err == nil || !strings.HasPrefix(err.Error(), "reason: required") {
			t.Errorf("%q: %v", blank, err)
		}
		if err := field.Check(&texts{Reason: "x", Note: blank}); err != nil {
			t.Errorf("%q as a note: %v", blank, err)
		}
	}
	if err := field.Check(&texts{Reason: " \u3000。"}); err != nil {
		t.Error(err)
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
	d := &texts{Reason: "x", Note: strings.Repeat("疏散通道堆放杂物，影响人员疏散。exit blocked ", 4)}
	b.ReportAllocs()
	for b.Loop() {
		if field.Check(d) != nil {
			b.Fatal()
		}
	}
}
