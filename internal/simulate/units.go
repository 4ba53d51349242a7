package simulate

import codetable "github.com/anjian-ledger/anjian/domain/table"

// dept is a kind of department: each county and zone has one, and so has the city.
type dept struct {
	slug    string // with the code of the area it makes the unit's id
	name    string // after the name of the area
	sectors []string
}

// cityWide is the end of the id of a unit of the city itself.
const cityWide = "city"

// depts are all departments of the trades; those without sectors supervise none.
var depts = []dept{
	{"emergency", "应急管理局", []string{"INDTRADE", "MINE", "HAZCHEM", "FIREWORKS"}},
	{"fire", "消防救援大队", []string{"FIRE"}},
	{"housing", "住房和城乡建设局", []string{"CONSTR", "GAS"}},
	{"transport", "交通运输局", []string{"TRAFFIC", "WATERWAY"}},
	{"traffic-police", "公安局交通警察大队", []string{"TRAFFIC"}},
	{"education", "教育体育局", []string{"EDU"}},
	{"tourism", "文化和旅游广电局", []string{"TOURISM"}},
	{"market", "市场监督管理局", []string{"SPECEQ"}},
	{"water", "水利局", []string{"WATER"}},
	{"government", "人民政府", nil},
}

// officeUnit is the unit of the supervision office.
const officeUnit = "safety-office-" + cityWide

// unitID is the id of a department of an area, by the department's name.
func unitID(name, area string) string {
	for _, d := range depts {
		if d.name == name {
			return d.slug + "-" + area
		}
	}
	return "" // no unit has this id, and no event is accepted with it
}

// unitTable is the table of units of the synthetic city.
func (g *Generator) unitTable() *codetable.Published {
	t := &codetable.Published{Table: codetable.Units}
	t.Units = append(t.Units, codetable.Unit{ID: officeUnit, Name: "安康市安全生产委员会办公室" + mark, Sectors: []string{}})
	for _, d := range depts {
		t.Units = append(t.Units, codetable.Unit{ID: d.slug + "-" + cityWide, Name: "安康市" + d.name + mark, Sectors: []string{}})
		for _, a := range g.areas {
			t.Units = append(t.Units, codetable.Unit{ID: d.slug + "-" + a.Code, Name: a.Chinese + d.name + mark, County: a.Code,
				Sectors: append([]string{}, d.sectors...)})
		}
	}
	return t
}
