package transfer

import (
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// The ends that are no unit, committee or county.
const (
	office     = "office"
	commission = "commission"
	city       = "city"
)

// Ends returns who gives and who gets what a transfer hands over, by the id of its stream, FROM.TO.NAME, as that of a
// visit names its team; ok is false for any other id. So who may see it needs no look into its entries.
func Ends(id string) (from, to string, ok bool) {
	from, rest, _ := strings.Cut(id, ".")
	to, name, ok := strings.Cut(rest, ".")
	return from, to, ok && from != "" && to != "" && name != ""
}

// EndOf returns the end as which somebody gives and gets: the unit or committee, the county or zone, the team, or the
// office's, the commission's and the city's own word; "" for nobody's.
func EndOf(a *event.Actor) string {
	switch a.Role {
	case event.RoleSupervisionOffice:
		return office
	case event.RoleDisciplineCommission:
		return commission
	case event.RoleCityGovernment:
		return city
	case event.RoleCountyGovernment:
		return a.County
	case event.RoleInspector, event.RoleTeamLeader:
		return a.Team
	case event.RoleDepartment, event.RoleCommittee:
		if !own(a.Unit) {
			return a.Unit
		}
	}
	return ""
}

// own reports whether an end is one that no unit can be.
func own(end string) bool {
	_, county := codes.County(end)
	return county || end == office || end == commission || end == city
}
