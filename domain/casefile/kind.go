package casefile

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// HandedOver notes what a transfer of the case says now: that it was handed over, or (nil) is not.
func (s *State) HandedOver(transfer string, at *obligation.Fact) {
	s.handed = s.handed.With(transfer, []string{""}, at)
}

// Published notes that a decision was made public.
func (s *State) Published(penalty string, at time.Time) {
	if p := s.edit(penalty); p != nil && p.published.IsZero() {
		p.published = at
	}
}

// HasPenalty reports whether a penalty was decided, finally.
func (s *State) HasPenalty(id string) bool {
	i := s.penalty(id)
	return i >= 0 && s.penalties[i].Final
}

// Annulled reports whether a penalty was annulled.
func (s *State) Annulled(id string) bool {
	i := s.penalty(id)
	return i >= 0 && s.penalties[i].Annulled
}

// Carry keeps what package domain says of a case when facts were corrected.
func (s *State) Carry(old *State) {
	s.people, s.handed = old.people, old.handed
	for i := range old.penalties {
		s.Published(old.penalties[i].ID, old.penalties[i].published)
	}
	s.Serve(func(id string) (f obligation.Fact) {
		if i := old.penalty(id); i >= 0 {
			f = old.penalties[i].copied
		}
		return f
	})
}

var (
	officials = []event.Role{event.RoleInspector, event.RoleTeamLeader, event.RoleOfficer, event.RoleApprover, event.RoleSupervisionOffice,
		event.RoleDepartment}
	changers = append(slices.Clip(officials), event.RoleCityGovernment, event.RoleCountyGovernment)
)

// byOrder are the codes of what is compared with the steps before it.
var byOrder = []law.Code{DecidedWithoutNotice, DecidedWithoutHearing, HearingTooEarly}

// Kind declares cases and their events.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "案件", Doc: "a case of a penalty (R41); on the spot it is one event",
	Access: stream.Matter(),
	About:  about, Joins: joins, Allow: allow,
	Lapses: func(c law.Code) bool {
		return c == PaidDiffers || c == FineOutsideRange || c == RepetitionUnknown || c == law.CertificateUnregistered ||
			slices.Contains(byOrder, c) || numbering.OfDocuments(c)
	},
	Late: &stream.Late{Codes: byOrder, Tells: func(d event.Data) bool {
		switch d.(type) {
		case *Notified, *StepRecorded:
			return true
		}
		return false
	}},
}, stream.Rules[*State]{Answer: answer, Answered: answered, Extend: extend, Extended: extended, Restate: restate,
	Owes: owes, Obligations: owedKinds},
	stream.First((*Filed).Judge, event.Type{Name: FiledType, Version: 1, Chinese: "立案",
		Doc:   "A case was filed. Its name begins with the team or unit that files it: `case/OWNER.UUID`.",
		Rules: []law.Rule{law.R20, law.R41, law.R42, law.R61, law.Pillar14}, Append: officials}),
	stream.Then((*Notified).Judge, event.Type{Name: "prior-notice-served", Version: 1, Chinese: "行政处罚告知",
		Doc:   "The party was told what is to be decided and why.",
		Rules: []law.Rule{law.R41}, Append: officials}),
	stream.Then((*StepRecorded).Judge, event.Type{Name: "case-step-recorded", Version: 1, Chinese: "办案环节",
		Doc:   "A step of a case: inquiry, statement, hearing, legal review, discussion, service of the decision.",
		Rules: []law.Rule{law.R41, law.Pillar8}, Append: officials}),
	stream.Either((*PenaltyDecided).Judge, event.Type{Name: PenaltyType, Version: 1, Chinese: "行政处罚决定",
		Doc:   "Findings were punished, or somebody whom no visit found. On the spot, and of an import, it is a case of one event.",
		Rules: []law.Rule{law.R19, law.R20, law.R41, law.R42, law.R47, law.R55, law.R56, law.R57}, Append: officials, Import: true}),
	stream.Either((*NoPenaltyDecided).Judge, event.Type{Name: NoPenaltyType, Version: 1, Chinese: "不予处罚决定",
		Doc:   "Punishable findings are lawfully not punished, with reason; it counts once a second person approved it.",
		Rules: []law.Rule{law.R19, law.R20, law.R41, law.R57, law.Pillar17}, Append: officials, Import: true}),
	stream.Then((*PaymentRecorded).Judge, event.Type{Name: "payment-recorded", Version: 1, Chinese: "罚款缴纳",
		Doc:   "Something of a fine was paid, or refunded.",
		Rules: []law.Rule{law.R41}, Append: officials, Import: true}),
	stream.Then((*EnforcementRequested).Judge, event.Type{Name: "enforcement-requested", Version: 1, Chinese: "申请强制执行",
		Doc:   "A court was asked to enforce a penalty.",
		Rules: []law.Rule{law.R41}, Append: officials}),
	stream.Then((*DecisionChanged).Judge, event.Type{Name: ChangedType, Version: 1, Chinese: "处罚决定变更",
		Doc:   "A penalty was revised or annulled, by a review, a court, or the authority itself. It is no correction.",
		Rules: []law.Rule{law.R20, law.R41, law.R57, law.R71}, Append: changers, Import: true}),
	stream.Then((*Closed).Judge, event.Type{Name: "case-closed", Version: 1, Chinese: "结案",
		Doc:   "The case is at its end.",
		Rules: []law.Rule{law.R41}, Append: officials}),
)
