package simulate

import (
	"fmt"
	"math"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// place is a subject as the visits need to know it.
type place struct {
	id       string
	area     area
	trade    *trade
	highRisk bool
	inField  bool // in no register before the visit (R06)
	lat, lon float64
}

// subjects is the number of the register: one for each visit that has its own, and those
// that nobody visits.
func (g *Generator) subjects() int { return g.visits + g.unvisited }

// place returns subject n: for n below the number of visits the one that visit n is made to.
func (g *Generator) place(n int) (place, chance) {
	c := g.chance(forSubject, n)
	p := place{id: fmt.Sprintf("%s-s%06d", g.id, n)}
	t := c.IntN(g.teams)
	if n < g.visits {
		t = g.teamOf(n)
	}
	if specialist(t) {
		p.area, p.trade = pick(c, g.areas), pick(c, sectorsOf(t))
	} else {
		p.area, p.trade = pick(c, g.countiesOf(t)), weighted(c)
	}
	if p.inField = !specialist(t) && c.once(0.02); p.inField {
		p.id = g.teamID(t) + "." + p.id
		p.trade = &unlicensed
	}
	if n == g.accidentVisit() {
		p.trade, p.inField = accidentTrade(), false
		for _, a := range g.areas {
			if a.Code == hengkou {
				p.area = a
			}
		}
	}
	p.highRisk = p.trade.highRisk && c.once(0.8)
	p.lat = round5(p.area.lat + (c.Float64()-0.5)/5)
	p.lon = round5(p.area.lon + (c.Float64()-0.5)/5)
	return p, c
}

func round5(x float64) float64 { return math.Round(x*1e5) / 1e5 }

// weighted picks a trade as often as a comprehensive team meets it.
func weighted(c chance) *trade {
	total := 0
	for i := range trades {
		total += trades[i].weight
	}
	k := c.IntN(total)
	for i := range trades {
		if k -= trades[i].weight; k < 0 {
			return &trades[i]
		}
	}
	return &trades[0]
}

// registerSubject enters subject n in the register, unless it is only found in the field or
// belongs to a visit that goes to another's subject.
func (g *Generator) registerSubject(b *batch, n int, at time.Time) {
	p, c := g.place(n)
	if !g.registers(n, p) {
		return
	}
	g.enter(b, n, p, c, "register", at)
	if c.once(0.05) {
		status := pick(c, []string{"partial", "suspended"})
		b.add("subject-status-recorded", event.Subject, p.id, at, &subject.StatusRecorded{
			Production: status, Since: g.date(at.AddDate(0, 0, -c.between(3, 60))), Note: "年底检修",
		})
	}
}

// enter adds the registration itself.
func (g *Generator) enter(b *batch, n int, p place, c chance, discovery string, at time.Time) {
	region, town := p.area.Code, ""
	if len(p.area.towns) > 0 {
		t := pick(c, p.area.towns)
		region, town = t.Code, t.Chinese
	}
	d := &subject.Registered{
		Kind: p.trade.kind, Name: p.area.Chinese + pick(c, brands) + pick(c, p.trade.business) + mark,
		Region: region, Address: fmt.Sprintf("%s%s%d号", p.area.Chinese, town, c.between(1, 299)),
		Place: &event.Place{Lat: p.lat, Lon: p.lon, Datum: datum}, Sectors: []string{p.trade.sector}, Industry: p.trade.industry,
		Departments: []string{unitID(p.trade.dept, p.area.Code)}, Discovery: discovery,
	}
	if p.highRisk {
		d.RiskClasses = []string{"high-risk-industry"}
	}
	if len(p.trade.venues) > 0 {
		d.VenueType = pick(c, p.trade.venues)
	}
	switch p.trade.kind {
	case "enterprise", "venue":
		offset := int(g.key>>33) % codes.MaxSyntheticUSCC
		d.USCC = codes.SyntheticUSCC(p.area.registry, (offset+n)%codes.MaxSyntheticUSCC)
	case "site":
		d.OtherIDs = map[string]string{"施工许可证": fmt.Sprintf("模拟-%s-%05d", p.area.Code, n)}
	}
	d.Ownership, d.Size = pick(c, ownerships), pick(c, sizes)
	if n == g.accidentVisit() {
		d.Name = "恒瑞源新材料有限公司" + mark
	}
	b.add("subject-registered", event.Subject, p.id, at, d)
}
