package order

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Names of types that rules of visits read.
const (
	IssuedType   = "order-issued"
	DefiedType   = "order-defied"
	ReportedType = "rectification-reported"
	VerifiedType = "rectification-verified"
	FailedType   = "rectification-failed"
	ClosureType  = "closure-proposed"
)

var (
	field = []event.Role{event.RoleInspector, event.RoleTeamLeader, event.RoleOfficer}
	works = []event.Role{event.RoleInspector, event.RoleTeamLeader, event.RoleOfficer, event.RoleDepartment}
)

// problems: a re-check that failed has the visits before it reviewed (R44).
func problems(s *State) (out []stream.Problem) {
	for i := range s.checks {
		if c := &s.checks[i]; c.failed && s.subject != "" {
			out = append(out, stream.Problem{What: "failed-recheck", Item: c.Event.String(), Subjects: []string{s.subject},
				At: c.Occurred.Truncate(time.Second)})
		}
	}
	return out
}

// Kind declares orders and their events.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "责令措施", Doc: "a measure, named by its visit and findings, and what became of it",
	Access: stream.Matter(), About: about, Joins: joins, Allow: allow, Answers: answers,
	Yes: []event.Role{event.RoleTeamLeader, event.RoleSupervisionOffice, event.RoleApprover},
	Lapses: func(code law.Code) bool {
		return code == AlternativesNotConsidered || code == LiftedUnverified || code == VerifiedByReporter || code == ExtensionWithoutEffect ||
			code == SealBeyondLaw || numbering.OfDocuments(code)
	},
}, stream.Rules[*State]{Answer: answered, Answered: answeredBy, Extend: extend, Extended: extendedBy, Problems: problems,
	Owes: owes, Obligations: owedKinds},
	stream.First((*Issued).Judge, event.Type{Name: IssuedType, Version: 1, Chinese: "责令措施",
		Doc:    "A measure was ordered; it is not a penalty.",
		Rules:  []law.Rule{law.R19, law.R20, law.R42, law.R46, law.R47, law.R56, law.R57},
		Append: field, Import: true}),
	stream.Then((*Lifted).Judge, event.Type{Name: "order-lifted", Version: 1, Chinese: "解除措施",
		Doc:    "A measure ended: a stop, so that the enterprise works again, a seal, or the registration of evidence.",
		Rules:  []law.Rule{law.R17, law.R20, law.R41, law.R46},
		Append: works}),
	stream.Then((*Defied).Judge, event.Type{Name: DefiedType, Version: 1, Chinese: "拒不执行",
		Doc:    "An order was not obeyed.",
		Rules:  []law.Rule{law.R17, law.R20, law.R58},
		Append: works}),
	stream.Either((*Reported).Judge, event.Type{Name: ReportedType, Version: 1, Chinese: "整改报告",
		Doc:    "The inspected party says that it has put a hazard right, or somebody enters on its behalf that it says so.",
		Rules:  []law.Rule{law.R17, law.R19, law.R20, law.R46},
		Append: append(slices.Clone(works), event.RoleInspectedParty)}),
	stream.Either((*Verified).Judge, event.Type{Name: VerifiedType, Version: 1, Chinese: "复查合格",
		Doc:    "A re-check found a hazard put right.",
		Rules:  []law.Rule{law.R17, law.R19, law.R20},
		Append: works}),
	stream.Either((*Failed).Judge, event.Type{Name: FailedType, Version: 1, Chinese: "复查不合格",
		Doc:    "A re-check found a hazard as it was.",
		Rules:  []law.Rule{law.R17, law.R19, law.R20, law.R44, law.R58},
		Append: works}),
	stream.Then((*ClosureProposed).Judge, event.Type{Name: ClosureType, Version: 1, Chinese: "提请关闭",
		Doc:    "A government from the county up is asked to close an enterprise; its yes decides it.",
		Rules:  []law.Rule{law.R17, law.R20, law.R46, law.R47, law.Pillar17},
		Append: works}),
)
