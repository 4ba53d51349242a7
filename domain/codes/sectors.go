package codes

// Sector is one safety sector (安委会专业委员会).
type Sector struct {
	Code    string
	Chinese string
	English string
	// Lead are the departments that typically lead the sector (I), for people to read. Which
	// units do in this city is said by its table of units (R75, 管行业必须管安全).
	Lead []string
	// Named says that the founding speech names the sector (R29).
	Named bool
}

// sectorTable is the list of the safety committees' sectors (R29). FOOD is not in that list: committees of
// other provinces have 餐饮住宿, and restaurants of imported records belong there.
var sectorTable = []Sector{
	{"TRAFFIC", "道路交通", "road traffic", []string{"公安交警", "交通运输"}, true},
	{"WATERWAY", "水上交通、渔业船舶", "waterway and fishing vessels", []string{"交通运输", "农业农村"}, false},
	{"FIRE", "消防", "fire safety", []string{"消防救援"}, true},
	{"CONSTR", "建设施工", "construction", []string{"住建"}, true},
	{"INDTRADE", "工贸", "industry and trade", []string{"应急管理"}, true},
	{"MINE", "矿山", "mines", []string{"应急管理", "矿山安监"}, true},
	{"HAZCHEM", "危险化学品", "hazardous chemicals", []string{"应急管理"}, false},
	{"FIREWORKS", "烟花爆竹", "fireworks", []string{"应急管理"}, false},
	{"OILGAS", "油气运输", "oil and gas transport", []string{"发改", "能源", "应急管理"}, true},
	{"GAS", "城镇燃气", "urban gas", []string{"住建"}, false},
	{"POWER", "电力", "electric power", []string{"发改", "能源"}, true},
	{"SPECEQ", "特种设备", "special equipment", []string{"市场监管"}, true},
	{"WATER", "水利", "water conservancy", []string{"水利"}, true},
	{"TOURISM", "旅游", "culture and tourism", []string{"文旅"}, true},
	{"EDU", "教育", "education", []string{"教育"}, true},
	{"HEALTH", "卫生、养老", "health and elderly care", []string{"卫健", "民政"}, false},
	{"CIVEXP", "民爆物品", "civil explosives", []string{"工信", "公安"}, false},
	{"AGRI", "农业机械", "agricultural machinery", []string{"农业农村"}, false},
	{"FOREST", "林业、森林防火", "forestry", []string{"林业"}, false},
	{"RAIL", "铁路", "railway", []string{"铁路"}, false},
	{"POST", "邮政快递", "post and express delivery", []string{"邮政"}, false},
	{"COMM", "商贸流通", "commerce", []string{"商务"}, false},
	{"FOOD", "餐饮住宿", "catering and lodging", []string{"市场监管", "商务"}, false},
}

var sectorsByCode = func() map[string]*Sector {
	m := make(map[string]*Sector, len(sectorTable))
	for i := range sectorTable {
		m[sectorTable[i].Code] = &sectorTable[i]
	}
	return m
}()

// Sectors returns the sectors of the list, in its order. Callers must not change it.
func Sectors() []Sector { return sectorTable }

// SectorOf returns the sector with a code.
func SectorOf(code string) (Sector, bool) {
	s := sectorsByCode[code]
	if s == nil {
		return Sector{}, false
	}
	return *s, true
}

// SectorSet returns the set of one sector, of this list or of the city's own. Callers must not change it.
func SectorSet(code string) []string {
	if set := sectorSets[code]; set != nil || code == "" {
		return set
	}
	return []string{code}
}

var sectorSets = func() map[string][]string {
	m := make(map[string][]string, len(sectorTable))
	for _, s := range sectorTable {
		m[s.Code] = []string{s.Code}
	}
	return m
}()
