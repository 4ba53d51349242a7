package test

import (
	"fmt"
	"strings"
	"testing"
)

// settled is one row of what the requirements say of roles, or decide where the speech leaves something open, with the tests that play it
// through the real wiring: the judge with all kinds, the projector, or HTTP.
type settled struct {
	zh, en string
	tests  []string
}

// byRole is who appends and reads what.
var byRole = []settled{
	{"督查组成员：记录本组的检查；不得自行决定处罚", "inspector: appends to visits of the own team, and decides no penalty alone",
		[]string{"TestR17InspectorsAppendToVisitsOfTheirOwnTeamOnly", "TestR17AnotherTeamsTokenIsRefused",
			"TestR41WhatAnInspectorCannotDecideIsFlagged"}},
	{"组长：审核、说明、报告本组的检查", "team leader: reviews, explains and reports for the own team",
		[]string{"TestR51OnlyTheLeaderReviewsAndNeverTheOwnVisit", "TestR17LeadersExplainDeviationsOfTheirOwnTeamOnly",
			"TestR62ReportsAreOwedSinceTheEnd"}},
	{"执法人员：本机关的案件，至少两人", "officer: cases of the own authority, at least two",
		[]string{"TestR41WhoInvestigatesDoesNotDecideAlone", "TestAPartyAndItsAuthorityReadTheMatterOnceItIsDisclosed"}},
	{"审批、法制审核：批准、审核，查看本机关的案件", "approver: approves, reviews, reads cases of the own authority",
		[]string{"TestR41NoticeHearingAndReviewComeBeforeTheDecision", "TestR41ACaseThatSaysWhyIsReviewed",
			"TestAPartyAndItsAuthorityReadTheMatterOnceItIsDisclosed"}},
	{"市安委办：方案、督查组、举报、黑名单；纪律文字和举报人除外均可查看", "supervision office: plans, teams, tips, blacklist; reads all but " +
		"disciplinary text", []string{"TestTheScopeOfEachRole", "TestR49InterferenceIsForTheCommissionAlone", "TestR73NoTipVanishes"}},
	{"市纪委监委：观察、调查、处理；查看全部和查阅记录", "discipline commission: observes, inquires, decides; reads everything, and who read what",
		[]string{"TestR60TheCommissionWatchesATeam", "TestR53AnInquiryNamesEntriesAndBothElements",
			"TestEveryReadOfTheDisciplineCommissionIsLogged"}},
	{"主管部门：本行业，公开之后", "department: its own sectors, after disclosure",
		[]string{"TestR77ADepartmentWritesOnlyOfItsSectors", "TestAHiddenVisitCountsForNobodyUntilItsArrival"}},
	{"县区政府：本县区和其中的功能区，公开之后", "county government: its own land and the zones on it, after disclosure",
		[]string{"TestR77ACountyReportsForItsOwnLandAndTheZonesOnIt", "TestR39TargetsAreHiddenFromCountiesUntilArrivalAndEveryReadIsLogged"}},
	{"专业委员会：本行业，公开之后；答复移交", "committee: its own sectors, after disclosure; answers what is handed over",
		[]string{"TestR76ACommitteeReadsItsOwnSectors", "TestR77AMatterIsAnsweredByItsReceiver"}},
	{"市政府：批复、关闭决定、批示；查看汇总", "city government: replies, closings, tasks with a date; reads aggregates",
		[]string{"TestR46AClosingIsProposedAndDecidedByAGovernment", "TestR77AMatterIsAnsweredByItsReceiver",
			"TestEveryRoleGetsEveryRouteExactlyAsThePermissionTableSays"}},
	{"被检查单位：签字、报告整改、陈述；到达之后只看本单位的", "inspected party: speaks for its subject, and reads its own matters after arrival",
		[]string{"TestAnInspectedPartySpeaksForItsSubject", "TestAnInspectedPartyWritesOfItsOwnVisitsAfterArrival",
			"TestR20ThePartyReportsItself"}},
	{"公众：无需令牌举报，有限速", "public: reports without a token, bounded",
		[]string{"TestR73WhoHasNoTokenReports", "TestR73TheRoadWithoutATokenIsBounded", "TestR73WhoHasNoTokenLearnsNothingFromTheAnswer"}},
	{"审计：不写；查看哈希、证明、检查点", "auditor: appends nothing; reads hashes, proofs, checkpoints",
		[]string{"TestAnAuditorProvesEveryEntryFromPublicTiles", "TestAnAuditorReadsWhatHeAudits"}},
	{"导入、管理员：可导入的类型；人员、密钥、令牌", "importer and admin: importable types; persons, keys, tokens",
		[]string{"TestAnImporterMayAppendOnlyImportableTypes", "TestRestrictedKindsAreClosedToAllButTheirRoles",
			"TestAnAdminIssuesAndRevokesATokenOverHTTP"}},
	{"不是所列角色的，不得追加", "no role appends what is not its own",
		[]string{"TestARoleAppendsOnlyWhatItMay", "TestEachPermissionIsHeldByTheseRolesOnly"}},
}

