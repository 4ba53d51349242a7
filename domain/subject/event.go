// Package subject has the events about an inspected subject: an enterprise, a construction site,
// a venue, a road section, a government unit, or a place without a licence.
package subject

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Kinds are the kinds of subject.
var Kinds = codes.List("subject-kind")

// Registered enters a subject in the register.
type Registered struct {
	Kind        string            `json:"kind" is:"code(subject-kind)" zh:"类别" doc:"kind of subject"`
	Name        string            `json:"name" is:"text(200)" zh:"名称" doc:"of the subject"`
	USCC        string            `json:"uscc,omitempty" is:"text(18)" zh:"统一社会信用代码" doc:"GB 32100-2015"`
	USCCReason  string            `json:"uscc_reason,omitempty" is:"text(500)" zh:"代码说明" doc:"why the check character of uscc fails"`
	OtherIDs    map[string]string `json:"other_ids,omitempty" key:"text(60)" is:"text(100)" many:"0…10" zh:"其他编号" doc:"by scheme: permit …"`
	Region      string            `json:"region,omitempty" is:"region" unknown:"imported" correct:"never" zh:"所在地区" doc:"where it lies"`
	Address     string            `json:"address,omitempty" is:"text(300)" unknown:"optional" zh:"地址" doc:"as people write it"`
	Place       *event.Place      `json:"place,omitempty" unknown:"optional" zh:"位置" doc:"position on the map"`
	Sectors     []string          `json:"sectors" is:"code(sector)" many:"1…20" correct:"never" zh:"行业领域" doc:"the sectors it belongs to"`
	Industry    string            `json:"industry,omitempty" is:"text(5)" zh:"国民经济行业代码" doc:"GB/T 4754-2017, letter and 2-4 digits"`
	RiskClasses []string          `json:"risk_classes,omitempty" is:"code(risk-class)" many:"0…3" zh:"风险分类" doc:"asked more (R34)"`
	Ownership   string            `json:"ownership,omitempty" is:"code(ownership)" zh:"所有制" doc:"whose it is (R09)"`
	Size        string            `json:"size,omitempty" is:"code(subject-size)" zh:"规模" doc:"of the enterprise (R09)"`
	VenueType   string            `json:"venue_type,omitempty" is:"code(venue-type)" zh:"场所类型" doc:"for fire inspections (R23)"`
	Departments []string          `json:"departments,omitempty" is:"id" many:"0…20" zh:"主管部门" doc:"ids of the competent units (R75)"`
	Discovery   string            `json:"discovery" is:"code(discovery)" zh:"发现途径" doc:"how it came into the register (R06)"`
	Source      event.Source      `json:"source,omitempty"`
	Unknown     event.Unknown     `json:"unknown,omitempty"`
}

// Together says what Validate checks.
func (*Registered) Together() string {
	return "region may be named in unknown by discovery import only"
}

// Validate checks what members say together.
func (d *Registered) Validate() error {
	var k event.Checker
	k.That(!d.Unknown.Has("region") || d.Discovery == "import", "unknown", law.FaultRegionKnown)
	return k.Err()
}

// StatusRecorded says whether the subject is producing. It never takes the subject out of
// what must be inspected (R28).
type StatusRecorded struct {
	Production string `json:"production" is:"code(production)" zh:"生产状态" doc:"whether it is producing"`
	Since      string `json:"since,omitempty" is:"date" zh:"起始日期" doc:"since when"`
	Note       string `json:"note,omitempty" is:"lines(1000)" zh:"备注" doc:"anything else"`
}

// Excluded takes the subject out of the coverage denominator, with a reason (R18), from the
// approval of a second person of the office on.
type Excluded struct {
	Reason string `json:"reason" is:"lines(1000)" zh:"剔除原因" doc:"why it no longer counts for coverage"`
}

var (
	office = []event.Role{event.RoleSupervisionOffice}
	field  = []event.Role{event.RoleSupervisionOffice, event.RoleInspector, event.RoleTeamLeader}
)

// Kind declares subjects and their events.
var Kind = stream.With(stream.Kind{
	Name: event.Subject, Chinese: "检查对象", Doc: "one who is inspected",
	Access: stream.Open(stream.Register),
	Lapses: func(code law.Code) bool {
		return slices.Contains([]law.Code{law.USCCShared, law.USCCCheckFailed, law.StatusInTheFuture, law.UnknownDepartment,
			law.NoCompetentDepartment, HolidayWorkWithoutApproval}, code)
	},
	Late: &stream.Late{Codes: []law.Code{HolidayWorkWithoutApproval},
		Tells: func(d event.Data) bool { _, ok := d.(*oversight.ApprovalGiven); return ok }},
	Waits:       true, // an exclusion does, and work in a holiday
	Answers:     append([]event.Role{event.RoleCountyGovernment, event.RoleDepartment}, oversight.Approvers...),
	Obligations: []*obligation.Kind{&Approval, &Visit},
},
	stream.First((*Registered).Judge, event.Type{Name: "subject-registered", Version: 1, Chinese: "检查对象登记", Kept: event.KeptInPlace,
		Doc:   "A subject entered the register.",
		Rules: []law.Rule{law.R06, law.R18, law.R29, law.R54, law.R75}, Append: field, Import: true}),
	updated,
	stream.Then((*StatusRecorded).Judge, event.Type{Name: "subject-status-recorded", Version: 1, Chinese: "生产状态记录",
		Doc:   "Whether the subject is producing.",
		Rules: []law.Rule{law.R26, law.R28}, Append: field, Import: true}),
	stream.Then((*Excluded).Judge, event.Type{Name: "subject-excluded", Version: 1, Chinese: "剔除检查范围",
		Doc:   "The subject no longer counts for coverage once a second person approved it.",
		Rules: []law.Rule{law.R18, law.R28, law.Pillar17}, Append: office}),
	readmitted,
	ended,
	holidayWorkFiled,
)
