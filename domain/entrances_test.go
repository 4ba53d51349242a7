package domain

import (
	"fmt"
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/person"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
)

// entering has people of t1, of t2 and of t3, whose campaign is another one, come into a team on the sixth of December.
var entering = registerPlay{
	registers: []inRegister{
		{"team/t1", &team.MemberLeft{Person: "li"}, nil},
		{"team/t2", &team.MemberJoined{Person: "zo"}, nil},
		{"person/zo", &person.RulesAcknowledged{DocumentHash: document}, nil},
		{"person/li", &person.Seconded{HomeUnit: "u", Team: "t2", From: begin, To: end},
			&person.Seconded{HomeUnit: "u", Team: "t2", From: noon.AddDate(0, 0, 9), To: end}},
		{"campaign/past", &campaign.Ended{}, nil},
	},
	begins: func(do does) {
		do("campaign/past", plan("1"))
		do("campaign/past", &campaign.Started{Start: begin, End: end})
		do("campaign/next", plan("1"))
		do("campaign/next", &campaign.Started{Start: noon.AddDate(0, 0, 2), End: end})
		for _, id := range []string{"zo", "fu"} {
			do("person/"+id, newPerson(id))
		}
		do("person/fu", &person.RulesAcknowledged{DocumentHash: document})
		do("team/t2", &team.Formed{Name: "n", Kind: "specialist"}, in("c"))
		do("team/t3", &team.Formed{Name: "n", Kind: "specialist"}, in("past"))
		do("team/t3", &team.MemberJoined{Person: "fu"})
	},
	makes: func(do does, i int) {
		of := fmt.Sprintf("team/next%d", i)
		do(of, &team.Formed{Name: "n", Kind: "specialist"}, in("next"))
		do(of, &team.LeaderAppointed{Person: "wang"}, december(6))
		do(of, &team.MemberJoined{Person: "ma"}, december(6))
		do(of, &team.Activated{}, december(6))
		for _, id := range []string{"li", "zo", "fu"} {
			do(of, &team.MemberJoined{Person: id}, december(6))
		}
	},
	of: func(i int) []string { return []string{fmt.Sprintf("team/next%d", i)} },
}

// Pillar 13, R02, R61: whether what people, teams and campaigns were when somebody came into a team is told at once, late, wrongly and then
// corrected, or withdrawn and restored: in the end the same is said of his coming.
func TestWhatIsSaidOfEntrancesIsTheSameHoweverItCameToBeKnown(t *testing.T) {
	seen := entering.holds(t, []int{1})
	for _, said := range []string{"rules-not-acknowledged", "seconded-to-another-team", "member-of-two-teams"} {
		if seen[said] == 0 {
			t.Errorf("%s is never said: %v", said, seen)
		}
	}
}

// R61: the end of a campaign bears on all who were of its teams and of others. Where these are more teams than an append may look at,
// sweeps take back what was said, of each once: also where the block is lost that did, or the node starts.
func TestR61TheEndOfACampaignBearsOnManyTeams(t *testing.T) {
	w := campaignFixture(t)
	const n = 100
	w.accepts("campaign/next", plan("1"))
	w.accepts("campaign/next", &campaign.Started{Start: noon.AddDate(0, 0, 2), End: end})
	two := codesOf("member-of-two-teams")
	for i := range n {
		id, of := fmt.Sprintf("p%d", i), fmt.Sprintf("team/next%d", i)
		w.accepts("person/"+id, newPerson(id))
		w.accepts("person/"+id, &person.RulesAcknowledged{DocumentHash: document})
		w.accepts("team/t1", &team.MemberJoined{Person: id})
		w.accepts(of, &team.Formed{Name: "n", Kind: "specialist"}, in("next"))
		w.flags(two, of, &team.MemberJoined{Person: id}, december(6))
	}
	w.changes(nil, nil, "campaign/c", &campaign.Ended{}, toldOn(7, 5))
	if list, more := replayed(w.log).Late(mostLooked); len(list) != mostLooked || !more {
		t.Errorf("a node that starts before any sweep takes back %d at first, and has more: %v", len(list), more)
	}
	log, told := len(w.log), w.n
	w.Begin()
	if got := w.late(noon); len(got) != n {
		t.Fatalf("it takes back %d", len(got))
	}
	w.DropAll() // the block is lost
	w.log, w.n = w.log[:log], told
	if got := names(w.late(noon)); len(got) != n || got[0] != "lapsed member-of-two-teams" || len(slices.Compact(got)) != 1 {
		t.Fatalf("it takes back %d: %q", len(got), slices.Compact(got))
	}
	w.saidAll()
}

// R02: the rules of discipline that were published after somebody came into a team were none that he could know, whatever is told later.
func TestR02RulesThatArePublishedLaterChangeNoEntrance(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("person/zo", newPerson("zo"))
	w.accepts("person/zo", &person.RulesAcknowledged{DocumentHash: document})
	w.changes(nil, nil, "team/t1", &team.MemberJoined{Person: "zo"}, december(6))
	w.accepts("table/discipline-rules", &codetable.DisciplineRules{Version: "2", Document: "d", From: "2019-12-01"}, december(8))
	w.changes(nil, nil, "person/zo", &person.Seconded{HomeUnit: "u", Team: "t1", From: begin, To: end}, december(9))
	if got := w.late(noon); len(got) != 0 {
		t.Errorf("it says %q", names(got))
	}
}

// R02: that a team had been at work before somebody came into it, as it turns out, is said of him, and taken back.
func TestR02ATeamThatTurnsOutToHaveBeenAtWork(t *testing.T) {
	w := newFixture(t)
	for _, id := range []string{"wang", "ma", "zo"} {
		w.accepts("person/"+id, newPerson(id))
		if id != "zo" {
			w.accepts("person/"+id, &person.RulesAcknowledged{DocumentHash: document})
		}
	}
	w.accepts("team/t", &team.Formed{Name: "n", Kind: "comprehensive"})
	w.accepts("team/t", &team.LeaderAppointed{Person: "wang"}, december(5))
	w.accepts("team/t", &team.MemberJoined{Person: "ma"}, december(5))
	w.accepts("team/t", &team.MemberJoined{Person: "zo"}, december(7))
	w.refuses("R02", "rules-not-acknowledged", "team/t", &team.Activated{}, december(7)) // of whom it is said instead
	w.accepts("team/t", &team.MemberLeft{Person: "zo"}, december(8))
	w.changes(codesOf("rules-not-acknowledged"), nil, "team/t", &team.Activated{}, toldOn(8, 6))
	w.turns("team/t", nil, codesOf("rules-not-acknowledged"))
}
