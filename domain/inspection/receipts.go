package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Receipts: R43, each who got a copy of the site record says so (回执), by the own token or by who enters the paper for him.

// CopyAcknowledged is a recipient's receipt for the copy that reached him.
type CopyAcknowledged struct {
	DocumentHash string `json:"document_sha256" is:"sha256" zh:"文书哈希" doc:"of the record, or of the decision, that was received"`
	Recipient    string `json:"recipient" is:"id" correct:"never" zh:"送达对象" doc:"whose copy it is"`
	Receipt      string `json:"receipt" is:"text(200)" zh:"回执" doc:"number or note of the receipt, or who signed it"`
}

// The codes of receipts.
const (
	NoCopyToAcknowledge law.Code = "no-copy-to-acknowledge"
	NotYourCopy         law.Code = "not-your-copy"
)

var _ = law.Declare(law.OfRecord, law.Text{Code: NoCopyToAcknowledge, Acts: law.Refuses, Rules: []law.Rule{law.R43},
	TitleZH: "没有待回执的送达", Title: "No copy waits for a receipt",
	SaysZH:   "送达对象 {recipient:recipient} 没有已送达而未回执的核查记录",
	Says:     "no copy of the site record that reached {recipient:recipient} waits for a receipt",
	RemedyZH: "先记录送达；已回执的无须再做", Remedy: "record the delivery first; what was acknowledged needs nothing more"})

var _ = law.Declare(law.OfRecord, law.Text{Code: NotYourCopy, Acts: law.Refuses, Rules: []law.Rule{law.R43},
	TitleZH: "不是发给本方的文书", Title: "Another's copy",
	SaysZH: "送达对象 {recipient:recipient} 的回执不由角色 {role:role} 出具", Says: "{role:role} gives no receipt for {recipient:recipient}",
	RemedyZH: "由收件方用本方令牌回执，或由检查组、市安委办凭纸质回执代录",
	Remedy:   "let the recipient acknowledge it by the own token, or the team or the office enter the receipt on paper"})

// receivers are the recipients for whom a role gives a receipt; who is not in it enters receipts on paper for all.
var receivers = map[event.Role]string{event.RoleInspectedParty: "subject", event.RoleCountyGovernment: "local-government",
	event.RoleDepartment: "city-department"}

var copyAcknowledged = declare[CopyAcknowledged](225, afterwards, hidden, event.Type{Name: "copy-acknowledged", Version: 1, Chinese: "送达回执",
	Doc:   "A recipient acknowledged the copy of the site record that reached it.",
	Rules: []law.Rule{law.R43},
	Append: append(slices.Clone(plan), event.RoleOfficer, event.RoleInspectedParty, event.RoleCountyGovernment,
		event.RoleDepartment)})

// judge: of a copy that was delivered, by its recipient or by who enters the paper (R43).
func (d *CopyAcknowledged) judge(j *judgement) *event.Refusal {
	role := j.e.Actor.Role
	if own, bound := receivers[role]; bound && own != d.Recipient {
		return event.Refuse(law.R43, NotYourCopy, law.Str("role", role), law.Str("recipient", d.Recipient))
	}
	if j.st.receipt(d.Recipient, j.st.served(d.DocumentHash)) < 0 {
		return event.Refuse(law.R43, NoCopyToAcknowledge, law.Str("recipient", d.Recipient))
	}
	if !j.st.isDocument(d.DocumentHash) && j.st.served(d.DocumentHash) == "" {
		j.flag(law.R43, law.WrongDocument, law.Str("recipient", d.Recipient), law.Str("sha256", d.DocumentHash))
	}
	return nil
}

func (d *CopyAcknowledged) fold(s *State, _ *event.Event) {
	served := s.served(d.DocumentHash)
	if i := s.receipt(d.Recipient, served); i >= 0 && (served != "" || s.isDocument(d.DocumentHash)) {
		r := s.editRest()
		r.receipts = slices.Delete(slices.Clone(r.receipts), i, i+1) // a clone may share them
	}
}

// receipt is a copy that was delivered and not acknowledged. Nobody is late with it for long: it is listed, and what was
// acknowledged is not remembered.
type receipt struct {
	recipient string
	document  string // a corrected record, or a decision; "": the record
	since     obligation.Fact
}

// receipt returns the index of the copy of a recipient that waits for its receipt, or -1.
func (s *State) receipt(recipient, document string) int {
	return slices.IndexFunc(s.receipts, func(r receipt) bool { return r.recipient == recipient && r.document == document })
}

// await opens the receipt for a copy; a second copy of one document opens no second one.
func (s *State) await(recipient, document string, e *event.Event) {
	if e.Assurance != event.Imported && s.receipt(recipient, document) < 0 {
		r := s.editRest()
		r.receipts = append(r.receipts, receipt{recipient, document, obligation.FactOf(e)})
	}
}

// owedReceipts: each recipient acknowledges its copy, within days of the delivery (R43).
var _ = obliges(owed{place: 145,
	Kind: obligation.Kind{Name: "acknowledgement", Owner: obligation.Receiver, Rule: law.R43,
		Unmodelled: "the model has no receipts",
		Opens:      "copy-delivered", Meets: "copy-acknowledged", Limit: "receipt_days"},
	rules: []law.Rule{law.R43}, under: "recipients", reads: happened(copyDelivered, copyAcknowledged),
	of: func(q *asking) {
		if q.Policy.ReceiptDays == nil {
			return
		}
		for i := range q.st.receipts {
			q.owe(&q.st.receipts[i].since, q.st.receipts[i].recipient, false, nil)
		}
	}})
