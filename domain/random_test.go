package domain

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
)

// dice draws events from so few ids that they meet often.
type dice struct {
	*rapid.T
	w *fixture
}

func (r dice) one(label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(r.T, label)
}
func (r dice) yes(label string) bool { return rapid.Bool().Draw(r.T, label) }
func (r dice) person() string        { return r.one("person", "wang", "ma", "li", "zhao") }
func (r dice) team() string          { return r.one("team", "t1", "t1", "t1", "t2") }
func (r dice) subject() string       { return r.one("subject", "firm", "firm", "shop") }
func (r dice) finding() string       { return r.one("finding", "f1", "f2") }
func (r dice) sector() string        { return r.one("sector", "INDTRADE", "FIRE") }
func (r dice) visit() string         { return r.one("visit", "initial", "initial", "verify") }
func (r dice) uscc() string {
	return codes.SyntheticUSCC("610902", rapid.IntRange(0, 1).Draw(r.T, "uscc"))
}

func (r dice) time() time.Time {
	return begin.Add(time.Duration(rapid.IntRange(-48, 40*24).Draw(r.T, "hour")) * time.Hour)
}

func (r dice) harm() accident.Harm { return harm(rapid.Int64Range(0, 40).Draw(r.T, "deaths")) }

// next draws an event: any type on any small stream of its kind.
func (r dice) next() *event.Event {
	all := r.w.names.All()
	switch r.one("part", "all", "visit", "visit", "aside") {
	case "visit":
		all = inspection.Types()
	case "aside": // orders and cases, which are of a visit
		all = slices.Concat(order.Kind.Types, casefile.Kind.Types)
	}
	typ := all[rapid.IntRange(0, len(all)-1).Draw(r.T, "type")]
	kind := typ.Kind
	if kind == "" {
		kind = event.Kind(r.one("kind", "team", "subject", "inspection", "ledger", "order", "case", "accident", "exposure"))
	}
	ids := map[event.Kind][]string{
		event.Campaign: {"c", "d"}, event.Team: {"t1", "t2"}, event.Person: {"wang", "ma", "li", "zhao"}, event.Subject: {"firm", "shop"},
		event.Inspection: {"t1.i", "t1.j", "t2.k", "source.l"}, event.Accident: {"610902.a"}, event.Tokens: {"k", "l"}, event.Ledger: {"main"},
		event.Table: {"units", codetable.Discipline}, event.Review: {"r"},
		order.Name: {visit("t1", "x"), visit("t2", "y")}, casefile.Name: {visit("t1", "x"), visit("t2", "y")}, "tip": {"a", "b"},
		"duty": {"u", "u.ma"}, "assessment": {"u.2019"}, "transfer": {"office.fire.1"},
		"interference": {"ma.x", "li.y"}, "clue": {"u.x", "u.y"},
	}
	of := ids[kind]
	if of == nil {
		of = []string{"x", "y"}
	}
	e := r.w.event(string(kind)+"/"+r.one("id", of...), r.body(typ))
	e.Type = typ
	e.Occurred = r.time()
	e.Recorded = e.Occurred.Add(time.Duration(rapid.IntRange(-1, 100).Draw(r.T, "delay")) * time.Hour)
	if kind == event.Tokens && r.yes("own stream") {
		e.Stream.ID = e.ID.String()
	}
	if d, ok := e.Data.(*codetable.Published); ok && !r.yes("another stream") {
		e.Stream.ID = d.Table
	}
	if r.yes("in campaign") && kind != event.Campaign {
		e.Campaign = r.one("campaign", "c", "c", "c", "d")
	}
	switch r.one("actor", "ours", "ours", "inspector", "leader", "office", "office", "import", "ledger", "its", "its") {
	case "its": // of a role that may append it
		if len(typ.Append) > 0 {
			e.Actor = event.Actor{Person: r.person(), Role: rapid.SampledFrom(typ.Append).Draw(r.T, "role"), County: "610902", Unit: "u"}
		}
	case "ours":
		inspector(e)
	case "inspector":
		e.Actor = event.Actor{Person: r.person(), Role: event.RoleInspector, Team: r.team()}
	case "leader":
		e.Actor = event.Actor{Person: r.person(), Role: event.RoleTeamLeader, Team: r.team()}
	case "import":
		imported(e)
	case "ledger":
		e.Actor = event.Actor{Role: event.RoleLedger}
	}
	return e
}

