package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
)

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

func distinct(signers []Signer) error {
	var k event.Checker
	for i, s := range signers {
		again := slices.ContainsFunc(signers[:i], func(o Signer) bool { return o.Person == s.Person })
		k.That(!again, "signers", "%.60q stands twice", s.Person)
	}
	return k.Err()
}

// CopyDelivered hands one copy of the site record to one recipient (R43).
type CopyDelivered struct {
	DocumentHash    string `json:"document_sha256" is:"sha256" zh:"文书哈希" doc:"of the record that was handed over"`
	Recipient       string `json:"recipient" is:"id" zh:"送达对象" doc:"a recipient of the plan"`
	Receiver        string `json:"receiver" is:"text(200)" zh:"接收人" doc:"who took it"`
	Method          string `json:"method" is:"code(delivery)" zh:"送达方式" doc:"how it was delivered"`
	Acknowledgement string `json:"acknowledgement,omitempty" is:"text(200)" zh:"回执" doc:"number or note of it"`
}

// ServiceProvided says which help the subject was given (R45).
type ServiceProvided struct {
	Topic  string `json:"topic" is:"text(200)" zh:"主题" doc:"what the help was about"`
	Advice string `json:"advice" is:"lines(4000)" zh:"帮扶内容" doc:"advice or help that was given"`
}

// ResultRecorded is the overall result that a source states for a visit.
type ResultRecorded struct {
	Result string       `json:"result" is:"code(result)" zh:"结论" doc:"overall result that the source states"`
	Source event.Source `json:"source,omitempty"`
}

// DuplicateJustified explains a visit that was flagged as a duplicate (R31). It waits for the
// approval of a second person.
type DuplicateJustified struct {
	Reason string `json:"reason" is:"lines(2000)" zh:"理由" doc:"why a second visit was needed"`
}

// LeaderReviewed is the team leader's review, never of the leader's own visit (R51).
type LeaderReviewed struct {
	Opinion string `json:"opinion" is:"lines(4000)" zh:"审核意见" doc:"the leader's opinion"`
}

// Closed ends the inspection; every obligation is met.
type Closed struct {
	Note string `json:"note,omitempty" is:"lines(2000)" zh:"备注" doc:"anything else"`
}
