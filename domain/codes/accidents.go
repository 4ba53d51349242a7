package codes

import (
	"time"
)

// AccidentKind is a kind of accident (事故类型).
type AccidentKind struct {
	Code    string
	Chinese string
}

// accidentKinds are the twenty kinds of GB 6441-1986, in its order, and the kinds of traffic,
// which are counted apart. The codes are local (I).
var accidentKinds = []AccidentKind{
	{"struck-by-object", "物体打击"},
	{"vehicle", "车辆伤害"},
	{"machinery", "机械伤害"},
	{"lifting", "起重伤害"},
	{"electric-shock", "触电"},
	{"drowning", "淹溺"},
	{"burns", "灼烫"},
	{Fire, "火灾"},
	{"fall", "高处坠落"},
	{"collapse", "坍塌"},
	{"roof-fall", "冒顶片帮"},
	{"water-inrush", "透水"},
	{"blasting", "放炮"},
	{"explosives", "火药爆炸"},
	{"gas-explosion", "瓦斯爆炸"},
	{"boiler-explosion", "锅炉爆炸"},
	{"vessel-explosion", "容器爆炸"},
	{"other-explosion", "其他爆炸"},
	{"poisoning-asphyxiation", "中毒和窒息"},
	{"other", "其他伤害"},
	{RoadTraffic, "道路交通"},
	{"water-traffic", "水上交通"},
	{"rail-traffic", "铁路交通"},
}

// The kinds that have a limit of their own.
const (
	Fire        = "fire"
	RoadTraffic = "road-traffic"
)

// CasualtyWindow returns how long after an accident a change of its casualties is reported in
// addition to it: 30 days, and 7 days for road traffic accidents and fires (State Council
// Order 493 Art. 13).
func CasualtyWindow(kind string) time.Duration {
	days := 30
	if kind == RoadTraffic || kind == Fire {
		days = 7
	}
	return time.Duration(days) * 24 * time.Hour
}
