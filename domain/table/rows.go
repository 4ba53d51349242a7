package table

import "github.com/anjian-ledger/anjian/domain/codes"

// The rows of the tables. Each has an id or code that stands once in its table, and its text in Chinese.

// Unit is one department, committee or government.
type Unit struct {
	ID      string   `json:"id" is:"id" zh:"单位编号" doc:"by which events name the unit"`
	Name    string   `json:"name" is:"text(200)" zh:"单位名称" doc:"official name"`
	County  string   `json:"county,omitempty" is:"code(county)" zh:"所属县区" doc:"that bounds the unit; left out: the whole city"`
	Sectors []string `json:"sectors" is:"code(sector)" many:"0…50" zh:"分管行业领域" doc:"the sectors it answers for (R75); empty: none"`
	// Enforces says that the unit inspects in its own name, or why it does not (N01).
	Enforces string `json:"enforces,omitempty" is:"code(enforcement)" zh:"执法主体类别" doc:"as published; left out: it inspects nobody (N01)"`
}

// Sector is one sector of the safety committees (R29).
type Sector struct {
	Code    string `json:"code" is:"code(sector)" zh:"行业领域代码" doc:"by which events name the sector"`
	Name    string `json:"name" is:"text(100)" zh:"名称" doc:"in Chinese"`
	English string `json:"english,omitempty" is:"text(100)" zh:"英文名" doc:"for readers of English"`
}

// Category is one category of findings; four are the failings of the speech (R07).
type Category struct {
	Code    string `json:"code" is:"id" zh:"类别代码" doc:"by which findings name the category"`
	Name    string `json:"name" is:"text(200)" zh:"名称" doc:"in Chinese"`
	English string `json:"english,omitempty" is:"text(200)" zh:"英文名" doc:"for readers of English"`
}

// Deduction is one rule by which points are deducted (R69).
type Deduction struct {
	ID     string  `json:"id" is:"id" zh:"规则编号" doc:"by which a deduction names the rule"`
	Text   string  `json:"text" is:"text(500)" zh:"规则内容" doc:"what is deducted for"`
	Points float64 `json:"points" is:"number(0…1000 points)" zh:"扣分" doc:"that are deducted"`
	Basis  string  `json:"basis,omitempty" is:"text(300)" zh:"依据" doc:"document and place"`
	// Grades are those of accidents for which the ledger says that the units that answer for county and sector lose the
	// points; left out: people find what the rule is for.
	Grades []string `json:"accident_grades,omitempty" is:"code(accident-grade)" many:"0…4 distinct" zh:"适用事故等级" doc:"of accidents"`
}

// Item is one item of the checklists (R21 to R27, R32 to R34).
type Item struct {
	ID      string   `json:"id" is:"id" zh:"检查项编号" doc:"by which answers name the item"`
	Text    string   `json:"text" is:"text(500)" zh:"检查内容" doc:"the question, in Chinese"`
	English string   `json:"english,omitempty" is:"text(500)" zh:"英文说明" doc:"for readers of English"`
	Section string   `json:"section" is:"code(section)" zh:"环节" doc:"to which the item belongs (R35)"`
	Bad     string   `json:"bad" is:"code(answer)" zh:"不合格答案" doc:"the answer that needs a finding (R08)"`
	Kinds   []string `json:"kinds" is:"code(subject-kind)" many:"0…20" zh:"适用对象" doc:"subjects that are asked; empty: all"`
	Sectors []string `json:"sectors,omitempty" is:"code(sector)" many:"0…50" zh:"适用行业" doc:"in which it is asked; left out: in all"`
	Venue   string   `json:"venue,omitempty" is:"code(venue-type)" zh:"消防重点场所" doc:"the venue of which it is asked (R23)"`
	Profile string   `json:"profile,omitempty" is:"code(profile)" zh:"检查项类别" doc:"the group under which a plan asks it"`
	Ref     string   `json:"ref,omitempty" is:"text(60)" zh:"出处" doc:"place in the speech or document: P7.12"`
	// What is inspected, and by which standard, as it was published (N02).
	Inspects string    `json:"inspection_item,omitempty" is:"text(300)" zh:"检查事项" doc:"published item of inspection to which it belongs (N02)"`
	Standard *Standard `json:"standard,omitempty" zh:"检查标准" doc:"the published standard by which it is judged (N02)"`
	// Supervision says that the item asks whether supervision is done, so that a government unit may be the subject.
	Supervision bool `json:"supervision,omitzero" zh:"检查监管" doc:"whether supervision is done is asked, also of a government unit"`
}

// Standard is a published standard of inspection, and when it holds (N02).
type Standard struct {
	Name string `json:"name" is:"text(300)" zh:"标准" doc:"name, number and place in it"`
	From string `json:"from" is:"date" zh:"起效日期" doc:"first day in force"`
	To   string `json:"to,omitempty" is:"date" zh:"失效日期" doc:"last day in force; left out: it still is"`
}

// InForce reports whether the standard holds on a day YYYY-MM-DD.
func (s *Standard) InForce(day string) bool { return s.From <= day && (s.To == "" || day <= s.To) }

