package inspection

import (
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// The bytes of what a visit names as evidence: R19, 真正把问题查实、查准、查清楚, R72, the photo of the notice. An event names a file by
// its hash, also offline; its bytes follow, or came before. Whose hash has no bytes proves nothing, so the visit does not close
// without them.

// bearer is a body that names files.
type bearer interface{ files() []event.Evidence }

func (d *Attempted) files() []event.Evidence        { return d.Evidence }
func (d *EntryRefused) files() []event.Evidence     { return d.Evidence }
func (d *FindingRecorded) files() []event.Evidence  { return d.Evidence }
func (d *EvidenceAttached) files() []event.Evidence { return d.Evidence }
func (d *NoticePosted) files() []event.Evidence     { return []event.Evidence{d.Photo} }
func (d *FixedOnSite) files() []event.Evidence      { return one(d.Photo) }
func (d *ResultTold) files() []event.Evidence       { return one(d.Paper) }

func one(file *event.Evidence) []event.Evidence {
	if file == nil {
		return nil
	}
	return []event.Evidence{*file}
}

// BearsEvidence reports whether an event of a visit may name files.
func BearsEvidence(d event.Data) bool {
	_, ok := d.(bearer)
	return ok
}

// named is a file that a fact names.
type named struct {
	obligation.Fact
	sha256 string
}

// names notes the files that a fact names. What an import or the inspected party names nobody of the team owes.
func (s *State) names(e *event.Event) {
	d, bears := e.Data.(bearer)
	if !bears || e.Assurance == event.Imported || e.Actor.Role == event.RoleInspectedParty {
		return
	}
	list := d.files()
	if len(list) == 0 {
		return
	}
	r := s.editRest()
	for _, f := range list {
		if f.SHA256 != "" && !slices.ContainsFunc(r.named, func(n named) bool { return n.Event == e.ID && n.sha256 == f.SHA256 }) {
			r.named = append(r.named, named{obligation.FactOf(e), strings.Clone(f.SHA256)})
		}
	}
}

// Named calls fn with the SHA-256 of each file that the facts of the visit name, in hexadecimal, until what is in time has been forgotten.
func (s *State) Named(fn func(sha256 string)) {
	for i := range s.named {
		fn(s.named[i].sha256)
	}
}

// forgetNamed keeps of the files that are named those whose bytes are owed, or came late.
func (s *State) forgetNamed(r *rest, t Terms) {
	switch {
	case t.Policy.EvidenceHours == nil:
		r.named = nil
	case t.Received != nil:
		r.named = slices.DeleteFunc(slices.Clone(s.named), func(n named) bool {
			at := t.Received(n.sha256)
			return at != nil && !at.After(t.Policy.Limit(owedBytes.Name).Due(n.Occurred))
		})
	}
}

// ClosingNeedsBytes is the code of a visit of whose evidence the bytes are missing.
const ClosingNeedsBytes law.Code = "closing-needs-bytes"

var _ = law.Declare(law.OfFindings, law.Text{Code: ClosingNeedsBytes, Acts: law.Gates, Rules: []law.Rule{law.R19, law.R72},
	TitleZH: "证据文件尚未收到", Title: "The bytes of evidence are missing",
	SaysZH: "账本尚未收到所引证据的文件 {files}", Says: "the ledger has not received the files {files} that are named as evidence",
	RemedyZH: "用 PUT /v1/evidence 加文件哈希上传文件；引用有误的，更正所引事件",
	Remedy:   "send each file by PUT /v1/evidence/ and its hash; correct the event where it names the wrong one"})

// owedBytes: the bytes of each file that a fact names, within hours of it, where the plan asks for them. Who names a file that is there
// has met it.
var owedBytes = obliges(owed{place: 210, atClosing: ClosingNeedsBytes,
	Kind: obligation.Kind{Name: "evidence", Owner: obligation.Inspectors, Rule: law.R19, Field: true, Escalates: true,
		Also:       []law.Rule{law.R72},
		Unmodelled: "the model's facts name no files",
		Opens: "inspection-attempted entry-refused notice-posted finding-recorded evidence-attached finding-fixed-on-site " +
			"result-told",
		Meets: "evidence-received", Limit: "evidence_due_hours"},
	rules: []law.Rule{law.R19, law.R72}, under: "files",
	reads: happened(inspectionAttempted, entryRefused, noticePosted, findingRecorded, evidenceAttached, findingFixedOnSite, resultTold),
	of: func(q *asking) {
		if q.Received == nil || q.Policy.EvidenceHours == nil {
			return
		}
		for i := range q.st.named {
			n := &q.st.named[i]
			at := q.Received(n.sha256)
			if at != nil && at.Before(n.Recorded) {
				at = &n.Occurred
			}
			since := q.known(n.Fact)
			q.owe(&since, n.sha256, at != nil, at)
		}
	}})

// Received says when the bytes of a file came, by its SHA-256 in hexadecimal; nil: they did not.
type Received func(sha256 string) *time.Time
