package table

import (
	"errors"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
)

// faulty wants a publication to have exactly these faults, as "path fault".
func faulty(t *testing.T, d *Published, want ...string) {
	t.Helper()
	var all event.Faults
	if err := field.Check(d); err != nil && !errors.As(err, &all) {
		t.Fatal(err)
	}
	got := []string{}
	for _, f := range all {
		got = append(got, f.Path+" "+string(f.Fault))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("faults %q, want %q", got, want)
	}
}

func year(y *Year) *Published {
	return &Published{Table: Holidays, Document: "国办发明电〔2018〕15号", Calendar: y}
}

// R26: the notice of 2019, with the days of the year before that belong to its New Year.
func TestR26ACalendarContradictsNeitherItselfNorTheWeek(t *testing.T) {
	newYear := Holiday{"元旦", "2018-12-30", "2019-01-01"}
	may := Holiday{"劳动节", "2019-05-01", "2019-05-04"}
	faulty(t, year(&Year{2019, []Holiday{newYear, may}, []string{"2018-12-29", "2019-04-28", "2019-05-05"}}))
	faulty(t, year(&Year{2019, []Holiday{may, {"青年节", "2019-05-04", "2019-05-05"}}, []string{}}), "calendar.holidays.1 overlaps")
	faulty(t, year(&Year{2019, []Holiday{may}, []string{"2019-05-04"}}), "calendar.worked.0 worked-on-a-holiday")
	faulty(t, year(&Year{2019, []Holiday{may}, []string{"2019-05-06"}}), "calendar.worked.0 worked-weekday")
	faulty(t, year(&Year{2019, []Holiday{{"劳动节", "2019-05-04", "2019-05-01"}}, []string{}}), "calendar.holidays.0.to before-from")
	faulty(t, year(&Year{2019, []Holiday{{"劳动节", "2019-05-01", "2019-06-04"}}, []string{}}), "calendar.holidays.0.to holiday-too-long")
	faulty(t, year(&Year{2020, []Holiday{may}, []string{"2019-05-05"}}), "calendar.holidays.0 of-another-year",
		"calendar.worked.0 of-another-year")
	faulty(t, &Published{Table: Holidays}, "calendar required-for-table", "document required-for-table")
	parts := year(&Year{2019, []Holiday{may}, []string{}})
	parts.Part = &Part{1, 2}
	faulty(t, parts, "part year-is-whole")
}

// R29: a table has its own rows only, each once, and says of a part how many there are.
func TestR29ATableHasItsOwnRowsEachOnce(t *testing.T) {
	u := Unit{ID: "u", Name: "某局", Sectors: []string{}}
	faulty(t, &Published{Table: Units, Units: []Unit{u}})
	faulty(t, &Published{Table: Units, Units: []Unit{u, u}}, "units.1 listed-twice")
	faulty(t, &Published{Table: Sectors, Units: []Unit{u}}, "units of-another-table")
	faulty(t, &Published{Table: Units, Part: &Part{2, 1}}, "part.number not-a-part")
	for _, c := range codes.List("code-table") {
		if Rows(c) == "" {
			t.Errorf("no member has the rows of %s", c)
		}
	}
}

// R41: on one day there is one limit of a matter.
func TestR41LimitsOfOneMatterDoNotOverlap(t *testing.T) {
	old := codes.LawLimit{Matter: "decision", Law: "行政处罚法", Version: "2017-09-01", Article: "1", Number: 30, Unit: "days", From: "2018-01-01"}
	now := old
	now.From = "2021-07-15"
	faulty(t, &Published{Table: Limits, Limits: []codes.LawLimit{old, now}}, "limits.1.from overlaps")
	old.To = "2021-07-15"
	faulty(t, &Published{Table: Limits, Limits: []codes.LawLimit{old, now}}, "limits.1.from overlaps")
	old.To = "2021-07-14"
	faulty(t, &Published{Table: Limits, Limits: []codes.LawLimit{old, now}})
	old.To = "2017-01-01"
	faulty(t, &Published{Table: Limits, Limits: []codes.LawLimit{old}}, "limits.0.to before-from")
	m := codes.LimitsOf([]codes.LawLimit{now, {Matter: "decision", Number: 7, From: "2018-01-01", To: "2021-07-14"}})
	for day, want := range map[string]int64{"2021-07-14": 7, "2021-07-15": 30, "2030-01-01": 30} {
		if l, ok := m.Of("decision", day); !ok || l.Number != want {
			t.Errorf("on %s %d, %v", day, l.Number, ok)
		}
	}
	if _, ok := m.Of("decision", "2017-12-31"); ok {
		t.Error("there is a limit before the first text")
	}
	if l, ok := m.Of(codes.OnTheSpotUnit, "2020-01-01"); !ok || l.Number != 1_000_00 {
		t.Errorf("of what the table leaves out: %d, %v", l.Number, ok)
	}
}

// R29: an append with a table in parts has all of them, one behind the other.
func TestR29ATornAppendIsRefused(t *testing.T) {
	part := func(i, n int) event.Data { return &Published{Table: Units, Part: &Part{i, n}} }
	whole, other := &Published{Table: Units}, &DisciplineRules{}
	for _, c := range []struct {
		events []event.Data
		at     int
	}{
		{nil, -1}, {[]event.Data{whole, other, whole}, -1}, {[]event.Data{part(1, 2), part(2, 2), other, part(1, 1)}, -1},
		{[]event.Data{part(1, 2)}, 0}, {[]event.Data{part(1, 3), part(2, 3)}, 1}, {[]event.Data{part(1, 2), other, part(2, 2)}, 0},
		{[]event.Data{part(1, 2), part(1, 2), part(2, 2)}, 0}, {[]event.Data{part(1, 2), whole}, 0},
	} {
		at, r := Torn(len(c.events), func(i int) *event.Event { return &event.Event{Data: c.events[i]} })
		if at != c.at || (r != nil) != (at >= 0) || r != nil && r.Code != law.TableTorn {
			t.Errorf("%v: %d, %v", c.events, at, r)
		}
	}
}
