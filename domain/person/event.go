// Package person has the events about a person who acts in the ledger: registration, training,
// secondments and device keys.
package person

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Registered introduces a person.
type Registered struct {
	Name        string       `json:"name" is:"text(100)" zh:"姓名" doc:"of the person"`
	Unit        string       `json:"unit" is:"id" zh:"所在单位" doc:"id in the table of units"`
	Certificate string       `json:"certificate_no,omitempty" is:"text(60)" zh:"执法证号" doc:"of the enforcement certificate"`
	Until       string       `json:"certificate_until,omitempty" is:"date" zh:"执法证有效期至" doc:"last day; left out: not known (N01)"`
	Roles       []event.Role `json:"roles" is:"code(role)" many:"1…10" zh:"角色" doc:"what the person may act as"`
}

// Trained says that a person was trained for inspections.
type Trained struct {
	Topic string `json:"topic" is:"text(500)" zh:"培训内容" doc:"what was taught"`
	Date  string `json:"date" is:"date" zh:"培训日期" doc:"day of the training"`
}

// RulesAcknowledged says that a person read and accepted the discipline rules.
type RulesAcknowledged struct {
	Version string `json:"version,omitempty" is:"text(40)" zh:"版本" doc:"of the published rules; required once rules are published"`

	DocumentHash string `json:"document_sha256" is:"sha256" zh:"文书哈希" doc:"of the text of the rules that were read and accepted"`
}

// Seconded lends a person from the home unit to a team.
type Seconded struct {
	HomeUnit string    `json:"home_unit" is:"id" zh:"原单位" doc:"id in the table of units"`
	Team     string    `json:"team" is:"id" correct:"never" zh:"督查组" doc:"the team that the person is lent to"`
	From     time.Time `json:"from" is:"time" zh:"抽调开始" doc:"beginning of the period"`
	To       time.Time `json:"to" is:"time" zh:"抽调结束" doc:"end of the period, after its beginning"`
}

// Together says what Validate checks.
func (*Seconded) Together() string {
	return "to is after from"
}

// Validate checks what members say together.
func (d *Seconded) Validate() error {
	var k event.Checker
	k.That(d.To.After(d.From), "to", law.FaultAfterFrom)
	return k.Err()
}

// SecondmentEnded returns the person to the home unit.
type SecondmentEnded struct {
	Team string `json:"team" is:"id" zh:"督查组" doc:"the team that the person leaves"`
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

// Kind declares persons and their events.
var Kind = stream.With(stream.Kind{
	Name: event.Person, Chinese: "人员", Doc: "a person who acts in the ledger, with his device keys",
	Access: stream.Open(stream.OwnTeam),
	Lapses: func(code law.Code) bool { return code == law.UnknownUnit },
	Waits:  true, // an exception does (R61)
},
	stream.First((*Registered).Judge, event.Type{Name: "person-registered", Version: 1, Chinese: "人员登记", Kept: event.KeptInPlace,
		Doc:   "A person who will act in the ledger.",
		Rules: []law.Rule{law.R59, law.R61}, Append: office}),
	stream.Then((*Trained).Judge, event.Type{Name: "inspector-trained", Version: 1, Chinese: "业务培训",
		Doc:   "The person was trained before the first assignment.",
		Rules: []law.Rule{law.R01}, Append: office}),
	stream.Then((*RulesAcknowledged).Judge, event.Type{Name: "discipline-rules-acknowledged", Version: 1, Chinese: "纪律要求确认",
		Doc:   "The person acknowledged the discipline rules.",
		Rules: []law.Rule{law.R02}, Append: self}),
	stream.Then((*Seconded).Judge, event.Type{Name: "inspector-seconded", Version: 1, Chinese: "人员抽调",
		Doc:   "The person is lent to a team for a period.",
		Rules: []law.Rule{law.R59, law.R61}, Append: office}),
	stream.Then((*SecondmentEnded).Judge, event.Type{Name: "secondment-ended", Version: 1, Chinese: "抽调结束",
		Doc:   "The person went back to the home unit.",
		Rules: []law.Rule{law.R61}, Append: office}),
	conflictDeclared,
	stream.Then((*OfficialAppointed).Judge, event.Type{Name: "official-appointed", Version: 1, Chinese: "任职",
		Doc:   "The person holds a post, in a unit, for a county and sectors, from a day on.",
		Rules: []law.Rule{law.R29, law.R61, law.R65, law.R66}, Append: office}),
	stream.Then((*OfficialLeft).Judge, event.Type{Name: "official-left", Version: 1, Chinese: "离任",
		Doc:   "The person no longer holds a post.",
		Rules: []law.Rule{law.R65, law.R66}, Append: office}),
	stream.Then((*KeyRegistered).Judge, event.Type{Name: "key-registered", Version: 1, Chinese: "签名密钥登记", Kept: event.KeptAsStated,
		Doc: "A device key is bound to the person, by an event that the key itself signed. Its id is the SHA-256 of public_key (the DER of " +
			"its SubjectPublicKeyInfo, before base64url), in base64url without padding, 43 characters; the receipt says it, too.",
		Rules: []law.Rule{law.Pillar1}, Append: holders}),
	stream.Then((*KeyConfirmed).Judge, event.Type{Name: "key-confirmed", Version: 1, Chinese: "签名密钥确认", Kept: event.KeptAsStated,
		Doc:   "A second person of another role confirmed the registration; from here on what the key signs is assured as signed.",
		Rules: []law.Rule{law.Pillar1}, Append: confirmers}),
	stream.Then((*KeyRevoked).Judge, event.Type{Name: "key-revoked", Version: 1, Chinese: "签名密钥撤销", Kept: event.KeptAsStated,
		Doc:   "A device key no longer counts. What it signs later is kept with its signature, and flagged.",
		Rules: []law.Rule{law.Pillar1}, Append: holders}),
)
