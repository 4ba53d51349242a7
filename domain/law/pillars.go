package law

// principles are the pillars of the design, and what is neither of the speech nor a pillar.
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
	{N04, "检查类别和事由", "Kind and cause of a visit",
		"国办发〔2024〕54号：检查分日常、个案、专项，按计划或因事触发；专项检查的方案须批准、备案、公布。方案有此要求时，未写明的予以标记。",
		"State Council General Office document 54 of 2024: a visit is daily, of a case or special, planned or triggered; the plan of a special " +
			"one is approved, filed " +
			"and published. Where the campaign's plan asks for that, what is not stated is flagged."},
	{N14, "非现场检查不计入户", "An off-site check is no entry on the premises",
		"国办发〔2024〕54号：能以非现场方式检查的不入户；非现场检查另行统计，不计入检查次数和覆盖。",
		"State Council General Office document 54 of 2024: what can be checked off-site is; such a check is counted apart, and neither as an " +
			"inspection nor as coverage."},
	{N15, "指导服务另行统计", "Guidance is counted apart",
		"国办发〔2024〕54号：指导、走访不是行政检查；照常记录，另行统计，不计入检查次数和覆盖。",
		"State Council General Office document 54 of 2024: guidance and courtesy visits are no inspections; they are recorded as any visit and " +
			"counted apart."},
}
