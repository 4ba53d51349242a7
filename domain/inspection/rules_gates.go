package inspection

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// gate collects every obligation that is still open.
type gate struct{ open []event.Unmet }

// under is the rules of one obligation, the most specific first.
func under(rules ...law.Rule) []law.Rule { return rules }

// need notes an open obligation.
func (g *gate) need(rules []law.Rule, code law.Code, values ...law.Value) {
	g.open = append(g.open, event.Unmet{Code: code, Rules: rules, Values: law.Collect(values...)})
}

// list notes an open obligation unless there is nothing in it.
func (g *gate) list(rules []law.Rule, code law.Code, name string, ids []string, values ...law.Value) {
	if len(ids) > 0 {
		g.need(rules, code, append(values, law.List(name, ids))...)
	}
}

// refusal says all that is open, as its first and the rest.
func (g *gate) refusal() *event.Refusal {
	if g.open == nil {
		return nil
	}
	first := &g.open[0]
	return &event.Refusal{Code: first.Code, Rule: first.Rules[0], Values: first.Values, Open: g.open}
}

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
	var g gate
	j.substantiated(&g, law.SiteRecordNeedsEvidence, law.SiteRecordNeedsClause)
	j.items(&g)
	g.list(under(law.R35), law.SiteRecordNeedsSections, "sections", missing(j.sc.Policy.RequiredSections, st.open().completed))
	if !st.is(noticed) {
		g.need(under(law.R72), law.SiteRecordNeedsNotice)
	}
	j.signers(&g, signers)
	if r := g.refusal(); r != nil {
		return r
	}
	j.recordFlags()
	return nil
}

// substantiated wants evidence and a clause for each finding (R19).
func (j *judgement) substantiated(g *gate, evidence, clause law.Code) {
	bare := j.st.which(func(m findingMark) bool { return m&(evidenced|attached) == 0 })
	g.list(under(law.R19), evidence, "findings", bare)
	g.list(under(law.R19), clause, "findings", j.st.which(func(m findingMark) bool { return m&cited == 0 }))
}

// items wants an answer to each check that the subject's profile demands.
func (j *judgement) items(g *gate) {
	demand := func(profile string, rules ...law.Rule) {
		open := missing(j.sc.Policy.RequiredItems[profile], j.st.open().answered)
		g.list(rules, law.SiteRecordNeedsItems, "items", open, law.Str("profile", profile))
	}
	switch j.sc.Subject.Kind {
	case "government-unit":
		demand("government-unit", law.R32)
	case "road-section": // nobody's enterprise
	default:
		demand("enterprise", law.R27, law.R33)
	}
	if j.sc.Subject.HighRisk {
		demand("high-risk", law.R34)
	}
}

// signers wants enough inspectors of this visit, each under the certificate that the
// register has (R42). A certificate that the register does not know is flagged.
func (j *judgement) signers(g *gate, signers []Signer) {
	valid := 0
	var strangers, mismatched, certificates []string
	for _, s := range signers {
		registered := j.sc.Person(s.Person).Certificate
		switch {
		case !slices.Contains(j.st.open().inspectors, s.Person):
			strangers = append(strangers, s.Person)
		case registered != "" && registered != s.Certificate:
			mismatched, certificates = append(mismatched, s.Person), append(certificates, registered)
		default:
			valid++
			if registered == "" {
				j.flag(law.R42, law.CertificateUnregistered, law.Str("certificate", s.Certificate), law.Str("person", s.Person))
			}
		}
	}
	if least := j.sc.Policy.MinInspectors; valid < least {
		g.need(under(law.R42), law.SiteRecordNeedsInspectors, law.Int("valid", valid), law.Int("least", least),
			law.List("strangers", strangers), law.List("mismatched", mismatched), law.List("registered", certificates))
	}
}

// recordFlags flags what makes a site record doubtful (R08) or late (R42).
func (j *judgement) recordFlags() {
	st, w := j.st, j.st.open()
	if due := w.startedAt.Add(time.Duration(j.sc.Policy.RecordDueHours) * time.Hour); !w.startedAt.IsZero() && j.e.Occurred.After(due) {
		j.flag(law.R42, law.LateRecord, minutes("after_minutes", j.e.Occurred.Sub(w.startedAt)), law.Int("due_hours", j.sc.Policy.RecordDueHours))
	}
	var same []string
	for i, v := range w.versions {
		again := func(o Version) bool { return o.Finding != nil && o.Finding.Description == v.Finding.Description }
		if v.Finding != nil && slices.ContainsFunc(w.versions[:i], again) {
			same = append(same, st.findings[i].id)
		}
	}
	if same != nil {
		j.flag(law.R08, law.IdenticalFindings, law.List("findings", same))
	}
	if len(st.findings) > 0 && !st.is(photographed) {
		j.flag(law.R08, law.NoPhoto, law.Int("finding_count", len(st.findings)))
	}
	j.unhalted()
}

