package inspection

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Corrected records: R43, who has a copy of the record gets the corrected one, too, and acknowledges it. A correction or withdrawal of what
// the record states is served from the second person's yes on, to the same recipients and in the same days, where the plan says so.

// NothingCorrected refuses a copy of a corrected record that nobody corrected, or before the yes.
const NothingCorrected law.Code = "nothing-corrected"

var _ = law.Declare(law.OfRecord, law.Text{Code: NothingCorrected, Acts: law.Refuses, Rules: []law.Rule{law.R43},
	TitleZH: "没有已批准的更正", Title: "No correction of the record is to be served",
	SaysZH:   "{event} 不是核查记录签署后已获批准的更正",
	Says:     "{event} is no correction of what the signed record states that a second person approved",
	RemedyZH: "先由第二人批准更正；送达原记录的不填 correction",
	Remedy:   "have the correction approved first; for a copy of the record itself leave correction out"})

// amended is an approved correction of a signed record, and who got it.
type amended struct {
	since    obligation.Fact // the correction, from its yes on
	document string          // that was served first; "" before
	got      []delivery
}

// corrects notes that a yes makes a correction of what the signed record states count.
func (s *State) corrects(e *event.Event) {
	ref, yes, _ := oversight.Answer(e.Data)
	f, known := s.facts.Find(s.facts.Newest())
	if !yes || !known || f.Type.Kind != event.Inspection || !s.is(recorded) {
		return
	}
	switch stageOf(f.Type) {
	case approach, onSite, record:
		c := amended{since: obligation.FactOf(e)}
		c.since.Event = ref.ID()
		r := s.editRest()
		r.anew = append(r.anew, c)
	}
}

// unserved are the corrections as if nobody had got them: the facts say who did.
func (s *State) unserved() []amended {
	all := slices.Clone(s.anew)
	for i := range all {
		all[i].document, all[i].got = "", nil
	}
	return all
}

func (s *State) correctedAt(id uuid.UUID) int {
	return slices.IndexFunc(s.anew, func(c amended) bool { return c.since.Event == id })
}

// serves reports whether a document is the one that is served of a correction.
func (c *amended) serves(hash string) bool { return c.document == "" || c.document == hash }

// served returns a document if it is a corrected record or a decision, else "".
func (s *State) served(hash string) string {
	if s.isDecision(hash) {
		return hash
	}
	if i := slices.IndexFunc(s.anew, func(c amended) bool { return c.document == hash }); hash != "" && i >= 0 {
		return s.anew[i].document
	}
	return ""
}

// judgeCorrected judges a copy of a corrected record.
func (d *CopyDelivered) judgeCorrected(j *judgement) *event.Refusal {
	id, _ := event.ParseUUID(d.Correction)
	i := j.st.correctedAt(id)
	if i < 0 {
		return event.Refuse(law.R43, NothingCorrected, law.Str("event", d.Correction))
	}
	if !j.st.anew[i].serves(d.DocumentHash) {
		j.flag(law.R43, law.WrongDocument, law.Str("recipient", d.Recipient), law.Str("sha256", d.DocumentHash))
	}
	return nil
}

// serve folds a copy of a corrected record: it has the corrections before it, too.
func (s *State) serve(d *CopyDelivered, e *event.Event) {
	id, _ := event.ParseUUID(d.Correction)
	i := s.correctedAt(id)
	if i < 0 || !s.anew[i].serves(d.DocumentHash) {
		return
	}
	r := s.editRest()
	r.anew = slices.Clone(r.anew) // a clone may share it
	r.anew[i].document = d.DocumentHash
	for k := range r.anew[:i+1] {
		c := &r.anew[k]
		c.got = append(slices.Clip(c.got), delivery{d.Recipient, e.Happened().Unix()})
	}
	s.await(d.Recipient, d.DocumentHash, e)
}

// owedAnew: one copy of the corrected record to each recipient of the plan (R43).
var _ = obliges(owed{place: 142, atClosing: law.ClosingNeedsCopies,
	Kind: copiesKind, rules: []law.Rule{law.R43}, under: "recipients", reads: recorded | happened(copyDelivered),
	of: func(q *asking) {
		if !q.Policy.ServeCorrections || !q.st.is(recorded) {
			return
		}
		for i := range q.st.anew {
			c := &q.st.anew[i]
			for _, recipient := range q.Policy.Copies {
				at := firstTo(c.got, recipient)
				q.owe(&c.since, recipient, at != nil, at)
			}
		}
	}})

// firstTo returns when a recipient got the first copy; nil: none.
func firstTo(copies []delivery, recipient string) *time.Time {
	met, first := false, int64(0)
	for i := range copies {
		if c := &copies[i]; c.recipient == recipient && (!met || c.at < first) {
			met, first = true, c.at
		}
	}
	if !met {
		return nil
	}
	at := time.Unix(first, 0).UTC()
	return &at
}
