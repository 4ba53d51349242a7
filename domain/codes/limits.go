package codes

import "slices"

// LawLimit is a number that the law sets, in one text of it. A limit follows the text in force at the
// date of the fact.
type LawLimit struct {
	Matter    string `json:"matter" is:"code(law-matter)" zh:"事项" doc:"what is limited"`
	Law       string `json:"law" is:"text(200)" zh:"法律" doc:"行政处罚法 …"`
	Version   string `json:"version" is:"text(40)" zh:"版本" doc:"date or year of the text"`
	Article   string `json:"article" is:"text(40)" zh:"条" doc:"article"`
	Number    int64  `json:"number" is:"amount" zh:"限值" doc:"in the unit"`
	Unit      string `json:"unit" is:"code(limit-unit)" zh:"单位" doc:"of the number"`
	From      string `json:"from" is:"date" zh:"起效日期" doc:"first day in force"`
	To        string `json:"to,omitempty" is:"date" zh:"失效前日期" doc:"last day in force; left out: still in force"`
	Confirmed bool   `json:"confirmed" zh:"已核对" doc:"held against the official text"`
}

// in reports whether a row is in force on a day YYYY-MM-DD.
func (l *LawLimit) in(day string) bool { return l.From <= day && (l.To == "" || day <= l.To) }

// Overlaps reports whether two rows of one matter are in force on the same day.
func (l *LawLimit) Overlaps(o *LawLimit) bool {
	return l.Matter == o.Matter && (o.To == "" || l.From <= o.To) && (l.To == "" || o.From <= l.To)
}

// Below reports whether a row is laxer than what the same text of the law says: confirmed is the row that was
// held against it.
func (l *LawLimit) Below(confirmed *LawLimit) bool {
	if l.Matter != confirmed.Matter || l.Law != confirmed.Law || l.Version != confirmed.Version || l.Unit != confirmed.Unit {
		return false
	}
	if atLeast[l.Matter] || leastFine(l.Matter) {
		return l.Number < confirmed.Number
	}
	return l.Number > confirmed.Number
}

// LawLimits are the limits of the law, by matter and in the order of their dates. The zero value is [Statute].
type LawLimits map[string][]LawLimit

