// Package duty is the duty file of a unit or of one of its officials (R65, 围绕权力清单和责任清单，健全完善履职档案): what was
// done of the lists of powers and duties, by which edition, with what shows it, and how others found the file when they reviewed it.
// The stream is named for whose file it is: UNIT, or UNIT.PERSON.
package duty

import (
	"fmt"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/table"
)

// Name is that of the kind.
const Name event.Kind = "duty"

// Performed states that something of the lists was done.
type Performed struct {
	Item     string           `json:"item" is:"id" zh:"权责事项" doc:"id in the lists of powers and duties"`
	Version  *uint64          `json:"list_version,omitempty" is:"position" zh:"清单版本" doc:"position of the edition; left out: in force"`
	On       string           `json:"on" is:"date" zh:"履职日期" doc:"day on which it was done"`
	Account  string           `json:"account" is:"lines(4000)" zh:"履职情况" doc:"what was done"`
	Evidence []event.Evidence `json:"evidence" many:"0…50" zh:"佐证材料" doc:"photos and scans of it"`
}

// Reviewed states how somebody else found the file.
type Reviewed struct {
	Version *uint64  `json:"list_version,omitempty" is:"position" zh:"清单版本" doc:"position of the edition; left out: in force"`
	From    string   `json:"from" is:"date" zh:"起始日期" doc:"first day that was reviewed"`
	To      string   `json:"to" is:"date" zh:"截止日期" doc:"last day that was reviewed"`
	Missing []string `json:"missing" is:"id" many:"0…400 distinct" zh:"未履职事项" doc:"items that were not done, or not well; empty: none"`
	Note    string   `json:"note,omitempty" is:"lines(4000)" zh:"审阅意见" doc:"anything else"`
}

// Together says what Validate checks.
func (*Reviewed) Together() string { return "to is not before from" }

// Validate checks what members say together.
func (d *Reviewed) Validate() error {
	var k event.Checker
	k.That(d.From <= d.To, "to", law.FaultNotBeforeFrom)
	return k.Err()
}

// Person returns the official whose file a stream is, "" when it is the unit's own.
func Person(id string) string {
	if unit := stream.UnitOf(id); len(unit) < len(id) {
		return id[len(unit)+1:]
	}
	return ""
}

// The codes of duty files.
const (
	NotYourUnit        law.Code = "not-your-unit"
	UnknownListVersion law.Code = "unknown-list-version"
	DutyOfAnotherUnit  law.Code = "duty-of-another-unit"
)

var _ = []bool{
	law.Declare(law.OfPersons, law.Text{Code: NotYourUnit, Acts: law.Refuses, Rules: []law.Rule{law.R65},
		TitleZH: "不是本单位的档案", Title: "The file of another unit",
		SaysZH: "{stream} 不以本令牌的单位 {unit} 开头", Says: "{stream} does not begin with {unit}, the unit of the token",
		RemedyZH: "流写作 duty/单位 或 duty/单位.人员，单位编号不含点号", Remedy: "name the stream duty/UNIT or duty/UNIT.PERSON; the id of the unit has no dot"}),
	law.Declare(law.OfPersons, law.Text{Code: UnknownListVersion, Acts: law.Refuses, Rules: []law.Rule{law.R65},
		TitleZH: "没有这个版本的清单", Title: "There is no such edition of the lists",
		SaysZH: "位置 {version} 的条目没有发布权力清单和责任清单", Says: "the entry at position {version} published no lists of powers and duties",
		RemedyZH: "写明 GET /v1/tables/duty-lists 所列版本", Remedy: "state a version of GET /v1/tables/duty-lists"}),
	law.Declare(law.OfPersons, law.Text{Code: DutyOfAnotherUnit, Acts: law.Refuses, Rules: []law.Rule{law.R65},
		TitleZH: "该事项属于其他单位", Title: "The item is another unit's",
		SaysZH: "事项 {item} 属于 {owner}，档案属于 {unit}", Says: "item {item} is of {owner}, the file of {unit}",
		RemedyZH: "写明本单位的事项", Remedy: "name an item of the unit whose file it is"}),
}

