// Package visibility is the one place that decides who may see what. It is asked before an entry
// is counted, listed, folded, streamed, published on the feed, or named in a flag or an error.
//
// # Scope
//
// The [Scope] of a reader follows from the role and from what the ledger says at that moment: the table of units, the
// team's assignment, the person's membership. Each stream kind says who may see it ([stream.Access]): it is open, the city's
// and a team's or a unit's own, of a cell (a county or zone and a set of sectors, [event.About]), or restricted to named roles.
//
// # Order
//
// A visit is hidden from its first entry to the one that discloses it (R39): the first arrival,
// attempt, signed or refused record, or closing; what was imported is disclosed by its first
// entry. What joins a visit ([stream.Kind.Joins]) waits with it. An entry is seen at its index, or if its stream
// waited, at the disclosing entry. Office, commission, the entry's own team and the
// approvers of the unit in whose name the visit is made see it since its index, everybody else since it is seen.
// A reader's order is (since when he sees it, index); [Fold] knows it. The executable model of
// all this is the specification; the tests of package internal/projector port its checks.
package visibility

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// Team is what bounds the members of a team.
type Team struct {
	Sectors  []string // empty: all
	Counties []string // empty: all
	Members  map[string]bool
	Leader   string
}

// Has reports whether a person is the leader or a member.
func (t *Team) Has(person string) bool {
	return person != "" && (t.Leader == person || t.Members[person])
}

// Roll is what the ledger says of units and teams now.
type Roll interface {
	Unit(id string) (table.Unit, bool)
	Team(id string) (Team, bool)
	// Committee returns the sectors of a safety committee, nil of none (R76).
	Committee(id string) []string
}

// Scope bounds what one asker may see. The zero value sees what is open and nothing else.
// It is a value of one moment: it is made anew for each question.
type Scope struct {
	role       event.Role
	everything bool     // all that is not restricted to others, since its index
	registers  bool     // of the cells the register of subjects alone
	everywhere bool     // every county, and what names none
	counties   []string // else these, each with its zones
	all        bool     // every sector, and what names none
	sectors    []string // else these
	team       string   // own team: its entries since their index
	matters    bool     // of the cells what is of one matter alone: visits, orders, cases
	subject    string   // that he speaks for: of what is of one matter his own, and nothing else of a cell
	end        string   // as which he gives and gets what is handed over
	unit       string   // own unit: what is of it, wherever it is
	approves   string   // unit whose visits he approves before they are made (N03): their entries since their index
}

// ScopeOf returns what an actor may see. A person of a team sees with it only while a member.
func ScopeOf(a event.Actor, roll Roll) Scope {
	s := scopeOf(a, roll)
	if s.team != "" {
		if t, ok := roll.Team(s.team); !ok || a.Person != "" && !t.Has(a.Person) {
			return Scope{role: a.Role}
		}
	}
	return s
}

// AuthorScope returns what an actor may append about: what he may see. That somebody is no
// member of the team whose token he holds is flagged, not refused (pillar 2).
func AuthorScope(a event.Actor, roll Roll) Scope { return scopeOf(a, roll) }

func scopeOf(a event.Actor, roll Roll) Scope {
	s := Scope{role: a.Role, end: transfer.EndOf(&a)}
	switch a.Role {
	case event.RoleSupervisionOffice, event.RoleDisciplineCommission, event.RoleLedger:
		s.everything, s.everywhere, s.all = true, true, true
	case event.RoleCityGovernment: // aggregates
		s.everywhere, s.all = true, true
	case event.RoleImporter: // subjects to map to
		s.registers, s.everywhere, s.all = true, true, true
	case event.RoleCountyGovernment:
		s.unit = a.Unit
		if a.County != "" {
			s.counties, s.all = []string{a.County}, true
		}
	case event.RoleDepartment:
		s.unit = a.Unit
		s.department(a, roll)
	case event.RoleOfficer, event.RoleApprover: // cases of the own authority
		if s.matters = true; a.Role == event.RoleApprover {
			s.approves = a.Unit
		}
		s.department(a, roll)
	case event.RoleInspectedParty:
		s.subject = a.Unit
	case event.RoleEnforcementSupervisor: // whatever authority inspects: single matters, in its county where the token names one
		s.matters, s.all, s.everywhere = true, true, a.County == ""
		if a.County != "" {
			s.counties = []string{a.County}
		}
	case event.RoleCommittee:
		if sectors := roll.Committee(a.Unit); len(sectors) > 0 {
			s.everywhere, s.sectors = true, sectors
		}
	case event.RoleInspector, event.RoleTeamLeader:
		s.team = a.Team
		if t, ok := roll.Team(a.Team); ok {
			s.counties, s.everywhere = t.Counties, len(t.Counties) == 0
			s.sectors, s.all = t.Sectors, len(t.Sectors) == 0
		}
	}
	return s
}

// department: the sectors are those of the unit, and the county is the unit's or, narrower,
// the token's. A unit that the table does not list sees no cell.
func (s *Scope) department(a event.Actor, roll Roll) {
	u, ok := roll.Unit(a.Unit)
	if !ok || len(u.Sectors) == 0 {
		return
	}
	switch county := cmp.Or(a.County, u.County); {
	case county == "":
		s.everywhere = true
	case u.County == "" || codes.Covers(u.County, county):
		s.counties = []string{county}
	case codes.Covers(county, u.County):
		s.counties = []string{u.County}
	default:
		return
	}
	s.sectors = u.Sectors
}

