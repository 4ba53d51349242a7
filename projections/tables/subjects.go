package tables

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// subjectRow is a row of subjects.
type subjectRow struct {
	ID         Name   `col:"id" zh:"编号" doc:"of the subject"`
	Name       string `col:"name" zh:"名称" doc:"of the subject"`
	Kind       string `col:"kind" zh:"类别" doc:"code of the list subject-kind"`
	USCC       string `col:"uscc" zh:"统一社会信用代码" doc:"of an enterprise"`
	OtherIDs   string `col:"other_ids" zh:"其他编号" doc:"scheme and number, a line each"`
	Ownership  string `col:"ownership" zh:"所有制" doc:"code of the list ownership"`
	Size       string `col:"size" zh:"规模" doc:"code of the list subject-size"`
	Risk       Set    `col:"risk" zh:"风险分类" doc:"codes of the list risk-class (R34), as stated last; NULL: not high-risk"`
	Venue      string `col:"venue" zh:"场所类型" doc:"code of the list venue-type"`
	Industry   string `col:"industry" zh:"行业代码" doc:"GB/T 4754"`
	Discovery  string `col:"discovery" zh:"来源" doc:"how it came into the register"`
	Registered Moment `col:"registered" zh:"登记时间" doc:"when it was registered"`
	Production string `col:"production" zh:"生产状态" doc:"as last recorded; NULL: not recorded"`
	Excluded   bool   `col:"excluded" zh:"是否剔除" doc:"from those that are to be inspected (R18)"`
	Asked      Name   `col:"exclusion_asked" zh:"剔除申请" doc:"event of an exclusion that waits for approval" of:"event"`
	Ended      Moment `col:"ended" zh:"终止日期" doc:"first day on which it is no more"`
	Successor  Name   `col:"successor" zh:"承继对象" doc:"into which it went" of:"subjects"`
}

var subjects = Declare(Register{
	Name: "subjects", Chinese: "检查对象", Doc: "an enterprise or place that can be inspected", Of: []event.Kind{event.Subject},
	Indexes: []string{"id"}, Search: []string{"name", "uscc", "id", "other_ids"},
}, func(t *Things[subjectRow], e *event.Event) {
	row := t.Thing("")
	row.ID = t.Name(e.Stream.ID)
	switch d := e.Data.(type) {
	case *subject.Registered:
		row.Name, row.Kind, row.USCC, row.Ownership, row.Size = d.Name, d.Kind, d.USCC, d.Ownership, d.Size
		row.Risk, row.Venue, row.Industry, row.Discovery = SetOf(d.RiskClasses), d.VenueType, d.Industry, d.Discovery
		row.Registered, row.OtherIDs = Occurred(e), numbers(d.OtherIDs)
	case *subject.Updated:
		row.Name, row.USCC = cmp.Or(d.Name, row.Name), cmp.Or(d.USCC, row.USCC)
		row.Ownership, row.Size = cmp.Or(d.Ownership, row.Ownership), cmp.Or(d.Size, row.Size)
		if d.OtherIDs != nil {
			row.OtherIDs = numbers(d.OtherIDs)
		}
		if d.Class != nil {
			row.Risk = SetOf(d.Class.Classes)
		}
	case *subject.StatusRecorded:
		row.Production = d.Production
	case *subject.Excluded:
		row.Asked = t.Name(e.ID.String())
	case *subject.Readmitted:
		row.Excluded = false
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		if ref, yes, _ := oversight.Answer(e.Data); row.Asked != 0 && row.Asked == t.Name(ref.ID().String()) {
			row.Excluded, row.Asked = yes, 0
		}
	case *subject.Ended:
		row.Ended, row.Successor = Day(d.On), t.Name(d.Successor)
	}
})

// numbers are other ids, a line each, sorted.
func numbers(ids map[string]string) string {
	lines := make([]string, 0, len(ids))
	for _, scheme := range slices.Sorted(maps.Keys(ids)) {
		lines = append(lines, scheme+" "+ids[scheme])
	}
	return strings.Join(lines, "\n")
}
