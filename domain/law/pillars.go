package law

// principles are the pillars of the design, and what is neither of the speech nor a pillar.
//
// Of N01 to N16 was read, and all else says that it is to be held against its text (待核对原文):
//   - 国办发〔2024〕54号, its first two parts: jumpstarthappiness.com/doc/264272.html; a summary of all of it by Xinhua:
//     mllesccreations.com/13/14205.html; its five prohibitions: news-demo.cts.com.tw/cna/politics/202501/202501042422380.html;
//     the right to refuse: rsrhlxs.com/view.asp?class=961&id=1229.
//   - The Ministry of Justice's answers: a summary in wanbiaoku.com/new/73d613e54c704aff8c7a65ef4ea85d39; kinds of visits as a
//     county quotes them: xinyuan.gov.cn/xinyuan/c126394/202510/a8dff6a31fc746869380c16a2d3283ce.shtml; approval, and what is
//     urgent: cocodala.gov.cn/html/1519/2025-06-23/content-90108.html. Its templates, in short:
//     xjrq.gov.cn/rqxrmzf/c108774/202505/6171af9f5dad4536a6b2dd1c5b0ce6ff.shtml.
//   - Local rules: of the code, gdzf.org.cn/xbsy/gddt/content/post_189948.html and i60yyb.com/zwgd/content/post_190424.html; of
//     filing, sfj.siping.gov.cn/zwgg/tzgg/202506/t20250618_740091.html; of the cap, zgwg.gov.cn/contents/62884/715678.html.
var principles = []Principle{
	{Pillar1, "签什么字节，存什么字节", "Sign bytes, store bytes",
		"设备对事件的确切字节签名；账本原样保存这些字节，并说明是谁、凭哪个令牌、以何种可信程度写入。",
		"A device signs the exact bytes of an event; the ledger keeps these bytes as they are and says who wrote them, by " +
			"which token, and how well that is known."},
	{Pillar2, "现场事实不因违反政策而拒收", "A field fact is never refused for breaking policy",
		"只拒收格式、身份、重复编号和顺序不可能的事件；违反政策的予以标记；义务未尽的不得签字、办结。",
		"Only form, identity, reused ids and an impossible order are refused; what breaks policy is flagged; signing and " +
			"closing wait until obligations are met."},
	{Pillar3, "区块：多条事实一次落盘", "Blocks: many facts, one fsync",
		"同时等待的追加合成一个区块，连同根哈希和签名检查点一次原子提交；迁移引擎不改变字节。",
		"Appends that wait at the same time become one block, committed at once with root hash and signed checkpoint; a move " +
			"to another engine changes no byte."},
	{Pillar4, "单一排序者，有栅栏", "One sequencer, fenced",
		"一个排序者判定每条追加；多个节点共用存储时，以存储自身的乐观检查裁决先后。",
		"One sequencer judges each append; several nodes on one store are decided between by the store's own optimistic check."},
	{Pillar5, "默克尔树是折叠结果", "The Merkle tree is a fold",
		"第 i 个叶子是第 i 条记录，根哈希由顺序唯一决定；每次追加返回可自证的收据。",
		"Leaf i is entry i, so that the order alone gives the root; an append returns a receipt that proves by itself."},
	{Pillar6, "不信任磁盘", "Trust no disk",
		"每个区块另存一份日志副本；启动时两份互相核对，缺失的由另一份恢复并记入账本。",
		"Each block is kept a second time in a journal; at a start both copies are compared, and what one lacks is restored " +
			"from the other and recorded."},
	{Pillar7, "时间是参数", "Time is a parameter",
		"发生时间和记录时间都保留；任何视图都可按某一位置或时刻查询；时钟存疑时不判迟到。",
		"The time of occurrence and the recorded time are both kept; every view can be asked as of a position or time; a clock " +
			"that is doubted makes nothing late."},
	{Pillar8, "秘密不入明文", "Secrets stay out of the clear",
		"必须能够消失的内容不入账本，只以哈希引用加密的证据。", "What must be able to disappear never enters the log; encrypted evidence is named by its hash."},
	{Pillar9, "传输交给 NATS", "NATS does the carrying",
		"默认内嵌 NATS；已提交的记录按单位分发，可随时重建。",
		"NATS is embedded by default; committed entries are republished for each unit, and that feed can be made again."},
	{Pillar10, "一城一账", "One ledger per city",
		"一个账本容纳一个市，更大范围由各市账本联合。", "A ledger holds a city; beyond a province, ledgers are federated."},
	{Pillar11, "规则在库中", "The law lives in the house",
		"规则、支柱和代码是一张有类型的表，回答和文档都由它生成。", "Rules, pillars and codes are one typed table, from which answers and documents are made."},
	{Pillar12, "应尽义务是一张清单", "What is owed is one list",
		"未尽的义务、期限和所阻止的事件由有效事实算出。", "What is owed, until when, and what it holds up follows from the facts that count."},
	{Pillar13, "账本的说法由有效事实决定", "What the ledger says follows from the facts that count",
		"标记和倒查由规则对有效事实得出，同一次追加中恰好说一次。",
		"Flags and reviews are functions of the facts that count, said exactly once, in the same atomic append."},
	{Pillar14, "谁在看是问题的一部分", "Who looks is part of the question",
		"可见范围在计数和列表之前生效；隐藏的检查不改变他人所得的任何字节。",
		"Visibility applies before anything is counted or listed; a hidden visit changes no byte of what others get."},
	{Pillar15, "由表回答问题", "Tables answer questions",
		"列表和报表读由账本导出的数据库。", "Lists and reports read a database that is derived from the ledger."},
	{Pillar16, "信任在外部", "Trust is outside",
		"运维者可能做的手脚，由他人持有的收据和检查点揭穿。", "What an operator could do is answered by the receipts and checkpoints that others hold."},
	{Pillar17, "错误只更正，不撤销", "What was wrong is said, not undone",
		"更正按编号和哈希指明所改的事实，给出全部新内容，经未在该流写入的第二人批准后生效。",
		"A correction names by id and hash the fact that it replaces and gives the whole new content; it counts from the yes " +
			"of a second person who wrote nothing in that stream."},
	{Roles, "角色", "Roles",
		"谁可追加什么、查阅什么，由令牌的角色决定；GET /v1/types 列出各类事件可由谁追加。",
		"Who may append and read what follows from the role of the token; GET /v1/types says of each type who may append it."},
	{Schema, "格式", "Form",
		"事件的属性和数据有唯一的写法，见 EVENTS.md；不合格式的不予接受。",
		"Attributes and data of an event have one way to be written, which EVENTS.md describes; what is otherwise is not taken."},
	{N01, "执法主体公示", "Published enforcing authorities",
		"国办发〔2024〕54号：执法主体须经公告，议事协调机构不得实施检查，无证的辅助人员不得实施检查。行政处罚法第42、55条：不少于两人、出示证件。司法部文书格式（2025）：辅助人员事先写明。方案有此要求时，不符的予以标记。",
		"State Council General Office document 54 of 2024: authorities are published; a coordinating body does not inspect, nor " +
			"do assistants without a certificate. Administrative Penalty Law, Arts 42 and 55: two officers show their certificates. " +
			"The Ministry of Justice's templates of documents (2025): assistants are named before. Where the campaign's plan asks " +
			"for that, what is otherwise is flagged."},
	{N02, "检查事项和检查标准公布", "Published items and standards",
		"国办发〔2024〕54号：检查事项和检查标准须公布，没有公布的不得检查。方案有此要求时，检查项没有公布的检查事项或当日有效的检查标准的，予以标记。",
		"State Council General Office document 54 of 2024: items of inspection and their standards are published, and nothing " +
			"else is inspected. Where the campaign's plan asks for that, an item without a published one, and a standard in force " +
			"on the day, is flagged."},
	{N03, "入企检查前审批", "Approval before the visit",
		"国办发〔2024〕54号及司法部解答（2025）：实施检查前由行政执法主体负责人批准；情况紧急、当场实施的，及时报告并补办。方案定有时限时，补办是应尽义务；非紧急而未事先批准的予以标记。",
		"State Council General Office document 54 of 2024, and the Ministry of Justice's answers to it (2025): the head of the " +
			"authority approves a visit before it is made; an urgent one is reported and made up. Where the campaign's plan sets a " +
			"limit, that is owed, and a visit that is neither is flagged."},
	{N04, "检查类别和事由", "Kind and cause of a visit",
		"国办发〔2024〕54号及司法部解答（2025）：检查分日常、个案、专项；个案检查因投诉举报、转办交办、数据监测、企业申请等触发；专项检查须批准、备案、公布。方案有此要求时，未写明的予以标记。",
		"State Council General Office document 54 of 2024, and the Ministry of Justice's answers to it (2025): a visit is " +
			"daily, of a case (triggered by a complaint, a transfer, data, or at the firm's wish) or special; a special one is " +
			"approved, filed and published. Where the campaign's plan asks for that, what is not stated is flagged."},
	{N05, "检查频次上限", "Cap on visits",
		"国办发〔2024〕54号及司法部解答（2025）：公布同一行政机关对同一企业的年度检查频次上限，上级部署的专项检查除外；其他除外情形依各地规定。上限和除外情形由方案规定；预约时提示，到场时超过的予以标记。",
		"State Council General Office document 54 of 2024, and the Ministry of Justice's answers to it (2025): the visits of " +
			"one authority to one subject in a year have a published cap, but for special ones ordered from above; local rules " +
			"exempt others. The campaign's plan has both; a reservation is warned, and a visit beyond the cap flagged."},
	{N06, "入企扫码", "Code on arrival",
		"各地规定，如深府规〔2025〕6号：到达时扫码（有的地方亮码）入企；突发应急等情形，离开前补扫；网络故障等，限时补录并说明理由。方案定有时限时，未扫码是应尽义务。",
		"Local rules, such as that of Shenzhen (6 of 2025): a code is scanned (elsewhere shown) on arrival, in an emergency " +
			"before one leaves, or else made up with a reason, in time. Where the campaign's plan sets a limit, that is owed."},
	{N07, "检查通知的内容", "What the notice says",
		"国办发〔2024〕54号、司法部文书格式（2025）：检查通知写明依据、事由、检查频次、“五个严禁”，以及申请回避的权利；违规检查，企业有权拒绝和投诉举报。方案有此要求时，缺项的予以标记。",
		"State Council General Office document 54 of 2024, and the Ministry of Justice's templates of documents (2025): the " +
			"notice says basis, cause, how often the firm was visited, what is prohibited, and the right to ask for recusal; what " +
			"breaks the rules a firm may refuse and complain of. Where the campaign's plan asks for that, what is missing is " +
			"flagged."},
	{N08, "依法拒绝检查", "A lawful refusal",
		"国办发〔2024〕54号、行政处罚法第55条：违反规定实施检查的，或者不出示执法证件的，企业有权拒绝。检查组或企业记录所缺手续，不算阻挠执法，由行政执法监督机构核查。",
		"State Council General Office document 54 of 2024, and Administrative Penalty Law, Art. 55: a firm may refuse a visit " +
			"that breaks the rules, or whose officers show no certificates. Who stood there or the firm records what was missing; " +
			"it is no obstruction, and the supervision body of enforcement examines it."},
	{N09, "检查结果告知企业", "The result is told to the firm",
		"国办发〔2024〕54号（待核对原文）：检查结果及时告知被检查单位。方案写明天数的，自核查记录起计，逾期由账本说明。",
		"State Council General Office document 54 of 2024 (to be held against its text): the result of a visit is told to the firm, with its " +
			"date. Where the plan states days, " +
			"it is owed since the site record, and the ledger says when its time is over."},
	{N10, "企业评价和投诉不给检查机关看", "Rating and complaint are closed to the inspecting authority",
		"国办发〔2024〕54号（待核对原文）：企业对检查的评价、投诉，检查机关和检查组不可见，行政执法监督机构可见。",
		"State Council General Office document 54 of 2024 (to be held against its text): what a firm says of a visit, in a rating or a " +
			"complaint, the inspecting authority and " +
			"its team do not see; the supervision body of enforcement does."},
	{N11, "不得下达检查、罚款指标", "No quotas",
		"国办发〔2024〕54号：严禁下达检查指标，不得将考核考评、预算项目绩效与检查频次、罚款数额挂钩。方案中的指标予以标记；视图给出比率连同样本数和区间，仅供参考，不排名。",
		"State Council General Office document 54 of 2024: nobody is given a quota of inspections, and no appraisal or budget " +
			"depends on how often is inspected or how much is fined. A plan that has one is flagged; views show rates with n and " +
			"interval, as hints and in no league table."},
	{N12, "行政执法监督", "Supervision of enforcement",
		"《行政执法监督条例》（国务院令第825号，待核对原文）：行政执法监督机构查阅检查，发出监督意见书或决定书，被监督单位按期答复；违纪违法线索按期移送。",
		"State Council Order 825, Regulation on the supervision of administrative enforcement (to be held against its text): its supervision " +
			"body reads visits and sends an " +
			"opinion or a decision, which the authority answers by a date; clues of misconduct are handed over in time."},
	{N13, "联合检查", "Combined visits",
		"国办发〔2024〕54号：能合并的不重复检查，能联合的不多头检查。联合检查对企业计一次，对参加的每个行政机关各计一次。",
		"State Council General Office document 54 of 2024: what can be combined is not inspected twice, nor by each authority " +
			"alone. A combined visit is one for the subject, and one under the cap of each authority."},
	{N14, "非现场检查不计入户", "An off-site check is no entry on the premises",
		"国办发〔2024〕54号：能以书面核查、信息共享、智慧监管等方式监管的，不得入企现场检查。非现场检查另行统计，不计入检查次数和覆盖。",
		"State Council General Office document 54 of 2024: what can be supervised by papers, shared data or remotely is not " +
			"inspected on the premises. An off-site check is counted apart, and neither as an inspection nor as coverage."},
	{N15, "指导服务另行统计", "Guidance is counted apart",
		"国办发〔2024〕54号（待核对原文）：指导、走访不是行政检查；照常记录，另行统计，不计入检查次数和覆盖。",
		"State Council General Office document 54 of 2024 (to be held against its text): guidance and courtesy visits are no inspections; they " +
			"are recorded as any visit and counted apart."},
	{N16, "异地检查", "Checks outside the own area",
		"国办发〔2024〕54号：以属地管辖为原则，严禁违规实施异地检查，异地协助按国务院主管部门的规则。备案依各地规定。方案有此要求时，区域外的检查予以标记，未备案的另行标记。",
		"State Council General Office document 54 of 2024: an authority inspects in its own area, and outside of it by the rules " +
			"of mutual help that the ministries make. That it is filed is local law. Where the campaign's plan asks for that, such " +
			"a visit is flagged, and one that is not filed once more."},
}
