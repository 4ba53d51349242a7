package projections

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/assessment"
	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// DutyView is a duty file: what a unit or one of its officials had to do and did, how others found it, and what the unit lost (R65, R67,
// R69).
type DutyView struct {
	Head
	File       string          `json:"file" doc:"UNIT, or UNIT.PERSON"`
	Unit       string          `json:"unit"`
	Person     string          `json:"person,omitempty" doc:"the official whose file it is; left out: the unit's own"`
	Items      []DutyItem      `json:"items" doc:"of the lists in force, those of the unit, in their order"`
	Performed  []DutyDone      `json:"performed" doc:"in the order in which they were recorded"`
	Reviews    []DutyReview    `json:"reviews" doc:"likewise"`
	Deductions []DutyDeduction `json:"deductions" doc:"of the unit: what is due and what was made, in the order in which they were recorded"`
	Points     float64         `json:"points" doc:"that the unit lost, together"`
	Uses       []DutyUse       `json:"uses" doc:"of the results of the unit's assessments"`
}

// DutyItem is one entry of the lists of powers and duties, and how often it was done.
type DutyItem struct {
	Item  string `json:"item"`
	List  string `json:"list" doc:"power or duty"`
	Post  string `json:"post,omitempty"`
	Text  string `json:"text"`
	Times int    `json:"times" doc:"that this file says it was done, by whichever edition"`
	Last  string `json:"last,omitempty" doc:"day on which it was done last"`
}

// DutyDone is one thing that was done.
type DutyDone struct {
	Index    uint64 `json:"index"`
	Item     string `json:"item"`
	Version  uint64 `json:"list_version" doc:"position of the entry that published the lists"`
	On       string `json:"on"`
	Account  string `json:"account"`
	Evidence int    `json:"evidence" doc:"files that show it"`
	By       string `json:"by,omitempty" doc:"who recorded it"`
}

// DutyReview is how somebody found the file.
type DutyReview struct {
	Index   uint64   `json:"index"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Missing []string `json:"missing"`
	Note    string   `json:"note,omitempty"`
	By      string   `json:"by,omitempty"`
}

// DutyDeduction is points that a unit loses by a rule for an entry.
type DutyDeduction struct {
	Assessment string    `json:"assessment" doc:"UNIT.YEAR"`
	Rule       string    `json:"rule"`
	Source     uint64    `json:"source" doc:"position of the entry that it is for"`
	Points     *float64  `json:"points,omitempty" doc:"that were deducted; left out: none were yet"`
	Due        time.Time `json:"due_since,omitzero" doc:"when the ledger said that it is due; left out: people found it, or it is due no more"`
}

// DutyUse is one use of a result.
type DutyUse struct {
	Index      uint64 `json:"index"`
	Assessment string `json:"assessment"`
	Applied    string `json:"applied"`
}

// DutyFold folds the entries of one file, and of the assessments of its unit. Use [NewDutyFold].
type DutyFold struct {
	view DutyView
	said map[string]int // event id of what the ledger says is due → place in the deductions
}

// NewDutyFold begins the fold of a file, by its name.
func NewDutyFold(file string) *DutyFold {
	return &DutyFold{said: map[string]int{}, view: DutyView{File: file, Unit: stream.UnitOf(file), Person: duty.Person(file),
		Items:     []DutyItem{},
		Performed: []DutyDone{}, Reviews: []DutyReview{}, Deductions: []DutyDeduction{}, Uses: []DutyUse{}}}
}

// Apply folds one entry.
func (f *DutyFold) Apply(e *event.Event) {
	v := &f.view
	switch d := e.Data.(type) {
	case *duty.Performed:
		v.Performed = append(v.Performed, DutyDone{e.Index, d.Item, stated(d.Version), d.On, d.Account, len(d.Evidence), e.Actor.Person})
	case *duty.Reviewed:
		v.Reviews = append(v.Reviews, DutyReview{e.Index, d.From, d.To, list(d.Missing), d.Note, e.Actor.Person})
	case *assessment.Recorded:
		if d.Points != nil && d.Source != nil {
			v.Points += *d.Points
			f.deduction(e.Stream.ID, d.Rule, *d.Source).Points = d.Points
		}
		if d.Applied != "" {
			v.Uses = append(v.Uses, DutyUse{e.Index, e.Stream.ID, d.Applied})
		}
	case *oversight.DeviationFlagged:
		if rule, source, ok := assessment.Called(d); ok {
			f.deduction(e.Stream.ID, rule, source).Due = e.Recorded
			f.said[e.ID.String()] = f.place(e.Stream.ID, rule, source)
		}
	case *oversight.StatementLapsed:
		if i, ok := f.said[d.Statement]; ok {
			v.Deductions[i].Due = time.Time{}
		}
	}
}

func (f *DutyFold) place(in, rule string, source uint64) int {
	return slices.IndexFunc(f.view.Deductions, func(d DutyDeduction) bool {
		return d.Assessment == in && d.Rule == rule && d.Source == source
	})
}

// deduction returns the line of a deduction, a new one where there is none.
func (f *DutyFold) deduction(in, rule string, source uint64) *DutyDeduction {
	i := f.place(in, rule, source)
	if i < 0 {
		i = len(f.view.Deductions)
		f.view.Deductions = append(f.view.Deductions, DutyDeduction{Assessment: in, Rule: rule, Source: source})
	}
	return &f.view.Deductions[i]
}

// stated is the version that an entry states, 0 where it means the one in force: no table is published by the first entry of a ledger.
func stated(version *uint64) uint64 {
	if version == nil {
		return 0
	}
	return *version
}

// ApplyLists takes over the lists of powers and duties.
func (f *DutyFold) ApplyLists(lists *TableFold) {
	for i := range f.view.Performed {
		d := &f.view.Performed[i]
		if ed := lists.state.KnownBefore(d.Index); d.Version == 0 && ed != nil {
			d.Version = ed.Version
		}
	}
	for _, ed := range lists.state.InForce() {
		for i := range ed.Duties {
			if d := &ed.Duties[i]; d.Unit == f.view.Unit {
				f.view.Items = append(f.view.Items, f.item(d))
			}
		}
	}
}

func (f *DutyFold) item(d *codetable.Duty) DutyItem {
	line := DutyItem{Item: d.ID, List: d.List, Post: d.Post, Text: d.Text}
	for _, done := range f.view.Performed {
		if done.Item == d.ID {
			line.Times, line.Last = line.Times+1, max(line.Last, done.On)
		}
	}
	return line
}

// View returns the file. What is due no more, and for which nothing was deducted, is left out.
func (f *DutyFold) View() DutyView {
	v := f.view
	v.Deductions = slices.DeleteFunc(slices.Clone(v.Deductions), func(d DutyDeduction) bool { return d.Points == nil && d.Due.IsZero() })
	return v
}
