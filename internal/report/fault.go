package report

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// Fault is what is wrong with a file.
type Fault struct {
	File string
	Line int // from 1
	What Words
}

func (f *Fault) Error() string {
	return fmt.Sprintf("%s:%d: %s / %s", f.File, f.Line, f.What.EN, f.What.ZH)
}

// faultsOf joins the faults of reports, those of each by their lines.
func faultsOf(all ...*Report) error {
	var errs []error
	for _, r := range all {
		slices.SortStableFunc(r.faults, func(a, b *Fault) int { return cmp.Compare(a.Line, b.Line) })
		for _, f := range r.faults {
			errs = append(errs, f)
		}
	}
	return errors.Join(errs...)
}

// tell adds a fault where a name is declared, or else at the first line that has the word.
func (r *Report) tell(word string, says Words, args ...any) {
	r.tellAt(r.lineOf(word), says.with(args...))
}

// tellAt adds a fault at a line. What is the same for several roles is told once.
func (r *Report) tellAt(line int, says Words) {
	f := Fault{r.File, line, says}
	if !slices.ContainsFunc(r.faults, func(o *Fault) bool { return *o == f }) {
		r.faults = append(r.faults, &f)
	}
}

// with puts the same values into both texts, by the verbs of package fmt.
func (w Words) with(args ...any) Words {
	if len(args) == 0 {
		return w
	}
	return Words{fmt.Sprintf(w.ZH, args...), fmt.Sprintf(w.EN, args...)}
}

// sentences joins texts; empty ones are left out.
func sentences(parts ...Words) (w Words) {
	var zh, en []string
	for _, p := range parts {
		if p != (Words{}) {
			zh, en = append(zh, p.ZH), append(en, p.EN)
		}
	}
	return Words{strings.Join(zh, "；"), strings.Join(en, "; ")}
}

func (r *Report) lineOf(word string) int {
	lines, name := strings.Split(r.text, "\n"), regexp.QuoteMeta(word)
	for _, pattern := range []string{`\bname\s*=\s*"` + name + `"`, `^\s*` + name + `\s*=`, `\b` + name + `\b`} {
		is := regexp.MustCompile(pattern)
		if i := slices.IndexFunc(lines, is.MatchString); i >= 0 {
			return i + 1
		}
	}
	return 1
}

// lineAt is the line of a byte of the query.
func (r *Report) lineAt(at int) int { return r.line + strings.Count(r.SQL[:max(at, 0)], "\n") }

// sayings are the errors of a query in both languages, with the groups of the expressions. A group that is named at, or else the name, is
// looked for in the file.
var sayings = []struct {
	of   *regexp.Regexp
	says Words
	name string
}{
	{regexp.MustCompile(`^a query is one statement$`),
		Words{"查询只能是一条语句：去掉分号及其后的内容", "a query is one statement: leave out the semicolon and what is behind it"}, ";"},
	{regexp.MustCompile(`^(?P<at>.+) is not closed$`), Words{"缺少 %s：引号或注释没有结束", "%s is not closed: a quote or a remark has no end"}, ""},
	{regexp.MustCompile(`^a query begins with `), Words{"查询以 SELECT 或 WITH 开头", "a query begins with SELECT or WITH"}, ""},
	{regexp.MustCompile(`^field "(?P<at>.*)" needs a name`), Words{"字段 %s 须命名：在其后写 AS 和名称（a 至 z、数字、_）",
		"the field %s needs a name: write AS and a name behind it, of a to z, digits and _"}, ""},
	{regexp.MustCompile(`^the query gives no ix`), Words{"查询没有给出 ix：SELECT f.ix, … 是产生事项 f 的条目",
		"the query gives no ix: SELECT f.ix, … is the entry that made the thing f"}, ""},
	{regexp.MustCompile(`^role (\S+) may not see the register "(?P<at>\w+)"$`), Words{"角色 %s 不得查看登记簿 %s：从 roles 中去掉该角色，或不读该登记簿",
		"the role %s may not see the register %s: leave it out of roles, or do not read the register"}, ""},
	{regexp.MustCompile(`^near "(?P<at>.+)": syntax error$`), Words{"此处的 %s 不合 SQL 语法", "near %s: syntax error"}, ""},
	{regexp.MustCompile(`^incomplete input$`), Words{"查询不完整", "the query is not complete"}, ""},
	{regexp.MustCompile(`^ambiguous column name: (?P<at>\S+)$`), Words{"列 %[1]s 在几个登记簿中都有：写明是哪一个，如 f.%[1]s",
		"%[1]s is a column of several registers: say of which, as in f.%[1]s"}, ""},
	{regexp.MustCompile(`^no such function: (?P<at>\S+)$`), Words{"没有函数 %s：可用的函数见 README",
		"no such function: %s: the README lists those that there are"}, ""},
	{regexp.MustCompile(`^missing named argument "(?P<at>\w+)"$`), Words{"查询中有 :%s，但没有这个参数：在 [parameters] 下写明它是什么",
		"the query names :%s, which is no parameter: say under [parameters] what it is"}, ""},
	{regexp.MustCompile(`^not authorized to use function: (?P<at>\w+)$`), Words{"不得使用函数 %s：可用的函数见 README",
		"not authorized: the function %s: the README lists those that there are"}, ""},
	{regexp.MustCompile(`^not authorized$`), Words{"数据库不允许此操作：报表是一个只读登记簿的 SELECT",
		"not authorized: a report is one SELECT that reads registers"}, ""},
	{regexp.MustCompile(`^access to (?:main\.|temp\.)?(?P<at>\w+).* is prohibited$`),
		Words{"不得读取 %s：报表按原名读取 SCHEMA.md 的登记簿，不读其视图和其他表",
			"access to %s is prohibited: a report reads the registers of SCHEMA.md by their plain names, not its views and other tables"}, ""},
}

