package register

import (
	"fmt"
	"strings"

	"github.com/anjian-ledger/anjian/internal/importer/sheet"
)

// Cause says why something is rejected. It is one of the closed list below.
type Cause string

// The causes of rejected rows.
const (
	Required      Cause = "required"
	NoUSCCForm    Cause = "uscc-malformed"
	USCCCheck     Cause = "uscc-check-failed"
	Digits        Cause = "digits-lost"
	IsFormula     Cause = "formula"
	IsMerged      Cause = "merged"
	IsError       Cause = "formula-error"
	IsLong        Cause = "too-long"
	NoSuchWord    Cause = "no-such-word"
	NoSuchRegion  Cause = "no-such-region"
	Invalid       Cause = "invalid"
	Twice         Cause = "same-in-file"
	Ambiguous     Cause = "ambiguous"
	Fixed         Cause = "cannot-be-corrected"
	Differs       Cause = "differs-elsewhere"
	Withdrawn     Cause = "withdrawn"
	LedgerRefuses Cause = "refused"
	BadQuotes     Cause = sheet.BadQuotes
	BadText       Cause = sheet.BadText
	TooWide       Cause = sheet.TooWide
	LineTooBig    Cause = sheet.LineTooBig
)

// said is one text in both languages.
type said struct{ zh, en string }

// cause is what is said of a cause: why, and what to do. {} is the detail.
type cause struct{ why, remedy said }

var causes = map[Cause]cause{
	Required: {said{"缺少{}", "{} is missing"}, said{"在该列填写，或在映射文件 [defaults] 中给出默认值",
		"fill in the column, or give a default in [defaults] of a mapping file"}},
	NoUSCCForm: {said{"不是 18 位统一社会信用代码（GB 32100-2015）", "this is no unified social credit code of 18 characters (GB 32100-2015)"},
		said{"按营业执照改正；没有代码的留空", "copy the code from the business licence; leave the cell empty where there is none"}},
	USCCCheck: {said{"统一社会信用代码校验位不符：{}", "a check character of the credit code is wrong: {}"},
		said{"按营业执照改正；执照确实如此的，在“代码说明”列写明原因", "copy the code from the business licence; if it says so there, state that in a column 代码说明"}},
	Digits: {said{"数字已被表格软件改写，末几位丢失", "a spreadsheet program took this for a number and lost its last digits"},
		said{"先把该列设为“文本”格式，再从原始资料重新粘贴", "format the column as text first, then paste the codes again from where they came"}},
	IsFormula: {said{"单元格是公式", "the cell is a formula"}, said{"复制该列，选择性粘贴为“数值”", "copy the column, and paste it as values"}},
	IsMerged: {said{"单元格是合并单元格的一部分", "the cell is part of a merged cell"},
		said{"取消合并，每行各自填写", "unmerge the cells, and fill in each row"}},
	IsError: {said{"公式出错：{}", "the formula has an error: {}"}, said{"改正公式，再粘贴为“数值”", "correct the formula, then paste its value"}},
	IsLong:  {said{"文字过长", "the text is too long"}, said{"缩短文字", "make it shorter"}},
	NoSuchWord: {said{"代码表中没有“{}”", "no code is known for {}"},
		said{"改为代码表中的名称，或在映射文件 [values] 中对应", "use a name of the code table, or say in [values] of a mapping file which code it is"}},
	NoSuchRegion: {said{"“{}”不是本市的县区", "{} is no county or zone of this city"},
		said{"填写县区名称或 6、9、12 位区划代码", "write the county's name, or its code of 6, 9 or 12 digits"}},
	Invalid: {said{"内容不符合要求：{}", "the value is not possible: {}"}, said{"按要求改正", "correct it"}},
	Twice: {said{"与第 {} 行是同一检查对象", "row {} is the same subject"},
		said{"只保留一行；代码相同即为同一对象，无代码的按名称和县区判断", "keep one of them: rows with the same credit code, or without one with the same name and county, " +
			"are one subject"}},
	Ambiguous: {said{"账本中有多个同名同县区的检查对象：{}", "several subjects of this name and county are in the ledger: {}"},
		said{"填写统一社会信用代码", "state the credit code"}},
	Fixed: {said{"{}已变更，导入不能更改", "{} is otherwise than it was, which an import cannot change"},
		said{"迁出县区的，由市安委办终止后在新县区登记；行业变化的，登记 subject-updated",
			"a subject that moved is ended by the office and registered where it is now; other sectors are recorded as subject-updated"}},
	Differs: {said{"该对象由他人登记，内容不同：{}", "somebody else registered this subject, with another {}"},
		said{"由市安委办核实并登记 subject-updated", "the office looks which is right, and records subject-updated"}},
	Withdrawn: {said{"该对象的登记已被撤回", "the registration of this subject was withdrawn"},
		said{"由市安委办核实后重新登记", "the office looks into it, and registers it again"}},
	LedgerRefuses: {said{"账本拒绝：{}", "the ledger refuses it: {}"}, said{"按说明处理后重新导入", "do what it says, and import again"}},
	BadQuotes:     {said{"引号不成对", "quotes do not match"}, said{"补齐或删除引号，另存后重试", "complete or remove them"}},
	BadText: {said{"含有无法识别的字节", "bytes that are no text in the encoding of the file"},
		said{"另存为 CSV UTF-8，或用 --encoding gb18030", "save as CSV UTF-8, or try --encoding gb18030"}},
	TooWide:    {said{"列数过多", "too many columns"}, said{"删除多余的列或分隔符", "remove what stands beyond the header"}},
	LineTooBig: {said{"一行超过 1 MiB", "a line of more than 1 MiB"}, said{"检查换行和引号", "look at line feeds and quotes"}},
}

