package projections

import "github.com/anjian-ledger/anjian/domain/codes"

// CityView is the whole ledger: every entry counts once in the totals.
type CityView struct {
	Head
	Figures
	Area
	Counties []CountyLine `json:"counties"` // sorted by code; "" is what names no county
}

// CountyLine is one county in the city view. A line with a parent is a zone, which the
// line of its parent contains too: the lines without a parent add up to the city.
type CountyLine struct {
	County             string `json:"county"`
	Name               string `json:"name"`
	NameEN             string `json:"name_en"`
	Parent             string `json:"parent,omitempty"`
	Counts             Counts `json:"counts"`
	Fines              []Sum  `json:"fines"`
	FinesUnknown       int64  `json:"fines_unknown"`
	FinesPaid          []Sum  `json:"fines_paid"`
	FinesRefunded      []Sum  `json:"fines_refunded"`
	FinesUnpaid        []Sum  `json:"fines_unpaid"`
	Attempted          int64  `json:"attempted"`
	FindingsOpen       int64  `json:"findings_open"`
	SubjectsRegistered int64  `json:"subjects_registered"`
	SubjectsInspected  int64  `json:"subjects_inspected"`
	Accidents          int64  `json:"accidents"`
}

// City makes the view from the tally of all cells, each once.
func City(t *Sums, lines []CountyLine, names []Counter, shown func(sector string) bool) CityView {
	return CityView{Figures: t.Figures(names), Area: t.Area(names, shown), Counties: list(lines)}
}

// Line makes a county's line from the tally of the county together with its zones.
func Line(code, parent string, t Tally, names []Counter) CountyLine {
	f := t.Figures(names)
	area, _ := codes.County(code)
	return CountyLine{
		County: code, Name: area.Chinese, NameEN: area.English, Parent: parent, Counts: f.Counts,
		Fines: f.Fines, FinesUnknown: f.FinesUnknown, FinesPaid: f.FinesPaid, FinesRefunded: f.FinesRefunded, FinesUnpaid: f.FinesUnpaid,
		Attempted: f.Attempted, FindingsOpen: f.FindingsOpen,
		SubjectsRegistered: t.Value(SubjectsRegistered), SubjectsInspected: t.Value(SubjectsInspected), Accidents: t.Value(Accidents),
	}
}
