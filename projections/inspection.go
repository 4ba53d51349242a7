package projections

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
)

// Act is who did something, and when.
type Act struct {
	Index    uint64    `json:"index"` // position of the entry in the ledger
	Occurred time.Time `json:"occurred"`
	Recorded time.Time `json:"recorded"`
	Person   string    `json:"person"` // empty when unknown, and for the ledger itself
}

func actOf(e *event.Event) Act { return Act{e.Index, e.Occurred, e.Recorded, e.Actor.Person} }

// InspectionView is the whole story of one visit. Of what happens once in a visit the
// latest entry is shown; the timeline shows them all.
type InspectionView struct {
	Head
	Inspection string `json:"inspection"`
	// reserved, released, attempted, started, signed, signature-refused, closed; empty before any
	Status             string              `json:"status"`
	Hidden             bool                `json:"hidden,omitzero"` // not disclosed yet (R39)
	Subject            string              `json:"subject"`
	Campaign           string              `json:"campaign"`
	Team               string              `json:"team"`
	County             string              `json:"county"`
	Sector             string              `json:"sector"`
	VisitType          string              `json:"visit_type"`
	Purpose            *inspection.Purpose `json:"purpose,omitempty"`
	Inspectors         []string            `json:"inspectors"`
	Assistants         []string            `json:"assistants,omitempty"`
	EnforcingAuthority string              `json:"enforcing_authority"`
	Result             string              `json:"result,omitempty"`
	Source             event.Source        `json:"source,omitempty"`
	Counts             Counts              `json:"counts"`
	Fines              []Sum               `json:"fines"`
	FinesUnknown       int64               `json:"fines_unknown"`

	Reserved     *Act            `json:"reserved,omitempty"`
	Briefed      *Briefing       `json:"briefed,omitempty"`
	Started      *Act            `json:"started,omitempty"`
	Attempted    *Attempt        `json:"attempted,omitempty"`
	Arrived      *Act            `json:"arrived,omitempty"`
	Departed     *Act            `json:"departed,omitempty"`
	Certificates []string        `json:"certificates"`
	Notice       *Notice         `json:"notice,omitempty"`
	Conduct      *Conduct        `json:"conduct,omitempty"`
	Evaluation   *Evaluation     `json:"evaluation,omitempty" doc:"what the inspected party says; for the office and the commission"`
	Checks       []Check         `json:"checks"`
	Sections     []Section       `json:"sections"`
	Findings     []Finding       `json:"findings"`
	Evidence     []Attachment    `json:"evidence"` // attached to the visit as a whole
	Orders       []Order         `json:"orders"`
	Penalties    []Penalty       `json:"penalties"`
	NoPenalties  []NoPenalty     `json:"no_penalties"`
	Record       *SiteRecord     `json:"record,omitempty"`
	Copies       []Copy          `json:"copies"`
	Services     []Service       `json:"services"`
	Justified    []Justification `json:"duplicate_justifications"`
	Review       *Review         `json:"review,omitempty"`
	Closed       *Closing        `json:"closed,omitempty"`
	Corrections  []Correction    `json:"corrections"` // corrections and withdrawals, in order
	Facts        []Fact          `json:"facts"`       // events of types that no other member shows
	Owed         []Owed          `json:"owed"`        // what is owed still
	Deviations   []Deviation     `json:"deviations"`
	Timeline     []TimelineEntry `json:"timeline"`

	// ChecklistVersion is the position of the checklists that judge the visit: those in force at its beginning.
	ChecklistVersion uint64 `json:"checklist_version,omitempty"`
}

// The parts of an inspection: the act, and the event's own fields beside it.
type (
	Briefing struct {
		Act
		inspection.Briefed
	}
	Attempt struct {
		Act
		inspection.Attempted
	}
	Notice struct {
		Act
		inspection.NoticePosted
	}
	Conduct struct {
		Act
		inspection.ConductDeclared
	}
	Check struct {
		Act
		inspection.CheckAnswered
		Text string `json:"text,omitempty"` // of the item, in the checklists that judge the visit
		Bad  bool   `json:"bad,omitempty"`  // it is the answer that needs a finding (R08)
	}
	Section struct {
		Act
		inspection.SectionCompleted
	}
	Order struct {
		Act
		Stream string `json:"stream"` // id of the order's own stream
		order.Issued
	}
	// Penalty is one as it was decided, how it stands now, and what was paid and changed since.
	Penalty struct {
		Act
		Case string `json:"case"` // id of the case's own stream
		casefile.PenaltyDecided
		PenaltyState
		Payments []Payment        `json:"payments"`
		Changes  []DecisionChange `json:"changes"`
	}
	Payment struct {
		Act
		casefile.PaymentRecorded
	}
	DecisionChange struct {
		Act
		casefile.DecisionChanged
	}
	NoPenalty struct {
		Act
		Standing Standing `json:"standing"`
		casefile.NoPenaltyDecided
	}
	Copy struct {
		Act
		inspection.CopyDelivered
	}
	Service struct {
		Act
		inspection.ServiceProvided
	}
	Justification struct {
		Act
		Standing Standing `json:"standing"`
		inspection.DuplicateJustified
	}
	Review struct {
		Act
		inspection.LeaderReviewed
	}
	Closing struct {
		Act
		inspection.Closed
	}
	Fix struct {
		Act
		inspection.FixedOnSite
	}
	// Correction says that a fact was entered wrongly (pillar 17). What was replaced or withdrawn is read in the entries themselves.
	Correction struct {
		Act
		Standing  Standing `json:"standing"`
		Type      string   `json:"type"`      // of the fact: finding-recorded
		Fact      string   `json:"fact"`      // id of the event that recorded it
		Withdraws bool     `json:"withdraws"` // the fact does not count by it; else it has a new content
		Reason    string   `json:"reason"`
	}
	// Attachment is one piece of evidence that was added later.
	Attachment struct {
		Act
		event.Evidence
	}
)