// Everything reports whether the asker sees entries since their index, hidden ones too.
func (s *Scope) Everything() bool { return s.everything }

// Area reports whether a county or zone is within the scope, whatever its sectors.
func (s *Scope) Area(county string) bool {
	if s.everywhere {
		return true
	}
	return slices.ContainsFunc(s.counties, func(c string) bool { return codes.Covers(c, county) })
}

// Sector reports whether a sector is within the scope.
func (s *Scope) Sector(code string) bool { return s.all || slices.Contains(s.sectors, code) }

// Cell reports whether what lies in a county or zone, in a set of sectors, is within the scope:
// one shared sector is enough.
func (s *Scope) Cell(county string, sectors []string) bool {
	return (s.all || slices.ContainsFunc(sectors, s.Sector)) && s.Area(county)
}

// Counts reports whether figures of visits in a cell, by a team, are among those the asker adds.
func (s *Scope) Counts(county string, sectors []string, team string) bool {
	return !s.registers && (s.Own(team) || s.Cell(county, sectors))
}

// Party reports whether the asker is an inspected party, who reads of what was done about his subject, and nothing else.
func (s *Scope) Party() bool { return s.subject != "" }

// Matters reports whether the asker reads single matters: no figure, register or dossier is his.
func (s *Scope) Matters() bool { return s.matters || s.subject != "" }

// Own reports whether a team is the asker's own.
func (s *Scope) Own(team string) bool { return s.team != "" && s.team == team }

// Early reports whether the asker sees the entries of a visit since their index, hidden or not: all of them, those of his own team, and
// as an approver those of visits in the name of his own unit ([inspection.InNameOf]), which he is asked to approve before they are made.
func (s *Scope) Early(team, authority string) bool {
	return s.everything || s.Own(team) || s.approves != "" && s.approves == authority
}

// Team reports whether the view of a team is within the scope: the city's and the team's own.
func (s *Scope) Team(id string) bool {
	return s.everything || s.role == event.RoleCityGovernment || s.Own(id)
}

// Sees reports whether an entry of a stream, about these, is within the scope, leaving aside
// since when; [Scope.Since] says that. What is of no kind that this program knows is of a newer form: it may be about
// anything.
func (s *Scope) Sees(of event.Stream, about *event.About) bool {
	k := kinds.Of(of.Kind)
	if k == nil {
		return of.Kind == "" && s.role == event.RoleDisciplineCommission
	}
	if s.role == event.RoleEnforcementSupervisor && k.Access.To != stream.Everybody && !s.Area(about.County) {
		return false
	}
	switch k.Access.To {
	case stream.Everybody:
		return true
	case stream.Register:
		return s.Own(about.Team) || s.Cell(about.County, about.Sectors)
	case stream.Cell:
		if k.Access.Matter && s.subject != "" {
			return s.subject == about.Subject
		}
		return (k.Access.Matter || !s.matters) && s.Counts(about.County, about.Sectors, about.Team)
	case stream.OwnTeam:
		return s.Team(about.Team)
	case stream.OwnUnit:
		return s.everything || s.role == event.RoleCityGovernment || s.unit != "" && s.unit == stream.UnitOf(of.ID) ||
			slices.Contains(k.Access.Roles, s.role)
	case stream.Ends:
		return s.everything || s.Own(about.Team) || s.ends(of.ID, about)
	case stream.Named:
		return s.role == event.RoleLedger || slices.Contains(k.Access.Roles, s.role) || k.Access.Team && s.Own(about.Team)
	}
	return false
}

// ends reports whether a transfer is the asker's: he gives it, or gets it. What a team gives is its own team's.
func (s *Scope) ends(id string, about *event.About) bool {
	from, to, ok := transfer.Ends(id)
	return ok && s.end != "" && s.team == "" && (to == s.end || from == s.end && about.Team == "")
}

// Restricted reports whether a kind is closed to all but named roles. Its entries move no figure,
// and are no part of a document, that others are shown.
func Restricted(kind event.Kind) bool {
	k := kinds.Of(kind)
	return k == nil || !k.Access.Open
}

// Since returns the position since which the asker sees an entry, and whether he does as yet.
// seen and disclosed are those of [Visit.Seen]; an entry of a visit asks [Visit.Since].
func (s *Scope) Since(of event.Stream, about *event.About, index, seen uint64, disclosed bool) (uint64, bool) {
	return s.since(of, about, "", index, seen, disclosed)
}

func (s *Scope) since(of event.Stream, about *event.About, authority string, index, seen uint64, disclosed bool) (uint64, bool) {
	if !s.Sees(of, about) {
		return 0, false
	}
	if s.Early(about.Team, authority) {
		return index, true
	}
	return seen, disclosed
}

// Fingerprint tells scopes apart: a cursor made under another one is refused.
func (s *Scope) Fingerprint() uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %t %t %t %q %t %q %q %q %q %t %q %q", s.role, s.everything, s.registers, s.everywhere, s.counties, s.all, s.sectors,
		s.team, s.end, s.unit, s.matters, s.subject, s.approves)
	return h.Sum64()
}
