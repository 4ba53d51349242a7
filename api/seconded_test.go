package api

import (
	"strconv"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/token"
)

// R61, 原则上与原单位脱钩: while somebody is seconded to a team, a token of the home unit that names the person is refused, reading and
// writing; a token of the team, of another unit, and of another person of the home unit is not, nor the same token before, after an end
// that came early, or when the secondment is withdrawn.
func TestR61ATokenOfTheHomeUnitIsRefusedDuringASecondment(t *testing.T) {
	w := newFixture(t)
	const who, city = "p-department", "/v1/counties/610902"
	department := token.Issued{Role: "department", Person: who, Unit: "u-1", County: "610902"}
	w.issue("home", department)
	department.Unit = "u-2"
	w.issue("other unit", department)
	department.Unit, department.Person = "u-1", "p-officer"
	w.issue("colleague", department)
	w.issue("team", token.Issued{Role: "inspector", Person: who, Unit: "u-1", Team: "t-1"})
	refused := func(when string, want bool) {
		t.Helper()
		w.get(office, "/v1/city?wait_for="+strconv.FormatUint(w.size(), 10))
		if got := w.get("home", city).StatusCode == 403; got != want {
			t.Errorf("%s: refused %t, want %t", when, got, want)
		}
		for _, other := range []string{"team", "colleague", "other unit"} {
			if a := w.get(other, "/v1/me"); a.StatusCode != 200 {
				t.Errorf("%s: %s: %d %s", when, other, a.StatusCode, a.body)
			}
		}
	}
	lend := func(team string, from, to time.Duration) *person.Seconded {
		return &person.Seconded{HomeUnit: "u-1", Team: team, From: time.Now().Add(from).Truncate(time.Second),
			To: time.Now().Add(to).Truncate(time.Second)}
	}
	refused("before", false)
	w.want(w.post(office, w.author("person/"+who, "inspector-seconded", lend("t-9", 24*time.Hour, 48*time.Hour))), 201, "")
	refused("before it begins", false)
	w.want(w.post(office, w.author("person/"+who, "inspector-seconded", lend("t-1", -time.Hour, 2*time.Hour))), 201, "")
	refused("meanwhile", true)
	w.want(w.get("home", city), 403, law.DetachedFromUnit)
	w.want(w.post("home", w.subject("s-1")), 403, law.DetachedFromUnit)
	w.want(w.post(office, w.author("person/"+who, "secondment-ended", &person.SecondmentEnded{Team: "t-1"})), 201, "")
	refused("after its end", false)
}
