// Package correction is how what was entered wrongly is said, of facts of every kind (pillar 17): one mechanism, and not one
// for each type. What a correction does to a stream is in package facts.
package correction

import (
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
)

// FactCorrected says that a fact was entered wrongly, and gives its whole new content and time (pillar 17).
//
// A fact has one line of versions: a correction names the fact and the event that gave the
// version it replaces, and is never corrected itself; restoring a fact that was withdrawn is one more version. It counts
// from the yes of a second person on, stricter or milder; until then it is shown as asked for,
// and the closing waits. What describes counts at once before the site record is made, and so does what a source
// says of its own records.
type FactCorrected struct {
	Fact     event.Ref `json:"fact" zh:"被更正事实" doc:"the event that stated it first"`
	Replaces event.Ref `json:"replaces" zh:"被替换版本" doc:"the fact itself, or what gave its newest version that counts"`
	Reason   string    `json:"reason" is:"lines(2000)" zh:"更正原因" doc:"what was wrong"`
	Occurred time.Time `json:"time" is:"time" zh:"发生时间" doc:"when the fact occurred, as corrected"`

	// Content is the whole new content, in the member that is named after the fact's type.
	Content map[string]event.Data `json:",embed"`
}

// contents are those of the facts that can be corrected; see [Declare].
var contents []field.Content

// names are the members of contents by the types of their bodies.
var names = map[*field.Shape]string{}

// Declare lists the types whose facts can be corrected. Package kinds does it once, before anything is read.
func Declare(types []*event.Type) {
	contents = nil
	for _, t := range types {
		name := strings.ReplaceAll(t.Name, "-", "_")
		contents = append(contents, field.Content{Name: name, Chinese: "更正后" + t.Chinese, Doc: "of a fact " + t.Name, New: t.New})
		names[field.ShapeOf(t.New())] = name
	}
}

// Contents are what a fact's new content may be.
func (*FactCorrected) Contents() []field.Content { return contents }

// Together says what Validate checks.
func (*FactCorrected) Together() string {
	return "exactly one member has the new content, that of the fact's type"
}

// Validate checks what members say together.
func (d *FactCorrected) Validate() error {
	var k event.Checker
	k.That(len(d.Content) == 1, "fact", law.FaultOneContent, law.Int("count", len(d.Content)))
	return k.Err()
}

// Corrects names the fact and the version that is replaced.
func (d *FactCorrected) Corrects() (fact, replaces event.Ref) { return d.Fact, d.Replaces }

// Refs names both.
func (d *FactCorrected) Refs() []event.Ref { return []event.Ref{d.Fact, d.Replaces} }

// Version is the whole new content.
func (d *FactCorrected) Version() (content event.Data, occurred time.Time) {
	for _, content = range d.Content {
		break
	}
	return content, d.Occurred
}

// Why is what was wrong.
func (d *FactCorrected) Why() string { return d.Reason }

// Content is a new content as a correction has it.
func Content(content event.Data) map[string]event.Data {
	return map[string]event.Data{Member(content): content}
}

// Of returns a correction that gives a fact a new content; nil when the type of the content cannot be corrected.
func Of(fact, replaces event.Ref, reason string, occurred time.Time, content event.Data) *FactCorrected {
	if Member(content) == "" {
		return nil
	}
	return &FactCorrected{Fact: fact, Replaces: replaces, Reason: reason, Occurred: occurred, Content: Content(content)}
}

// Member is the name of the member of a correction that has a content of this type; "" when the type cannot be corrected.
func Member(content event.Data) string { return names[field.ShapeOf(content)] }

// FactWithdrawn says that a fact does not count: it did not happen, or was entered in the wrong place (pillar 17). A
// [FactCorrected] that replaces it restores the fact. The first fact of a stream takes the stream with it; a fact on which
// later ones rest stays.
type FactWithdrawn struct {
	Fact     event.Ref `json:"fact" zh:"被撤回事实" doc:"the event that stated it first"`
	Replaces event.Ref `json:"replaces" zh:"被替换版本" doc:"the fact itself, or what gave its newest version that counts"`
	Reason   string    `json:"reason" is:"lines(2000)" zh:"撤回原因" doc:"why it does not count"`
}

// Corrects names the fact and the version that is replaced.
func (d *FactWithdrawn) Corrects() (fact, replaces event.Ref) { return d.Fact, d.Replaces }

// Refs names both.
func (d *FactWithdrawn) Refs() []event.Ref { return []event.Ref{d.Fact, d.Replaces} }

// Version is none.
func (d *FactWithdrawn) Version() (event.Data, time.Time) { return nil, time.Time{} }

// Why is why it does not count.
func (d *FactWithdrawn) Why() string { return d.Reason }

// authors may correct: each what his own side stated.
var authors = []event.Role{event.RoleInspector, event.RoleTeamLeader, event.RoleSupervisionOffice, event.RoleCityGovernment,
	event.RoleCountyGovernment, event.RoleDepartment, event.RoleCommittee, event.RoleDisciplineCommission, event.RoleOfficer,
	event.RoleEnforcementSupervisor, event.RoleInspectedParty}

var rules = []law.Rule{law.R08, law.R01, law.R02, law.R10, law.R12, law.R18, law.R44, law.R54, law.R63, law.R16, law.R17,
	law.R19, law.R20, law.R41, law.R47, law.Pillar17}

// Types declares the events of this package.
var Types = []*event.Type{
	{Name: "fact-corrected", Version: 1, Chinese: "事实更正",
		Doc:   "A fact was entered wrongly; its whole new content. The original stays. It counts once a second person approved it.",
		Rules: rules, Append: authors, Import: true, New: func() event.Data { return new(FactCorrected) }},
	{Name: "fact-withdrawn", Version: 1, Chinese: "事实撤回",
		Doc:   "A fact does not count; it stays readable, and can be restored. It counts once a second person approved it.",
		Rules: rules, Append: authors, Import: true, New: func() event.Data { return new(FactWithdrawn) }},
}
