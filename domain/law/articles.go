package law

// Article is an article of a law that code, answers or documents cite, in the text that counts. A
// limit follows the text in force at the time of the fact.
type Article uint8

// The articles that are cited.
const (
	SafetyInvestment Article = iota
	SafetyMeasures
	SafetyCertificates
	SafetyRecord
	SafetyStops
	SafetyPublic
	SafetyEvaluation
	SafetyInvestmentFine
	SafetyHeadFine
	SafetyAccidentFine
	SafetyAccidentFineBefore
	SafetyClosureProposed
	SafetyClosure
	PenaltyKinds
	PenaltyOnce
	PenaltyExemption
	PenaltyLimitation
	PenaltyOfficers
	PenaltyNotice
	PenaltyPublic
	PenaltyOnTheSpot
	PenaltyDecision
	PenaltyCertificates
	PenaltyRegistered
	PenaltyReview
	PenaltyDecisionTime
	PenaltyService
	PenaltyHearing
	PenaltyHearingCourse
	PenaltyPaidLater
	PenaltyPayment
	PenaltyChanged
	PenaltyWorkingDays
	PenaltyOnTheSpotBefore
	PenaltyOfficersBefore
	ForceSeals
	AccidentGrades
	AccidentReport
	AccidentReportUp
	AccidentInquiry
	AccidentInquiryTime
	AccidentReply
	AccidentCasualties
	MeasuresSeverity
)

// ArticleText is what an article says, in short.
type ArticleText struct {
	LawZH, Law       string
	Version          string // the day on which the text was decided on
	Number           string
	Chinese, English string
	Unconfirmed      bool // inferred: to be held against the official text
}

