package law

// Sealed texts, their keys, and what is erased.
const (
	UnknownSealingKey     Code = "unknown-sealing-key"
	SealingKeyDestroyed   Code = "sealing-key-destroyed"
	SealedForOthers       Code = "sealed-for-others"
	NotYourSealingKey     Code = "not-your-sealing-key"
	EvidenceStream        Code = "evidence-stream"
	NotSealed             Code = "not-sealed"
	EvidenceAlreadyErased Code = "evidence-already-erased"

	InvalidSealing Code = "invalid-sealing"
	InvalidTip     Code = "invalid-tip"

	InvalidEvaluation Code = "invalid-evaluation"
	NoSealingKey      Code = "no-sealing-key"
	SealedNotForYou   Code = "sealed-not-for-you"
	SealedGone        Code = "sealed-gone"
	FileErased        Code = "file-erased"
	SealedNotArrived  Code = "sealed-not-arrived"
	SealedNotOpened   Code = "sealed-not-opened"
	NoMasterKey       Code = "no-master-key"
)

var sealedCodes = []Text{
	{UnknownSealingKey, Refuses, []Rule{Pillar8},
		"没有这个密封密钥", "There is no such sealing key",
		"[{member}：]没有密封密钥 {key}", "[{member}: ]there is no sealing key {key}",
		"按 GET /v1/sealing-keys 所列的公钥加密", "encrypt for a key of GET /v1/sealing-keys"},
	{SealingKeyDestroyed, Refuses, []Rule{Pillar8},
		"密封密钥已销毁", "The sealing key is destroyed",
		"[{member}：]密钥 {key} 已销毁", "[{member}: ]key {key} is destroyed",
		"用 GET /v1/sealing-keys 中未销毁的公钥重新加密", "encrypt again, for a key of GET /v1/sealing-keys that is not destroyed"},
	{SealedForOthers, Refuses, []Rule{Pillar8},
		"密封给了无权拆封的角色", "It is sealed for roles that may not open it",
		"{member}：密钥 {key} 属于 {key_roles:role}，只有 {roles:role} 可拆封",
		"{member}: key {key} is of {key_roles:role}; only {roles:role} may open it",
		"换用只属于这些角色的密钥", "use a key of these roles only"},
	{NotYourSealingKey, Refuses, []Rule{Pillar8},
		"不是本角色的密封密钥", "The sealing key is another role's",
		"密钥 {key} 属于 {key_roles:role}", "key {key} is of {key_roles:role}",
		"由这些角色之一销毁", "let one of these roles destroy it"},
	{EvidenceStream, Refuses, []Rule{Pillar8},
		"证据与流不符", "The file is another stream's",
		"{stream} 不是该文件的流", "{stream} is not the stream of this file",
		"使用流 evidence/ 加文件的 SHA-256", "use the stream evidence/ and the SHA-256 of the file"},
	{NotSealed, Refuses, []Rule{Pillar8},
		"不是可由本角色删除的密封内容", "It is no sealed text that the role may erase",
		"没有事件把 {sha256} 记为密封给 {role:role} 的内容", "no event names {sha256} as sealed for {role:role}",
		"只能删除本角色可拆封的密封内容；照片和扫描件是记录的证据，不删除",
		"only sealed texts that the role may open are erased; photos and scans prove the record and stay"},
	{EvidenceAlreadyErased, Refuses, []Rule{Pillar8},
		"密封内容已删除", "The sealed text is erased already",
		"", "",
		"无须再做", "nothing is left to do"},

	{InvalidSealing, Answers, []Rule{Pillar8},
		"密封请求无效", "The request to seal is not valid",
		"{fault:term}[：{member}]", "{fault:term}[: {member}]",
		"发送 event、type、member、text 四个成员，见 /docs/sealed", "send the members event, type, member and text; see /docs/sealed"},
	{InvalidTip, Answers, []Rule{R73, Pillar8},
		"举报请求无效", "The tip is not valid",
		"{fault:term}", "{fault:term}",
		"发送 id、violation、content，可加 reporter；或发送 event 和 files", "send id, violation, content and, if you like, reporter; or event and files"},
	{InvalidEvaluation, Answers, []Rule{R38},
		"评价请求无效", "The evaluation is not valid",
		"{fault:term}", "{fault:term}",
		"发送 id、code 和四项评价，可加 content；或发送 event 和 files", "send id, code, the four answers and, if you like, content; or event and files"},
	{NoSealingKey, Answers, []Rule{Pillar8},
		"没有可用的密封密钥", "There is no sealing key for it",
		"没有只属于 {roles:role} 的密钥", "there is no key of {roles:role} alone",
		"请管理员生成密钥（命令 sealing-key）", "ask the administrator to make one (command sealing-key)"},
	{SealedNotForYou, Answers, []Rule{Pillar8, Roles},
		"该角色不得拆封", "The role may not open it",
		"密钥属于 {key_roles:role}", "the key is of {key_roles:role}",
		"由有权的角色拆封", "let a role open it that may"},
	{SealedGone, Answers, []Rule{Pillar8},
		"密封内容已不存在", "The sealed text is gone",
		"记录 {entry} 销毁了它", "entry {entry} erased it",
		"无法恢复；该记录写明理由", "it cannot be brought back; that entry tells the ground"},
	{FileErased, Answers, []Rule{Pillar8},
		"该文件已删除", "The file was erased",
		"[记录 {entry} 删除了它]", "[entry {entry} erased it]",
		"不再收取该文件", "it is not taken again"},
	{SealedNotArrived, Answers, []Rule{Pillar8},
		"密封文件尚未上传", "The file of the sealed text is not here",
		"没有文件 {sha256}", "there is no file {sha256}",
		"由作者用 PUT /v1/evidence 上传", "let its author send it by PUT /v1/evidence"},
	{SealedNotOpened, Answers, []Rule{Pillar8},
		"密封内容无法拆封", "The sealed text does not open",
		"{fault:term}", "{fault:term}",
		"文件属于另一事件、另一成员，或已改动", "the file belongs to another event or member, or was changed"},
	{NoMasterKey, Answers, []Rule{Pillar8},
		"本节点不能拆封", "This node cannot open what is sealed",
		"{fault:term}", "{fault:term}",
		"管理员须用 --sealing-master 提供主密钥，见 /docs/sealed", "the administrator must give the master key by --sealing-master; see /docs/sealed"},
}
