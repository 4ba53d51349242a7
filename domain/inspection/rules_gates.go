package inspection

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// gate collects every obligation that is still open.
type gate struct {
	rule     law.Rule // of the first
	code     law.Code
	open     []string
	remedies []string
}

// under is the rules of one obligation, the most specific first.
func under(rules ...law.Rule) []law.Rule { return rules }

// need notes an open obligation.
func (g *gate) need(rules []law.Rule, code law.Code, format string, args ...any) {
	if g.open == nil {
		g.rule, g.code = rules[0], code
	}
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.String()
	}
	g.open = append(g.open, fmt.Sprintf(format, args...)+" ("+strings.Join(names, ", ")+")")
	if text, _ := code.Text(); !slices.Contains(g.remedies, text.Remedy) {
		g.remedies = append(g.remedies, text.Remedy)
	}
}

// list notes an open obligation unless ids is empty.
func (g *gate) list(ids []string, rules []law.Rule, code law.Code, what string) {
	if len(ids) > 0 {
		g.need(rules, code, "%s: %s", what, strings.Join(ids, ", "))
	}
}

func (g *gate) refusal(what string) *event.Refusal {
	if g.open == nil {
		return nil
	}
	return event.Refuse(g.rule, g.code, "%s needs %d more: %s", what, len(g.open), strings.Join(g.open, "; ")).
		Advise(strings.Join(g.remedies, "; "))
}

func (d *RecordSigned) judge(j *judgement) *event.Refusal { return j.sign(d.Signers) }

func (d *SignatureRefused) judge(j *judgement) *event.Refusal { return j.sign(d.Signers) }

