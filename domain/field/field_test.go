package field_test

import (
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
)

type part struct {
	N *int64 `json:"n,omitzero" is:"people" unknown:"required" zh:"人数" doc:"people"`
}

func (*part) Together() string { return "no bad luck" }

func (p *part) Validate() error {
	var k event.Checker
	k.That(p.N == nil || *p.N != 13, "n", "13 brings bad luck")
	return k.Err()
}

type whole struct {
	Kind    string            `json:"kind" is:"code(level)" zh:"级别" doc:"level"`
	Text    string            `json:"text,omitempty" is:"text(3)" unknown:"required for kind major" zh:"文" doc:"text"`
	Lines   string            `json:"lines,omitempty" is:"lines(5)" zh:"文" doc:"lines"`
	IDs     []string          `json:"ids" is:"id" many:"1…2 distinct" zh:"号" doc:"ids"`
	Day     string            `json:"day,omitempty" is:"date" unknown:"optional" zh:"日" doc:"day"`
	At      time.Time         `json:"at" is:"time" zh:"时" doc:"at"`
	Year    int               `json:"year,omitzero" is:"year" zh:"年" doc:"year"`
	Part    part              `json:"part" zh:"份" doc:"part"`
	Parts   []event.Evidence  `json:"parts,omitempty" many:"0…1" zh:"证据" doc:"parts"`
	Other   map[string]string `json:"other,omitempty" key:"id" is:"text(3)" many:"0…1" zh:"它" doc:"other"`
	Lists   map[string][]int  `json:"lists,omitempty" key:"id or empty" is:"people" many:"0…1" each:"0…1" zh:"表" doc:"lists"`
	Source  event.Source      `json:"source,omitempty"`
	Unknown event.Unknown     `json:"unknown,omitempty"`
}

func good() *whole {
	n := int64(3)
	return &whole{Kind: "general", IDs: []string{"a"}, At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Part: part{&n},
		Parts: []event.Evidence{{SHA256: strings.Repeat("0a", 32), Size: 1, MediaType: "image/jpeg"}},
		Other: map[string]string{"k": "v"}, Lists: map[string][]int{"": {1}}, Source: event.Source{"列": "值"}}
}