func (r dice) body(typ *event.Type) event.Data {
	if rapid.IntRange(0, 3).Draw(r.T, "by declaration") == 0 {
		if _, corrects := typ.New().(*correction.FactCorrected); !corrects {
			return r.filled(typ.New())
		}
	}
	switch d := typ.New().(type) {
	case *campaign.PlanPublished:
		*d = *plan(r.one("version", "1", "2", "3"))
		d.Policy.DuplicateKey = r.one("form", "subject", "subject-sector")
		return d
	case *campaign.Started:
		*d = campaign.Started{Start: begin, End: end, Parent: r.one("parent", "", "c", "d")}
		return d
	case *campaign.BaselineSet:
		d.NoLarger = rapid.SampledFrom([]int{0, 2019, 2020}).Draw(r.T, "no larger")
		return d
	case *team.Formed:
		*d = team.Formed{Name: "n", Kind: "specialist"}
		return d
	case *team.LeaderAppointed:
		d.Person = r.person()
		return d
	case *team.LeaderChanged:
		*d = team.LeaderChanged{From: r.person(), To: r.person(), Handover: "h"}
		return d
	case *team.MemberJoined:
		d.Person = r.person()
		return d
	case *team.MemberLeft:
		d.Person = r.person()
		return d
	case *person.Registered:
		*d = *newPerson("p")
		return d
	case *person.Seconded:
		from := r.time()
		*d = person.Seconded{HomeUnit: "u", Team: r.team(), From: from, To: from.AddDate(0, 0, 7)}
		return d
	case *person.SecondmentEnded:
		d.Team = r.team()
		return d
	case *person.KeyRegistered:
		*d = *key(byte(rapid.IntRange(0, 1).Draw(r.T, "key")))
		return d
	case *person.KeyRevoked:
		d.Key = keyID(byte(rapid.IntRange(0, 1).Draw(r.T, "key")))
		d.Reason = "lost"
		return d
	case *subject.Registered:
		*d = *firm()
		d.Kind = r.one("subject kind", "enterprise", "site")
		d.USCC = r.uscc()
		return d
	case *subject.Updated:
		d.From = r.one("from", "2019-12-01", "2019-12-20")
		switch r.one("what", "uscc", "class", "sectors") {
		case "uscc":
			d.USCC = r.uscc()
		case "class":
			d.Class = &subject.Class{Classes: []string{"key-firm"}, Basis: "名单"}
		default:
			d.Sectors = []string{r.one("sector", "INDTRADE", "MINE")}
		}
		return d
	case *subject.Ended:
		d.How, d.On, d.Successor = "merged", r.one("on", "2019-12-01", "2019-12-20"), r.one("successor", "firm", "shop")
		return d
	case *subject.HolidayWorkFiled:
		*d = *filing
		d.From = r.one("from", "2019-12-05", "2020-01-01")
		d.To = d.From
		return d
	case *person.ConflictDeclared:
		*d = *conflict(func(d *person.ConflictDeclared) { d.Subject, d.Unit = r.subject(), "emergency-city" })
		return d
	case *subject.StatusRecorded:
		d.Production = r.one("production", "normal", "suspended")
		return d
	case *subject.Excluded:
		d.Reason = "r"
		return d
	case *accident.Reported:
		*d = *reported(1)
		d.Happened, d.Subjects, d.Harm = r.time(), []string{r.subject()}, r.harm()
		return d
	case *accident.CasualtiesUpdated:
		d.Harm, d.Reason = r.harm(), "r"
		return d
	case *accident.Graded:
		*d = accident.Graded{Grade: r.one("grade", accident.Grades...), StatisticalYear: 2019}
		return d
	case *codetable.Published:
		r.table(d)
		return d
	case *codetable.DisciplineRules:
		*d = codetable.DisciplineRules{Version: r.one("version", "1", "2"), Document: "d", From: r.one("from", "2019-11-01", "2019-12-10")}
		return d
	case *person.OfficialAppointed:
		*d = person.OfficialAppointed{Post: r.one("post", "a", "b"), Unit: "u", Sectors: []string{},
			From: r.one("from", "2019-01-01", "2019-12-01")}
		return d
	case *person.OfficialLeft:
		*d = person.OfficialLeft{Post: r.one("post", "a", "b"), Unit: "u", Last: r.one("last", "2018-12-31", "2019-12-15")}
		return d
	case *token.Issued:
		*d = token.Issued{SHA256: r.one("hash", "h1", "h2"), Role: event.RoleInspector, Person: r.person(), Team: r.team(), Expires: r.time()}
		return d
	case *token.Revoked:
		*d = token.Revoked{Token: uint64(rapid.IntRange(0, 3).Draw(r.T, "token")), Reason: "r"}
		return d
	case *oversight.ApprovalGiven:
		d.Event, d.SHA256 = r.waiting()
		return d
	case *oversight.ApprovalRefused:
		d.Event, d.SHA256 = r.waiting()
		return d
	case *oversight.DeviationExplained:
		d.Deviation = fmt.Sprintf("%08d", r.w.n)
		return d
	default:
		return r.visitBody(d)
	}
}

