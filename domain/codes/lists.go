package codes

import (
	"fmt"
	"slices"
)

// Code is one code of a table, with its name.
type Code struct{ Code, Chinese string }

// Table is a closed list of codes that a member of an event may have.
type Table struct {
	Name    string // as the declaration of a member names it: visit-type
	Chinese string
	Codes   []Code
	known   map[string]bool
}

// NewTable makes a table.
func NewTable(name, chinese string, list ...Code) *Table {
	t := &Table{Name: name, Chinese: chinese, Codes: list, known: make(map[string]bool, len(list))}
	for _, c := range list {
		t.known[c.Code] = true
	}
	return t
}

// Has reports whether code is in the table.
func (t *Table) Has(code string) bool { return t.known[code] }

// List returns the codes in their order.
func (t *Table) List() []string {
	list := make([]string, len(t.Codes))
	for i, c := range t.Codes {
		list[i] = c.Code
	}
	return list
}

// TableOf returns the table of that name, or nil.
func TableOf(name string) *Table {
	i := slices.IndexFunc(tables, func(t *Table) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return tables[i]
}

// List returns the codes of the table of that name, which must be one.
func List(name string) []string {
	t := TableOf(name)
	if t == nil {
		panic(fmt.Sprintf("codes: there is no table %q", name))
	}
	return t.List()
}

// tables are all tables but those of package event, which has the roles and currencies. The codes
// are local (I) unless a source stands beside them.
var tables = []*Table{
	NewTable("sector", "行业领域", named(sectorTable, func(s Sector) Code { return Code{s.Code, s.Chinese} })...),
	NewTable("county", "县区（含功能区）", named(counties, area)...),
	NewTable("area", "市、县区", append([]Code{{City, "安康市"}}, named(counties, area)...)...),
	NewTable("accident-kind", "事故类型", named(accidentKinds, func(k AccidentKind) Code { return Code(k) })...), // GB 6441-1986 and traffic
	// The four grades of State Council Order 493 Art. 3, mildest first.
	NewTable("accident-grade", "事故等级", Code{Ordinary, GradeChinese(Ordinary)}, Code{Larger, GradeChinese(Larger)},
		Code{Major, GradeChinese(Major)}, Code{EspeciallyMajor, GradeChinese(EspeciallyMajor)}),
	NewTable("team-kind", "督查组类别", Code{"comprehensive", "综合督查组"}, Code{"specialist", "专业督查组"}),
	NewTable("subject-kind", "检查对象类别", Code{"enterprise", "企业"}, Code{"site", "工地（场所）"}, Code{"venue", "公共场所"},
		Code{"road-section", "路段"}, Code{"government-unit", "党政机关单位"}, Code{"unlicensed-place", "无证场所"}),
	// The eight kinds of place the speech names for fire inspections (R23).
	NewTable("venue-type", "消防重点场所", Code{"mall", "商场市场"}, Code{"combined-premises", "三合一场所"}, Code{"crowded-place", "人员密集场所"},
		Code{"labour-intensive", "劳动密集型企业"}, Code{"public-entertainment", "公共娱乐场所"}, Code{"high-rise", "高层建筑"},
		Code{"nursing-home", "养老院"}, Code{"hospital", "医院"}),
	NewTable("discovery", "发现途径", Code{"register", "名录"}, Code{"field", "现场发现"}, Code{"import", "导入"}),
	NewTable("production", "生产状态", Code{"normal", "正常生产"}, Code{"partial", "部分生产"}, Code{"suspended", "停产"}),
	// Only an initial visit is bound by R31.
	NewTable("visit-type", "检查性质", Code{"initial", "首次检查"}, Code{"verify", "核查"}, Code{"team-review", "督查复核"},
		Code{"tip", "举报核查"}, Code{"accident", "事故检查"}),
	NewTable("section", "检查环节", Code{"production", "生产环节"}, Code{"management", "管理环节"}, Code{"system", "制度环节"}), // R35
	NewTable("answer", "检查结果", Code{"yes", "符合"}, Code{"no", "不符合"}, Code{"not-applicable", "不适用"}),
	NewTable("level", "隐患级别", Code{"general", "一般事故隐患"}, Code{"major", "重大事故隐患"}), // Order 16 of 2007, Art. 3
	NewTable("violation", "违法行为类别", Code{"main-duty", "主体责任不落实"}, Code{"three-violations", "三违"}, Code{"unlicensed", "无证经营"},
		Code{"risky-operation", "冒险作业"}, Code{"other", "其他"}), // R54
	// Measures, which are not penalties (安全生产法 Arts 65, 70).
	NewTable("order-kind", "责令措施", Code{"correct-on-spot", "当场纠正"}, Code{"rectify-by-date", "限期整改"}, Code{"rectify-at-once", "立即整改"},
		Code{"withdraw-people", "撤出人员"}, Code{"stop", "停产停业"}, Code{"stop-using", "停止使用"}, Code{"seal", "查封"}, Code{"seize", "扣押"}),
	// 行政处罚法 2021 Art. 9.
	NewTable("penalty-kind", "行政处罚种类", Code{"warning", "警告"}, Code{"criticism", "通报批评"}, Code{"fine", "罚款"},
		Code{"confiscate-gains", "没收违法所得"}, Code{"confiscate-goods", "没收非法财物"}, Code{"suspend-permit", "暂扣许可证件"},
		Code{"lower-grade", "降低资质等级"}, Code{"revoke-permit", "吊销许可证件"}, Code{"restrict-business", "限制开展生产经营活动"},
		Code{"stop-production", "责令停产停业"}, Code{"close", "责令关闭"}, Code{"bar-from-trade", "限制从业"}, Code{"detention", "行政拘留"},
		Code{"other", "其他"}),
	NewTable("delivery", "送达方式", Code{"in-person", "直接送达"}, Code{"post", "邮寄送达"}, Code{"electronic", "电子送达"}),
	NewTable("result", "检查结论", Code{"pass", "合格"}, Code{"conditional", "有条件合格"}, Code{"fail", "不合格"}),
	// The recipients of the site record that the speech names (R43); a plan may name others.
	NewTable("recipient", "送达对象", Code{"subject", "检查对象"}, Code{"local-government", "当地政府"}, Code{"city-department", "市级主管部门"},
		Code{"safety-office", "市安委办"}),
	NewTable("duplicate-key", "重复检查口径", Code{"subject-sector", "检查对象和行业领域"}, Code{"subject", "检查对象"}), // R31
	// WGS-84 and CGCS2000 are what receivers state; maps in China have GCJ-02, hundreds of metres beside them.
	NewTable("datum", "坐标系", Code{"WGS-84", "世界大地坐标系"}, Code{"CGCS2000", "国家大地坐标系"}, Code{"GCJ-02", "国测局坐标系"}),
	NewTable("key-suite", "签名算法", Code{"ecdsa-p256-sha256", "P-256"}, Code{"ed25519", "Ed25519"}),
	NewTable("key-revocation", "密钥撤销原因", Code{"lost", "遗失"}, Code{"stolen", "被盗"}, Code{"replaced", "更换设备"}, Code{"left", "离岗"},
		Code{"suspected", "疑似泄露"}),
	NewTable("code-table", "代码表", Code{"units", "单位"}),
	NewTable("copy", "账本副本", Code{"store", "存储"}, Code{"journal", "日志"}, Code{"tiles", "哈希分块"}),
	NewTable("copy-source", "恢复来源", Code{"store", "存储"}, Code{"journal", "日志"}),
}

func area(a Area) Code { return Code{a.Code, a.Chinese} }

func named[T any](list []T, code func(T) Code) []Code {
	all := make([]Code, len(list))
	for i, v := range list {
		all[i] = code(v)
	}
	return all
}

// Missing returns the codes that are wanted and not there, each once, or nil.
func Missing(wanted, there []string) []string {
	var left []string
	for _, w := range wanted {
		if !slices.Contains(there, w) && !slices.Contains(left, w) {
			left = append(left, w)
		}
	}
	return left
}