// Where the texts were read; what was found nowhere is Unconfirmed.
//   - 安全生产法 2021, 行政处罚法 2021, 行政强制法, Order 493: whole, in github.com/LawRefBook/Laws (社会法/安全生产法.md,
//     行政法/行政处罚法.md, 行政法/行政强制法.md, 行政法规/生产安全事故报告和调查处理条例.md), which takes
//     them from the national database (flk.npc.gov.cn).
//   - 安全生产法 2014: Arts 92 and 109 quoted whole in dongwangask.com/ask/1736662362318939; the sums of Art. 109 again in
//     Arts 14 and 15 of 生产安全事故罚款处罚规定 (juduo.cc/club/8913426.html), its least and its most, and those of Art. 92, in
//     j1486.cn/news/349; Art. 92 once more in 555qipai.net/Edu/zswd/glzs/201607/448239.shtml.
//   - 行政处罚法 2017: Art. 33 in uianet.net/dictionary/b5092443.html, Arts 36 and 37 in zhao119.com/news/show-1067-7.html, Arts 29, 40,
//     42 and 46 in m.1glr.cn/zige/gongwuyuan/jichuzhishi/zhidao/201808/4310544.html, Arts 42 to 46 in lawfaq.cn/law/17-1356-4.html.
var articles = [...]ArticleText{
	SafetyInvestment: {"安全生产法", "Work Safety Law", "2021-06-10", "23",
		"决策机构、主要负责人或者投资人保证安全生产所必需的资金投入",
		"The means that safety needs are invested: its decision makers, its head or its investor answer for that", false},
	SafetyMeasures: {"安全生产法", "Work Safety Law", "2021-06-10", "65",
		"检查时可以采取的措施",
		"The measures that inspectors may take on the spot", false},
	SafetyCertificates: {"安全生产法", "Work Safety Law", "2021-06-10", "67",
		"检查时出示证件，保守秘密",
		"Inspectors show their certificates and keep secrets", false},
	SafetyRecord: {"安全生产法", "Work Safety Law", "2021-06-10", "68",
		"检查情况作书面记录并签字，拒签的记录在案",
		"A written record of the inspection is signed, and a refusal to sign is recorded", false},
	SafetyStops: {"安全生产法", "Work Safety Law", "2021-06-10", "70",
		"停产停业、停止施工等决定及其执行",
		"Decisions to stop production, and how they are carried out", false},
	SafetyPublic: {"安全生产法", "Work Safety Law", "2021-06-10", "78",
		"行政处罚信息的归集、共享和公开，处罚决定后七个工作日内公开曝光",
		"Penalties are made public, within seven working days of the decision", false},
	SafetyClosureProposed: {"安全生产法", "Work Safety Law", "2021-06-10", "113",
		"应当提请地方人民政府关闭的情形：屡罚不改的重大隐患、停产整顿后仍不具备条件、拒不执行停产停业整顿决定等",
		"When a closing is to be proposed to the government: a major hazard punished again and again, conditions that a stop did not put " +
			"right, a stop that was defied", false},
	SafetyClosure: {"安全生产法", "Work Safety Law", "2021-06-10", "115",
		"关闭由县级以上人民政府决定",
		"A closing is decided by a government from the county up", false},
	SafetyEvaluation: {"安全生产法", "Work Safety Law", "2021-06-10", "86",
		"批复后一年内评估整改和防范措施落实情况",
		"Within a year of the reply it is evaluated whether the measures were carried out", false},
	SafetyInvestmentFine: {"安全生产法", "Work Safety Law", "2021-06-10", "93",
		"不保证资金投入的，责令限期改正，逾期的责令停产停业整顿",
		"Who does not invest is ordered to by a date, and after it to stop production", false},
	SafetyHeadFine: {"安全生产法", "Work Safety Law", "2021-06-10", "95",
		"主要负责人未履行职责导致事故的，按事故等级处上一年年收入 40%、60%、80%、100% 的罚款（2014 年文本第 92 条：30%、40%、60%、80%）",
		"A head whose neglect led to an accident is fined 40, 60, 80 or 100 per cent of last year's income by its grade (in the text of " +
			"2014, Art. 92: 30, 40, 60, 80)", false},
	SafetyAccidentFine: {"安全生产法", "Work Safety Law", "2021-06-10", "114",
		"对事故负有责任的单位按事故等级罚款：30 万至 100 万元、100 万至 200 万元、200 万至 1000 万元、1000 万至 2000 万元；情节特别严重的二至五倍",
		"The unit responsible for an accident is fined by its grade: 0.3 to 1, 1 to 2, 2 to 10, 10 to 20 million yuan; two to five times " +
			"that where it is especially grave", false},
	SafetyAccidentFineBefore: {"安全生产法", "Work Safety Law", "2014-08-31", "109",
		"对事故负有责任的单位的旧罚款幅度：20 万至 50 万元、50 万至 100 万元、100 万至 500 万元、500 万至 1000 万元；特别重大且情节特别严重的 1000 万至 2000 万元",
		"The ranges before: 0.2 to 0.5, 0.5 to 1, 1 to 5, 5 to 10 million yuan; 10 to 20 for an especially major accident that is " +
			"especially grave", false},
	PenaltyKinds: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "9",
		"处罚的种类",
		"The kinds of penalty", false},
	PenaltyOnce: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "29",
		"同一违法行为不得给予两次以上罚款",
		"One act is fined once", false},
	PenaltyExemption: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "33",
		"不予处罚和可以不予处罚的情形：轻微并及时改正且无后果；初次、后果轻微并及时改正；没有主观过错",
		"When an act goes or may go unpunished: slight, put right in time and without harm; the first, with slight harm, put right in time; " +
			"no fault", false},
	PenaltyLimitation: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "36",
		"违法行为二年内未被发现的不再处罚；涉及生命健康安全、金融安全且有危害后果的五年",
		"What is not discovered within two years is not punished, and within five when it harmed life, health or finance", false},
	PenaltyOfficers: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "42",
		"执法人员不得少于两人",
		"At least two officers", false},
	PenaltyNotice: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "44",
		"决定前告知拟处罚内容及事实、理由、依据，以及陈述、申辩、听证等权利",
		"Before the decision the party is told what is to be decided and why, and that it may state its case and ask for a hearing", false},
	PenaltyPublic: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "48",
		"有一定社会影响的处罚决定应公开；被变更、撤销、确认违法或者无效的，三日内撤回并说明理由",
		"Decisions of public concern are published, and withdrawn within three days, with reasons, when they are changed or annulled", false},
	PenaltyOnTheSpot: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "51",
		"当场处罚：对公民二百元以下、对单位三千元以下罚款或者警告",
		"On the spot: a warning, or a fine of at most 200 yuan for a person and 3,000 for a unit", false},
	PenaltyDecision: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "57",
		"处罚与不予处罚的决定",
		"The decision to punish or not to punish", false},
	PenaltyCertificates: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "55",
		"调查、检查时主动出示执法证件；不出示的，当事人有权拒绝",
		"Officers show their certificates of their own accord; who is shown none may refuse", false},
	PenaltyRegistered: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "56",
		"证据先行登记保存，七日内处理",
		"Evidence is registered in advance, and dealt with within seven days", false},
	PenaltyReview: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "58",
		"涉及重大公共利益、直接关系重大权益经过听证、疑难复杂等情形的，决定作出前须经法制审核",
		"What is of great public interest, was heard for the grave rights it concerns, or is difficult, needs a legal review before it is " +
			"decided", false},
	PenaltyDecisionTime: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "60",
		"自立案之日起九十日内作出处罚决定",
		"A case is decided within 90 days of its filing", false},
	PenaltyService: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "61",
		"处罚决定书当场交付当事人，当事人不在场的七日内送达",
		"A decision is handed to the party at once, or served within seven days", false},
	PenaltyHearing: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "63",
		"当事人可以要求听证的处罚：较大数额罚款、没收，降低资质等级、吊销许可证件，责令停产停业、责令关闭、限制从业，其他较重的处罚",
		"The penalties of which the party may ask for a hearing: larger fines and confiscations, lower grades, revoked permits, stops, " +
			"closings, bars from the trade, and others as grave", false},
	PenaltyHearingCourse: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "64",
		"五日内要求听证，听证七日前通知，由非本案调查人员主持",
		"A hearing is asked for within five days, notified seven days before, and chaired by somebody who did not investigate", false},
	PenaltyPaidLater: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "66",
		"确有经济困难的，经批准可以暂缓或者分期缴纳罚款",
		"A fine may be paid later or in parts, with leave", false},
	PenaltyPayment: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "67",
		"决定罚款的机关与收缴机构分离，十五日内到银行缴纳",
		"Who decides a fine does not collect it; it is paid to a bank within 15 days", false},
	PenaltyChanged: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "75",
		"对行政处罚的监督，发现有错误的主动改正",
		"Penalties are supervised, and wrong ones are put right", false},
	PenaltyWorkingDays: {"行政处罚法", "Administrative Penalty Law", "2021-01-22", "85",
		"二日、三日、五日、七日指工作日",
		"Two, three, five and seven days are working days", false},
	PenaltyOnTheSpotBefore: {"行政处罚法", "Administrative Penalty Law", "2017-09-01", "33",
		"当场处罚的旧限额：五十元、一千元",
		"The limits on the spot before: 50 and 1,000 yuan", false},
	PenaltyOfficersBefore: {"行政处罚法", "Administrative Penalty Law", "2017-09-01", "37",
		"调查、检查时执法人员不得少于两人，出示证件；先行登记保存的证据七日内处理",
		"At least two officers inquire or inspect, and show their certificates; evidence registered in advance is dealt with in seven days",
		false},
	ForceSeals: {"行政强制法", "Administrative Compulsion Law", "2011-06-30", "25",
		"查封、扣押不得超过三十日，经批准最多延长三十日",
		"A seal or seizure lasts at most 30 days, with leave at most 30 more", false},
	AccidentGrades: {"生产安全事故报告和调查处理条例（国务院令第493号）", "Regulation on Work Safety Accidents, State Council Order 493", "2007-04-09", "3",
		"事故等级，按死亡、重伤、直接损失中最重的一项",
		"The grades of an accident, by the worst of deaths, serious injuries and direct loss", false},
	AccidentReport: {"生产安全事故报告和调查处理条例（国务院令第493号）", "Regulation on Work Safety Accidents, State Council Order 493", "2007-04-09", "9",
		"单位负责人一小时内报告事故",
		"The head of a unit reports an accident within an hour", false},
	AccidentReportUp: {"生产安全事故报告和调查处理条例（国务院令第493号）", "Regulation on Work Safety Accidents, State Council Order 493", "2007-04-09", "11",
		"逐级上报，每级不超过两小时",
		"Each level reports to the next within two hours", false},
	AccidentInquiry: {"生产安全事故报告和调查处理条例（国务院令第493号）", "Regulation on Work Safety Accidents, State Council Order 493", "2007-04-09", "19",
		"特别重大事故由国务院，重大、较大、一般事故分别由省、设区的市、县级人民政府调查",
		"An especially major accident is inquired into by the State Council, a major, larger or ordinary one by province, city or county", false},
	AccidentInquiryTime: {"生产安全事故报告和调查处理条例（国务院令第493号）", "Regulation on Work Safety Accidents, State Council Order 493", "2007-04-09", "29",
		"六十日内提交调查报告，经批准最多延长六十日",
		"The report of the inquiry is due within 60 days, with leave at most 60 more", false},
	AccidentReply: {"生产安全事故报告和调查处理条例（国务院令第493号）", "Regulation on Work Safety Accidents, State Council Order 493", "2007-04-09", "32",
		"十五日内批复；特别重大事故三十日，最多延长三十日",
		"The reply is due within 15 days; of an especially major accident within 30, at most 30 more", false},
	AccidentCasualties: {"生产安全事故报告和调查处理条例（国务院令第493号）", "Regulation on Work Safety Accidents, State Council Order 493", "2007-04-09", "13",
		"伤亡变化的补报期限：三十日，道路交通和火灾七日",
		"Changed casualties are added within 30 days, of road traffic and fire within 7", false},
	MeasuresSeverity: {"安全生产违法行为行政处罚办法", "Measures on Administrative Penalties for Work Safety Violations", "2015-04-02", "55",
		"应当从重处罚的情形，一年内因同一违法行为再次受处罚的在内",
		"What makes a penalty severe, a second penalty of the same violation within a year among it", true},
}

// Articles returns all of them. The caller must not change them.
func Articles() []ArticleText { return articles[:] }