// Duty is one entry of the lists of powers and duties (R65).
type Duty struct {
	ID   string `json:"id" is:"id" zh:"事项编号" doc:"by which entries of a duty file name it"`
	List string `json:"list" is:"code(duty-list)" zh:"清单" doc:"of powers, or of duties"`
	Unit string `json:"unit" is:"id" zh:"单位" doc:"whose duty it is; id in the table of units"`
	Post string `json:"post,omitempty" is:"text(100)" zh:"岗位" doc:"whose duty it is within the unit; left out: the unit's"`
	Text string `json:"text" is:"text(1000)" zh:"事项" doc:"in Chinese"`
}

// Holiday is a run of days off (R26).
type Holiday struct {
	Name string `json:"name" is:"text(40)" zh:"节日" doc:"of the holiday"`
	From string `json:"from" is:"date" zh:"放假开始" doc:"first day off"`
	To   string `json:"to" is:"date" zh:"放假结束" doc:"last day off"`
}

// Year is the official calendar of one year: what is not as the week says.
type Year struct {
	Year     int       `json:"year" is:"year" zh:"年份" doc:"of the notice"`
	Holidays []Holiday `json:"holidays" many:"1…40" zh:"节假日" doc:"runs of days off, the weekends in them included"`
	Worked   []string  `json:"worked" is:"date" many:"0…40" zh:"调休上班日" doc:"Saturdays and Sundays that are worked"`
}

// Responsibility says which department, and which committee above it, answers for a sector in a county (R75, R76).
type Responsibility struct {
	Sector     string `json:"sector" is:"code(sector)" zh:"行业领域" doc:"that is supervised"`
	County     string `json:"county,omitempty" is:"code(county)" zh:"县区" doc:"where; left out: wherever no other row says"`
	Department string `json:"department" is:"id" zh:"主管部门" doc:"id in the table of units"`
	Committee  string `json:"committee,omitempty" is:"id" zh:"专业委员会" doc:"id in the table of committees"`
}

// Committee is a safety committee for some sectors (R76).
type Committee struct {
	ID      string   `json:"id" is:"id" zh:"委员会编号" doc:"by which matters name the committee"`
	Name    string   `json:"name" is:"text(200)" zh:"名称" doc:"in Chinese"`
	Sectors []string `json:"sectors" is:"code(sector)" many:"1…50" zh:"行业领域" doc:"for which it was established"`
	Lead    string   `json:"lead" is:"id" zh:"牵头单位" doc:"id in the table of units"`
}

// ids returns the ids of all rows of a publication, and the member that has them. What has no id of its own is
// named by what may stand once.
func (d *Published) ids(yield func(i int, id string)) {
	each(d.Units, yield, func(r *Unit) string { return r.ID })
	each(d.Sectors, yield, func(r *Sector) string { return r.Code })
	each(d.Categories, yield, func(r *Category) string { return r.Code })
	each(d.Limits, yield, func(r *codes.LawLimit) string { return r.Matter + " " + r.From })
	each(d.Deductions, yield, func(r *Deduction) string { return r.ID })
	each(d.Items, yield, func(r *Item) string { return r.ID })
	each(d.Duties, yield, func(r *Duty) string { return r.ID })
	each(d.Responsibilities, yield, func(r *Responsibility) string { return r.Sector + " " + r.County })
	each(d.Committees, yield, func(r *Committee) string { return r.ID })
}

func each[R any](rows []R, yield func(int, string), id func(*R) string) {
	for i := range rows {
		yield(i, id(&rows[i]))
	}
}

// with returns a publication with the rows of its next part, as which it then counts.
func (d *Published) with(next *Published) *Published {
	all := *d
	all.Part = next.Part
	all.Units = join(d.Units, next.Units)
	all.Sectors = join(d.Sectors, next.Sectors)
	all.Categories = join(d.Categories, next.Categories)
	all.Limits = join(d.Limits, next.Limits)
	all.Deductions = join(d.Deductions, next.Deductions)
	all.Items = join(d.Items, next.Items)
	all.Duties = join(d.Duties, next.Duties)
	all.Responsibilities = join(d.Responsibilities, next.Responsibilities)
	all.Committees = join(d.Committees, next.Committees)
	return &all
}

func join[R any](a, b []R) []R { return append(a[:len(a):len(a)], b...) }

// Cut cuts a whole table into n parts with about as many rows each; one part is the table itself.
func (d *Published) Cut(n int) (parts []*Published) {
	rows := d.Rows()
	if n <= 1 || rows < 2 {
		return []*Published{d}
	}
	n = min(n, rows)
	for i := range n {
		from, to := rows*i/n, rows*(i+1)/n
		parts = append(parts, &Published{Table: d.Table, Document: d.Document, Part: &Part{i + 1, n},
			Units: cut(d.Units, from, to), Sectors: cut(d.Sectors, from, to), Categories: cut(d.Categories, from, to),
			Limits: cut(d.Limits, from, to), Deductions: cut(d.Deductions, from, to), Items: cut(d.Items, from, to),
			Duties: cut(d.Duties, from, to), Responsibilities: cut(d.Responsibilities, from, to), Committees: cut(d.Committees, from, to)})
	}
	return parts
}

func cut[R any](rows []R, from, to int) []R {
	if rows == nil {
		return nil
	}
	return rows[from:to]
}
