package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// findingRow is a row of findings: what its visit says of it. That it was ordered,
// punished or handed over is asked of dispositions.
type findingRow struct {
	Visit      Name   `col:"visit" zh:"检查" doc:"in which it was found" of:"visits"`
	Finding    string `col:"finding" zh:"隐患编号" doc:"id within the visit"`
	Instead    string `col:"instead" zh:"所转录的隐患" doc:"id of the finding of the replaced visit that this one takes over"`
	Found      Moment `col:"found" zh:"发现时间" doc:"when it was found"`
	Fixed      Moment `col:"fixed" zh:"现场整改时间" doc:"when it was put right on the spot; NULL: it was not"`
	Level      string `col:"level" zh:"级别" doc:"general, major; NULL: not stated"`
	Category   string `col:"category" zh:"类别" doc:"code of the published list"`
	Violation  string `col:"violation" zh:"违法行为" doc:"kind of violation (R54)"`
	Law        string `col:"law" zh:"违反的法律" doc:"of the first clause that it violates"`
	Article    string `col:"article" zh:"条" doc:"of that clause"`
	Punishable bool   `col:"punishable" zh:"是否应处罚" doc:"the law asks for a penalty (R41)"`
	Post       bool   `col:"post" zh:"到岗位" doc:"it says at which post (R36)"`
	Facility   bool   `col:"facility" zh:"到设施" doc:"it says at which facility (R36)"`
	OnSite     bool   `col:"on_site" zh:"现场督办" doc:"somebody supervises it on the spot"`
	Listed     string `col:"listed" zh:"挂牌督办" doc:"number of the paper that lists it; NULL: it is not listed"`
	Until      Moment `col:"supervised_until" zh:"督办期限" doc:"until when it is to be put right"`
	NotApplied Set    `col:"not_applied" zh:"未采取的措施" doc:"codes of four-measure: which the closing gives reasons not to apply (R55)"`

	Sector    string `col:"sector" zh:"行业领域" doc:"of the visit: in which it inspects"`
	Authority Name   `col:"authority" zh:"执法部门" doc:"of the visit: the enforcing authority" of:"units"`
}

var findings = DeclareBy(Register{
	Name: "findings", Chinese: "隐患", Doc: "a hazard that was found", Of: []event.Kind{event.Inspection},
	Indexes: []string{"visit, finding", "subject"},
}, noVisit, func(t *Things[findingRow], v *visitOf, e *event.Event) {
	v.follow(t.fold, e)
	switch d := e.Data.(type) {
	case *inspection.FindingRecorded:
		row := t.Thing(d.Finding)
		*row = findingRow{Visit: t.Name(e.Stream.ID), Finding: d.Finding, Found: Occurred(e), Level: d.Level, Category: d.Category,
			Violation: d.Violation, Punishable: d.Punishable, Post: d.Post != "", Facility: d.Facility != "",
			Instead: d.Instead, Sector: v.sector, Authority: v.authority}
		if len(d.Clauses) > 0 {
			row.Law, row.Article = d.Clauses[0].Law, d.Clauses[0].Article
		}
	case *inspection.FixedOnSite:
		if row := t.Known(d.Finding); row != nil && row.Fixed.IsZero() {
			row.Fixed = Occurred(e)
		}
	case *inspection.FindingSupervised:
		if row := t.Known(d.Finding); row != nil {
			row.Until = Day(d.Until)
			if d.Manner == "on-site" {
				row.OnSite = true
			} else {
				row.Listed = d.DocumentNo
			}
		}
	case *inspection.Closed:
		t.Each(func(finding string, row *findingRow) { row.NotApplied = SetOf(d.Explained(finding)) })
	}
})