var (
	said     = regexp.MustCompile(`\b(?:SQL logic error|authorization denied): |\s*\(\d+\)$`)
	noColumn = regexp.MustCompile(`^no such column: (?:temp\.|main\.)?(\S+)$`)
	noTable  = regexp.MustCompile(`^no such table: (?:temp\.|main\.)?(\w+)$`)
)

// wrong tells an error of the query, or of what the header says of it under a word.
func (r *Report) wrong(conn *reportdb.Conn, word string, err error) {
	var bad *Wrong
	if errors.As(err, &bad) {
		v := law.Collect(law.Str("parameter", bad.Parameter), law.Str("wanted", bad.Wanted), law.List("allowed", bad.Allowed))
		r.tell(bad.Parameter, Words{law.InvalidParameter.Says(law.InChinese, v), law.InvalidParameter.Says(law.InEnglish, v)})
		return
	}
	what := plain(err)
	if m := noColumn.FindStringSubmatch(what); m != nil {
		r.tellAt(r.place(conn, word, m[1], what), r.noColumn(word, m[1]))
		return
	}
	if m := noTable.FindStringSubmatch(what); m != nil {
		r.tellAt(r.place(conn, word, m[1], what), sentences(Words{"没有登记簿 %s", "no such table: %s"}.with(m[1]),
			like(m[1], reportdb.Tables()), Words{"登记簿见 SCHEMA.md", "SCHEMA.md has the registers"}))
		return
	}
	for _, s := range sayings {
		if m := s.of.FindStringSubmatch(what); m != nil {
			args := make([]any, 0, len(m))
			for _, group := range m[1:] {
				args = append(args, group)
			}
			name := s.name
			if at := s.of.SubexpIndex("at"); at > 0 {
				name = m[at]
			}
			r.tellAt(r.place(conn, word, name, what), s.says.with(args...))
			return
		}
	}
	r.tellAt(r.place(conn, word, "", what), Words{"数据库的原话：" + what, what})
}

// plain is what an error says, without the words of the driver.
func plain(err error) string {
	return said.ReplaceAllString(said.ReplaceAllString(err.Error(), ""), "")
}

// noColumn says that there is no column of a name, and which there are.
func (r *Report) noColumn(word, name string) Words {
	none := Words{"没有列 %s", "no such column: %s"}.with(name)
	if word != "" {
		return sentences(none, like(name, r.fields), Words{"查询给出 %s", "the query gives %s"}.with(listed(r.fields)))
	}
	as, column, qualified := strings.Cut(name, ".")
	if !qualified {
		as, column = "", name
	}
	reads := r.reads(as)
	var all []string
	for _, table := range reads {
		all = append(all, reportdb.Columns(table)...)
	}
	has := Words{"所读为 %s，其列见 SCHEMA.md", "it reads %s, whose columns are in SCHEMA.md"}.with(listed(reads))
	switch len(reads) {
	case 0:
		has = Words{}
	case 1:
		has = Words{"%s 有 %s", "%s has %s"}.with(reads[0], listed(all))
	}
	return sentences(none, like(column, all), has)
}

// like names the word of a list that is most like another one.
func like(word string, list []string) Words {
	if near := nearest(word, list); near != "" {
		return Words{"可能是 %s", "is it %s?"}.with(near)
	}
	return Words{}
}

// place is the line of a name: of what the header says under a word, or of the query. A sign that the query has often stands where the
// query, cut off behind it, has the same error.
func (r *Report) place(conn *reportdb.Conn, word, name, what string) int {
	if word != "" {
		if name != "" && regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`\b`).MatchString(r.text) {
			return r.lineOf(name)
		}
		return r.lineOf(word)
	}
	places := r.find(name)
	if len(places) == 0 { // a view of the register
		places = r.find(name + "_now")
	}
	for _, at := range places {
		if len(places) == 1 || !strings.HasPrefix(what, "near ") {
			return r.lineAt(at)
		}
		if _, err := conn.Fields(r.SQL[:at+len(name)], unbound(r)); err != nil && plain(err) == what {
			return r.lineAt(at)
		}
	}
	return r.line
}