// byTwo is where two people are two tokens, and who corrects.
var byTwo = []settled{
	{"批准人不是提出人，也不是检查人员", "who approves is neither the author nor an inspector of the visit",
		[]string{"TestPillar17ACorrectionCountsFromTheYesOfASecondPerson", "TestPillar17WhatWaitsForASecondPersonIsAskedByAFirst",
			"TestN03AVisitIsApprovedBeforeOrUrgentAndMadeUpInTime"}},
	{"组长不审核自己参加的检查", "a leader does not review the own visit", []string{"TestR51OnlyTheLeaderReviewsAndNeverTheOwnVisit"}},
	{"组长不采纳本组的说明", "a leader accepts no explanation for the own team", []string{"TestALeaderExplainsAndAnotherAccepts"}},
	{"复查组与被复查组没有同一人员", "a review team shares nobody with the reviewed",
		[]string{"TestR63AReviewSharesNobodyWithTheReviewed"}},
	{"调查人员不主持听证（行政处罚法第六十四条）", "who investigates does not chair the hearing (行政处罚法 Art. 64)",
		[]string{"TestR41WhoInvestigatesDoesNotDecideAlone"}},
	{"作出罚款决定的人不收缴罚款（行政处罚法第六十七条）", "who decides a fine does not record its payment (行政处罚法 Art. 67)",
		[]string{"TestR41AFineIsServedPaidAndElseEnforced"}},
	{"纸面上的话由执法人员或安委办代为录入", "what a party says on paper is entered on its behalf", []string{"TestR20ThePartyReportsItself"}},
	{"与原单位有关的标记，经批准的例外除外", "a conflict with the own unit is flagged, and an approved exception answers it",
		[]string{"TestR61InspectorOfASupervisingUnitIsFlagged", "TestR61AnApprovedExceptionAnswersAConflict"}},
	{"更正自第二人同意起生效；导入的由其来源更正", "a correction counts from a second person's yes; an import is amended by its source",
		[]string{"TestPillar17ACorrectionCountsFromTheYesOfASecondPerson", "TestPillar17AnImportIsAmendedByItsOwnSourceAtOnce"}},
	{"答复、方案、台账自己的记录不更正", "answers, plans and the ledger's own word are not corrected",
		[]string{"TestNobodyCorrectsAnswersPlansOrTheLedgersOwnWord"}},
	{"他方的话只由其本人更正", "the words of another side are corrected by nobody else", []string{"TestN10AFirmCorrectsItsOwnComplaint"}},
}