// sign opens when the visit is complete: a site record, signed or refused, states all of it.
func (j *judgement) sign(signers []Signer) *event.Refusal {
	st := j.st
	if st.is(recorded) {
		return event.Refuse(law.R42, law.AlreadyRecorded, "the site record was made before; there is one, signed or refused")
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
	g.list(missing(j.sc.Policy.RequiredSections, st.open().completed), under(law.R35), law.SiteRecordNeedsSections, "sections not completed")
	if !st.is(noticed) {
		g.need(under(law.R72), law.SiteRecordNeedsNotice, "no notice posted")
	}
	j.signers(&g, signers)
	if r := g.refusal("the site record"); r != nil {
		return r
	}
	j.recordFlags()
	return nil
}

// substantiated wants evidence and a clause for each finding (R19).
func (j *judgement) substantiated(g *gate, evidence, clause law.Code) {
	bare := j.st.which(func(m findingMark) bool { return m&(evidenced|attached) == 0 })
	g.list(bare, under(law.R19), evidence, "findings without evidence")
	g.list(j.st.which(func(m findingMark) bool { return m&cited == 0 }), under(law.R19), clause, "findings without a clause")
}

// items wants an answer to each check that the subject's profile demands.
func (j *judgement) items(g *gate) {
	demand := func(profile string, rules ...law.Rule) {
		open := missing(j.sc.Policy.RequiredItems[profile], j.st.open().answered)
		g.list(open, rules, law.SiteRecordNeedsItems, profile+" items not answered")
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
	var faults []string
	for _, s := range signers {
		registered := j.sc.Person(s.Person).Certificate
		switch {
		case !slices.Contains(j.st.open().inspectors, s.Person):
			faults = append(faults, s.Person+" is no inspector of this visit")
		case registered != "" && registered != s.Certificate:
			faults = append(faults, fmt.Sprintf("%s shows certificate %s, the register has %s", s.Person, s.Certificate, registered))
		default:
			valid++
			if registered == "" {
				j.flag(law.R42, law.CertificateUnregistered, "certificate %s of %s is not in the register", s.Certificate, s.Person)
			}
		}
	}
	if least := j.sc.Policy.MinInspectors; valid < least {
		g.need(under(law.R42), law.SiteRecordNeedsInspectors, "%d of %d signing inspectors", valid, least)
		g.list(faults, under(law.R42), law.SiteRecordNeedsInspectors, "not counted")
	}
}

// recordFlags flags what makes a site record doubtful (R08) or late (R42).
func (j *judgement) recordFlags() {
	st, w := j.st, j.st.open()
	if due := w.startedAt.Add(time.Duration(j.sc.Policy.RecordDueHours) * time.Hour); !w.startedAt.IsZero() && j.e.Occurred.After(due) {
		j.flag(law.R42, law.LateRecord,
			"made %s after the start; due within %d hours", j.e.Occurred.Sub(w.startedAt), j.sc.Policy.RecordDueHours)
	}
	var same []string
	for i, v := range w.versions {
		again := func(o Version) bool { return o.Finding != nil && o.Finding.Description == v.Finding.Description }
		if v.Finding != nil && slices.ContainsFunc(w.versions[:i], again) {
			same = append(same, st.findings[i].id)
		}
	}
	if same != nil {
		j.flag(law.R08, law.IdenticalFindings, "findings with the very text of an earlier one: %s", strings.Join(same, ", "))
	}
	if len(st.findings) > 0 && !st.is(photographed) {
		j.flag(law.R08, law.NoPhoto, "%d findings and no photo", len(st.findings))
	}
	j.unhalted()
}

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

// judge: a review is the leader's own act, never on the leader's own visit (R51).
func (d *LeaderReviewed) judge(j *judgement) *event.Refusal {
	if j.imported {
		return nil
	}
	person, leader := j.e.Actor.Person, j.sc.Team.Leader
	if person == "" || person != leader {
		return event.Refuse(law.R51, law.NotTheLeader, "team %s is led by %q, the review is by %q", j.st.team, leader, person)
	}
	if slices.Contains(j.st.open().inspectors, person) {
		return event.Refuse(law.R51, law.OwnInspection, "%s took part in this visit", person)
	}
	if j.needsRecord() && !j.st.is(recorded) {
		return event.Refuse(law.R51, law.ReviewNeedsRecord, "there is no site record to review")
	}
	return nil
}

// needsRecord is false only for an attempt that found nothing: nobody could be inspected
// (R28). A visit without findings needs its record all the same (R42).
func (j *judgement) needsRecord() bool { return !j.st.is(attempted) || len(j.st.findings) > 0 }

// judge opens when every obligation of the visit is met.
func (d *Closed) judge(j *judgement) *event.Refusal {
	if j.imported {
		return nil
	}
	st := j.st
	var g gate
	j.substantiated(&g, law.ClosingNeedsEvidence, law.ClosingNeedsClause)
	untouched := st.which(func(m findingMark) bool { return m&(fixed|ordered|punished|pardoned) == 0 })
	g.list(untouched, under(law.R20), law.ClosingNeedsDisposition, "findings without disposition")
	j.penalties(&g)
	j.answers(&g)
	if j.needsRecord() {
		if !st.is(recorded) {
			g.need(under(law.R42), law.ClosingNeedsRecord, "no site record")
		}
		g.list(missing(j.sc.Policy.Copies, st.open().copies), under(law.R43), law.ClosingNeedsCopies, "copies not delivered to")
	}
	if !st.is(reviewed) {
		g.need(under(law.R51), law.ClosingNeedsReview, "no review by the leader")
	}
	if r := g.refusal("the closing"); r != nil {
		return r
	}
	j.closingFlags()
	return nil
}

// penalties wants a decision for each punishable finding: an order is none (R41, R56).
func (j *judgement) penalties(g *gate) {
	open := func(m findingMark) bool { return m&punishable != 0 && m&(punished|pardoned) == 0 }
	g.list(j.st.which(func(m findingMark) bool { return open(m) && m&(ordered|fixed) == 0 }), under(law.R41), law.ClosingNeedsPenalty,
		"punishable findings without a decision")
	g.list(j.st.which(func(m findingMark) bool { return open(m) && m&(ordered|fixed) != 0 }), under(law.R56, law.R41), law.ClosingNeedsPenalty,
		"punishable findings with an order or a repair only, which does not replace the penalty")
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
		j.flag(law.R57, law.InspectOnly, "%d findings and no order, final penalty or decision not to punish", len(st.findings))
	case orders > 0 && penalties == 0 && !st.is(excused):
		j.flag(law.R57, law.EnforceNoPenalty, "%d orders, no final penalty and no decision not to punish", orders)
	}
	j.unhalted()
}

// silence flags what every visit says of itself and this one does not: leaving it out would
// be the easiest way around the rules that judge it.
func (j *judgement) silence() {
	switch {
	case !j.st.is(arrived):
		j.flag(law.R37, law.NoArrival, "no arrival is recorded: how long the visit took cannot be known")
	case !j.st.is(departed):
		j.flag(law.R37, law.NoDeparture, "no departure is recorded: how long the visit took cannot be known")
	}
	if !j.st.is(declared) {
		j.flag(law.R38, law.NoConductDeclaration, "nobody declared notice, briefing, company and reception")
	}
}
