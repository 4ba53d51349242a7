package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/projections"
)

// visitRow is a row of visits.
type visitRow struct {
	ID            Name   `col:"id" zh:"编号" doc:"of the visit"`
	Sector        string `col:"sector" zh:"行业领域" doc:"in which it inspects"`
	Type          string `col:"type" zh:"检查类型" doc:"code of the list visit-type"`
	Class         string `col:"class" zh:"检查类别" doc:"code of the list visit-kind; NULL: not stated"`
	OffSite       bool   `col:"off_site" zh:"非现场" doc:"nobody enters the premises"`
	Random        Number `col:"random" zh:"双随机抽取" doc:"1: subject and inspectors were drawn at random; NULL: why it is made is not stated"`
	Instead       Name   `col:"instead" zh:"所替代的检查" doc:"visit that this one replaces (pillar 17)" of:"visits"`
	Authority     Name   `col:"authority" zh:"执法部门" doc:"the enforcing authority" of:"units"`
	State         string `col:"state" zh:"状态" doc:"reserved, released, attempted, started, signed, signature-refused, closed"`
	Rank          int64  `col:"rank" zh:"状态序" doc:"of the state: 1 reserved or released, 2 attempted, 3 started, 4 recorded, 5 closed"`
	Source        bool   `col:"imported" zh:"是否导入" doc:"copied from records of others"`
	Briefed       Number `col:"briefed_ix" zh:"行前查阅位置" doc:"size of the ledger that the inspectors had read"`
	Started       Moment `col:"started" zh:"开始时间" doc:"when it was begun"`
	Arrived       Moment `col:"arrived" zh:"到达时间" doc:"when somebody arrived first"`
	Attempted     Moment `col:"attempted" zh:"未果时间" doc:"when it was tried in vain; who also arrived has inspected all the same (R28)"`
	Departed      Moment `col:"departed" zh:"离开时间" doc:"when they left"`
	Recorded      Moment `col:"recorded" zh:"核查记录时间" doc:"when the site record was signed, or refused"`
	RecordNo      string `col:"record_no" zh:"记录编号" doc:"of the site record"`
	Counted       bool   `col:"counted" zh:"是否计为检查" doc:"counts as an inspection: begun (R28), on the premises (N14), no guidance (N15)"`
	Refused       bool   `col:"refused" zh:"拒签" doc:"the signature was refused"`
	Witness       string `col:"witness" zh:"见证人" doc:"who saw that refusal"`
	Reviewed      Moment `col:"reviewed" zh:"组长审核时间" doc:"when the leader reviewed it"`
	Closed        Moment `col:"closed" zh:"办结时间" doc:"when it was closed"`
	Notice        string `col:"notice" zh:"告示" doc:"posted; NULL: none"`
	NoticePhoto   Name   `col:"notice_photo" zh:"告示照片" doc:"its SHA-256: id of the stream that says whether its bytes came" of:"file"`
	Evaluation    Name   `col:"evaluation" zh:"评价码哈希" doc:"of the one-time code on the notice: id of the party's evaluation" of:"evaluations"`
	AdvanceNotice Number `col:"advance_notice" zh:"提前通知" doc:"1: the subject was told before (R38); NULL: not declared"`
	Briefing      Number `col:"briefing" zh:"听取汇报" doc:"likewise"`
	Reception     Number `col:"reception" zh:"接待" doc:"likewise"`
	Company       Number `col:"company" zh:"陪同人数" doc:"who came with the inspectors; NULL: not declared"`
	Documents     Number `col:"documents_asked" zh:"索要材料" doc:"that the subject had to give (R40)"`
	StaffHours    Number `col:"staff_hours" zh:"占用工时" doc:"of the subject's people (R40)"`
	Justified     bool   `col:"justified" zh:"重复已说明" doc:"why a second visit was needed is said"`
	EntryRefused  bool   `col:"entry_refused" zh:"依法拒检" doc:"the firm refused the entry"`
	Result        string `col:"result" zh:"结果" doc:"that its source states"`
}

