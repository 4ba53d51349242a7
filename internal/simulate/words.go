package simulate

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
)

// mark ends every synthetic name.
const mark = "（模拟）"

// trade is a sector with what is inspected in it.
type trade struct {
	sector   string
	weight   int    // of a comprehensive team's visits
	kind     string // of the subject
	industry string
	dept     string // competent department, after the county's name
	business []string
	venues   []string // venue types, where the sector has them
	highRisk bool
	hazards  []hazard
}

// hazard is one way in which something is wrong.
type hazard struct {
	text      string
	law       string // "" is 安全生产法
	article   string // of the text of 2014 where the law is 安全生产法
	violation string
}

// trades in the order in which specialist teams take them.
var trades = []trade{
	{"FIRE", 24, "venue", "F5211", "消防救援大队", []string{"购物广场", "大酒店", "养老服务中心", "网络会所", "医院", "服装加工厂"},
		[]string{"mall", "crowded-place", "nursing-home", "public-entertainment", "hospital", "labour-intensive"}, false, []hazard{
			{"疏散通道堆放杂物，影响人员疏散", "GB 50016-2014", "5.5.15", "main-duty"},
			{"室内消火栓被遮挡，水带缺失", "GB 50974-2014", "7.4.7", "main-duty"},
			{"灭火器压力不足，未按期检验", "GB 50444-2008", "5.2.1", "main-duty"},
			{"安全出口上锁", "GB 50016-2014", "6.4.11", "three-violations"},
			{"应急照明灯损坏不亮", "GB 51309-2018", "3.2.5", "main-duty"},
			{"电动车在楼道内充电", "", "41", "risky-operation"},
		}},
	{"CONSTR", 14, "site", "E4710", "住房和城乡建设局", []string{"安置小区二期项目", "中学教学楼项目", "滨江道路改造工程", "商住楼项目"}, nil, true, []hazard{
		{"临边洞口未设置防护栏杆", "JGJ 80-2016", "4.1.1", "main-duty"},
		{"作业人员未系安全带高处作业", "JGJ 80-2016", "3.0.5", "three-violations"},
		{"塔式起重机限位装置失效", "JGJ 196-2010", "2.0.9", "risky-operation"},
		{"临时用电一闸多机", "JGJ 46-2005", "8.1.3", "three-violations"},
		{"脚手架连墙件数量不足", "JGJ 130-2011", "6.4.2", "main-duty"},
	}},
	{"TRAFFIC", 14, "enterprise", "G5431", "交通运输局", []string{"客运有限公司", "货运有限公司", "驾驶员培训学校", "旅游运输公司"}, nil, true, []hazard{
		{"客运车辆动态监控装置离线未处理", "", "38", "main-duty"},
		{"驾驶员连续驾驶超过四小时未休息", "", "41", "three-violations"},
		{"未建立驾驶员安全教育培训档案", "", "25", "main-duty"},
		{"车辆超载运行", "道路交通安全法", "49", "three-violations"},
	}},
	{"TRAFFIC", 4, "road-section", "", "公安局交通警察大队", []string{"国道急弯路段", "县道临水临崖路段", "隧道口路段"}, nil, false, []hazard{
		{"临水临崖路段未设置防护栏", "JTG D81-2017", "6.2.2", "main-duty"},
		{"急弯处警示标志缺失", "GB 5768.2-2009", "7.1", "main-duty"},
		{"路面坑槽未及时修补", "公路法", "35", "main-duty"},
	}},
	{"INDTRADE", 20, "enterprise", "C1399", "应急管理局", []string{"食品加工有限公司", "建材有限公司", "富硒茶业有限公司", "机械制造有限公司", "包装印刷厂"}, nil, false, []hazard{
		{"配电箱门未跨接接地线", "GB 50169-2016", "4.2.9", "main-duty"},
		{"砂轮机未安装防护罩", "GB 4674-2009", "5.1", "main-duty"},
		{"未对有限空间作业进行辨识", "工贸企业有限空间作业安全管理与监督暂行规定", "7", "main-duty"},
		{"特种作业人员无证上岗", "", "27", "unlicensed"},
		{"安全生产教育培训记录不全", "", "25", "main-duty"},
		{"未按规定提取和使用安全生产费用", "", "20", "main-duty"},
	}},
	{"MINE", 6, "enterprise", "B1019", "应急管理局", []string{"采石场", "重晶石矿业有限公司", "瓦板岩矿"}, nil, true, []hazard{
		{"采场边坡存在浮石未清理", "GB 16423-2006", "5.2.5", "risky-operation"},
		{"爆破警戒距离不足", "GB 6722-2014", "13.6", "risky-operation"},
		{"排土场截排水沟淤堵", "GB 16423-2006", "5.7.20", "main-duty"},
		{"铲装设备与人员交叉作业", "", "41", "three-violations"},
	}},
	{"HAZCHEM", 6, "enterprise", "C2669", "应急管理局", []string{"加油站", "新材料有限公司", "气体充装站", "化工经营部"}, nil, true, []hazard{
		{"可燃气体报警器未检定", "GB/T 50493-2019", "7.2", "main-duty"},
		{"动火作业未办理审批手续", "GB 30871-2014", "5.2", "three-violations"},
		{"卸油口静电接地装置失效", "GB 50156-2012", "11.2.4", "main-duty"},
		{"危险化学品超量储存", "GB 15603-1995", "6.2", "risky-operation"},
	}},
	{"EDU", 6, "venue", "P8321", "教育体育局", []string{"中心小学", "幼儿园", "职业技术学校"}, []string{"crowded-place"}, false, []hazard{
		{"食堂燃气间未设置报警装置", "GB 50028-2006", "10.5.3", "main-duty"},
		{"校车未按规定路线行驶", "校车安全管理条例", "28", "three-violations"},
		{"宿舍楼夜间封闭安全出口", "GB 50016-2014", "6.4.11", "main-duty"},
	}},
	{"TOURISM", 4, "venue", "N7861", "文化和旅游广电局", []string{"漂流景区", "森林公园", "旅行社"}, []string{"crowded-place"}, false, []hazard{
		{"观景平台护栏松动", "", "32", "main-duty"},
		{"游船救生衣配备不足", "内河交通安全管理条例", "14", "main-duty"},
		{"玻璃栈道未按期检测", "", "33", "main-duty"},
	}},
	{"SPECEQ", 5, "enterprise", "C3430", "市场监督管理局", []string{"锅炉房", "物业服务有限公司", "冷链物流有限公司"}, nil, false, []hazard{
		{"电梯超期未检", "特种设备安全法", "40", "main-duty"},
		{"压力容器安全阀未校验", "TSG 21-2016", "7.2.3", "main-duty"},
		{"叉车驾驶员无证操作", "特种设备安全法", "14", "unlicensed"},
	}},
	{"GAS", 3, "enterprise", "D4511", "住房和城乡建设局", []string{"天然气有限公司", "液化气供应站"}, nil, true, []hazard{
		{"瓶装液化气混放", "GB 51142-2015", "8.0.6", "risky-operation"},
		{"燃气管道占压未处理", "城镇燃气管理条例", "33", "main-duty"},
	}},
	{"WATER", 2, "site", "E4821", "水利局", []string{"水库除险加固工程", "河堤治理工程"}, nil, false, []hazard{
		{"溢洪道堆放施工材料", "", "38", "main-duty"},
		{"汛期值班制度不落实", "", "18", "main-duty"},
	}},
	{"INDTRADE", 3, "government-unit", "", "人民政府", []string{"镇安全生产监督管理站", "工业园区管理办公室"}, nil, false, []hazard{
		{"安全生产责任制考核未开展", "", "9", "main-duty"},
		{"应急预案未按期修订演练", "", "77", "main-duty"},
		{"年度执法计划未完成", "", "59", "main-duty"},
	}},
}

