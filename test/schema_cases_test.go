package test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
)

// cases are values at both ends of what a spot may be, and beyond; have is what the golden body
// has there.
func cases(n spot, have any) []instance {
	s := n.shape
	list := []instance{{"null", nil, false, ""}}
	for kind, v := range map[string]any{"string": "x", "number": 7, "boolean": true, "list": []any{}, "object": map[string]any{}} {
		if kind != jsonKind(s) {
			list = append(list, instance{"a " + kind, v, false, ""})
		}
	}
	switch s.Form {
	case field.Object:
		return append(list, objectCases(have.(map[string]any))...)
	case field.List:
		return append(list, listCases(s, have.([]any))...)
	case field.Map:
		return append(list, mapCases(s, have.(map[string]any))...)
	case field.Values:
		return append(list, valuesCases()...)
	case field.Boolean:
		return append(list, instance{"true", true, true, ""}, instance{"false", false, true, ""})
	case field.Integer, field.Number:
		return append(list, numberCases(s)...)
	}
	return append(list, stringCases(s)...)
}

func jsonKind(s *field.Shape) string {
	switch s.Form {
	case field.Object, field.Map, field.Values:
		return "object"
	case field.List:
		return "list"
	case field.Boolean:
		return "boolean"
	case field.Integer, field.Number:
		return "number"
	}
	return "string"
}

