package test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/test/modeltest"
)

// The two executable models have numbered rules. Each is named here with tests that turn red without it; most are also tried by the
// oracle of obligations (domain), which replays what the model answers, and by the play of who sees what (test/visibilitytest).

// modelled are the tests of each rule, by the file of its model and by number, from 1 on.
var modelled = map[string][][]string{
	"obligations.py": {
		{"TestGatesLateFlagsAndOpenItemsAreThoseOfTheModel", "TestPillar7ACorrectedTimeIsComparedAgain"},
		{"TestPillar17ACorrectionNamesTheFactTheVersionAndTheirBytes", "TestAnyFactIsWithdrawnAndRestored"},
		{"TestNobodyCorrectsAnswersPlansOrTheLedgersOwnWord", "TestR54ACreditCodeIsCorrectedAndNobodySharesIt"},
		{"TestR73ATransferThatIsWithdrawnLeavesTheTipToTheOffice", "TestPillar17AnImportIsAmendedByItsOwnSourceAtOnce"},
		{"TestPillar17ACorrectionCountsFromTheYesOfASecondPerson", "TestR19DescriptionAndLocationBeforeTheRecordCountAtOnce",
			"TestWhoSaysYesIsSaidByTheKindAndTheSide"},
		{"TestR41ADecisionNotToPunishCountsOnceApproved", "TestR31AJustificationWaitsAndHoldsUpTheClosing"},
		{"TestWithdrawingIsNeverHavingSaid", "TestR10TheHarmOfAnAccidentIsCorrectedAndRestored"},
		{"TestCorrectingAnyFactAndRestoringIt", "TestAnyFactIsWithdrawnAndRestored"},
		{"TestGatesLateFlagsAndOpenItemsAreThoseOfTheModel", "TestClosingIsNeverAcceptedWithAnOpenObligation"},
		{"TestRule10WhatHasNoDateIsNeverOverdue", "TestR01TheWholeVisitIsJudgedByThePlanOfItsBeginning", "TestR57ImportedFactsEntailNothing"},
		{"TestGatesLateFlagsAndOpenItemsAreThoseOfTheModel", "TestR51AReviewIsLateAfterThreeDaysOfItsBeingPossible"},
		{"TestPillar12ACalendarGivesTimeAndTakesNone", "TestGatesLateFlagsAndOpenItemsAreThoseOfTheModel"},
		{"TestRule13AnExtensionMadeInTimeMovesTheDate"},
		{"TestRule14PeopleInTheFieldHaveTimeToSynchronise", "TestRule14NothingIsOverdueBeforeItsOpeningWasRecorded"},
		{"TestRule15AnEscalationLapsesWhenSomebodyWasInTime", "TestASweepSaysWhatIsOverdueOnce"},
		{"TestR58AMajorHazardLeftPastItsDateIsAProposal"},
		{"TestR58WhatWasDoneBecauseOfAGroundThatLapsesStaysAndIsFlagged", "TestR63AReviewOfATeamThatDidFindSomethingIsFlagged",
			"TestR71WhatWasExposedAndIsCorrectedIsWithdrawnWithinThreeDays"},
		{"TestRule18AFindingThatIsNotCarriedOverIsFlagged", "TestRule18AVisitIsEnteredAnewAfterItWasWithdrawn"},
		{"TestWhatStandsIsWhatIsTrue", "TestALedgerThatWasRightFromTheBeginningSaysTheSame"},
		{"TestEveryViewAsOfEveryPositionIsTheFoldOfThatManyEntries", "TestR62TheFiguresOfAReportCanBeReplayed"},
		{"TestRule21AClockThatIsNotReliedOnEscalatesNothing", "TestRule21ANodeThatStartsAheadAsksTheOthers",
			"TestANodeThatReadsAnEntryOffItsExpectationGoesRed"},
		{"TestRule22WhatAWrongClockEscalatedLapses", "TestWhatAConfirmedWrongClockEscalatedLapsesBehindTheCorrection"},
		{"TestJudgingAgainSaysTheSameBytes", "TestAnOvertakenAppendIsJudgedAgainOnTopOfWhatTheOtherWrote"},
	},
	"visibility.py": {
		{"TestAHiddenVisitIsAnsweredLikeNone", "TestWhoSeesWhat",
			"TestWhatIsSeenOwedAndCountedIsWhatTheModelSays"},
		{"TestR39AnOrderOfAHiddenVisitIsHidden", "TestWhoSeesWhat"},
		{"TestAStartOfAnotherSubjectOrTeamIsAnotherVisit", "TestAboutNamesCampaignSubjectTeamCountyAndSectors"},
		{"TestTheScopeOfEachRole", "TestRestrictedKindsAreClosedToAllButTheirRoles", "TestWhoSeesWhat"},
		{"TestWhoSeesWhat", "TestR58AHiddenVisitIsNoGround",
			"TestWhatIsSeenOwedAndCountedIsWhatTheModelSays"},
		{"TestOnlyListedEventsChangeTheStateOfAnotherStream"},
		{"TestR31ASecondReservationIsRefusedOnlyToWhoMaySeeTheFirst", "TestAHiddenVisitIsAnsweredLikeNone"},
		{"TestTwoTeamsCannotAskForTheSameNameOfAVisit"},
		{"TestR58AHiddenVisitIsNoGround", "TestWhatComparesVisitsLapsesWhenOneOfThemWasNone"},
		{"TestAHiddenVisitsDutiesAreJudgedInItsOwnWorld", "TestWhatIsOwedIsListedForWhoMayKnowOfIt",
			"TestWhatIsSeenOwedAndCountedIsWhatTheModelSays"},
		{"TestAUnitsFeedIsWhatItMaySeeInItsOrder", "TestWhoSeesWhat"},
		{"TestACursorOfAnotherScopeIsAnswered", "TestWhoSeesWhat"},
		{"TestTheCityIsTheSumOfItsCountiesWithoutZones", "TestWhoSeesWhat"},
		{"TestCoverageNeverExceedsTheRegister", "TestWhoSeesWhat"},
		{"TestWhoSeesWhat", "TestWhatIsSeenOwedAndCountedIsWhatTheModelSays"},
	},
}

