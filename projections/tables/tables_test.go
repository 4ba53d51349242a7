package tables_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// Moments are texts in Beijing time that compare as instants do; what is none is none.
func TestMoments(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		m    tables.Moment
		want string
	}{
		{tables.At(at("2026-12-02T01:30:59Z")), "2026-12-02 09:30"},
		{tables.At(at("2026-12-31T16:00:00Z")), "2027-01-01 00:00"},
		{tables.At(at("1969-12-31T23:59:30Z")), "1970-01-01 07:59"},
		{tables.Day("2026-02-28"), "2026-02-28"},
		{tables.Occurred(&event.Event{Occurred: at("2010-04-04T16:00:00Z"), Precision: event.Day}), "2010-04-05"},
	} {
		if got := c.m.String(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
	for _, none := range []tables.Moment{tables.At(time.Time{}), tables.Day(""), tables.Day("2026-02-30")} {
		if !none.IsZero() {
			t.Errorf("%s is not none", none)
		}
	}
	early, late := tables.At(at("2026-01-01T00:00:00Z")), tables.At(at("2026-01-02T00:00:00Z"))
	if early.First(late) != early || late.First(early) != early || (tables.Moment{}).First(late) != late ||
		late.First(tables.Moment{}) != late {
		t.Error("the first of two is not the earlier one")
	}
}

// A version is written where something differs, and nowhere else; and one that an entry of the same batch ends is written with its end.
func TestAVersionIsWrittenWhereSomethingDiffers(t *testing.T) {
	f := tables.New(0, func([]uint32) ([]*event.Event, error) { t.Error("nothing is corrected"); return nil, nil })
	var b tables.Batch
	typ := &event.Type{Name: "some", Kind: event.Inspection, Discloses: true}
	f.Begin(&b)
	for i, d := range []event.Data{
		&inspection.Started{Sector: "FIRE", VisitType: "initial"}, &inspection.FindingRecorded{Finding: "F1", Level: "major"},
		&inspection.CheckAnswered{Item: "A", Answer: "yes"}, &inspection.FixedOnSite{Finding: "F1"}, &inspection.FixedOnSite{Finding: "F1"},
		&inspection.ServiceProvided{Topic: "x"}, &inspection.Closed{},
	} {
		err := f.Apply(&event.Event{Index: uint64(i), Type: typ, Stream: event.Stream{Kind: event.Inspection, ID: "T1.x"}, Data: d,
			Assurance: event.Token, Occurred: time.Unix(int64(i)*60, 0), Recorded: time.Unix(int64(i)*60, 0)})
		if err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for i := range b.Ops {
		if op := &b.Ops[i]; op.Do == tables.Write {
			from, to := op.Values[1].(int64), op.Values[2].(int64)
			if to == tables.End {
				to = -1
			}
			got = append(got, op.In.Name+" "+strings.Join([]string{string('0' + rune(from)), string('0' + rune(max(to, 0)))}, "-"))
		}
	}
	slices.Sort(got)
	if want := "checks 2-0|findings 1-3|findings 3-0|services 5-0|visits 0-6|visits 6-0"; strings.Join(got, "|") != want {
		t.Errorf("%s, want %s", strings.Join(got, "|"), want)
	}
}

// Every register can be rendered and made: names of columns are distinct, and no word of SQL.
func TestRegistersAreTables(t *testing.T) {
	for _, r := range tables.All {
		seen := map[string]bool{}
		for _, c := range r.All() {
			if seen[c.Name] || c.Name != strings.ToLower(c.Name) || c.Doc == "" || c.Chinese == "" {
				t.Errorf("%s.%s", r.Name, c.Name)
			}
			seen[c.Name] = true
		}
		for _, list := range r.Indexes {
			for _, c := range strings.Split(list, ", ") {
				if !seen[c] {
					t.Errorf("%s has an index of %s, which is no column", r.Name, c)
				}
			}
		}
		if tables.Of(r.Name) != r {
			t.Errorf("there are two of %s", r.Name)
		}
	}
}

// What a list's conditions compare with the time are its dated columns, and what they ask of another register is about the same values of
// its columns: what changed between two positions is looked for by these.
func TestConditionsOfListsSayWhatTheyFollow(t *testing.T) {
	compared := regexp.MustCompile(`\+?(?:v\.)?([a-z_]+) (?:<|<=|>|>=) (?::now|substr\(:now, 1, 10\))`)
	asked := regexp.MustCompile(`FROM ([a-z_]+) d WHERE ((?:d\.[a-z]+ = v\.[a-z]+ AND )+)`)
	dated, others := 0, 0
	for _, l := range tables.Lists {
		conditions := []string{l.Where, l.Always}
		for _, s := range l.States {
			conditions = append(conditions, s.Where)
		}
		for _, text := range conditions {
			for _, m := range compared.FindAllStringSubmatch(text, -1) {
				if dated++; !slices.Contains(l.Dated, m[1]) {
					t.Errorf("%s: %s is not dated", l.Name, m[1])
				}
			}
			if left := compared.ReplaceAllString(text, ""); strings.Contains(left, ":now") {
				t.Errorf("%s compares the time in another way: %s", l.Name, left)
			}
			all := asked.FindAllStringSubmatch(text, -1)
			if len(all) != strings.Count(text, "SELECT") {
				t.Errorf("%s asks another register in another way: %s", l.Name, text)
			}
			for _, m := range all {
				others++
				if !slices.ContainsFunc(l.Also, func(o tables.Other) bool {
					want := ""
					for _, column := range o.By {
						want += "d." + column + " = v." + column + " AND "
					}
					return o.Name == m[1] && want == m[2]
				}) {
					t.Errorf("%s: nothing says by what %s is asked: %s", l.Name, m[1], m[2])
				}
			}
		}
	}
	if dated < 6 || others < 2 {
		t.Errorf("%d dates, %d other registers", dated, others)
	}
}