// fill puts the detail into a text.
func (s said) fill(detail string) said {
	return said{strings.ReplaceAll(s.zh, "{}", detail), strings.ReplaceAll(s.en, "{}", detail)}
}

// FileFault is why a file is not imported at all.
type FileFault struct {
	Code   string
	Detail string
}

// The faults of files beside those of package sheet.
const (
	NoHeader    = "no-header"
	ColumnTwice = "column-twice"
	NoColumn    = "no-column"
	NoRows      = "no-rows"
	TooManyRows = "too-many-rows"
)

var fileFaults = map[string]said{
	NoHeader: {"前 20 行没有含“企业名称”列的表头；如名称不同，请用 --mapping 指定；中文 CSV 乱码的，请用 --encoding gb18030",
		"none of the first 20 rows has a column 企业名称; say with --mapping what the columns are; a CSV of a Chinese Excel may need --encoding " +
			"gb18030"},
	ColumnTwice: {"两列含义相同：{}；请删除一列，或在映射文件中写 \"\" 不读取", "two columns mean the same: {}; remove one, or map it to \"\""},
	NoColumn: {"缺少列：{}；请加上，或在映射文件 [defaults] 中给出默认值",
		"a column is missing: {}; add it, or give a default in [defaults] of a mapping file"},
	NoRows:      {"表头之后没有数据行", "there is no row below the header"},
	TooManyRows: {"数据行超过 {} 行；请分成几个文件", "more than {} rows; divide the file"},

	sheet.OldWorkbook: {"这是旧版 .xls 或有密码的工作簿；请另存为不加密的 .xlsx",
		"this is an .xls workbook, or has a password; save it as .xlsx without one"},
	sheet.NotWorkbook: {"这是压缩包，不是 .xlsx 工作簿；请先解压", "this is an archive, but no .xlsx workbook; unpack it first"},
	sheet.Damaged:     {"工作簿已损坏（{}）；请用表格软件打开并另存", "the workbook is damaged ({}); open it with a spreadsheet program and save it again"},
	sheet.TooLarge: {"解压后超过 200 MB，不予读取；请只保留名录所在的表，或分成几个文件",
		"unpacked, the file has more than 200 MB, and is not read; keep the register's sheet only, or divide the file"},
	sheet.NoSheet:       {"没有可读的工作表（现有：{}）；隐藏的表请用 --sheet 指定", "there is no sheet to read (there are: {}); name a hidden one with --sheet"},
	sheet.SeveralSheets: {"有多个工作表（{}）；请用 --sheet 指定一个", "several sheets have rows ({}); name one with --sheet"},
	sheet.WrongEncoding: {"文件编码不是 {}；请用 --encoding gb18030 或另存为 CSV UTF-8",
		"the file is not {}; try --encoding gb18030, or save it as CSV UTF-8"},
	sheet.UnknownEncoder: {"没有编码 {}；可用 utf-8、gb18030、utf-16", "there is no encoding {}; there are utf-8, gb18030, utf-16"},
	sheet.Binary:         {"不是表格文件；请另存为 .xlsx 或 CSV", "this is no table; save it as .xlsx or CSV"},
}

func (f *FileFault) Error() string {
	s, ok := fileFaults[f.Code]
	if !ok {
		return "import-register: " + f.Code
	}
	s = s.fill(f.Detail)
	return fmt.Sprintf("import-register: %s / %s", s.en, s.zh)
}
