package projections

import "github.com/anjian-ledger/anjian/domain/codes"

// CountyView is a county, or a functional zone such as 恒口 (610971).
//
// A zone has its own view and counts in that of its legal parent county too.
type CountyView struct {
	Head
	County string   `json:"county"` // six digits
	Name   string   `json:"name"`   // Chinese; empty when the code is not of this city
	NameEN string   `json:"name_en"`
	Parent string   `json:"parent,omitempty"` // legal parent county of a zone
	Zones  []string `json:"zones"`            // zones that count here too, sorted
	Figures
	Area
}

// County makes the view from the tally of the county together with its zones; shown reports which
// sectors have a line of coverage.
func County(code, parent string, zones []string, t *Sums, names []Counter, shown func(sector string) bool) CountyView {
	area, _ := codes.County(code)
	return CountyView{County: code, Name: area.Chinese, NameEN: area.English, Parent: parent, Zones: list(zones), Figures: t.Figures(names),
		Area: t.Area(names, shown)}
}
