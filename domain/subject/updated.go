package subject

import (
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Updated says what of a subject is otherwise from a day on: what is left out stays as it was. What was wrong from the
// beginning is corrected (pillar 17).
type Updated struct {
	From      string            `json:"from" is:"date" zh:"变更日期" doc:"first day on which it is so"`
	Name      string            `json:"name,omitempty" is:"text(200)" zh:"名称" doc:"of the subject"`
	USCC      string            `json:"uscc,omitempty" is:"text(18)" zh:"统一社会信用代码" doc:"GB 32100-2015; a wrong check character needs a reason"`
	Reason    string            `json:"reason,omitempty" is:"text(500)" zh:"代码说明" doc:"why the check character of uscc fails"`
	OtherIDs  map[string]string `json:"other_ids,omitempty" key:"text(60)" is:"text(100)" many:"0…10" zh:"其他编号" doc:"by scheme"`
	Address   string            `json:"address,omitempty" is:"text(300)" zh:"地址" doc:"as people write it, in the same county"`
	Place     *event.Place      `json:"place,omitempty" zh:"位置" doc:"position on the map"`
	Sectors   []string          `json:"sectors,omitempty" is:"code(sector)" many:"0…20" correct:"never" zh:"行业领域" doc:"all of now"`
	Ownership string            `json:"ownership,omitempty" is:"code(ownership)" zh:"所有制" doc:"whose it is (R09)"`
	Size      string            `json:"size,omitempty" is:"code(subject-size)" zh:"规模" doc:"of the enterprise (R09)"`
	Class     *Class            `json:"class,omitempty" zh:"风险分类认定" doc:"for what more is asked of it (R34)"`
}

// Class is for what more is asked of a subject, and until when (R34: 高危行业, 重点企业, 重要场所).
type Class struct {
	Classes []string `json:"classes" is:"code(risk-class)" many:"0…3" zh:"风险分类" doc:"all that hold now; empty: none"`
	To      string   `json:"to,omitempty" is:"date" zh:"截止日期" doc:"last day; left out: until something else is stated"`
	Basis   string   `json:"basis" is:"text(500)" zh:"依据" doc:"list or decision that it follows from"`
}

// Together says what Validate checks.
func (*Updated) Together() string {
	return "something is stated besides from; reason only beside uscc; class.to is not before from"
}

// Validate checks what members say together.
func (d *Updated) Validate() error {
	var k event.Checker
	stated := d.Name != "" || d.USCC != "" || d.OtherIDs != nil || d.Address != "" || d.Place != nil || len(d.Sectors) > 0 ||
		d.Ownership != "" || d.Size != "" || d.Class != nil
	k.That(stated, "", law.FaultNothingChanges)
	k.That(d.Reason == "" || d.USCC != "", "uscc", law.FaultRequired)
	k.That(d.Class == nil || d.Class.To == "" || d.From <= d.Class.To, "class.to", law.FaultNotBeforeFrom)
	return k.Err()
}

var updated = stream.Then((*Updated).Judge, event.Type{Name: "subject-updated", Version: 1, Chinese: "检查对象变更",
	Doc: "Something of a subject is otherwise from a day on: name, credit code, registration number, address, sectors, class of risk. " +
		"A visit is judged by what holds on the day on which it begins.",
	Rules: []law.Rule{law.R18, law.R29, law.R34, law.R54}, Append: field})

// Judge: a credit code is right or explained (R54).
func (d *Updated) Judge(j *judgement) *event.Refusal {
	if d.USCC == "" {
		return nil
	}
	return identify(j, d.USCC, d.Reason)
}

// Fold takes over what is stated.
func (d *Updated) Fold(s *State, _ *event.Event) {
	if d.USCC != "" {
		s.USCC = d.USCC
	}
	if len(d.Sectors) > 0 {
		r := s.edit()
		if r.sectors == nil {
			r.sectors = []sectored{{list: s.Sectors}}
		}
		s.belongs(d.Sectors)
		r.sectors = append(slices.Clip(r.sectors), sectored{s.Sectors, strings.Clone(d.From)})
	}
	if d.Class != nil {
		s.classed(class{list: risks(d.Class.Classes), from: d.From, to: d.Class.To})
	}
}

// sectored is to which sectors a subject belongs from a day on.
type sectored struct {
	list []string
	from string
}

// SectorsAt returns the sectors to which the subject belonged on the day of an instant: what was stated last for that day.
func (s *State) SectorsAt(at time.Time) []string {
	if s.rare == nil || s.sectors == nil {
		return s.Sectors
	}
	day := at.In(event.Beijing).Format(time.DateOnly)
	for _, c := range slices.Backward(s.sectors) {
		if c.from <= day {
			return c.list
		}
	}
	return s.Sectors
}

// class is what somebody stated of a subject's risk: from ≤ day ≤ to, to is empty while nobody said until when.
type class struct {
	list     []string
	from, to string
}

// Risks returns the classes of risk that hold on the day of an instant: what was stated last for that day (R34).
func (s *State) Risks(at time.Time) []string {
	if s.rare == nil || len(s.classes) == 0 {
		return nil
	}
	day := at.In(event.Beijing).Format(time.DateOnly)
	for _, c := range slices.Backward(s.classes) {
		if c.from <= day && (c.to == "" || day <= c.to) {
			return c.list
		}
	}
	return nil
}

func (s *State) classed(c class) {
	r := s.edit()
	r.classes = append(slices.Clip(r.classes), c)
}

var riskClasses = codes.List("risk-class")

// risks returns the list's own strings.
func risks(list []string) []string {
	out := make([]string, len(list))
	for i, code := range list {
		out[i] = listed(riskClasses, code)
	}
	return out
}
