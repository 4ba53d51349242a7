package inspection

import (
	"encoding/hex"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// The site record: R42, 每到一处，都要有现场核查记录: one for each visit, by at least two inspectors, signed or refused, within a day;
// it opens when R19, R27, R32 to R35 and R72 are met; R08, what looks like going through the motions is flagged.

// Signer is one of the inspectors who sign, with the certificate shown.
type Signer struct {
	Person      string `json:"person" is:"id" zh:"检查人员" doc:"id of the person"`
	Certificate string `json:"certificate_no" is:"text(60)" zh:"执法证号" doc:"of the certificate shown"`
}

// RecordSigned is the site record, signed by both sides (R42, 安全生产法 Art. 68).
type RecordSigned struct {
	RecordNo     string   `json:"record_no" is:"text(100)" zh:"记录编号" doc:"number of the site record"`
	DocumentHash string   `json:"document_sha256" is:"sha256" zh:"文书哈希" doc:"of the site record as a document"`
	Signers      []Signer `json:"signers" many:"1…20" zh:"签字检查人员" doc:"inspectors who signed, each once"`
	SiteManager  string   `json:"site_manager" is:"text(100)" zh:"现场负责人" doc:"who signed for the subject"`
}

// Together says what Validate checks.
func (*RecordSigned) Together() string {
	return "each person signs once"
}

// Validate checks what members say together.
func (d *RecordSigned) Validate() error { return distinct(d.Signers) }

var siteRecordSigned = declare[RecordSigned](200, record, discloses, event.Type{Name: "site-record-signed", Version: 1, Chinese: "现场核查记录签字",
	Doc:    "The site record was signed by at least two inspectors and the subject.",
	Rules:  []law.Rule{law.R17, law.R31, law.R42, law.N05, law.N07},
	Append: field})

func (d *RecordSigned) judge(j *judgement) *event.Refusal { return j.sign(d.Signers) }

func (d *RecordSigned) fold(s *State, e *event.Event) { s.record(e, d.DocumentHash) }

// SignatureRefused is the site record when the inspected party would not sign. The refusal
// never blocks closing (R42).
type SignatureRefused struct {
	RecordNo     string   `json:"record_no" is:"text(100)" zh:"记录编号" doc:"number of the site record"`
	DocumentHash string   `json:"document_sha256" is:"sha256" zh:"文书哈希" doc:"of the site record as a document"`
	Signers      []Signer `json:"signers" many:"1…20" zh:"签字检查人员" doc:"inspectors who signed, each once"`
	Reason       string   `json:"reason" is:"lines(2000)" zh:"拒签理由" doc:"why the subject would not sign"`
	Witness      string   `json:"witness" is:"text(100)" zh:"见证人" doc:"who saw the refusal"`
}

// Together says what Validate checks.
func (*SignatureRefused) Together() string {
	return "each person signs once"
}

// Validate checks what members say together.
func (d *SignatureRefused) Validate() error { return distinct(d.Signers) }

var signatureRefused = declare[SignatureRefused](210, record, discloses, event.Type{Name: "signature-refused", Version: 1, Chinese: "拒绝签字",
	Doc:    "The subject would not sign; witnessed.",
	Rules:  []law.Rule{law.R17, law.R42, law.N05, law.N07},
	Append: field})

func (d *SignatureRefused) judge(j *judgement) *event.Refusal { return j.sign(d.Signers) }

func (d *SignatureRefused) fold(s *State, e *event.Event) { s.record(e, d.DocumentHash) }

func distinct(signers []Signer) error {
	var k event.Checker
	for i, s := range signers {
		again := slices.ContainsFunc(signers[:i], func(o Signer) bool { return o.Person == s.Person })
		k.That(!again, "signers", law.FaultTwice, law.Quote("value", s.Person))
	}
	return k.Err()
}

// owedRecord: each visit has its site record, within hours of its start (R42); only an attempt that found
// nothing needs none, since nobody could be inspected (R28).
var owedRecord = obliges(owed{place: 130, atClosing: law.ClosingNeedsRecord, fades: true,
	Kind: obligation.Kind{Name: "record", Owner: obligation.Inspectors, Rule: law.R42, Field: true, Escalates: true,
		Opens: "inspection-started", Meets: "site-record-signed signature-refused", Limit: "record_due_hours"},
	rules: []law.Rule{law.R42}, reads: started | attempted | recorded | happened(findingRecorded),
	void: func(s *State) bool { return s.is(attempted) && len(s.findings) == 0 },
	of: func(q *asking) {
		w := q.st.open()
		switch start := w.start(); {
		case start == nil:
		case q.st.is(recorded):
			q.owe(start, "", true, &w.account.Occurred)
		default:
			q.owe(start, "", false, nil)
		}
	}})

// sign opens when the visit is complete: a site record, signed or refused, states all of it.
func (j *judgement) sign(signers []Signer) *event.Refusal {
	st := j.st
	if st.is(recorded) {
		return event.Refuse(law.R42, law.AlreadyRecorded)
	}
	if j.imported {
		return nil
	}
	persons := make([]string, len(signers))
	for i, s := range signers {
		persons[i] = s.Person
	}
	if r := j.known("signers", persons...); r != nil {
		return r
	}
	return event.Held(j.signers(j.open(declared().atSigning), signers))
}

// signers wants enough inspectors of this visit, each under the certificate that the
// register has (R42), besides what is open. A certificate that the register does not know is flagged.
func (j *judgement) signers(open []event.Unmet, signers []Signer) []event.Unmet {
	valid := 0
	var outsiders, mismatched, certificates []string
	for _, s := range signers {
		registered := j.sc.Person(s.Person, j.e.Occurred).Certificate
		switch {
		case !slices.Contains(j.st.open().inspectors, s.Person):
			outsiders = append(outsiders, s.Person)
		case registered != "" && registered != s.Certificate:
			mismatched, certificates = append(mismatched, s.Person), append(certificates, registered)
		default:
			valid++
			if registered == "" {
				j.flagItem(law.R42, law.CertificateUnregistered, s.Person, law.Str("certificate", s.Certificate), law.Str("person", s.Person))
			}
		}
	}
	if least := j.sc.Policy.MinInspectors; valid < least {
		open = append(open, event.Unmet{Code: law.SiteRecordNeedsInspectors, Rules: []law.Rule{law.R42}, Values: law.Collect(
			law.Int("valid", valid), law.Int("least", least), law.List("outsiders", outsiders), law.List("mismatched", mismatched),
			law.List("registered", certificates))})
	}
	return open
}

var _ = stands(standing{place: 10, rule: law.R42, code: law.LateRecord, dated: true, since: recorded, begin: records,
	reads: []string{findingRecorded.Name, inspectionAttempted.Name}, says: lateRecord})

// lateRecord: the record was made after its hours (R42).
func lateRecord(_ *State, say *speech) {
	for _, o := range say.late(owedRecord) {
		say.item(o.Opener, o.Item, minutes("after_minutes", o.MetAt.Sub(o.Since)),
			law.Int("due_hours", say.Policy.RecordDueHours), law.At("due_at", o.Due))
	}
}

func (s *State) record(e *event.Event, document string) {
	r := s.editRest()
	r.recordEvent, r.recordKnown = e.ID, e.Recorded.UnixMicro()
	if b, err := hex.DecodeString(document); err == nil && len(b) == len(s.document) {
		copy(r.document[:], b)
	}
	if w := s.edit(); w != nil {
		w.account, w.recorder = momentOf(e), e.Actor.Person
	}
	s.examine()
	s.account()
}

// isDocument reports whether hash is that of the site record.
func (s *State) isDocument(hash string) bool {
	return s.is(recorded) && hash == hex.EncodeToString(s.document[:])
}
