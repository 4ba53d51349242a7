// Package correction is how what was entered wrongly is said, of facts of every kind (pillar 17): one mechanism, and not one
// for each type. What a correction does to a stream is in package facts.
package correction

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// FactCorrected says that a fact was entered wrongly, and gives its whole new content and time (pillar 17).
//
// A fact has one line of versions: a correction names the fact and the event that gave the
// version it replaces, and is never corrected itself; restoring a fact that was withdrawn is one more version. It counts
// from the yes of a second person on, stricter or milder; until then it is shown as asked for,
// and the closing waits. What describes counts at once before the site record is made, and so does what a source
// says of its own records.
type FactCorrected struct {
	Fact     event.Ref `json:"fact" zh:"被更正事实" doc:"the event that stated it first"`
	Replaces event.Ref `json:"replaces" zh:"被替换版本" doc:"the fact itself, or what gave its newest version that counts"`
	Reason   string    `json:"reason" is:"lines(2000)" zh:"更正原因" doc:"what was wrong"`
	Occurred time.Time `json:"time" is:"time" zh:"发生时间" doc:"when the fact occurred, as corrected"`

	// The whole new content, in the member of the fact's type.
	Reserved     *inspection.Reserved          `json:"assignment_reserved,omitempty" zh:"更正后预约" doc:"of an assignment-reserved"`
	Briefed      *inspection.Briefed           `json:"pre_inspection_briefed,omitempty" zh:"更正后行前情况" doc:"of a pre-inspection-briefed"`
	Started      *inspection.Started           `json:"inspection_started,omitempty" zh:"更正后检查开始" doc:"of an inspection-started"`
	Attempted    *inspection.Attempted         `json:"inspection_attempted,omitempty" zh:"更正后检查未果" doc:"of an inspection-attempted"`
	Arrived      *inspection.Arrived           `json:"inspector_arrived,omitempty" zh:"更正后到达" doc:"of an inspector-arrived"`
	Departed     *inspection.Departed          `json:"inspector_departed,omitempty" zh:"更正后离开" doc:"of an inspector-departed"`
	Certificates *inspection.CertificatesShown `json:"certificates_shown,omitempty" zh:"更正后证件" doc:"of a certificates-shown"`
	Notice       *inspection.NoticePosted      `json:"notice_posted,omitempty" zh:"更正后告示" doc:"of a notice-posted"`
	Conduct      *inspection.ConductDeclared   `json:"conduct_declared,omitempty" zh:"更正后作风声明" doc:"of a conduct-declared"`
	Check        *inspection.CheckAnswered     `json:"check_answered,omitempty" zh:"更正后检查项" doc:"of a check-answered"`
	Section      *inspection.SectionCompleted  `json:"section_completed,omitempty" zh:"更正后环节" doc:"of a section-completed"`
	Finding      *inspection.FindingRecorded   `json:"finding_recorded,omitempty" zh:"更正后隐患" doc:"of a finding-recorded"`
	Attached     *inspection.EvidenceAttached  `json:"evidence_attached,omitempty" zh:"更正后证据" doc:"of an evidence-attached"`
	Fixed        *inspection.FixedOnSite       `json:"finding_fixed_on_site,omitempty" zh:"更正后现场整改" doc:"of a finding-fixed-on-site"`
	Order        *order.Issued                 `json:"order_issued,omitempty" zh:"更正后措施" doc:"of an order-issued"`
	Penalty      *casefile.PenaltyDecided      `json:"penalty_decided,omitempty" zh:"更正后处罚" doc:"of a penalty-decided"`
	NoPenalty    *casefile.NoPenaltyDecided    `json:"no_penalty_decided,omitempty" zh:"更正后不予处罚" doc:"of a no-penalty-decided"`
	Record       *inspection.RecordSigned      `json:"site_record_signed,omitempty" zh:"更正后核查记录" doc:"of a site-record-signed"`
	Unsigned     *inspection.SignatureRefused  `json:"signature_refused,omitempty" zh:"更正后拒签记录" doc:"of a signature-refused"`
	Copy         *inspection.CopyDelivered     `json:"copy_delivered,omitempty" zh:"更正后送达" doc:"of a copy-delivered"`
	Service      *inspection.ServiceProvided   `json:"service_provided,omitempty" zh:"更正后帮扶" doc:"of a service-provided"`
	Subject      *subject.Registered           `json:"subject_registered,omitempty" zh:"更正后对象登记" doc:"of a subject-registered"`
	Updated      *subject.Updated              `json:"subject_updated,omitempty" zh:"更正后对象变更" doc:"of a subject-updated"`
	Ended        *subject.Ended                `json:"subject_ended,omitempty" zh:"更正后对象终止" doc:"of a subject-ended"`
	Status       *subject.StatusRecorded       `json:"subject_status_recorded,omitempty" zh:"更正后生产状态" doc:"of a status"`
	Excluded     *subject.Excluded             `json:"subject_excluded,omitempty" zh:"更正后剔除" doc:"of a subject-excluded"`
	Person       *person.Registered            `json:"person_registered,omitempty" zh:"更正后人员登记" doc:"of a person-registered"`
	Trained      *person.Trained               `json:"inspector_trained,omitempty" zh:"更正后业务培训" doc:"of an inspector-trained"`
	Acknowledged *person.RulesAcknowledged     `json:"discipline_rules_acknowledged,omitempty" zh:"更正后纪律确认" doc:"of that"`
	Seconded     *person.Seconded              `json:"inspector_seconded,omitempty" zh:"更正后人员抽调" doc:"of an inspector-seconded"`
	Accident     *accident.Reported            `json:"accident_reported,omitempty" zh:"更正后事故报告" doc:"of an accident-reported"`
	Casualties   *accident.CasualtiesUpdated   `json:"accident_casualties_updated,omitempty" zh:"更正后伤亡情况" doc:"of an update"`
	Graded       *accident.Graded              `json:"accident_graded,omitempty" zh:"更正后事故定级" doc:"of an accident-graded"`
	Result       *inspection.ResultRecorded    `json:"inspection_result_recorded,omitempty" zh:"更正后结论" doc:"of an inspection-result-recorded"`
}

