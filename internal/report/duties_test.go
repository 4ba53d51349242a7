package report_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/internal/report"
)

// said are entries of what an office says, one after the other.
func said(facts ...fact) (events []*event.Event) {
	at := time.Date(2019, 12, 1, 9, 0, 0, 0, event.Beijing)
	for i, f := range facts {
		events = append(events, &event.Event{Index: uint64(i), ID: event.OwnID("said", fmt.Sprint(i), ""), Type: domain.Catalogue().Newest(f.typ),
			Stream: f.in, Recorded: at, Occurred: at, Assurance: event.Token, Actor: event.Actor{Role: event.RoleSupervisionOffice}, Data: f.body})
	}
	return events
}

type fact struct {
	typ  string
	in   event.Stream
	body event.Data
}

// R65: the duty file says what of the lists of powers and duties was not done: by the unit, or by each official who holds the post, in the
// period that is asked for; and nobody is told of a unit whose file he does not see.
func TestR65TheDutyFileSaysWhatWasNotDone(t *testing.T) {
	done := func(file, item, on string) fact {
		return fact{"duty-performed", event.Stream{Kind: duty.Name, ID: file}, &duty.Performed{Item: item, On: on, Account: "已做"}}
	}
	official := func(who, from, to string) fact {
		return fact{"official-appointed", event.Stream{Kind: event.Person, ID: who},
			&person.OfficialAppointed{Unit: "u-1", Post: "局长", From: from, To: to}}
	}
	events := said(
		fact{"code-table-published", event.Stream{Kind: event.Table, ID: table.Duties}, &table.Published{Table: table.Duties, Document: "清单",
			Duties: []table.Duty{{ID: "Q-1", List: "power", Unit: "u-1", Text: "检查"}, {ID: "Q-2", List: "power", Unit: "u-1", Text: "处罚"},
				{ID: "Z-1", List: "duty", Unit: "u-1", Post: "局长", Text: "带队"}, {ID: "Z-2", List: "duty", Unit: "u-2", Text: "答复"}}}},
		official("p-old", "2019-01-01", "2019-06-30"), official("p-new", "2019-07-01", ""),
		done("u-1", "Q-1", "2019-10-08"), done("u-1.p-new", "Z-1", "2019-11-05"),
	)
	b := database(t, events)
	for _, c := range []struct {
		name          string
		who           event.Actor
		given         map[string]string
		owed, missing int64
	}{
		{"all that was ever done", event.Actor{Role: event.RoleSupervisionOffice}, nil, 4, 2},
		{"a month", event.Actor{Role: event.RoleSupervisionOffice}, map[string]string{"from": "2019-11-01", "to": "2019-11-30"}, 4, 3},
		{"until the day on which it was done", event.Actor{Role: event.RoleSupervisionOffice},
			map[string]string{"from": "2019-10-01", "to": "2019-10-08"}, 4, 3},
		{"two who held the post", event.Actor{Role: event.RoleSupervisionOffice}, map[string]string{"year": "2019"}, 5, 3},
		{"one official", event.Actor{Role: event.RoleSupervisionOffice}, map[string]string{"year": "2019", "person": "p-old"}, 1, 1},
		{"the unit itself", event.Actor{Role: event.RoleDepartment, Unit: "u-1"}, nil, 3, 1},
		{"another unit", event.Actor{Role: event.RoleDepartment, Unit: "u-2"}, nil, 1, 1},
		{"a unit of no list", event.Actor{Role: event.RoleDepartment, Unit: "u-3"}, nil, 0, 0},
	} {
		_, total := answered(t, b, "15", c.who, report.Question{Given: c.given})
		if total["owed"] != c.owed || total["missing"] != c.missing || total["done"] != c.owed-c.missing {
			t.Errorf("%s: %v", c.name, total)
		}
	}
}