func objectCases(have map[string]any) []instance {
	more := maps.Clone(have)
	more["no_such_member"] = 1
	list := []instance{{"as it is", have, true, ""}, {"another member", more, false, ""}}
	for name, v := range have {
		twice := mustJSON(have)
		twice = append([]byte(`{`+string(mustJSON(name))+`:`+string(mustJSON(v))+`,`), twice[1:]...)
		return append(list, instance{"a name twice", json.RawMessage(twice), false, "names"})
	}
	return list
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func listCases(s *field.Shape, have []any) []instance {
	var list []instance
	if s.Item.Form == field.CodeOf {
		have = []any{s.Item.Table.List()[0]}
	}
	of := func(n int64) []any {
		l := make([]any, n)
		for i := range l {
			l[i] = another(s.Item, have[0], i)
		}
		return l
	}
	if many := of(s.Most); s.Distinct && s.Item.Form == field.CodeOf { // of which there are no more
		list = append(list, instance{"most", many, true, ""})
	} else {
		list = append(list, instance{"most", many, true, ""}, instance{"one too many", of(s.Most + 1), false, ""})
	}
	if s.Least > 0 {
		list = append(list, instance{"one too few", of(s.Least - 1), false, ""})
	}
	if s.Most > 1 {
		list = append(list, instance{"the same twice", []any{have[0], have[0]}, !s.Distinct, ""})
	}
	return append(list, instance{"least", of(s.Least), true, ""})
}

// another returns an element that differs from others, where its form lets it.
func another(s *field.Shape, have any, i int) any {
	switch s.Form {
	case field.ID, field.Text:
		return fmt.Sprint("x", i)
	case field.CodeOf:
		return s.Table.List()[i%len(s.Table.Codes)]
	case field.Object:
		m := maps.Clone(have.(map[string]any))
		for _, f := range s.Fields {
			if f.Name == "id" || f.Name == "person" {
				m[f.Name] = fmt.Sprint("x", i)
			}
			if !f.Required { // so that many are no event too large
				delete(m, f.Name)
			}
		}
		return m
	}
	return have
}

func mapCases(s *field.Shape, have map[string]any) []instance {
	var value any
	for _, v := range have {
		value = v
	}
	of := func(n int64) map[string]any {
		m := map[string]any{}
		for i := range n {
			m[fmt.Sprint("k", i)] = value
		}
		return m
	}
	list := []instance{{"most", of(s.Most), true, ""}, {"one too many", of(s.Most + 1), false, ""}, {"none", of(0), true, ""}}
	for _, c := range stringCases(s.Key) {
		list = append(list, instance{"name " + c.what, map[string]any{c.value.(string): value}, c.allow, c.beyond})
	}
	return list
}

// valuesCases are what a flag may have compared, and may not.
func valuesCases() []instance {
	list := []instance{{"none", map[string]any{}, true, ""}}
	for _, c := range []struct {
		what  string
		value any
		allow bool
	}{
		{"a text", "x", true}, {"an empty text", "", false},
		{"a text of most characters", strings.Repeat("字", law.MaxText), true}, {"a longer text", strings.Repeat("字", law.MaxText+1), false},
		{"the least integer", event.Values.Min, true}, {"the largest integer", event.Values.Max, true},
		{"a larger integer", event.Values.Max + 1, false}, {"a fraction", 1.5, false},
		{"a boolean", true, false}, {"null", nil, false}, {"an object", map[string]any{}, false},
		{"an empty list", []any{}, false}, {"a list", []any{"x"}, true}, {"a list with an empty text", []any{"x", ""}, false},
		{"a list of integers", []any{1}, false}, {"a list of lists", []any{[]any{}}, false},
		{"the longest list", slices.Repeat([]any{"x"}, law.MaxList), true}, {"a longer list", slices.Repeat([]any{"x"}, law.MaxList+1), false},
		{"a list with a longer text", []any{strings.Repeat("x", law.MaxItem+1)}, false},
	} {
		list = append(list, instance{c.what, map[string]any{"name": c.value}, c.allow, ""})
	}
	for name, allow := range map[string]bool{"": false, "a_1": true, "A": false, "a b": false,
		strings.Repeat("a", law.MaxName): true, strings.Repeat("a", law.MaxName+1): false} {
		list = append(list, instance{"the name " + name, map[string]any{name: 1}, allow, ""})
	}
	many := map[string]any{}
	for i := range law.MaxValues {
		many[fmt.Sprint("v", i)] = i
	}
	more := maps.Clone(many)
	more["w"] = 1
	return append(list, instance{"most values", many, true, ""}, instance{"one too many", more, false, ""})
}

func numberCases(s *field.Shape) []instance {
	if s.Form == field.Number {
		list := []instance{{"least", s.Low, true, ""}, {"most", s.High, true, ""}, {"too small", s.Low - 0.001, false, ""},
			{"too large", s.High + 0.001, false, ""}, {"minus zero", json.RawMessage("-0"), false, "spelling"}}
		return append(list, instance{"a fraction", 1.25, true, ""})
	}
	list := []instance{{"least", s.Least, true, ""}, {"most", s.Most, true, ""},
		{"too small", s.Least - 1, false, ""}, {"too large", s.Most + 1, false, ""},
		{"a fraction", json.RawMessage(fmt.Sprint(s.Least, ".5")), false, ""}, {"2^63", json.RawMessage("9223372036854775808"), false, ""},
		{"1.0", json.RawMessage(fmt.Sprint(s.Least, ".0")), false, "spelling"},
		{"1e0", json.RawMessage(fmt.Sprint(s.Least, "e0")), false, "spelling"}}
	if s.Least > 0 {
		list = append(list, instance{"0", 0, s.Empty, ""})
	} else {
		list = append(list, instance{"-0", json.RawMessage("-0"), false, "spelling"})
	}
	return list
}

func stringCases(s *field.Shape) []instance {
	list := []instance{{"empty", "", s.Empty, ""}, {"a control character", "a\x00", false, ""}}
	allow := func(what string, values ...string) {
		for _, v := range values {
			list = append(list, instance{what, v, true, ""})
		}
	}
	forbid := func(what string, values ...string) {
		for _, v := range values {
			list = append(list, instance{what, v, false, ""})
		}
	}
	leave := func(name string, values ...string) {
		for _, v := range values {
			list = append(list, instance{name, v, false, name})
		}
	}
	zeros := strings.Repeat("0", 64)
	switch s.Form {
	case field.Text, field.Lines:
		return append(list, textCases(s)...)
	case field.ID:
		allow("shortest", "a", "_", "-", "9")
		allow("longest", strings.Repeat("a.-_", 16))
		forbid("too long", strings.Repeat("a", 65))
		forbid("not an id", ".a", "a/b", "a b", "é", "安", "a\n")
	case field.EventID:
		id := "0198f3c2-7a10-7000-8000-00000000000a"
		allow("a UUID", id, "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff")
		forbid("another spelling", strings.ToUpper(id), "{"+id+"}", "urn:uuid:"+id, strings.ReplaceAll(id, "-", ""),
			id[1:], id+"0", id+"\n")
	case field.SHA256:
		allow("a hash", zeros, strings.Repeat("9af0", 16))
		forbid("no hash", zeros[1:], zeros+"0", "A"+zeros[1:], "g"+zeros[1:], zeros+"\n")
	case field.Hash:
		hash := "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
		allow("a hash", hash, strings.Repeat("A", 43))
		forbid("another spelling", hash[:42]+"V", hash+"=", hash[1:], hash+"A", "+"+hash[1:], hash[:42]+"\n", zeros)
	case field.Origin:
		allow("an origin", "n/0123abcd", strings.Repeat("x", 191)+"/0123abcd", "安/0123abcd", "a/b/0123abcd")
		forbid("no origin", "/0123abcd", "n/0123abc", "n/0123ABCD", "n0123abcd", strings.Repeat("x", 192)+"/0123abcd")
		leave("bytes", strings.Repeat("安", 64)+"/0123abcd")
		list = list[1:] // text is not what it is
		list[0] = instance{"empty", "", false, ""}
	case field.CodeOf:
		allow("a code", s.Table.List()...)
		forbid("no code", "no-such-code", s.Table.List()[0]+" ", " "+s.Table.List()[0], swapCase(s.Table.List()[0]))
	case field.Region:
		for _, code := range event.CodeTable("area").List() {
			allow("a region", code, code+"001", code+"999999")
		}
		forbid("no region", "61090", "6109021", "61090200", "6109020011", "610999", "110101", "000000", "610902x01", "610902001001 ")
	case field.Date:
		allow("a date", "1900-01-01", "2200-12-31", "2020-02-29", "2019-10-10")
		forbid("no date", "1899-12-31", "2201-01-01", "2019-13-01", "2019-00-01", "2019-01-32", "2019-01-00",
			"2019-1-02", "20190102", "2019-01-02T00:00:00Z", "2019-01-02\n")
		leave("calendar", "2019-02-29", "2019-04-31", "1900-02-29")
	case field.Instant:
		list = append(list[:0], instantCases(s)...)
	}
	return list
}

// swapCase makes another code of a code; digits stay, and are then no code.
func swapCase(code string) string {
	if up := strings.ToUpper(code); up != code {
		return up
	}
	if low := strings.ToLower(code); low != code {
		return low
	}
	return code + "0"
}

func instantCases(s *field.Shape) []instance {
	list := []instance{{"empty", "", false, ""}}
	for _, v := range []string{"1900-01-01T00:00:00Z", fmt.Sprint(s.LastYear, "-12-31T23:59:59Z"), "2019-12-02T09:30:00+08:00",
		"2019-12-02t09:30:00z",
		"2019-12-02T09:30:00.1Z", "2019-12-02T09:30:00.123456789+23:59", "1899-12-31T20:00:00-05:00", "2020-02-29T00:00:00-23:59",
		"2020-02-28T00:00:00-00:01", "2019-12-02T23:59:59+00:00"} {
		list = append(list, instance{"a time", v, true, ""})
	}
	for _, v := range []string{"2019-12-02T09:30:00", "2019-12-02 09:30:00Z", "2019-12-02T9:30:00Z",
		"2019-12-02T24:00:00Z", "2019-12-02T09:60:00Z", "2019-12-02T09:30:60Z",
		"2019-12-02T09:30:00-00:00", "2019-12-02T09:30:00+24:00", "2019-12-02T09:30:00+08:60", "2019-12-02T09:30:00.Z",
		"2019-12-02T09:30:00,5Z",
		"2019-12-02T09:30:00.1234567890Z", "2019-12-02T09:30:00+0800", "2019-12-02", "1898-12-31T23:59:59Z", "0000-01-01T00:00:00Z",
		"2019-13-02T09:30:00Z",
		"2019-12-32T09:30:00Z", "2019-12-02T09:30:00Z\n", "a"} {
		list = append(list, instance{"no time", v, false, ""})
	}
	list = append(list, instance{"calendar", "2019-02-29T09:30:00Z", false, "calendar"},
		instance{"year in UTC", "1899-12-31T23:59:59Z", false, "year in UTC"},
		instance{"year in UTC", fmt.Sprint(s.LastYear, "-12-31T23:59:59-05:00"), false, "year in UTC"})
	if s.LastYear < event.MaxYear {
		list = append(list, instance{"year in UTC", fmt.Sprint(s.LastYear+1, "-01-01T00:00:00Z"), false, "year in UTC"},
			instance{"year in UTC", fmt.Sprint(s.LastYear+1, "-01-01T00:00:00+05:00"), true, ""},
			instance{"too late", fmt.Sprint(s.LastYear+2, "-01-01T00:00:00Z"), false, ""})
	}
	return list
}

func textCases(s *field.Shape) []instance {
	full := strings.Repeat("安", int(s.Most))
	list := []instance{{"longest", full, true, ""}, {"one character too long", full + "全", false, ""},
		{"longest of two halves", strings.Repeat("𠮷", int(s.Most)), true, ""},
		{"line feed", "a\nb", s.Form == field.Lines, ""}, {"tabulator", "a\tb", s.Form == field.Lines, ""},
		{"carriage return", "a\rb", false, ""},
		{"astral", "a\U0001FFFE", false, "astral"}, {"astral", "\U000E0041a", false, "astral"}}
	if s.Most > 2 {
		list = append(list, instance{"rare", "a\ue000\u0378\ufffd", true, ""})
	}
	for _, p := range event.NoText {
		for _, r := range []rune{p.First, p.Last} {
			if r != '\n' && r != '\t' && r <= 0xFFFF {
				list = append(list, instance{"no text", "a" + string(r), false, ""})
			}
		}
	}
	for _, p := range event.Blanks {
		for _, r := range []rune{p.First, p.Last} {
			switch {
			case r > 0xFFFF && !s.Empty:
				list = append(list, instance{"astral blank", string(r), false, "astral blank"})
			case r != '\n' && r != '\t' && r <= 0xFFFF && event.CheckText(string(r), false) == nil:
				list = append(list, instance{"a blank alone", string(r), s.Empty, ""}, instance{"a blank", string(r) + "a", true, ""})
			}
		}
	}
	return list
}