// Together says what Validate checks.
func (*FactCorrected) Together() string {
	return "exactly one member has the new content, that of the fact's type"
}

// Validate checks what members say together.
func (d *FactCorrected) Validate() error {
	n := 0
	field.EachObject(d, func(event.Data) { n++ })
	var k event.Checker
	k.That(n == 1, "fact", law.FaultOneContent, law.Int("count", n))
	return k.Err()
}

// Corrects names the fact and the version that is replaced.
func (d *FactCorrected) Corrects() (fact, replaces event.Ref) { return d.Fact, d.Replaces }

// Refs names both.
func (d *FactCorrected) Refs() []event.Ref { return []event.Ref{d.Fact, d.Replaces} }

// Version is the whole new content.
func (d *FactCorrected) Version() (content event.Data, occurred time.Time) {
	field.EachObject(d, func(c event.Data) { content = c })
	return content, d.Occurred
}

// Why is what was wrong.
func (d *FactCorrected) Why() string { return d.Reason }

// Of returns a correction that gives a fact a new content; nil when the type of the content cannot be corrected.
func Of(fact, replaces event.Ref, reason string, occurred time.Time, content event.Data) *FactCorrected {
	d := &FactCorrected{Fact: fact, Replaces: replaces, Reason: reason, Occurred: occurred}
	if !field.Put(d, content) {
		return nil
	}
	return d
}

// Member is the name of the member of a correction that has a content of this type; "" when the type cannot be corrected.
func Member(content event.Data) string {
	d := new(FactCorrected)
	if !field.Put(d, content) {
		return ""
	}
	return field.Stated(d)
}

// FactWithdrawn says that a fact does not count: it did not happen, or was entered in the wrong place (pillar 17). A
// [FactCorrected] that replaces it restores the fact. The first fact of a stream takes the stream with it; a fact on which
// later ones rest stays.
type FactWithdrawn struct {
	Fact     event.Ref `json:"fact" zh:"被撤回事实" doc:"the event that stated it first"`
	Replaces event.Ref `json:"replaces" zh:"被替换版本" doc:"the fact itself, or what gave its newest version that counts"`
	Reason   string    `json:"reason" is:"lines(2000)" zh:"撤回原因" doc:"why it does not count"`
}

// Corrects names the fact and the version that is replaced.
func (d *FactWithdrawn) Corrects() (fact, replaces event.Ref) { return d.Fact, d.Replaces }

// Refs names both.
func (d *FactWithdrawn) Refs() []event.Ref { return []event.Ref{d.Fact, d.Replaces} }

// Version is none.
func (d *FactWithdrawn) Version() (event.Data, time.Time) { return nil, time.Time{} }

// Why is why it does not count.
func (d *FactWithdrawn) Why() string { return d.Reason }

// authors may correct: each what his own side stated.
var authors = []event.Role{event.RoleInspector, event.RoleTeamLeader, event.RoleSupervisionOffice, event.RoleCityGovernment,
	event.RoleCountyGovernment, event.RoleDepartment}

var rules = []law.Rule{law.R08, law.R01, law.R02, law.R10, law.R12, law.R18, law.R44, law.R54, law.R17, law.R19, law.R20, law.R41, law.R47,
	law.Pillar17}

// Types declares the events of this package.
var Types = []*event.Type{
	{Name: "fact-corrected", Version: 1, Chinese: "事实更正",
		Doc:   "A fact was entered wrongly; its whole new content. The original stays. It counts once a second person approved it.",
		Rules: rules, Append: authors, Import: true, New: func() event.Data { return new(FactCorrected) }},
	{Name: "fact-withdrawn", Version: 1, Chinese: "事实撤回",
		Doc:   "A fact does not count; it stays readable, and can be restored. It counts once a second person approved it.",
		Rules: rules, Append: authors, Import: true, New: func() event.Data { return new(FactWithdrawn) }},
}
