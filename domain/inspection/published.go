package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/law"
)

// What the law since 2025 wants published before anybody inspects: N01, who inspects in whose name, with which certificate, and who
// assists; N02, each item of a checklist with its standard; N16, and an authority inspects in its own area, or has filed that it does not.

// The codes of what is to be published or filed.
const (
	AuthorityNotListed       law.Code = "authority-not-listed"
	CoordinatingBodyInspects law.Code = "coordinating-body-inspects"
	TooFewCertificates       law.Code = "too-few-certificates"
	AssistantNotNamed        law.Code = "assistant-not-named"
	ItemWithoutBasis         law.Code = "item-without-basis"
	StandardNotInForce       law.Code = "standard-not-in-force"
	OutsideOwnArea           law.Code = "outside-own-area"
	OutsideAreaNotFiled      law.Code = "outside-area-not-filed"
)

var (
	_ = law.Declare(law.OfPlanning, law.Text{Code: AuthorityNotListed, Acts: law.Flags, Rules: []law.Rule{law.N01},
		TitleZH: "执法主体未公布", Title: "The enforcing authority is not in the published list",
		SaysZH:   "检查开始写明的执法主体[ {authority} ]不在公布的单位表中，或单位表未写明其为执法主体",
		Says:     "the table of units does not list[ {authority}] the authority that the start of the visit states, as one that inspects",
		RemedyZH: "更正检查开始事件，写明公布的执法主体；或由市安委办发布新的单位表",
		Remedy:   "correct the start of the visit, with an authority that is listed; or let the office publish a new table of units"})
	_ = law.Declare(law.OfPlanning, law.Text{Code: CoordinatingBodyInspects, Acts: law.Flags, Rules: []law.Rule{law.N01},
		TitleZH: "议事协调机构实施检查", Title: "A coordinating body inspects",
		SaysZH: "{authority} 是议事协调机构，不得以自己的名义检查", Says: "{authority} is a coordinating body, which inspects nobody in its own name",
		RemedyZH: "由有执法权的机关检查；写错的更正检查开始事件", Remedy: "let an authority inspect; where it did, correct the start of the visit"})
	_ = law.Declare(law.OfPlanning, law.Text{Code: TooFewCertificates, Acts: law.Flags, Rules: []law.Rule{law.N01},
		TitleZH: "持有效执法证件的检查人员不足", Title: "Too few inspectors with a valid certificate",
		SaysZH:   "持有效执法证件的 {valid} 人，至少 {least} 人[；没有的：{persons}]",
		Says:     "{valid} inspectors bear a valid certificate, at least {least} are to[; who does not: {persons}]",
		RemedyZH: "登记有效的执法证件；由持证人员检查", Remedy: "register valid certificates; let persons who bear one inspect"})
	_ = law.Declare(law.OfPlanning, law.Text{Code: AssistantNotNamed, Acts: law.Flags, Rules: []law.Rule{law.N01},
		TitleZH: "辅助人员未事先确定", Title: "An assistant was not named before",
		SaysZH: "预约没有写明辅助人员 {assistant}", Says: "the reservation does not name assistant {assistant}",
		RemedyZH: "说明原因（deviation-explained）；下次在预约中写明", Remedy: "explain it (deviation-explained); next time name them in the reservation"})
	_ = law.Declare(law.OfCourse, law.Text{Code: ItemWithoutBasis, Acts: law.Flags, Rules: []law.Rule{law.N02},
		TitleZH: "检查项没有公布的事项或标准", Title: "An item without a published item of inspection or standard",
		SaysZH: "检查项 {item} 在检查表中没有 {members}", Says: "the checklists state no {members} for item {item}",
		RemedyZH: "由市安委办发布写明检查事项和检查标准的检查表；说明原因（deviation-explained）",
		Remedy:   "let the office publish checklists that state inspection item and standard; explain it (deviation-explained)"})
	_ = law.Declare(law.OfCourse, law.Text{Code: StandardNotInForce, Acts: law.Flags, Rules: []law.Rule{law.N02},
		TitleZH: "检查标准当日无效", Title: "The standard of an item was not in force on the day",
		SaysZH:   "检查项 {item} 于{inspected_on}检查，标准“{standard}”自{from_on}起有效[，至{to_on}止]",
		Says:     "item {item} was inspected on {inspected_on}; standard “{standard}” holds from {from_on}[ to {to_on}]",
		RemedyZH: "发布写明当日有效标准的检查表；说明原因（deviation-explained）",
		Remedy:   "publish checklists with the standard of the day; explain it (deviation-explained)"})
	_ = law.Declare(law.OfPlanning, law.Text{Code: OutsideOwnArea, Acts: law.Flags, Rules: []law.Rule{law.N16},
		TitleZH: "执法主体在本区域以外检查", Title: "An authority inspects outside its own area",
		SaysZH:   "执法主体 {authority} 属{area:county}，检查对象在{county:county}[，备案于 {filed_with}]",
		Says:     "authority {authority} belongs to {area:county}, the subject lies in {county:county}[; it is filed with {filed_with}]",
		RemedyZH: "说明原因（deviation-explained）", Remedy: "explain it (deviation-explained)"})
	_ = law.Declare(law.OfPlanning, law.Text{Code: OutsideAreaNotFiled, Acts: law.Flags, Rules: []law.Rule{law.N16},
		TitleZH: "异地检查未备案", Title: "A check outside the own area is not filed",
		SaysZH: "检查开始未写明异地检查在何处备案", Says: "the start of the visit does not state where the check outside the area is filed",
		RemedyZH: "备案后更正检查开始事件，补写备案机关", Remedy: "file it, and correct the start of the visit, with where"})
)

