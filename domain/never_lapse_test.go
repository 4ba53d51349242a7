package domain

import (
	"cmp"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/assessment"
	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// What the ledger says lapses when it turns out not to be so (pillar 13). These are the flags that never lapse, each
// with why no event of today can make it untrue (but a correction of the fact, by which it lapses in every kind that is corrected).
const (
	alone      = "it compares members of the event with one another, with the plan, the law or the ledger's clock"
	standsOnce = "the fact that the event is compared with stands once in its stream, and nothing but a correction takes it back"
	ofOrder    = "it says what was recorded before, which stays so"
	ownWord    = "the flag lies in a stream of its own, where all lapses (compare.go)"
	ofAuthor   = "it says what its author was when the ledger took it, which nothing makes otherwise: somebody has to ask him"
)

var neverLapse = map[law.Code]string{
	law.PlanDropsCopies: alone, campaign.PlanSetsQuotas: alone,
	law.PlanDropsSections: alone, law.PlanDropsItems: alone, law.CampaignPeriodImplausible: alone,
	law.ClockSkew: alone, law.PartySaysOtherwise: alone, assessment.PointsDiffer: alone,
	law.LateSync: alone, subject.HolidayWorkFiledLate: alone, law.Unsigned: alone, law.ChecklistDropsItems: alone,

	law.KeyRevoked: ofOrder, law.KeyNotConfirmed: ofOrder,

	law.DecidedAfterLapse: ofOrder, law.ReviewFoundProblem: standsOnce,

	law.DuplicateInspection: ownWord,

	casefile.HearingNotOffered:    alone,
	casefile.FiledAfterLimitation: alone, casefile.EnforcedWithoutDemand: alone,

	law.GroundChanged:               "that what people did rests on something else than now stays so until they act",
	blacklist.BlacklistRemovedEarly: standsOnce,

	law.NotAParticipant: ofAuthor,
}

// considered has the event types that were held against the table above, one a line.
const considered = "testdata/considered.txt"

// TestEveryFlagLapsesOrCannotBecomeUntrue: each code that flags is one of a kind that lets it lapse, or stands in the
// table; and a new event type of a kind that rules compare with has somebody look through the table.
func TestEveryFlagLapsesOrCannotBecomeUntrue(t *testing.T) {
	s := New()
	left := maps.Clone(neverLapse)
	for _, g := range law.Groups() {
		for _, text := range g.Texts {
			if text.Acts&law.Flags == 0 {
				continue
			}
			by := slices.ContainsFunc(s.kinds, func(k placed) bool {
				is := k.declaration()
				says := is.Lapses != nil || is.Late != nil && slices.Contains(is.Late.Codes, text.Code)
				return k.name != event.Flag && says && is.MayLapse(text.Code)
			})
			_, told := neverLapse[text.Code]
			if delete(left, text.Code); by == told {
				t.Errorf("%s lapses: %v; it stands among those that never do: %v. One of both is so", text.Code, by, told)
			}
		}
	}
	for code := range left {
		t.Errorf("%s flags nothing", code)
	}
	var names []string
	for _, typ := range Catalogue().All() {
		names = append(names, cmp.Or(string(typ.Kind), "any")+" "+typ.Name)
	}
	slices.Sort(names)
	now := strings.Join(slices.Compact(names), "\n") + "\n"
	if *update {
		if err := os.WriteFile(considered, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if then, err := os.ReadFile(considered); err != nil || string(then) != now {
		t.Errorf("there are other event types (%v): can a new one make untrue what a flag of neverLapse says? Let it lapse then, "+
			"or say so there; then go test ./domain -run EveryFlagLapses -update\n%s", err, difference(string(then), now))
	}
}
