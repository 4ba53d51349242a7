package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Copies of the site record: R43, 检查记录一式四份，检查对象一份，当地政府一份，市级主管部门一份，市安委办一份: due some days after it.

// Recipients of the site record (R43).
var Recipients = codes.List("recipient")

// CopyDelivered hands one copy of the site record to one recipient (R43), or of a decision of a penalty (R41).
type CopyDelivered struct {
	DocumentHash    string `json:"document_sha256" is:"sha256" zh:"文书哈希" doc:"of the record, or of the decision, that was handed over"`
	Recipient       string `json:"recipient" is:"id" correct:"never" zh:"送达对象" doc:"a recipient of the plan"`
	Receiver        string `json:"receiver" is:"text(200)" zh:"接收人" doc:"who took it"`
	Method          string `json:"method" is:"code(delivery)" zh:"送达方式" doc:"how it was delivered"`
	Correction      string `json:"correction,omitempty" is:"event-id" correct:"never" zh:"更正事件" doc:"whose corrected record it is"`
	Acknowledgement string `json:"acknowledgement,omitempty" is:"text(200)" zh:"回执" doc:"number or note of it"`
}

var copyDelivered = declare[CopyDelivered](220, afterwards, hidden, event.Type{Name: "copy-delivered", Version: 1, Chinese: "文书送达",
	Doc:   "One copy of the site record, or of the decision of a penalty, reached one recipient.",
	Rules: []law.Rule{law.R41, law.R43}, Append: plan})

// judge flags what is wrong with a copy (R43). Only a copy of a document that does not
// exist yet is refused. A copy of something else, or for somebody else, was handed over and
// is evidence, but does not count for the closing.
func (d *CopyDelivered) judge(j *judgement) *event.Refusal {
	st := j.st
	if !st.is(recorded) {
		return event.Refuse(law.R43, law.RecordNotSigned)
	}
	if j.imported {
		return nil
	}
	p := j.sc.Policy
	if !slices.Contains(p.Copies, d.Recipient) {
		j.flag(law.R43, law.UnknownRecipient, law.Str("recipient", d.Recipient), law.List("recipients", p.Copies))
	}
	if d.Correction != "" {
		return d.judgeCorrected(j)
	}
	if !st.isDocument(d.DocumentHash) && !st.isDecision(d.DocumentHash) {
		j.flag(law.R43, law.WrongDocument, law.Str("recipient", d.Recipient), law.Str("sha256", d.DocumentHash))
		return nil
	}
	return nil
}

func (d *CopyDelivered) fold(s *State, e *event.Event) {
	if d.Correction != "" {
		s.serve(d, e)
		return
	}
	if s.isDecision(d.DocumentHash) {
		s.await(d.Recipient, d.DocumentHash, e)
	}
	if !s.isDocument(d.DocumentHash) {
		return
	}
	if w := s.edit(); w != nil {
		w.copies = append(w.copies, delivery{d.Recipient, e.Happened().Unix()})
	}
	s.await(d.Recipient, "", e)
	s.inTime(owedCopies, d.Recipient, e.Happened())
}

// delivery is one copy of the right document.
type delivery struct {
	recipient string
	at        int64 // seconds since 1970: its limit is one in days
}

var copiesKind = obligation.Kind{Name: "copies", Owner: obligation.Inspectors, Rule: law.R43, Field: true, Escalates: true,
	Opens: "site-record-signed signature-refused fact-corrected fact-withdrawn", Meets: "copy-delivered", Limit: "copies_due_days"}

// owedCopies: one copy to each recipient of the plan, since the record is signed or refused (R43).
var owedCopies = obliges(owed{place: 140, atClosing: law.ClosingNeedsCopies, fades: true,
	Kind:  copiesKind,
	rules: []law.Rule{law.R43}, under: "recipients", reads: attempted | recorded | happened(copyDelivered),
	of: func(q *asking) {
		w := q.st.open()
		if w.account == nil || !q.st.is(recorded) {
			return
		}
		for _, recipient := range q.Policy.Copies {
			at := firstTo(w.copies, recipient)
			q.owe(&w.account.Fact, recipient, at != nil, at)
		}
	}})

var _ = stands(standing{place: 20, rule: law.R43, code: law.LateCopy, dated: true, since: recorded, reads: []string{copyDelivered.Name},
	says: lateCopies})

// lateCopies: copies were delivered after their days (R43).
func lateCopies(_ *State, say *speech) {
	for _, o := range say.late(owedCopies) {
		say.item(o.Opener, o.Item, law.Str("recipient", o.Item), minutes("after_minutes", o.MetAt.Sub(o.Since)),
			law.Int("due_days", say.Policy.CopiesDueDays), law.At("due_at", o.Due))
	}
}