// decided is what the speech leaves open, by number.
var decided = []settled{
	{"重复检查按活动、对象、行业认定，复查等除外", "a duplicate is of one campaign, subject and sector; re-checks and the like are none",
		[]string{"TestR31DuplicateKeyFollowsThePolicy", "TestR31DuplicatesAreThePairsOfOneSubjectWhenTheLaterBegan"}},
	{"查不出问题：七天内十次以上检查零发现", "a team that finds nothing: no finding in ten visits within seven days",
		[]string{"TestR63ATeamThatFoundNothingIsFlaggedOnceTheWindowAndTheLateRecordsAreOver",
			"TestR63FewVisitsOrOneFindingAreNoGroundForAReview"}},
	{"黑名单的四种情形", "the four triggers of the blacklist",
		[]string{"TestR58ALargerAccidentIsProposedAtOnceAndLapsesWithItsGrade", "TestR58TheSameClauseInTwoVisitsWithinAYearIsARepetition",
			"TestR58AGravePenaltyIsAProposal", "TestR58AMajorHazardLeftPastItsDateIsAProposal",
			"TestR58TwoFailedRechecksAndADefiedOrderProposeForTheBlacklist"}},
	{"功能区计入本区和所属县区，全市只计一次", "a zone counts in its own view and its county's, and once in the city",
		[]string{"TestAZoneCountsInItsOwnViewAndItsParentsAndOnceInTheCity"}},
	{"每次检查写明执法主体", "each inspection names its enforcing authority",
		[]string{"TestN01AuthorityCertificatesAndAssistantsArePublishedOrNamedBefore"}},
	{"记录送达四方，对象按文书种类规定", "four copies of the record; recipients are data",
		[]string{"TestR43ClosingNeedsEveryCopyOfTheRightDocument", "TestR43R35R34R33R32APlanThatDropsAnythingIsFlagged"}},
	{"四项指标：事故起数、死亡、受伤、直接经济损失", "four indicators: accidents, deaths, injured, direct loss",
		[]string{"TestR14ABaselineStatesEachCountyAndSectorOnce", "TestR12EachFigureIsOfOneYear"}},
	{"发生、结论、统计年度均保存，报告两种口径", "years of occurrence, conclusion and statistics are kept; both bases are shown",
		[]string{"TestR12AnAccidentStandsInItsYearOnEachBasis", "TestR12CountingInAnotherYearIsExplicit"}},
	{"放心企业、放心行业由台账得出", "assured enterprises and sectors are derived",
		[]string{"TestR50ASectorIsAssuredWhenEveryInspectedSubjectIs"}},
	{"拒绝签字不妨碍办结", "a refused signature never blocks the closing", []string{"TestR42RefusedSignatureNeverBlocksTheClosing"}},
	{"信用代码校验不符的，说明理由方可登记，并作标记", "a credit code that fails its check needs a reason, and is flagged",
		[]string{"TestR54AWrongCreditCodeNeedsAReasonAndIsFlagged"}},
	{"停产的两种情形有一即可，两者兼有从严从重", "either ground suffices for a stop; both aggravate",
		[]string{"TestR47InvestmentThatIsWantingIsOrdered", "TestR47MajorFindingAfterTheRecordIsFlaggedAtTheClosing",
			"TestR47WhatAggravatesIsStatedByThePenalty"}},
	{"检查自到达起计入，对所有人都是", "a visit counts from arrival, for everybody", []string{"TestAHiddenVisitCountsForNobodyUntilItsArrival"}},
	{"低于法律要求的方案被拒绝，删减的作标记", "a plan below the law is refused; one that drops something is flagged",
		[]string{"TestR42APlanBelowTheLawIsRefused", "TestR43R35R34R33R32APlanThatDropsAnythingIsFlagged"}},
}

// TestRolesAndDecisionsArePlayed: each row names tests that there are.
func TestRolesAndDecisionsArePlayed(t *testing.T) {
	t.Parallel()
	where := testPlaces(t)
	for _, list := range [][]settled{byRole, byTwo, decided} {
		for _, row := range list {
			if len(row.tests) == 0 {
				t.Errorf("nothing plays %q", row.en)
			}
			for _, name := range row.tests {
				if where[name] == "" {
					t.Errorf("%q is played by %s, which is no test", row.en, name)
				}
			}
		}
	}
}

// renderSettled lists the rows with their tests.
func renderSettled(b *strings.Builder, where map[string]string) {
	b.WriteString("\n## Roles and decisions 职责与决定\n\nWho appends and reads what, where two people are two tokens, and what is decided where " +
		"the speech leaves something open, with the tests that play it.\n\n| 内容 | what holds | tests |\n|---|---|---|\n")
	for _, list := range [][]settled{byRole, byTwo, decided} {
		for _, row := range list {
			links := make([]string, len(row.tests))
			for i, name := range row.tests {
				links[i] = "[" + name + "](" + where[name] + ")"
			}
			fmt.Fprintf(b, "| %s | %s | %s |\n", row.zh, row.en, strings.Join(links, ", "))
		}
	}
}