// unlicensed is where somebody produces without any licence (无证生产).
var unlicensed = trade{"INDTRADE", 0, "unlicensed-place", "", "应急管理局", []string{"无证木材加工点", "无证废品收购点", "无证小作坊"}, nil, false, []hazard{
	{"未取得营业执照从事生产经营", "", "60", "unlicensed"},
	{"生产、住宿、仓储混用", "", "39", "main-duty"},
	{"电气线路私拉乱接", "GB 50054-2011", "7.2.1", "risky-operation"},
}}

var (
	ownerships = []string{"private", "private", "private", "state", "collective", "mixed"}
	sizes      = []string{"micro", "small", "small", "medium", "large"}
	brands     = []string{"安泰", "金秋", "秦巴", "汉水", "恒达", "瑞丰", "宏运", "富硒源", "紫云", "南山", "明珠", "顺兴", "鑫源", "兴安", "长岭", "鼎盛"}
	// surnames and given names combine to names of nobody in particular.
	surnames = []string{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗"}
	given    = []string{"建国", "志强", "永安", "晓东", "海燕", "春梅", "文斌", "小平", "宏伟", "丽娟", "新民", "国庆", "秀兰", "德胜", "雪峰", "思源", "子涵", "立新", "明亮", "佳宁"}
	spots    = []string{"一号车间", "二号车间", "一楼大厅", "二楼走廊", "北侧库房", "配电室", "南门", "食堂后厨", "地下一层", "三号作业面", "办公区", "西侧围墙", "装卸区", "值班室", "值守点"}
	advice   = []string{"讲解有限空间作业规程", "指导完善应急预案", "协助建立隐患台账", "培训班组安全员", "讲解灭火器使用方法"}
	notes    = []string{"", "", "", "已查看台账", "现场询问两名员工", "查看近三个月记录", "抽查设备三台"}
	locked   = []string{"大门紧锁，无人值守", "企业停产，现场无人", "负责人拒绝入场，已请属地协助"}
)

// lawEdition is which text of the laws was in force.
type lawEdition struct {
	safety      string            // date of 安全生产法
	articles    map[string]string // article of 2014 → article in this text
	penalty     string            // date of 行政处罚法
	exemption   string            // its article on lawfully not punishing
	enforcement string            // article of 安全生产法 that lists the measures
}

// lawsOf returns the laws in force at a time: 安全生产法 was renumbered from 2021-09-01,
// 行政处罚法 from 2021-07-15.
func lawsOf(at time.Time) lawEdition {
	if at.Before(time.Date(2021, 9, 1, 0, 0, 0, 0, time.UTC)) {
		return lawEdition{safety: "2014-08-31", penalty: "2017-09-01", exemption: "27", enforcement: "62"}
	}
	return lawEdition{safety: "2021-06-10", penalty: "2021-01-22", exemption: "33", enforcement: "65", articles: map[string]string{
		"9": "10", "18": "21", "20": "23", "25": "28", "27": "30", "32": "35", "33": "36", "38": "41", "39": "42",
		"41": "44", "59": "62", "60": "63", "77": "80", "94": "97", "96": "99", "99": "102",
	}}
}

// cite names the provision that a hazard breaks.
func (l lawEdition) cite(h *hazard) event.Citation {
	if h.law != "" {
		return event.Citation{Law: h.law, Article: h.article}
	}
	return l.safetyAct(h.article)
}

// safetyAct cites 安全生产法 by the article of its text of 2014.
func (l lawEdition) safetyAct(article string) event.Citation {
	if now := l.articles[article]; now != "" {
		article = now
	}
	return event.Citation{Law: "安全生产法", Version: l.safety, Article: article}
}