// coordinating is how the table of units calls a body that coordinates others, and inspects nobody (N01).
const coordinating = "coordinating"

// published flags whom nobody published, or named before, where the plan asks for that (N01).
func (j *judgement) published(d *Started) {
	if !j.sc.Policy.ListedAuthority {
		return
	}
	switch unit, _ := j.sc.Unit(d.EnforcingAuthority); unit.Enforces {
	case "":
		j.flag(law.N01, AuthorityNotListed, law.Str("authority", d.EnforcingAuthority))
	case coordinating:
		j.flag(law.N01, CoordinatingBodyInspects, law.Str("authority", d.EnforcingAuthority))
	}
	valid := 0
	var without []string
	for i, id := range d.Inspectors {
		switch p := j.sc.Person(id, j.e.Occurred); {
		case slices.Contains(d.Inspectors[:i], id):
		case p.Certificate == "" || p.Until != "" && p.Until < j.e.Day():
			without = append(without, id)
		default:
			valid++
		}
	}
	if least := j.sc.Policy.MinInspectors; valid < least {
		j.flag(law.N01, TooFewCertificates, law.Int("valid", valid), law.Int("least", least), law.List("persons", without))
	}
	for i, name := range d.Assistants {
		if !slices.Contains(j.st.open().assistants, name) && !slices.Contains(d.Assistants[:i], name) {
			j.flagItem(law.N01, AssistantNotNamed, name, law.Str("assistant", name))
		}
	}
}

// basis flags an item that has no published item of inspection, or no standard of the day, where the plan asks for them (N02).
func (j *judgement) basis(id string) {
	if !j.sc.Policy.ItemBasis {
		return
	}
	item, _ := j.sc.Item(id)
	standard := ""
	if item.Standard != nil {
		standard = item.Standard.Name
	}
	if missing := unstated("inspection_item", item.Inspects, "standard", standard); missing != nil {
		j.flagItem(law.N02, ItemWithoutBasis, id, law.Str("item", id), law.List("members", missing))
	}
	if s := item.Standard; s != nil && !s.InForce(j.e.Day()) {
		j.flagItem(law.N02, StandardNotInForce, id, law.Str("item", id), law.Str("inspected_on", j.e.Day()), law.Str("standard", s.Name),
			law.Str("from_on", s.From), law.Str("to_on", s.To))
	}
}

// area flags a visit of an authority outside its area, where the plan asks for that, and once more when it is not filed (N16).
func (j *judgement) area(d *Started) {
	if !j.sc.Policy.OwnArea {
		return
	}
	unit, known := j.sc.Unit(d.EnforcingAuthority)
	if county := j.sc.Subject().County; known && unit.County != "" && county != "" && !codes.Covers(unit.County, county) {
		filed := ""
		if d.Purpose != nil {
			filed = d.Purpose.OutsideFiled
		}
		j.flag(law.N16, OutsideOwnArea, law.Str("authority", d.EnforcingAuthority), law.Str("area", unit.County), law.Str("county", county),
			law.Str("filed_with", filed))
		if filed == "" {
			j.flag(law.N16, OutsideAreaNotFiled)
		}
	}
}
