// Package codes holds the code lists of the field: sectors, regions, subject and penalty
// kinds, accident grades, USCC. Sources stand beside each list.
package codes

// Sectors are the safety sectors (安委会专业委员会) of CODES §4, by code.
var Sectors = map[string]string{
	"TRAFFIC": "道路交通", "WATERWAY": "水上交通、渔业船舶", "FIRE": "消防", "CONSTR": "建设施工", "INDTRADE": "工贸",
	"MINE": "矿山", "HAZCHEM": "危险化学品", "FIREWORKS": "烟花爆竹", "OILGAS": "油气运输", "GAS": "城镇燃气",
	"POWER": "电力", "SPECEQ": "特种设备", "WATER": "水利", "TOURISM": "旅游", "EDU": "教育", "HEALTH": "卫生、养老",
	"CIVEXP": "民爆物品", "AGRI": "农业机械", "FOREST": "林业、森林防火", "RAIL": "铁路", "POST": "邮政快递", "COMM": "商贸流通",
	// FOOD is not in the source's list; restaurants of imported records belong here.
	"FOOD": "餐饮住宿",
}

// IsSector reports whether code is a sector.
func IsSector(code string) bool { return Sectors[code] != "" }

// CountyOf returns the county of a region code of 6, 9 or 12 digits (GB/T 2260 and the
// statistical codes below it), or "" when the code does not have that form.
func CountyOf(region string) string {
	switch len(region) {
	case 6, 9, 12:
	default:
		return ""
	}
	for i := 0; i < len(region); i++ {
		if region[i] < '0' || region[i] > '9' {
			return ""
		}
	}
	return region[:6]
}