// deliver flags what is wrong with a copy (R43). Only a copy of a document that does not
// exist yet is refused. A copy of something else, or for somebody else, was handed over and
// is evidence, but does not count for the closing.
func (j *judgement) deliver(d *CopyDelivered) *event.Refusal {
	st := j.st
	if !st.is(recorded) {
		return event.Refuse(law.R43, law.RecordNotSigned)
	}
	if j.imported {
		return nil
	}
	p, w := j.sc.Policy, st.open()
	if !slices.Contains(p.Copies, d.Recipient) {
		j.flag(law.R43, law.UnknownRecipient, law.Str("recipient", d.Recipient), law.List("recipients", p.Copies))
	}
	if !st.isDocument(d.DocumentHash) {
		j.flag(law.R43, law.WrongDocument, law.Str("recipient", d.Recipient), law.Str("sha256", d.DocumentHash))
		return nil
	}
	due := w.recordedAt.AddDate(0, 0, p.CopiesDueDays)
	if !w.recordedAt.IsZero() && !slices.Contains(w.copies, d.Recipient) && j.e.Occurred.After(due) {
		j.flag(law.R43, law.LateCopy, law.Str("recipient", d.Recipient), minutes("after_minutes", j.e.Occurred.Sub(w.recordedAt)),
			law.Int("due_days", p.CopiesDueDays))
	}
	return nil
}

// review is the leader's own act, never on the leader's own visit (R51).
func (j *judgement) review() *event.Refusal {
	if j.imported {
		return nil
	}
	person, leader := j.e.Actor.Person, j.sc.Team.Leader
	if person == "" || person != leader {
		return event.Refuse(law.R51, law.NotTheLeader, law.Str("team", j.st.team), law.Str("leader", leader), law.Str("person", person))
	}
	if slices.Contains(j.st.open().inspectors, person) {
		return event.Refuse(law.R51, law.OwnInspection, law.Str("person", person))
	}
	if j.needsRecord() && !j.st.is(recorded) {
		return event.Refuse(law.R51, law.ReviewNeedsRecord)
	}
	return nil
}

// needsRecord is false only for an attempt that found nothing: nobody could be inspected
// (R28). A visit without findings needs its record all the same (R42).
func (j *judgement) needsRecord() bool { return !j.st.is(attempted) || len(j.st.findings) > 0 }

// close opens when every obligation of the visit is met.
func (j *judgement) close() *event.Refusal {
	if j.imported {
		return nil
	}
	st := j.st
	var g gate
	j.substantiated(&g, law.ClosingNeedsEvidence, law.ClosingNeedsClause)
	untouched := st.which(func(m findingMark) bool { return m&(fixed|ordered|punished|pardoned) == 0 })
	g.list(under(law.R20), law.ClosingNeedsDisposition, "findings", untouched)
	j.penalties(&g)
	j.answers(&g)
	if j.needsRecord() {
		if !st.is(recorded) {
			g.need(under(law.R42), law.ClosingNeedsRecord)
		}
		g.list(under(law.R43), law.ClosingNeedsCopies, "recipients", missing(j.sc.Policy.Copies, st.open().copies))
	}
	if !st.is(reviewed) {
		g.need(under(law.R51), law.ClosingNeedsReview)
	}
	if r := g.refusal(); r != nil {
		return r
	}
	j.closingFlags()
	return nil
}

// penalties wants a decision for each punishable finding: an order is none (R41, R56).
func (j *judgement) penalties(g *gate) {
	open := func(m findingMark) bool { return m&punishable != 0 && m&(punished|pardoned) == 0 }
	g.list(under(law.R41), law.ClosingNeedsPenalty, "findings",
		j.st.which(func(m findingMark) bool { return open(m) && m&(ordered|fixed) == 0 }))
	g.list(under(law.R56, law.R41), law.ClosingNeedsPenalty, "halfway",
		j.st.which(func(m findingMark) bool { return open(m) && m&(ordered|fixed) != 0 }))
}

// closingFlags flags the two forms of not enforcing (R57), what R47 has not seen yet, and
// what R37 and R38 could not see because nobody said it.
func (j *judgement) closingFlags() {
	st := j.st
	if !st.is(attempted) {
		j.silence()
	}
	orders := len(st.orders)
	penalties := len(st.which(func(m findingMark) bool { return m&punished != 0 }))
	switch {
	case len(st.findings) > 0 && orders == 0 && penalties == 0 && !st.is(excused):
		j.flag(law.R57, law.InspectOnly, law.Int("finding_count", len(st.findings)))
	case orders > 0 && penalties == 0 && !st.is(excused):
		j.flag(law.R57, law.EnforceNoPenalty, law.Int("order_count", orders))
	}
	j.unhalted()
}

// silence flags what every visit says of itself and this one does not: leaving it out would
// be the easiest way around the rules that judge it.
func (j *judgement) silence() {
	switch {
	case !j.st.is(arrived):
		j.flag(law.R37, law.NoArrival)
	case !j.st.is(departed):
		j.flag(law.R37, law.NoDeparture)
	}
	if !j.st.is(declared) {
		j.flag(law.R38, law.NoConductDeclaration)
	}
}
