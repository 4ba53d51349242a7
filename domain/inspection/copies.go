package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Copies of the site record: R43, 检查记录一式四份，检查对象一份，当地政府一份，市级主管部门一份，市安委办一份: due some days after it.

// Recipients of the site record (R43).
var Recipients = []string{"subject", "local-government", "city-department", "safety-office"}

// CopyDelivered hands one copy of the site record to one recipient (R43).
type CopyDelivered struct {
	DocumentHash string `json:"document_sha256"`
	Recipient    string `json:"recipient"`
	Receiver     string `json:"receiver"` // who took it
	Method       string `json:"method"`   // in-person, post, electronic
	Receipt      string `json:"receipt,omitempty"`
}

// Validate implements event.Data.
func (d *CopyDelivered) Validate() error {
	var k event.Checker
	k.SHA256("document_sha256", d.DocumentHash, true)
	k.ID("recipient", d.Recipient, true)
	k.Text("receiver", d.Receiver, true, 200)
	k.OneOf("method", d.Method, true, "in-person", "post", "electronic")
	k.Text("receipt", d.Receipt, false, 200)
	return k.Err()
}

var copyDelivered = declare[CopyDelivered](afterwards, event.Type{Name: "copy-delivered", Version: 1, Chinese: "文书送达",
	Doc:   "One copy of the site record reached one recipient.",
	Rules: []law.Rule{law.R43}, Append: plan})

// judge flags what is wrong with a copy (R43). Only a copy of a document that does not
// exist yet is refused. A copy of something else, or for somebody else, was handed over and
// is evidence, but does not count for the closing.
func (d *CopyDelivered) judge(j *judgement) *event.Refusal {
	st := j.st
	if !st.is(recorded) {
		return event.Refuse(law.R43, law.RecordNotSigned, "there is no site record to deliver yet")
	}
	if j.imported {
		return nil
	}
	p, w := j.sc.Policy, st.open()
	if !slices.Contains(p.Copies, d.Recipient) {
		j.flag(law.R43, law.UnknownRecipient, "%q is none of the recipients %v", d.Recipient, p.Copies)
	}
	if !st.isDocument(d.DocumentHash) {
		j.flag(law.R43, law.WrongDocument, "%s received document %s, which is not the site record", d.Recipient, d.DocumentHash)
		return nil
	}
	due := w.recordedAt.AddDate(0, 0, p.CopiesDueDays)
	if !w.recordedAt.IsZero() && !slices.Contains(w.copies, d.Recipient) && j.e.Occurred.After(due) {
		j.flag(law.R43, law.LateCopy,
			"%s received its copy %s after the record; due within %d days", d.Recipient, j.e.Occurred.Sub(w.recordedAt), p.CopiesDueDays)
	}
	return nil
}

func (d *CopyDelivered) fold(s *State, _ *event.Event) {
	if w := s.edit(); w != nil && s.isDocument(d.DocumentHash) {
		w.copies = append(w.copies, d.Recipient)
	}
}