type judgement = stream.Judgement[*State, stream.Ledger]

// allow: a unit writes in its own files. So nobody can find out by the answer which files of others there are.
func allow(e *event.Event) *event.Refusal {
	switch a := &e.Actor; a.Role {
	case event.RoleDepartment, event.RoleCountyGovernment:
		if a.Unit == "" || stream.UnitOf(e.Stream.ID) != a.Unit {
			return event.Refuse(law.R65, NotYourUnit, law.Str("stream", e.Stream.String()), law.Str("unit", a.Unit))
		}
	}
	return nil
}

// Judge: an item of the unit, by an edition that there is (R65).
func (d *Performed) Judge(j *judgement) *event.Refusal { return listed(j, d.Version, "item", d.Item) }

// Judge: by somebody who wrote nothing in the file (R65, pillar 17).
func (d *Reviewed) Judge(j *judgement) *event.Refusal {
	var authors []string
	if j.State != nil {
		authors = j.State.authors
	}
	if r := oversight.SecondPerson(j.Event, authors); r != nil {
		return r
	}
	return listed(j, d.Version, "missing", d.Missing...)
}

// listed refuses a file of no unit, an edition that nobody published, and items that it does not have for the unit.
func listed(j *judgement, version *uint64, field string, items ...string) *event.Refusal {
	unit := stream.UnitOf(j.Event.Stream.ID)
	if j.Scene.UnknownUnit(unit) {
		return table.Unknown(law.R65, table.Units, 0, "stream", unit)
	}
	lists := stream.StateOf[table.State](j.Scene, event.Stream{Kind: event.Table, ID: table.Duties})
	ed := lists.Newest()
	if version != nil {
		if ed = lists.Edition(*version); ed == nil {
			return event.Refuse(law.R65, UnknownListVersion, law.Int("version", *version))
		}
	}
	for i, id := range items {
		if field == "missing" {
			field = fmt.Sprintf("missing.%d", i)
		}
		switch row, ok := ed.Duty(id); {
		case ed == nil:
			return table.Unknown(law.R65, table.Duties, 0, field, id)
		case !ok:
			return table.Unknown(law.R65, table.Duties, ed.Version, field, id)
		case row.Unit != unit:
			return event.Refuse(law.R65, DutyOfAnotherUnit, law.Str("item", id), law.Str("owner", row.Unit), law.Str("unit", unit))
		}
	}
	return nil
}

// State is one file as the rules need it.
type State struct {
	authors []string // who wrote what was done; append-only
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { return &State{slices.Clip(s.authors)} }

// Fold implements [stream.Folder].
func (d *Performed) Fold(s *State, e *event.Event) {
	if p := e.Actor.Person; p != "" && !slices.Contains(s.authors, p) {
		s.authors = append(s.authors, p)
	}
}

// Fold keeps nothing: a review changes no file.
func (d *Reviewed) Fold(*State, *event.Event) {}

// Kind declares duty files and their events.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "履职档案", Doc: "the duty file of a unit (`duty/UNIT`) or of one of its officials (`duty/UNIT.PERSON`) (R65)",
	Access: stream.Access{To: stream.OwnUnit},
	Allow:  allow,
}, stream.Rules[*State]{},
	stream.Either((*Performed).Judge, event.Type{Name: "duty-performed", Version: 1, Chinese: "履职记录",
		Doc: "Something of the lists of powers and duties was done, by a unit or one of its officials. The office enters it for who has no " +
			"token.",
		Rules:  []law.Rule{law.R65},
		Append: []event.Role{event.RoleDepartment, event.RoleCountyGovernment, event.RoleSupervisionOffice}}),
	stream.Either((*Reviewed).Judge, event.Type{Name: "duty-file-reviewed", Version: 1, Chinese: "履职档案审阅",
		Doc:    "The file was reviewed for some time, by somebody who wrote nothing in it: which items were not done.",
		Rules:  []law.Rule{law.R65, law.Pillar17},
		Append: []event.Role{event.RoleSupervisionOffice, event.RoleDisciplineCommission}}),
)