// facts are the recorded events of some types, oldest first.
func (r dice) facts(is func(event.Data) bool) []*event.Event {
	var list []*event.Event
	for _, e := range r.w.log {
		if is(e.Data) {
			list = append(list, e)
		}
	}
	return list
}

// waiting draws an event that may wait for a yes.
func (r dice) waiting() (id, sha256 string) {
	list := r.facts(func(d event.Data) bool {
		switch d.(type) {
		case *correction.FactCorrected, *casefile.NoPenaltyDecided, *inspection.DuplicateJustified, *subject.Excluded:
			return true
		}
		return false
	})
	if len(list) == 0 {
		return "", ""
	}
	ref := rapid.SampledFrom(list).Draw(r.T, "approved").Ident().Ref()
	return ref.Event, ref.SHA256
}

// correct draws a correction of a finding that was recorded, often of its newest version.
func (r dice) correct(d *correction.FactCorrected) {
	*d = correction.FactCorrected{Reason: "r", Occurred: r.time(), Content: correction.Content(&inspection.FindingRecorded{
		Finding: r.finding(), Description: "y", Level: r.one("level", "general", "major"), Punishable: r.yes("punishable"), Clauses: statute})}
	list := r.facts(func(d event.Data) bool { _, ok := d.(*inspection.FindingRecorded); return ok })
	if len(list) == 0 {
		return
	}
	fact := rapid.SampledFrom(list).Draw(r.T, "fact")
	d.Fact, d.Replaces = fact.Ident().Ref(), fact.Ident().Ref()
	if r.yes("same") {
		c := *fact.Data.(*inspection.FindingRecorded)
		c.Location, d.Occurred = "z", fact.Occurred
		d.Content = correction.Content(&c)
	}
	for _, e := range r.w.log {
		if c, ok := e.Data.(*correction.FactCorrected); ok && c.Fact == d.Fact && r.yes("newer") {
			d.Replaces = e.Ident().Ref()
		}
	}
}

// visitBody fills the bodies of a visit; those without a case are drawn by their declaration.
func (r dice) visitBody(data event.Data) event.Data {
	switch d := data.(type) {
	case *inspection.Reserved:
		*d = inspection.Reserved{Subject: r.subject(), Team: r.team(), Sector: r.sector(), VisitType: r.visit()}
	case *inspection.Started:
		*d = inspection.Started{Subject: r.subject(), Team: r.team(), Sector: r.sector(), VisitType: r.visit(),
			Inspectors: []string{r.person(), r.person()}}
	case *inspection.CheckAnswered:
		*d = inspection.CheckAnswered{Item: r.one("item", "E-1", "E-2"), Answer: "yes"}
	case *inspection.SectionCompleted:
		d.Section = r.one("section", inspection.Sections...)
	case *inspection.FindingRecorded:
		*d = inspection.FindingRecorded{Finding: r.finding(), Description: "x", Level: r.one("level", "general", "major"),
			Punishable: r.yes("punishable")}
	case *correction.FactCorrected:
		r.correct(d)
	case *inspection.EvidenceAttached:
		*d = inspection.EvidenceAttached{Finding: r.finding(), Evidence: []event.Evidence{{MediaType: "image/jpeg"}}}
	case *inspection.FixedOnSite:
		d.Finding = r.finding()
	case *order.Issued:
		*d = order.Issued{Order: r.one("order", "o1", "o2"), Kind: r.one("kind", order.Kinds...),
			Findings: []string{r.finding()}, Due: r.one("due", "", "2019-12-20")}
	case *casefile.PenaltyDecided:
		*d = casefile.PenaltyDecided{Penalty: r.one("penalty", "p1", "p2"), Kind: "warning", Findings: []string{r.finding()}}
	case *casefile.NoPenaltyDecided:
		*d = casefile.NoPenaltyDecided{Findings: []string{r.finding()}}
	case *inspection.RecordSigned:
		d.Signers = []inspection.Signer{{Person: r.person(), Certificate: "cert-p"}}
	case *inspection.CopyDelivered:
		d.Recipient = r.one("recipient", inspection.Recipients...)
	default:
		return r.filled(data)
	}
	return data
}
