package law

// Reviews, inquiries and interference: who is held to account, and by whom (R44, R49, R52, R53, R60, R63, R64, R66).
const (
	ReviewAlreadyDecided  Code = "review-already-decided"
	GroundOfAnotherReview Code = "ground-of-another-review"
	DecidedAfterLapse     Code = "decided-after-lapse"

	InquiryNeedsEntries    Code = "inquiry-needs-entries"
	InquiryNeedsElements   Code = "inquiry-needs-elements"
	InquiryNeedsWhom       Code = "inquiry-needs-whom"
	EntryNotRecordedYet    Code = "entry-not-recorded-yet"
	InquiryIsOpen          Code = "inquiry-is-open"
	NoInquiry              Code = "no-inquiry"
	OutcomeRecordedAlready Code = "outcome-recorded-already"
	ReviewFoundProblem     Code = "review-found-problem"

	UnknownVisit Code = "unknown-visit"

	ObserverOfTheTeam Code = "observer-of-the-team"

	ReviewOrderedAlready   Code = "review-ordered-already"
	ReviewNamesNoTeam      Code = "review-names-no-team"
	ReviewOfAnotherTeam    Code = "review-of-another-team"
	ReviewerOfTheReviewed  Code = "reviewer-of-the-reviewed"
	ReviewerOfNoReviewTeam Code = "reviewer-of-no-review-team"
	NotAReviewer           Code = "not-a-reviewer"
	ReviewCompletedAlready Code = "review-completed-already"
	NoVisitOfTheReview     Code = "no-visit-of-the-review"
)

var reviewsCodes = []Text{
	{ReviewAlreadyDecided, Refuses, []Rule{R44, R66},
		"已作出决定", "It is decided already",
		"倒查 {stream} 已有决定", "the review {stream} was decided already",
		"读取已有的决定", "read the decision that is there"},
	{GroundOfAnotherReview, Refuses, []Rule{R44, R66},
		"责任事由与倒查对象不符", "The ground is not one of this review",
		"{grounds:review-ground} 不是本倒查的责任事由", "{grounds:review-ground} is no ground for whom this review is of",
		"检查人员用工作粗心大意、处罚不到位；责任人用履职不力",
		"of a visit name carelessness or an insufficient penalty, of an official a neglected duty"},
	{DecidedAfterLapse, Flags, []Rule{R44, R66},
		"倒查失效后作出决定", "Decided after the review had lapsed",
		"倒查 {stream} 的起因已不成立", "what review {stream} was opened for does not hold any more",
		"说明原因（deviation-explained），或另行立案", "explain it (deviation-explained), or open an inquiry"},

	{InquiryNeedsEntries, Refuses, []Rule{R53},
		"彻查未写明账本条目", "The inquiry names no entry of the ledger",
		"", "",
		"在 entries 中写明至少一个条目的位置", "name in entries the position of at least one entry"},
	{InquiryNeedsElements, Refuses, []Rule{R53},
		"履职不到位与不良后果缺一不可", "A breach and a bad consequence are both needed",
		"", "",
		"写明 breach（履职不到位）和 consequence（造成不良后果）", "state both breach and consequence"},
	{InquiryNeedsWhom, Refuses, []Rule{R53},
		"彻查没有对象", "The inquiry names nobody",
		"", "",
		"写明督查组或人员", "name a team or persons"},
	{EntryNotRecordedYet, Refuses, []Rule{R16, R52, R53, R69},
		"条目尚不存在", "There is no such entry yet",
		"账本只有 {size} 个条目，没有位置 {entry}", "the ledger has {size} entries, none at position {entry}",
		"写明已记录条目的位置", "name positions of entries that are recorded"},
	{InquiryIsOpen, Refuses, []Rule{R53},
		"已在彻查", "An inquiry is open already",
		"{stream} 已经立案", "{stream} has its inquiry already",
		"另一事项用另一个流", "another matter has a stream of its own"},
	{NoInquiry, Refuses, []Rule{R53},
		"尚未立案", "No inquiry is open",
		"{stream} 没有立案", "{stream} has no inquiry",
		"先立案（disciplinary-inquiry-opened）", "open it first (disciplinary-inquiry-opened)"},
	{OutcomeRecordedAlready, Refuses, []Rule{R53},
		"已有结论", "The outcome is recorded already",
		"{stream} 的结论已经记录", "the outcome of {stream} is recorded already",
		"读取已有的结论", "read the one that is there"},
	{ReviewFoundProblem, Flags, []Rule{R64},
		"复查发现问题", "The review of a team found a problem",
		"对督查组 {team} 的复查 {review} 发现了问题", "the review {review} of team {team} found a problem",
		"由市纪委监委立案（disciplinary-inquiry-opened）", "the commission opens an inquiry (disciplinary-inquiry-opened)"},

	{UnknownVisit, Refuses, []Rule{R49, Pillar17},
		"没有这次检查", "There is no such visit",
		"检查 {inspection} 不存在", "there is no visit {inspection}",
		"核对编号；本组未公开的检查先记录到达；或不写该编号", "check the id; of a visit of your own record the arrival first; or leave the id out"},

	{ObserverOfTheTeam, Refuses, []Rule{R60},
		"监督员属于该督查组", "The observer is of the team",
		"{person} 在或曾在督查组 {team}", "{person} is or was of team {team}",
		"另派人员", "assign somebody else"},

	{ReviewOrderedAlready, Refuses, []Rule{R63},
		"已派员复查", "The review is ordered already",
		"复查 {stream} 已经派员", "review {stream} is ordered already",
		"另一次复查用另一个流", "another review has a stream of its own"},
	{ReviewNamesNoTeam, Refuses, []Rule{R63},
		"未写明被复查的督查组", "The reviewed team is missing",
		"", "",
		"写明 team", "state team"},
	{ReviewOfAnotherTeam, Refuses, []Rule{R63},
		"被复查的督查组不符", "The review is of another team",
		"{stream} 涉及督查组 {team}，所写的是 {named}", "{stream} is of team {team}, and {named} is named",
		"写明该组，或另起一个流", "name that team, or use a stream of its own"},
	{ReviewerOfTheReviewed, Refuses, []Rule{R63},
		"复查人员属于被复查的督查组", "A reviewer is of the reviewed team",
		"{persons} 在或曾在督查组 {team}", "{persons} are or were of team {team}",
		"另派人员", "send others"},
	{ReviewerOfNoReviewTeam, Refuses, []Rule{R63},
		"复查人员不在复查组", "A reviewer is not of the reviewing team",
		"{persons} 不在督查组 {team}", "{persons} are not of team {team}",
		"先加入复查组（member-joined）", "let them join the reviewing team first (member-joined)"},
	{NotAReviewer, Refuses, []Rule{R63},
		"不是复查人员", "Not one of the reviewers",
		"[{person} ]不是 {stream} 的复查人员", "[{person} is ]not one of the reviewers of {stream}",
		"由所派人员追加", "let one of those who were sent append it"},
	{ReviewCompletedAlready, Refuses, []Rule{R63},
		"复查已经完成", "The review is completed already",
		"复查 {stream} 已经完成", "review {stream} is completed already",
		"另一次复查用另一个流", "another review has a stream of its own"},
	{NoVisitOfTheReview, Refuses, []Rule{R63},
		"不是复查组的复查检查", "Not a visit of the review",
		"{inspections} 不是督查组 {team} 的复查检查", "{inspections} are no visits of type team-review by team {team}",
		"写明复查组以 team-review 类型进行的检查", "name visits that the reviewing team made with type team-review"},
}
