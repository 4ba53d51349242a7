// Package person is somebody who acts in the ledger: who they are, what they were taught,
// where they are seconded and which device keys are theirs.
package person

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Registered introduces a person.
type Registered struct {
	Name        string       `json:"name"`
	Unit        string       `json:"unit"`                     // id in the table of units
	Certificate string       `json:"certificate_no,omitempty"` // 执法证号
	Roles       []event.Role `json:"roles"`
}

// Validate implements event.Data.
func (d *Registered) Validate() error {
	var k event.Checker
	k.Text("name", d.Name, true, 100)
	k.ID("unit", d.Unit, true)
	k.Text("certificate_no", d.Certificate, false, 60)
	k.That(len(d.Roles) > 0 && len(d.Roles) <= 10, "roles: want 1…10")
	all := make([]string, len(event.Roles))
	for i, r := range event.Roles {
		all[i] = string(r)
	}
	for _, r := range d.Roles {
		k.OneOf("roles", string(r), true, all...)
	}
	return k.Err()
}

// Trained says that a person was trained for inspections.
type Trained struct {
	Topic string `json:"topic"`
	Date  string `json:"date"`
}

// Validate implements event.Data.
func (d *Trained) Validate() error {
	var k event.Checker
	k.Text("topic", d.Topic, true, 500)
	k.Date("date", d.Date, true)
	return k.Err()
}

// RulesAcknowledged says that a person read and accepted the discipline rules.
type RulesAcknowledged struct {
	DocumentHash string `json:"document_sha256"`
}

// Validate implements event.Data.
func (d *RulesAcknowledged) Validate() error {
	var k event.Checker
	k.SHA256("document_sha256", d.DocumentHash, true)
	return k.Err()
}

// Seconded lends a person from the home unit to a team.
type Seconded struct {
	HomeUnit string    `json:"home_unit"` // id in the table of units
	Team     string    `json:"team"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
}

// Validate implements event.Data.
func (d *Seconded) Validate() error {
	var k event.Checker
	k.ID("home_unit", d.HomeUnit, true)
	k.ID("team", d.Team, true)
	k.Moment("from", d.From)
	k.Moment("to", d.To)
	k.That(d.To.After(d.From), "to: must be after from")
	return k.Err()
}

// SecondmentEnded returns the person to the home unit.
type SecondmentEnded struct {
	Team string `json:"team"`
}

// Validate implements event.Data.
func (d *SecondmentEnded) Validate() error {
	var k event.Checker
	k.ID("team", d.Team, true)
	return k.Err()
}

var (
	office = []event.Role{event.RoleSupervisionOffice, event.RoleAdmin}
	self   = []event.Role{event.RoleInspector, event.RoleTeamLeader, event.RoleSupervisionOffice}
	// holders may have a device key: whoever a token can name.
	holders = []event.Role{
		event.RoleInspector, event.RoleTeamLeader, event.RoleSupervisionOffice, event.RoleDisciplineCommission, event.RoleCityGovernment,
		event.RoleCountyGovernment, event.RoleDepartment, event.RoleAdmin,
	}
	confirmers = []event.Role{event.RoleTeamLeader, event.RoleSupervisionOffice, event.RoleAdmin}
)

// Types declares the events of this package.
var Types = []*event.Type{
	declare[Registered](event.Type{Name: "person-registered", Version: 1, Chinese: "人员登记",
		Doc:   "A person who will act in the ledger.",
		Rules: []law.Rule{law.R59}, Append: office}),
	declare[Trained](event.Type{Name: "inspector-trained", Version: 1, Chinese: "业务培训",
		Doc:   "The person was trained before the first assignment.",
		Rules: []law.Rule{law.R01}, Append: office}),
	declare[RulesAcknowledged](event.Type{Name: "discipline-rules-acknowledged", Version: 1, Chinese: "纪律要求确认",
		Doc:   "The person acknowledged the discipline rules.",
		Rules: []law.Rule{law.R02}, Append: self}),
	declare[Seconded](event.Type{Name: "inspector-seconded", Version: 1, Chinese: "人员抽调",
		Doc:   "The person is lent to a team for a period.",
		Rules: []law.Rule{law.R59, law.R61}, Append: office}),
	declare[SecondmentEnded](event.Type{Name: "secondment-ended", Version: 1, Chinese: "抽调结束",
		Doc:   "The person went back to the home unit.",
		Rules: []law.Rule{law.R61}, Append: office}),
	declare[KeyRegistered](event.Type{Name: "key-registered", Version: 1, Chinese: "签名密钥登记",
		Doc:   "A device key is bound to the person, by an event that the key itself signed. Its id is the SHA-256 of public_key (the DER of its SubjectPublicKeyInfo, before base64url), in base64url without padding, 43 characters; the receipt says it, too.",
		Rules: []law.Rule{law.Pillar1}, Append: holders}),
	declare[KeyConfirmed](event.Type{Name: "key-confirmed", Version: 1, Chinese: "签名密钥确认",
		Doc:   "A second person of another role confirmed the registration; from here on what the key signs is assured as signed.",
		Rules: []law.Rule{law.Pillar1}, Append: confirmers}),
	declare[KeyRevoked](event.Type{Name: "key-revoked", Version: 1, Chinese: "签名密钥撤销",
		Doc:   "A device key no longer counts. What it signs later is kept with its signature, and flagged.",
		Rules: []law.Rule{law.Pillar1}, Append: holders}),
}