// unbuilt are the rules of which the program has nothing yet, with what it lacks.
var unbuilt = map[string]string{}

func TestEachNumberedRuleOfTheModelsHasATest(t *testing.T) {
	tests := namesOfTests(t)
	for model, rules := range modelled {
		for i, named := range rules {
			rule := model + " " + strconv.Itoa(i+1)
			if (unbuilt[rule] == "") != (len(named) > 0) {
				t.Errorf("%s is tested by %v, and lacks %q", rule, named, unbuilt[rule])
			}
			for _, name := range named {
				if !tests[name] {
					t.Errorf("%s: there is no test %s", rule, name)
				}
			}
		}
	}
}

// TestTheModelsHaveTheRulesThatAreTested reads the models, where they are.
func TestTheModelsHaveTheRulesThatAreTested(t *testing.T) {
	dir := modeltest.Dir(t, "..")
	for model, rules := range modelled {
		b, err := os.ReadFile(filepath.Join(dir, model))
		if err != nil {
			t.Fatal(err)
		}
		_, doc, _ := strings.Cut(string(b), `"""`)
		doc, _, _ = strings.Cut(doc, `"""`)
		var numbers []string
		for _, m := range regexp.MustCompile(`(?m)^ ?(\d+)\. `).FindAllStringSubmatch(doc, -1) {
			numbers = append(numbers, m[1])
		}
		var want []string
		for i := range rules {
			want = append(want, strconv.Itoa(i+1))
		}
		if !slices.Equal(numbers, want) {
			t.Errorf("%s has the rules %v; %d are tested", model, numbers, len(want))
		}
	}
}

// namesOfTests are the names of all tests of this module.
func namesOfTests(t *testing.T) map[string]bool {
	names, test := map[string]bool{}, regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range test.FindAllSubmatch(b, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
