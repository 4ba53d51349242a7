package law

import (
	"strconv"
	"strings"
	"time"
)

// Language is a language that texts are written in.
type Language uint8

// The languages. English is the one of a reader who asks for none.
const (
	InEnglish Language = iota
	InChinese
)

// Tag is the language tag (RFC 5646).
func (l Language) Tag() string { return l.pick("en", "zh-CN") }

func (l Language) pick(english, chinese string) string {
	if l == InChinese {
		return chinese
	}
	return english
}

// Title returns the title of c.
func (c Code) Title(l Language) string {
	t, _ := c.Text()
	return l.pick(t.Title, t.TitleZH)
}

// Says returns the sentence of c about these values; empty where the title says all.
func (c Code) Says(l Language, v Values) string {
	t, _ := c.Text()
	return l.render(l.pick(t.Says, t.SaysZH), v)
}

// Sentence is what [Code.Says], or else the title.
func (c Code) Sentence(l Language, v Values) string {
	if s := c.Says(l, v); s != "" {
		return s
	}
	return c.Title(l)
}

// Remedy returns what would be accepted, or what to do.
func (c Code) Remedy(l Language, v Values) string {
	t, _ := c.Text()
	return l.render(l.pick(t.Remedy, t.RemedyZH), v)
}

// Needed lists what a gate waits for.
func Needed(l Language, items []string) string {
	n := strconv.Itoa(len(items))
	return l.pick("needed first, "+n+": ", "尚缺 "+n+" 项：") + Join(l, items)
}

// Cite names rules behind what acts under them: " (R56, R41)".
func Cite(l Language, rules []Rule) string {
	if len(rules) == 0 {
		return ""
	}
	all := make([]string, len(rules))
	for i, r := range rules {
		all[i] = r.String()
	}
	return l.pick(" (", "（") + strings.Join(all, l.pick(", ", "、")) + l.pick(")", "）")
}

// Join joins parts of a sentence.
func Join(l Language, parts []string) string { return strings.Join(parts, l.pick("; ", "；")) }

// A template is text with values:
//
//	{finding}      the value of that name, as its name's end says; "unknown" when it is not there
//	{role:role}    a coded value, in the words of the table of that name (package codes)
//	{fault:term}   a value that is in no table, in the words of [terms]
//	[, of {team}]  a part that is left out when one of its values is not there
//
// Brackets do not nest.

// render writes a template with values.
func (l Language) render(template string, v Values) string {
	if !strings.ContainsAny(template, "{[") {
		return template
	}
	var b strings.Builder
	l.write(&b, template, v)
	return strings.TrimSpace(b.String()) // where the first or last part was left out
}

func (l Language) write(b *strings.Builder, template string, v Values) {
	for template != "" {
		i := strings.IndexAny(template, "{[")
		if i < 0 {
			b.WriteString(template)
			return
		}
		b.WriteString(template[:i])
		if template[i] == '{' {
			var name string
			name, template, _ = strings.Cut(template[i+1:], "}")
			b.WriteString(l.field(name, v))
			continue
		}
		var part string
		part, template, _ = strings.Cut(template[i+1:], "]")
		if v.have(names(part)) {
			l.write(b, part, v)
		}
	}
}

// have reports whether all of the names are there.
func (v Values) have(names []string) bool {
	for _, n := range names {
		if v.Get(n).kind == absent {
			return false
		}
	}
	return true
}

// names returns the names of the values in a template, in its order.
func names(template string) (all []string) {
	for {
		_, rest, ok := strings.Cut(template, "{")
		if !ok {
			return all
		}
		var field string
		field, template, _ = strings.Cut(rest, "}")
		name, _, _ := strings.Cut(field, ":")
		all = append(all, name)
	}
}

// optional returns the parts of a template that may be left out, and required what is left.
func optional(template string) (required, parts string) {
	for {
		before, rest, ok := strings.Cut(template, "[")
		required += before
		if !ok {
			return required, parts
		}
		var part string
		part, template, _ = strings.Cut(rest, "]")
		parts += part
	}
}

// field writes one value.
func (l Language) field(field string, v Values) string {
	name, how, _ := strings.Cut(field, ":")
	one := v.Get(name)
	switch one.kind {
	case text:
		if how != "" {
			return l.word(how, one.text)
		}
		return l.string(name, one.text)
	case integer:
		return l.number(name, one.n, v)
	case list:
		all := one.list
		if how != "" {
			all = make([]string, len(one.list))
			for i, s := range one.list {
				all[i] = l.word(how, s)
			}
		}
		return strings.Join(all, l.pick(", ", "、"))
	}
	return l.pick("unknown", "未知")
}

// beijing is the time zone of everybody who reads.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

func (l Language) string(name, s string) string {
	if !strings.HasSuffix(name, "_at") {
		return s
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	layout := "2006-01-02 15:04"
	if t = t.In(beijing); t.Second() != 0 {
		layout += ":05"
	}
	return l.pick(t.Format(layout)+" Beijing time", "北京时间 "+t.Format(layout))
}

func (l Language) number(name string, n int64, v Values) string {
	switch _, unit, _ := cutLast(name, "_"); unit {
	case "seconds":
		return l.length(n)
	case "minutes":
		return l.length(n * 60)
	case "hours":
		return l.amount(n, "hour", "小时")
	case "days":
		return l.amount(n, "day", "天")
	case "fen":
		return l.yuan(n)
	case "minor":
		if c := v.Get("currency").text; c != "CNY" {
			return l.pick(grouped(n)+" minor units of "+c, c+" "+grouped(n)+" 最小单位")
		}
		return l.yuan(n)
	}
	return strconv.FormatInt(n, 10)
}

// cutLast cuts s at the last sep.
func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func (l Language) amount(n int64, one, chinese string) string {
	if l == InChinese {
		return strconv.FormatInt(n, 10) + " " + chinese
	}
	if n != 1 {
		one += "s"
	}
	return strconv.FormatInt(n, 10) + " " + one
}

// length writes seconds in days, hours, minutes and seconds, the two largest that there are.
func (l Language) length(seconds int64) string {
	if seconds < 0 {
		return "-" + l.length(-seconds)
	}
	var parts []string
	for _, u := range []struct {
		of           int64
		one, chinese string
	}{{86400, "day", "天"}, {3600, "hour", "小时"}, {60, "minute", "分钟"}, {1, "second", "秒"}} {
		n := seconds / u.of
		seconds %= u.of
		if n > 0 && len(parts) < 2 {
			parts = append(parts, l.amount(n, u.one, u.chinese))
		} else if len(parts) > 0 {
			break
		}
	}
	if parts == nil {
		return l.amount(0, "second", "秒")
	}
	return strings.Join(parts, " ")
}

// yuan writes fen: "20,000 yuan", "1,234.50 yuan", "2 万元", "1,234.50 元".
func (l Language) yuan(fen int64) string {
	cents := ""
	if fen%100 != 0 {
		cents = "." + strconv.FormatInt(100+fen%100, 10)[1:]
	}
	if l == InChinese && cents == "" && fen%1_000_000 == 0 && fen != 0 {
		return grouped(fen/1_000_000) + " 万元"
	}
	return grouped(fen/100) + cents + l.pick(" yuan", " 元")
}

// grouped writes n with a comma before every three digits.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
