package projections

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// N11: a rate has its n and its interval, which is the wider the fewer it is of; of nothing there is none. Against tables of Wilson's
// interval, and of Poisson's score interval.
func TestN11RatesHaveNumberAndInterval(t *testing.T) {
	of := func(inspections, findings, major, open, closed int64) []Rate {
		f := Figures{Counts: Counts{Inspections: inspections, Findings: findings, MajorFindings: major}, FindingsOpen: open,
			ClosedInspections: closed}
		return f.rates()
	}
	if got := of(0, 0, 0, 0, 0); len(got) > 0 {
		t.Errorf("of nothing: %+v", got)
	}
	want := []Rate{{"closed-inspections", 5, 10, .5, .237, .763}, {"major-findings", 1, 10, .1, .018, .404},
		{"findings-open", 0, 10, 0, 0, .278}, {"findings-per-inspection", 10, 10, 1, .543, 1.841}}
	if got := of(10, 10, 1, 0, 5); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	few, many := of(4, 4, 2, 0, 2)[0], of(400, 4, 2, 0, 200)[0]
	if few.Value != many.Value || few.High-few.Low <= many.High-many.Low || few.N != 4 || many.N != 400 {
		t.Errorf("%+v, %+v", few, many)
	}
}

// N11: the lines of counties are in the order of their codes, and say no rate or rank by which they could be put in another one.
func TestN11NoViewIsALeagueTable(t *testing.T) {
	line := reflect.TypeFor[CountyLine]()
	for i := range line.NumField() {
		if name := line.Field(i).Tag.Get("json"); strings.Contains(name, "rate") || strings.Contains(name, "rank") {
			t.Errorf("a line of a county has %s", name)
		}
	}
}
