// Package subject is whoever or whatever is inspected: an enterprise, a site, a venue, a
// road section, a government unit, or a place without any licence.
package subject

import (
	"fmt"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Kinds are the kinds of subject.
var Kinds = []string{"enterprise", "site", "venue", "road-section", "government-unit", "unlicensed-place"}

// VenueTypes are the eight kinds of place the speech names for fire inspections (R23).
var VenueTypes = []string{"mall", "combined-premises", "crowded-place", "labour-intensive", "public-entertainment", "high-rise", "nursing-home", "hospital"}

// Registered enters a subject in the register.
type Registered struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	// USCC is the credit code of GB 32100-2015; with a wrong check character it needs a reason.
	USCC       string `json:"uscc,omitempty"`
	USCCReason string `json:"uscc_reason,omitempty"`
	// OtherIDs are scheme → id: permit, licence, school code …
	OtherIDs map[string]string `json:"other_ids,omitempty"`
	// Region has 6, 9 or 12 digits.
	Region      string        `json:"region,omitempty" unknown:"required, in imports only"`
	Address     string        `json:"address,omitempty" unknown:"optional"`
	Place       *event.Place  `json:"place,omitempty" unknown:"optional"`
	Sectors     []string      `json:"sectors"`
	Industry    string        `json:"industry,omitempty"` // GB/T 4754-2017, letter and 2-4 digits
	HighRisk    bool          `json:"high_risk,omitzero"`
	VenueType   string        `json:"venue_type,omitempty"`
	Departments []string      `json:"departments,omitempty"` // ids of the competent units (R75)
	Discovery   string        `json:"discovery"`             // register, field (R06) or import
	Source      event.Source  `json:"source,omitempty"`
	Unknown     event.Unknown `json:"unknown,omitempty"`
}

// Validate implements event.Data.
func (d *Registered) Validate() error {
	var k event.Checker
	k.OneOf("kind", d.Kind, true, Kinds...)
	k.Text("name", d.Name, true, 200)
	k.Text("uscc", d.USCC, false, 18)
	k.Text("uscc_reason", d.USCCReason, false, 500)
	k.That(len(d.OtherIDs) <= 10, "other_ids: at most 10")
	for scheme, id := range d.OtherIDs {
		k.Text("other_ids", scheme, true, 60)
		k.Text(fmt.Sprintf("other_ids[%q]", scheme), id, true, 100)
	}
	k.That(d.Region == "" || codes.IsRegion(d.Region), codes.WantRegion, d.Region)
	k.Unknown(d.Unknown, event.Member{Name: "region", Stated: d.Region != "", Required: true},
		event.Member{Name: "address", Stated: d.Address != ""}, event.Member{Name: "place", Stated: d.Place != nil})
	k.That(!d.Unknown.Has("region") || d.Discovery == "import", "unknown: only the region of an imported subject may be unknown")
	k.Text("address", d.Address, false, 300)
	if d.Place != nil {
		k.Sub("place", d.Place.Validate())
	}
	k.That(len(d.Sectors) >= 1 && len(d.Sectors) <= 20, "sectors: want 1…20")
	for _, s := range d.Sectors {
		k.That(codes.IsSector(s), "sectors: %.20q is no sector code", s)
	}
	k.Text("industry", d.Industry, false, 5)
	k.OneOf("venue_type", d.VenueType, false, VenueTypes...)
	k.IDs("departments", d.Departments, 20)
	k.OneOf("discovery", d.Discovery, true, "register", "field", "import")
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// Identified adds or replaces the unified social credit code, for example when an
// unlicensed place got its licence.
type Identified struct {
	USCC   string `json:"uscc"`
	Reason string `json:"reason,omitempty"` // required when the check character fails
}

// Validate implements event.Data.
func (d *Identified) Validate() error {
	var k event.Checker
	k.Text("uscc", d.USCC, true, 18)
	k.Text("reason", d.Reason, false, 500)
	return k.Err()
}

// StatusRecorded says whether the subject is producing. It never takes the subject out of
// what must be inspected (R28).
type StatusRecorded struct {
	Production string `json:"production"` // normal, partial, suspended
	Since      string `json:"since,omitempty"`
	Note       string `json:"note,omitempty" text:"lines"`
}

// Validate implements event.Data.
func (d *StatusRecorded) Validate() error {
	var k event.Checker
	k.OneOf("production", d.Production, true, "normal", "partial", "suspended")
	k.Date("since", d.Since, false)
	k.Lines("note", d.Note, false, 1000)
	return k.Err()
}

// Excluded takes the subject out of the coverage denominator, with a reason (R18), from the
// approval of a second person of the office on.
type Excluded struct {
	Reason string `json:"reason" text:"lines"`
}

// Validate implements event.Data.
func (d *Excluded) Validate() error {
	var k event.Checker
	k.Lines("reason", d.Reason, true, 1000)
	return k.Err()
}

var (
	office = []event.Role{event.RoleSupervisionOffice}
	field  = []event.Role{event.RoleSupervisionOffice, event.RoleInspector, event.RoleTeamLeader}
)

// Types declares the events of this package.
var Types = []*event.Type{
	declare[Registered](event.Type{Name: "subject-registered", Version: 1, Chinese: "检查对象登记",
		Doc:   "A subject entered the register.",
		Rules: []law.Rule{law.R06, law.R18, law.R75}, Append: field, Import: true}),
	declare[Identified](event.Type{Name: "subject-identified", Version: 1, Chinese: "统一社会信用代码补录",
		Doc:   "The subject's credit code became known.",
		Rules: []law.Rule{law.R54}, Append: field}),
	declare[StatusRecorded](event.Type{Name: "subject-status-recorded", Version: 1, Chinese: "生产状态记录",
		Doc:   "Whether the subject is producing.",
		Rules: []law.Rule{law.R28}, Append: field, Import: true}),
	declare[Excluded](event.Type{Name: "subject-excluded", Version: 1, Chinese: "剔除检查范围",
		Doc:   "The subject no longer counts for coverage once a second person approved it.",
		Rules: []law.Rule{law.R18, law.R28}, Append: office}),
}
