package codes

// accidentKinds are the twenty kinds of GB 6441-1986, in its order, and the kinds of traffic,
// which are counted apart. The codes are local (I).
var accidentKinds = []Code{
	{"struck-by-object", "物体打击", "struck by an object"},
	{"vehicle", "车辆伤害", "vehicle"},
	{"machinery", "机械伤害", "machinery"},
	{"lifting", "起重伤害", "lifting"},
	{"electric-shock", "触电", "electric shock"},
	{"drowning", "淹溺", "drowning"},
	{"burns", "灼烫", "burns"},
	{Fire, "火灾", "fire"},
	{"fall", "高处坠落", "fall from a height"},
	{"collapse", "坍塌", "collapse"},
	{"roof-fall", "冒顶片帮", "roof fall"},
	{"water-inrush", "透水", "water inrush"},
	{"blasting", "放炮", "blasting"},
	{"explosives", "火药爆炸", "explosives"},
	{"gas-explosion", "瓦斯爆炸", "gas explosion"},
	{"boiler-explosion", "锅炉爆炸", "boiler explosion"},
	{"vessel-explosion", "容器爆炸", "vessel explosion"},
	{"other-explosion", "其他爆炸", "other explosion"},
	{"poisoning-asphyxiation", "中毒和窒息", "poisoning or asphyxiation"},
	{"other", "其他伤害", "other injury"},
	{RoadTraffic, "道路交通", "road traffic"},
	{"water-traffic", "水上交通", "water traffic"},
	{"rail-traffic", "铁路交通", "rail traffic"},
}

// The kinds that have a limit of their own.
const (
	Fire        = "fire"
	RoadTraffic = "road-traffic"
)
