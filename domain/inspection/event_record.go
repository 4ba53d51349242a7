package inspection

import "github.com/anjian-ledger/anjian/domain/event"

// Signer is one of the inspectors who sign, with the certificate shown.
type Signer struct {
	Person      string `json:"person"`
	Certificate string `json:"certificate_no"`
}

// RecordSigned is the site record, signed by both sides (R42, 安全生产法 Art. 68).
type RecordSigned struct {
	RecordNo     string   `json:"record_no"`
	DocumentHash string   `json:"document_sha256"`
	Signers      []Signer `json:"signers"`
	SiteManager  string   `json:"site_manager"`
}

// Validate implements event.Data.
func (d *RecordSigned) Validate() error {
	var k event.Checker
	k.Text("record_no", d.RecordNo, true, 100)
	k.SHA256("document_sha256", d.DocumentHash, true)
	signers(&k, d.Signers)
	k.Text("site_manager", d.SiteManager, true, 100)
	return k.Err()
}

// SignatureRefused is the site record when the inspected party would not sign. The refusal
// never blocks closing (R42).
type SignatureRefused struct {
	RecordNo     string   `json:"record_no"`
	DocumentHash string   `json:"document_sha256"`
	Signers      []Signer `json:"signers"`
	Reason       string   `json:"reason" text:"lines"`
	Witness      string   `json:"witness"`
}

// Validate implements event.Data.
func (d *SignatureRefused) Validate() error {
	var k event.Checker
	k.Text("record_no", d.RecordNo, true, 100)
	k.SHA256("document_sha256", d.DocumentHash, true)
	signers(&k, d.Signers)
	k.Lines("reason", d.Reason, true, 2000)
	k.Text("witness", d.Witness, true, 100)
	return k.Err()
}

// CopyDelivered hands one copy of the site record to one recipient (R43).
type CopyDelivered struct {
	DocumentHash    string `json:"document_sha256"`
	Recipient       string `json:"recipient"`
	Receiver        string `json:"receiver"` // who took it
	Method          string `json:"method"`   // in-person, post, electronic
	Acknowledgement string `json:"acknowledgement,omitempty"`
}

// Validate implements event.Data.
func (d *CopyDelivered) Validate() error {
	var k event.Checker
	k.SHA256("document_sha256", d.DocumentHash, true)
	k.ID("recipient", d.Recipient, true)
	k.Text("receiver", d.Receiver, true, 200)
	k.OneOf("method", d.Method, true, "in-person", "post", "electronic")
	k.Text("acknowledgement", d.Acknowledgement, false, 200)
	return k.Err()
}

// ServiceProvided says which help the subject was given (R45).
type ServiceProvided struct {
	Topic  string `json:"topic"`
	Advice string `json:"advice" text:"lines"`
}

// Validate implements event.Data.
func (d *ServiceProvided) Validate() error {
	var k event.Checker
	k.Text("topic", d.Topic, true, 200)
	k.Lines("advice", d.Advice, true, 4000)
	return k.Err()
}

// ResultRecorded is the overall result that a source states for a visit.
type ResultRecorded struct {
	Result string       `json:"result"` // pass, conditional, fail
	Source event.Source `json:"source,omitempty"`
}

// Validate implements event.Data.
func (d *ResultRecorded) Validate() error {
	var k event.Checker
	k.OneOf("result", d.Result, true, "pass", "conditional", "fail")
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// DuplicateJustified explains a visit that was flagged as a duplicate (R31). It waits for the
// approval of a second person.
type DuplicateJustified struct {
	Reason string `json:"reason" text:"lines"`
}

// Validate implements event.Data.
func (d *DuplicateJustified) Validate() error {
	var k event.Checker
	k.Lines("reason", d.Reason, true, 2000)
	return k.Err()
}

// LeaderReviewed is the team leader's review, never of the leader's own visit (R51).
type LeaderReviewed struct {
	Opinion string `json:"opinion" text:"lines"`
}

// Validate implements event.Data.
func (d *LeaderReviewed) Validate() error {
	var k event.Checker
	k.Lines("opinion", d.Opinion, true, 4000)
	return k.Err()
}

// Closed ends the inspection; every obligation is met.
type Closed struct {
	Note string `json:"note,omitempty" text:"lines"`
}

// Validate implements event.Data.
func (d *Closed) Validate() error {
	var k event.Checker
	k.Lines("note", d.Note, false, 2000)
	return k.Err()
}

func signers(k *event.Checker, list []Signer) {
	k.That(len(list) >= 1 && len(list) <= 20, "signers: want 1…20")
	for i, s := range list {
		k.ID("signers.person", s.Person, true)
		k.Text("signers.certificate_no", s.Certificate, true, 60)
		for _, o := range list[:i] {
			k.That(o.Person != s.Person, "signers: %q stands twice", s.Person)
		}
	}
}