// TestEveryFaultIsNamedByItsPath: with what it has, what it may have, and the unit.
func TestEveryFaultIsNamedByItsPath(t *testing.T) {
	for want, spoil := range map[string]func(*whole){
		"kind: \"x\" is not one of general, major":                                  func(d *whole) { d.Kind = "x" },
		"text: 4 characters, at most 3":                                             func(d *whole) { d.Text = "安安安安" },
		"lines: U+0007 at character 1":                                              func(d *whole) { d.Lines = "\a" },
		"ids: required, 1…2 elements":                                               func(d *whole) { d.IDs = nil },
		"ids: 3 elements, at most 2":                                                func(d *whole) { d.IDs = []string{"a", "b", "c"} },
		"ids: \"a\" stands twice":                                                   func(d *whole) { d.IDs = []string{"a", "a"} },
		"ids.1: \".b\" is no id":                                                    func(d *whole) { d.IDs = []string{"a", ".b"} },
		"day: \"2026-02-30\" is no date":                                            func(d *whole) { d.Day = "2026-02-30" },
		"at: required":                                                              func(d *whole) { d.At = time.Time{} },
		"at: year 2201 is not within 1900…2200":                                     func(d *whole) { d.At = d.At.AddDate(175, 0, 0) },
		"year: 1 is not within 1949…9999 calendar years":                            func(d *whole) { d.Year = 1 },
		"part.n: 13 brings bad luck":                                                func(d *whole) { *d.Part.N = 13 },
		"part.n: -1 is not within 0…1000000 persons":                                func(d *whole) { *d.Part.N = -1 },
		"part.n: required; if it is not known, leave it out and name it in unknown": func(d *whole) { d.Part.N = nil },
		"text: required; if it is not known":                                        func(d *whole) { d.Kind = "major" },
		"unknown: part.n is stated":                                                 func(d *whole) { d.Unknown = event.Unknown{"part.n"} },
		"unknown.0: \"kind\" is not one of text, day, part.n":                       func(d *whole) { d.Unknown = event.Unknown{"kind"} },
		"parts.0.size: 0 is not within 1…1099511627776 bytes\nparts.0.media_type: required": func(d *whole) {
			d.Parts[0].Size, d.Parts[0].MediaType = 0, ""
		},
		`other."k": 4 characters, at most 3`: func(d *whole) { d.Other["k"] = "abcd" },
		`other." ".name: " " is no id`:       func(d *whole) { d.Other = map[string]string{" ": "v"} },
		"lists: 2 elements, at most 1":       func(d *whole) { d.Lists["x"] = nil },
		`lists."".0: -1 is not within`:       func(d *whole) { d.Lists[""][0] = -1 },
		`source."列": U+0000 at character 1`:  func(d *whole) { d.Source["列"] = "\x00" },
	} {
		d := good()
		spoil(d)
		if err := field.Check(d); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	d := good()
	d.Kind, d.IDs, d.At = "", nil, time.Time{}
	if err := field.Check(d); err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("not all faults at once: %v", err)
	}
	for _, fine := range []func(*whole){
		func(d *whole) { d.Part.N, d.Unknown = nil, event.Unknown{"part.n", "day"} },
		func(d *whole) { d.Kind, d.Unknown = "major", event.Unknown{"text"} },
		func(d *whole) { d.Parts, d.Other, d.Lists, d.Source = nil, nil, nil, nil },
	} {
		d := good()
		if fine(d); field.Check(d) != nil {
			t.Errorf("%+v: %v", d, field.Check(d))
		}
	}
}

func TestAGoodBodyIsCheckedWithoutAllocation(t *testing.T) {
	d := good()
	d.Lists = nil // walking a map of lists by reflection allocates
	if n := testing.AllocsPerRun(100, func() {
		if err := field.Check(d); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestADeclarationIsWhole: what is left out or mistyped is found when the catalogue is made.
func TestADeclarationIsWhole(t *testing.T) {
	type base struct {
		A string `json:"a" is:"id" zh:"甲" doc:"a"`
	}
	for want, d := range map[string]event.Data{
		"json, zh and doc": &struct {
			A string `json:"a" is:"id" zh:"甲"`
		}{},
		`is:""`: &struct {
			A string `json:"a" zh:"甲" doc:"a"`
		}{},
		`is:"txt(3)"`: &struct {
			A string `json:"a" is:"txt(3)" zh:"甲" doc:"a"`
		}{},
		`is:"code(levels)"`: &struct {
			A string `json:"a" is:"code(levels)" zh:"甲" doc:"a"`
		}{},
		`is:"persons"`: &struct {
			A int `json:"a" is:"persons" zh:"甲" doc:"a"`
		}{},
		`many:""`: &struct {
			A []base `json:"a" zh:"甲" doc:"a"`
		}{},
		"only 2 codes": &struct {
			A []string `json:"a" is:"code(duty-list)" many:"0…3 distinct" zh:"甲" doc:"a"`
		}{},
		`unknown:"sometimes"`: &struct {
			A string        `json:"a,omitempty" is:"id" unknown:"sometimes" zh:"甲" doc:"a"`
			U event.Unknown `json:"unknown,omitempty"`
		}{},
		`unknown:"required for b x"`: &struct {
			A string        `json:"a,omitempty" is:"id" unknown:"required for b x" zh:"甲" doc:"a"`
			U event.Unknown `json:"unknown,omitempty"`
		}{},
		"Go type": &struct {
			A complex64 `json:"a" is:"id" zh:"甲" doc:"a"`
		}{},
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.Contains(r.(error).Error(), want) {
					t.Errorf("%v, want %s", r, want)
				}
			}()
			field.ShapeOf(d)
		}()
	}
}