var visits = Declare(Register{
	Name: "visits", Chinese: "检查", Doc: "an inspection, from its reservation on", Of: []event.Kind{event.Inspection},
	Indexes: []string{"id, to_ix", "subject, sector", "team"},
}, func(t *Things[visitRow], e *event.Event) {
	row := t.Known("")
	if row == nil {
		row = t.Thing("")
		row.ID, row.Source = t.Name(e.Stream.ID), e.Assurance == event.Imported
	}
	row.State, row.Rank = projections.StatusAfter(e.Data, row.State, row.Rank)
	if sector, authority, is := inspects(e.Data); is {
		row.Sector, row.Authority = sector, t.Name(authority)
	}
	switch d := e.Data.(type) {
	case *inspection.Reserved:
		row.Type = d.VisitType
	case *inspection.Briefed:
		row.Briefed = Known(int64(d.Position))
	case *inspection.Started:
		row.Type, row.Started, row.Instead = d.VisitType, Occurred(e), t.Name(d.Instead)
		if d.Purpose != nil {
			row.Class, row.OffSite, row.Random = d.Purpose.Kind, d.Purpose.OffSite, flag(d.Purpose.Random)
		}
	case *inspection.Attempted:
		row.Attempted = Occurred(e)
	case *inspection.Arrived:
		row.Arrived = Occurred(e).First(row.Arrived)
	case *inspection.Departed:
		row.Departed = Occurred(e)
	case *inspection.NoticePosted:
		row.Notice, row.NoticePhoto, row.Evaluation = "posted", t.Name(d.Photo.SHA256), t.Name(d.Evaluation)
	case *inspection.ConductDeclared:
		row.AdvanceNotice, row.Briefing, row.Reception = flag(d.AdvanceNotice), flag(d.BriefingHeard), flag(d.Reception)
		row.Company = Known(int64(len(d.Accompanied)))
		row.Documents, row.StaffHours = Perhaps(d.Documents), Perhaps(d.StaffHours)
	case *inspection.RecordSigned:
		row.Recorded, row.RecordNo = Occurred(e), d.RecordNo
	case *inspection.SignatureRefused:
		row.Recorded, row.RecordNo, row.Refused, row.Witness = Occurred(e), d.RecordNo, true, d.Witness
	case *inspection.LeaderReviewed:
		row.Reviewed = Occurred(e)
	case *inspection.Closed:
		row.Closed = Occurred(e)
	case *inspection.DuplicateJustified:
		row.Justified = true
	case *inspection.EntryRefused:
		row.EntryRefused = true
	case *inspection.ResultRecorded:
		row.Result = d.Result
	}
	row.Counted = !row.Started.IsZero() && (row.Attempted.IsZero() || !row.Arrived.IsZero()) && !row.OffSite && row.Class != guidance
})

// inspects are the sector in which a visit inspects and the authority in whose name it is made, where a fact states them.
func inspects(d event.Data) (sector, authority string, is bool) {
	switch d := d.(type) {
	case *inspection.Reserved:
		return d.Sector, d.EnforcingAuthority, true
	case *inspection.Started:
		return d.Sector, d.EnforcingAuthority, true
	}
	return "", "", false
}

// visitOf is what a thing that was said in a visit has of it: a report would else look for the visit of each.
type visitOf struct {
	sector    string
	authority Name
}

func noVisit() *visitOf { return &visitOf{} }

func (v *visitOf) follow(f *Fold, e *event.Event) {
	if sector, authority, is := inspects(e.Data); is {
		v.sector, v.authority = f.texts.keep(sector), f.name(authority)
	}
}

// guidance is the class of visits that are no inspections.
const guidance = "guidance"

func flag(is bool) Number {
	if is {
		return Known(1)
	}
	return Known(0)
}
