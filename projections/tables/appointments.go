package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/team"
)

// appointmentRow is a row of appointments. Whether it has ended is asked: finish is the last day that is known.
type appointmentRow struct {
	Person Name   `col:"person" zh:"人员" doc:"who holds it" of:"people"`
	Kind   string `col:"kind" zh:"身份" doc:"leader, member, observer of a team; seconded to a team; official of a unit"`
	In     Name   `col:"in_team" zh:"所在督查组" doc:"the team; NULL: of an official" of:"teams"`
	Unit   Name   `col:"unit" zh:"单位" doc:"of an official the unit, of who is seconded the one at home" of:"units"`
	Post   string `col:"post" zh:"职务" doc:"of an official"`
	County string `col:"county" zh:"任职县区" doc:"that bounds an official's post; NULL: the whole city"`
	Of     Set    `col:"in_charge" zh:"分管领域" doc:"sectors for which an official answers"`
	Start  Moment `col:"start" zh:"开始" doc:"first day, or when it began"`
	Finish Moment `col:"finish" zh:"结束" doc:"last day, or when it ended; NULL: not known"`
}

const leads = "leader"

var appointments = Declare(Register{
	Name: "appointments", Chinese: "任职与抽调", Doc: "a person in a team or an office, for a time (R51, R59-R61, R66)",
	Of: []event.Kind{event.Team, event.Person}, Indexes: []string{"person", "in_team"},
}, func(t *Things[appointmentRow], e *event.Event) {
	of := t.Name(e.Stream.ID)
	ends := func(key string, at Moment) {
		if row := t.Known(key); row != nil {
			row.Finish = at
		}
	}
	inTeam := func(kind, who string) {
		*t.Thing(kind + " " + who) = appointmentRow{Person: t.Name(who), Kind: kind, In: of, Start: Occurred(e)}
	}
	switch d := e.Data.(type) {
	case *team.LeaderAppointed:
		inTeam(leads, d.Person)
	case *team.LeaderChanged:
		ends(leads+" "+d.From, Occurred(e))
		inTeam(leads, d.To)
	case *team.MemberJoined:
		inTeam("member", d.Person)
	case *team.MemberLeft:
		ends("member "+d.Person, Occurred(e))
	case *team.ObserverAssigned:
		*t.Thing("observer " + d.Observer) = appointmentRow{Person: t.Name(d.Observer), Kind: "observer", In: of, Start: Day(d.From),
			Finish: Day(d.To)}
	case *person.Seconded:
		*t.Thing("seconded " + d.Team) = appointmentRow{Person: of, Kind: "seconded", In: t.Name(d.Team), Unit: t.Name(d.HomeUnit),
			Start: At(d.From), Finish: At(d.To)}
	case *person.SecondmentEnded:
		ends("seconded "+d.Team, Occurred(e))
	case *person.OfficialAppointed:
		*t.Thing("official " + d.Unit + " " + d.Post) = appointmentRow{Person: of, Kind: "official", Unit: t.Name(d.Unit), Post: d.Post,
			County: d.County, Of: SetOf(d.Sectors), Start: Day(d.From), Finish: Day(d.To)}
	case *person.OfficialLeft:
		ends("official "+d.Unit+" "+d.Post, Day(d.Last))
	}
})