// LimitsOf sorts rows by matter and date.
func LimitsOf(rows []LawLimit) LawLimits {
	m := make(LawLimits)
	for _, r := range rows {
		m[r.Matter] = append(m[r.Matter], r)
	}
	for _, list := range m {
		slices.SortFunc(list, func(a, b LawLimit) int { return compare(a.From, b.From) })
	}
	return m
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Of returns the limit of a matter in the text in force on a day YYYY-MM-DD, of a matter that the table leaves out
// that of [Statute]. ok is false when the law sets none then.
func (m LawLimits) Of(matter, day string) (l LawLimit, ok bool) {
	list := m[matter]
	if len(list) == 0 {
		if list = Statute[matter]; list == nil {
			return l, false
		}
	}
	for i := range list {
		if list[i].in(day) {
			return list[i], true
		}
	}
	return list[0], day < list[0].From && atFirst[matter]
}

// The matters that rules ask for. All others are for those who read the table.
const (
	Officers          = "officers"
	OnTheSpotUnit     = "on-the-spot-fine-unit"
	OnTheSpotPerson   = "on-the-spot-fine-person"
	LargerFineUnit    = "larger-fine-unit"
	LargerFinePerson  = "larger-fine-person"
	Casualties        = "casualties"
	CasualtiesTraffic = "casualties-traffic-fire"
)

// atLeast has the matters whose number may be larger and not smaller: what a party has, and how many must come.
// All others are bounds of what an authority may take.
var atLeast = map[string]bool{
	Officers: true, "hearing-request": true, "hearing-notice": true, "payment": true, "review": true, "lawsuit": true,
	"demand": true, "power-cut-notice": true,
}

// atFirst has the matters that earlier texts limited likewise, so that the oldest row stands for them.
var atFirst = map[string]bool{Officers: true, OnTheSpotUnit: true, OnTheSpotPerson: true, Casualties: true, CasualtiesTraffic: true}

// matters are what the law limits.
var matters = []Code{
	{Officers, "执法人员数", "officers"}, {OnTheSpotPerson, "当场罚款（个人）", "fine on the spot, person"},
	{OnTheSpotUnit, "当场罚款（单位）", "fine on the spot, unit"}, {"decision", "立案后作出决定", "decision after filing"},
	{"service", "当事人不在场的送达", "service if absent"}, {"hearing-request", "要求听证", "request for a hearing"},
	{"hearing-notice", "听证通知", "notice of a hearing"}, {LargerFinePerson, "较大数额罚款（个人）", "larger fine, person"},
	{LargerFineUnit, "较大数额罚款（单位）", "larger fine, unit"}, {"payment", "缴纳罚款", "payment of a fine"},
	{"limitation", "追究时效", "limitation"}, {"limitation-harm", "追究时效（危害生命健康）", "limitation, life or health harmed"},
	{"withdrawal", "撤回公开的决定", "withdrawal of a publication"}, {"publication", "公开处罚决定", "publication of a decision"},
	{"review", "申请行政复议", "administrative review"}, {"lawsuit", "提起诉讼", "lawsuit"},
	{"seal", "查封、扣押", "seal and seizure"}, {"seal-extension", "查封、扣押延长", "extension of seal and seizure"},
	{"demand", "强制执行前催告", "demand before enforcement"}, {"enforcement", "申请强制执行", "application for enforcement"},
	{"registered-evidence", "先行登记保存", "evidence registered in advance"}, {"power-cut-notice", "停止供电通知", "notice before a power cut"},
	{"report-unit", "单位报告事故", "accident report of the unit"}, {"report-level", "逐级上报事故", "accident report of each level"},
	{Casualties, "补报伤亡", "changed casualties"}, {CasualtiesTraffic, "补报伤亡（道路交通、火灾）", "changed casualties, road traffic and fire"},
	{"investigation", "事故调查报告", "report of inquiry"}, {"investigation-extension", "延长调查", "extension of an inquiry"},
	{"reply", "批复", "reply"}, {"reply-especially-major", "批复（特别重大事故）", "reply, especially major accident"},
	{"evaluation", "整改评估", "evaluation of rectification"}, {"recheck", "整改复查", "re-check after an order"},
	{"resume", "恢复生产前审查", "site review before resumption"}, {"blacklist", "失信名单期限", "time on the list"},
	{"blacklist-early", "提前移出名单", "early removal from the list"},
}

// units are what a limit is counted in.
var limitUnits = []Code{
	{"hours", "小时", "hours"}, {"days", "日", "calendar days"}, {"working-days", "工作日", "working days"},
	{"months", "月", "months"}, {"years", "年", "years"}, {"persons", "人", "persons"}, {"fen", "分", "fen"},
}

const (
	penalty2017 = "2017-09-01"
	penalty2021 = "2021-01-22"
	last2017    = "2021-07-14"
	from2021    = "2021-07-15"
)

// OnTheSpotFine returns the largest fine, in CNY fen, that officers may decide on the spot on a day against a unit or a person
// (行政处罚法 2021 Art. 51, before Art. 33).
func (m LawLimits) OnTheSpotFine(day string, ofPerson bool) int64 {
	matter := OnTheSpotUnit
	if ofPerson {
		matter = OnTheSpotPerson
	}
	l, _ := m.Of(matter, day)
	return l.Number
}

// LeastOfficers returns how many officers the law asks for (行政处罚法 Art. 42).
func (m LawLimits) LeastOfficers(day string) int {
	l, _ := m.Of(Officers, day)
	return int(l.Number)
}

// CasualtyDays returns within how many days a change of an accident's casualties is added to it: 30, and 7 of road
// traffic accidents and fires (State Council Order 493 Art. 13).
func (m LawLimits) CasualtyDays(kind, day string) int64 {
	matter := Casualties
	if kind == RoadTraffic || kind == Fire {
		matter = CasualtiesTraffic
	}
	l, _ := m.Of(matter, day)
	return l.Number
}

// Statute has the limits that rules ask for, and those that were held against the official text, where no
// table is published: a city's profile has the whole table. What is not confirmed is inferred (I).
var Statute = LimitsOf(statute)

var statute = append([]LawLimit{
	{Officers, "行政处罚法", penalty2017, "37", 2, "persons", "1996-10-01", last2017, true},
	{Officers, "行政处罚法", penalty2021, "42", 2, "persons", from2021, "", true},
	{OnTheSpotUnit, "行政处罚法", penalty2017, "33", 1_000_00, "fen", "1996-10-01", last2017, true},
	{OnTheSpotUnit, "行政处罚法", penalty2021, "51", 3_000_00, "fen", from2021, "", true},
	{OnTheSpotPerson, "行政处罚法", penalty2017, "33", 50_00, "fen", "1996-10-01", last2017, true},
	{OnTheSpotPerson, "行政处罚法", penalty2021, "51", 200_00, "fen", from2021, "", true},
	{"decision", "行政处罚法", penalty2021, "60", 90, "days", from2021, "", true},
	{"hearing-request", "行政处罚法", penalty2021, "64", 5, "working-days", from2021, "", true},
	{"hearing-notice", "行政处罚法", penalty2021, "64", 7, "working-days", from2021, "", true},
	{"payment", "行政处罚法", penalty2021, "67", 15, "days", from2021, "", true},
	{"seal", "行政强制法", "2011-06-30", "25", 30, "days", "2012-01-01", "", true},
	{"seal-extension", "行政强制法", "2011-06-30", "25", 30, "days", "2012-01-01", "", true},
	{"report-unit", "生产安全事故报告和调查处理条例", "2007-04-09", "9", 1, "hours", "2007-06-01", "", true},
	{"report-level", "生产安全事故报告和调查处理条例", "2007-04-09", "11", 2, "hours", "2007-06-01", "", true},
	{Casualties, "生产安全事故报告和调查处理条例", "2007-04-09", "13", 30, "days", "2007-06-01", "", true},
	{CasualtiesTraffic, "生产安全事故报告和调查处理条例", "2007-04-09", "13", 7, "days", "2007-06-01", "", true},
	{"investigation", "生产安全事故报告和调查处理条例", "2007-04-09", "29", 60, "days", "2007-06-01", "", true},
	{"investigation-extension", "生产安全事故报告和调查处理条例", "2007-04-09", "29", 60, "days", "2007-06-01", "", true},
	{"reply", "生产安全事故报告和调查处理条例", "2007-04-09", "32", 15, "days", "2007-06-01", "", true},
	{"reply-especially-major", "生产安全事故报告和调查处理条例", "2007-04-09", "32", 30, "days", "2007-06-01", "", true},
	{"evaluation", "安全生产法", "2021-06-10", "86", 1, "years", "2021-09-01", "", true},
	{"withdrawal", "行政处罚法", penalty2021, "48", 3, "working-days", from2021, "", true},
	{"blacklist", "安全生产严重失信主体名单管理办法", "2023-08-08", "", 3, "years", "2023-10-01", "", false},
	{"blacklist-early", "安全生产严重失信主体名单管理办法", "2023-08-08", "", 12, "months", "2023-10-01", "", false},
}, accidentFineRows()...)

// BelowStatute returns the confirmed row of the same text of the law that a row is laxer than, or nil.
func BelowStatute(l *LawLimit) *LawLimit {
	for i := range statute {
		if c := &statute[i]; c.Confirmed && l.Below(c) {
			return c
		}
	}
	return nil
}

// StatuteRows returns the rows of [Statute] in the order of documents. The caller must not change them.
func StatuteRows() []LawLimit { return statute }