// Finding is a hazard or violation, as first recorded and as it stands.
type Finding struct {
	Act
	Finding    string           `json:"finding"`
	Original   *Statement       `json:"original,omitempty" doc:"as first recorded; for the office, the commission and the own team"`
	Current    Statement        `json:"current"` // after the corrections that count
	Category   string           `json:"category"`
	Violation  string           `json:"violation"`
	ViolatedOn string           `json:"violated_on"`
	FoundBy    []string         `json:"found_by"`
	Evidence   []event.Evidence `json:"evidence"` // recorded with it
	Attached   []Attachment     `json:"attached"` // added later
	Fixed      *Fix             `json:"fixed,omitempty"`
	Orders     []string         `json:"orders"`     // ids of the orders that name it
	Penalties  []string         `json:"penalties"`  // ids of the penalties that name it
	Unpunished bool             `json:"no_penalty"` // a no-penalty decision that counts names it
	Source     event.Source     `json:"source,omitempty"`
}

// Evaluation is what the inspected party said of how the inspectors came, by the one-time code of the notice and without a person
// (R38), and what the ledger flagged of it. Who may not read evaluations is not told that there is one.
type Evaluation struct {
	Index         uint64        `json:"index"`
	Occurred      time.Time     `json:"occurred"`
	Recorded      time.Time     `json:"recorded"`
	AdvanceNotice bool          `json:"advance_notice"`
	BriefingHeard bool          `json:"briefing_heard"`
	Accompanied   bool          `json:"accompanied"`
	Reception     bool          `json:"reception"`
	Content       *event.Sealed `json:"content,omitempty"`
	Deviations    []Deviation   `json:"deviations"`
}

// Statement is the part of a finding that a correction can replace.
type Statement struct {
	Description string           `json:"description"`
	Location    string           `json:"location"`
	Level       string           `json:"level"`
	Clauses     []event.Citation `json:"clauses"`
	Punishable  bool             `json:"punishable"`
}

// HideReplaced takes out the texts that corrections replaced: they are for those who look into the entries of every visit, and for
// the team whose visit it is (pillar 17).
func (v *InspectionView) HideReplaced() {
	for i := range v.Findings {
		v.Findings[i].Original = nil
	}
}

// SiteRecord is the site record, signed or refused (R42).
type SiteRecord struct {
	Act
	RecordNo     string              `json:"record_no"`
	DocumentHash string              `json:"document_sha256"`
	Signers      []inspection.Signer `json:"signers"`
	SiteManager  string              `json:"site_manager,omitempty"`
	Refused      bool                `json:"refused"`
	Reason       string              `json:"reason,omitempty"`  // why it was refused
	Witness      string              `json:"witness,omitempty"` // of the refusal
}

// Deviation is a policy break the ledger flagged, with the explanations that people gave. Its
// texts are for whoever shows it, in the reader's language; a fold leaves them empty.
type Deviation struct {
	Act
	ID           string        `json:"id"` // event id of the flag
	Code         string        `json:"code"`
	Rule         string        `json:"rule"`
	Event        string        `json:"event"`          // event id of what deviated
	Item         string        `json:"item,omitempty"` // which of several things in it
	Plan         string        `json:"plan,omitempty"` // version of the plan whose values were compared
	Values       law.Values    `json:"values"`
	Title        string        `json:"title,omitempty"`
	Detail       string        `json:"detail,omitempty"`
	Remedy       string        `json:"remedy,omitempty"`
	Lapsed       *Act          `json:"lapsed,omitempty"` // the entry that took it back: the facts that count no longer entail it
	Explanations []Explanation `json:"explanations"`
}

// Fact is an event whose type no member of the view is made for.
type Fact struct {
	Act
	Type string `json:"type"` // bare name
	Data any    `json:"data" doc:"the event's body, as its type declares it (GET /v1/types)"`
}

// Explanation answers a flag.
type Explanation struct {
	Act
	ID          string `json:"id"`
	Explanation string `json:"explanation"`
	Accepted    bool   `json:"accepted"`
	Answer      *Act   `json:"answer,omitempty" doc:"the second person's yes or no; left out: none was given yet"`
}

// TimelineEntry is one entry of the visit.
type TimelineEntry struct {
	Index    uint64    `json:"index"`
	Type     string    `json:"type"` // bare name: finding-recorded
	Occurred time.Time `json:"occurred"`
	Recorded time.Time `json:"recorded"`
	Person   string    `json:"person"`
}

// StatusAfter returns the status of a visit after an event, and its rank; before are those that it had.
func StatusAfter(d event.Data, status string, before int64) (now string, rank int64) {
	if next, rank := statusAfter(d); rank > 0 && int64(rank) >= before {
		return next, int64(rank)
	}
	return status, before
}

// statusAfter returns the status of a visit that an event leads to. A status replaces
// those of a lower or the same rank; rank 0 means that the event changes none.
func statusAfter(d event.Data) (status string, rank int) {
	switch d.(type) {
	case *inspection.Reserved:
		return "reserved", 1
	case *inspection.Released:
		return "released", 1
	case *inspection.Attempted:
		return "attempted", 2
	case *inspection.Started:
		return "started", 3
	case *inspection.RecordSigned:
		return "signed", 4
	case *inspection.SignatureRefused:
		return "signature-refused", 4
	case *inspection.Closed:
		return "closed", 5
	}
	return "", 0
}
