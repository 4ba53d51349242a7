package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// flagRow is a row of flags.
type flagRow struct {
	Kind      string `col:"kind" zh:"流类别" doc:"of the stream in which it was said; flag: it compares visits"`
	Matter    Name   `col:"matter" zh:"事项" doc:"id of that stream" of:"stream"`
	Visit     Name   `col:"visit" zh:"检查" doc:"that is flagged; NULL: none" of:"visits"`
	Code      string `col:"code" zh:"代码" doc:"of what was flagged"`
	Rule      string `col:"rule" zh:"规则" doc:"that it breaks"`
	Item      string `col:"item" zh:"项" doc:"which of several"`
	Fact      Name   `col:"fact" zh:"事实" doc:"event that entails it" of:"event"`
	Raised    Moment `col:"raised" zh:"标记时间" doc:"when the ledger said it"`
	State     string `col:"state" zh:"状态" doc:"open, explained, accepted, not-accepted, lapsed: that counts nowhere"`
	Explained Name   `col:"explained" zh:"说明事件" doc:"the last explanation" of:"event"`
}

var flags = DeclareSaid(Register{
	Name: "flags", Chinese: "标记", Doc: "what the ledger flagged", Indexes: []string{"visit", "code", "matter"},
}, func(d event.Data) bool {
	switch d.(type) {
	case *oversight.DeviationFlagged, *oversight.StatementLapsed, *oversight.DeviationExplained:
		return true
	}
	return false
}, func(t *Things[flagRow], e *event.Event) {
	switch d := e.Data.(type) {
	case *oversight.DeviationFlagged:
		row := t.Thing(e.ID.String())
		*row = flagRow{Kind: string(e.Stream.Kind), Matter: t.Name(e.Stream.ID), Code: d.Code, Rule: d.Rule, Item: d.Item, Fact: t.Name(d.Event),
			Raised: At(e.Recorded), State: "open"}
		switch {
		case e.Stream.Kind == event.Inspection:
			row.Visit = row.Matter
		case len(d.Inspections) > 0:
			row.Visit = t.Name(d.Inspections[0])
		}
	case *oversight.StatementLapsed:
		if row := t.Known(d.Statement); row != nil {
			row.State = "lapsed"
		}
	case *oversight.DeviationExplained:
		if row := t.Known(d.Deviation); row != nil && row.State != "lapsed" {
			row.State, row.Explained = "explained", t.Name(e.ID.String())
		}
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		ref, yes, _ := oversight.Answer(e.Data)
		t.Each(func(_ string, row *flagRow) {
			switch {
			case row.State != "explained" || row.Explained != t.Name(ref.ID().String()):
			case yes:
				row.State = "accepted"
			default:
				row.State = "not-accepted"
			}
		})
	}
})
