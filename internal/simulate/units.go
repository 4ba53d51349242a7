package simulate

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/internal/profile"
)

// dept is a kind of department: each county and zone has one, and so has the city. Their names and sectors stand in the
// profile of the city.
type dept struct {
	slug string // with the code of the area it makes the unit's id
	name string // after the name of the area
}

// cityWide is the end of the id of a unit of the city itself.
const cityWide = "city"

// depts are all departments of the trades.
var depts = []dept{
	{"emergency", "应急管理局"},
	{"fire", "消防救援大队"},
	{"housing", "住房和城乡建设局"},
	{"transport", "交通运输局"},
	{"traffic-police", "公安局交通警察大队"},
	{"education", "教育体育局"},
	{"tourism", "文化和旅游广电局"},
	{"market", "市场监督管理局"},
	{"water", "水利局"},
	{"government", "人民政府"},
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

// ownItems is how many items the plan adds for a sector to those of the speech, at most.
const ownItems = 31

// profiles are those of the city that can be played.
var profiles = []string{"ankang", Today}

// cities are what the city has published, by profile.
var cities = map[string]func() *profile.Profile{
	profiles[0]: sync.OnceValue(func() *profile.Profile { return cityOf(profiles[0]) }),
	Today:       sync.OnceValue(func() *profile.Profile { return cityOf(Today) }),
}

func (g *Generator) city() *profile.Profile { return cities[g.Profile]() }

// cityOf is what the city has published: its tables and its rules of discipline, with synthetic items for each sector of
// the campaign.
func cityOf(name string) *profile.Profile {
	p, err := profile.BuiltIn(name)
	if err != nil {
		panic(err) // the tests of package profile would have shown it
	}
	for i, f := range p.Files {
		if f.Table == nil || f.Table.Table != codetable.Checklists {
			continue
		}
		lists := *f.Table
		for s, sector := range campaignSectors() {
			for n := range ownItems {
				section := inspection.Sections[(s+n)%len(inspection.Sections)]
				lists.Items = append(lists.Items, codetable.Item{ID: ownItem(sector, n+1), Section: section, Bad: "no",
					Text: fmt.Sprintf("专项检查第 %d 项是否符合要求%s", n+1, mark), Kinds: []string{}, Sectors: []string{sector}})
			}
		}
		if name == Today {
			lists.Items = slices.Clone(lists.Items)
			published(lists.Items)
		}
		p.Files[i] = &profile.File{Name: f.Name, Table: &lists}
	}
	return p
}

// ownItem is an item that the plan adds for a sector.
func ownItem(sector string, n int) string { return fmt.Sprintf("%s-%d", sector, n) }

// campaignSectors are the sectors of which there are places.
func campaignSectors() (list []string) {
	for i := range trades {
		if !slices.Contains(list, trades[i].sector) {
			list = append(list, trades[i].sector)
		}
	}
	return list
}

// rulesOfDiscipline are those that everybody acknowledges: the text of the city under a version of the campaign, because
// a version is published once in a ledger.
func (g *Generator) rulesOfDiscipline() *codetable.DisciplineRules {
	for _, f := range g.city().Files {
		if f.Rules != nil {
			own := *f.Rules
			own.Version = g.id
			return &own
		}
	}
	return nil
}

// tables publishes the profile of the city.
func (g *Generator) tables(at time.Time) *Request {
	b := g.batch(g.desk(), g.chance(forTables, 0))
	for _, f := range g.city().Files {
		if f.Rules != nil || f.Plan != nil {
			continue
		}
		for _, body := range f.Bodies() {
			b.add(f.Type(), event.Table, f.Stream().ID, at, body.Data)
		}
	}
	b.add("discipline-rules-published", event.Table, codetable.Discipline, at, g.rulesOfDiscipline())
	return b.request(at)
}
