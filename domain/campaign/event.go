// Package campaign is the inspection campaign: its plan, its policy and its dates.
package campaign

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// PlanPublished puts a version of the work plan in force, with every number the rules use.
type PlanPublished struct {
	Title        string `json:"title"`
	Version      string `json:"version"`
	DocumentHash string `json:"document_sha256,omitempty"`
	Policy       Policy `json:"policy"`
}

// Validate implements event.Data.
func (d *PlanPublished) Validate() error {
	var k event.Checker
	k.Text("title", d.Title, true, 200)
	k.Text("version", d.Version, true, 40)
	k.SHA256("document_sha256", d.DocumentHash, false)
	k.Sub("policy", d.Policy.Validate())
	return k.Err()
}

// Started opens the campaign for its period.
type Started struct {
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Parent string    `json:"parent,omitempty"`
	Basis  []string  `json:"basis,omitempty"` // documents it rests on
}

// Validate implements event.Data.
func (d *Started) Validate() error {
	var k event.Checker
	k.Moment("start", d.Start)
	k.Moment("end", d.End)
	k.That(d.End.After(d.Start), "end: must be after start")
	k.ID("parent", d.Parent, false)
	k.Texts("basis", d.Basis, 50, 300)
	return k.Err()
}

// Ended closes the campaign; facts that come later are late syncs.
type Ended struct {
	Note string `json:"note,omitempty" text:"lines"`
}

// Validate implements event.Data.
func (d *Ended) Validate() error {
	var k event.Checker
	k.Lines("note", d.Note, false, 2000)
	return k.Err()
}

var office = []event.Role{event.RoleSupervisionOffice}

// Types declares the events of this package.
var Types = []*event.Type{
	declare[PlanPublished](event.Type{Name: "campaign-plan-published", Version: 1, Chinese: "督查检查工作方案发布",
		Doc:   "A version of the plan and its policy parameters are in force.",
		Rules: []law.Rule{law.R01}, Append: office}),
	declare[Started](event.Type{Name: "campaign-started", Version: 1, Chinese: "专项行动启动", Doc: "The campaign began, for a stated period.",
		Rules: []law.Rule{law.R03, law.R13, law.R48}, Append: office}),
	declare[Ended](event.Type{Name: "campaign-ended", Version: 1, Chinese: "专项行动结束", Doc: "The campaign ended.",
		Rules: []law.Rule{law.R48}, Append: office}),
}
