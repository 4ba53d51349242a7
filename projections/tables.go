package projections

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// TableLine is one table in the list of tables.
type TableLine struct {
	Table     string    `json:"table" doc:"name of the table, and id of its stream"`
	Name      string    `json:"name"`
	NameZH    string    `json:"name_zh"`
	Version   uint64    `json:"version,omitempty" doc:"position of the entry that published it; left out: none is published"`
	Published time.Time `json:"published,omitzero" doc:"when that entry was recorded"`
	Rows      int       `json:"rows" doc:"of the edition in force"`
}

// TableList is all code tables of the city.
type TableList struct {
	Head
	Tables []TableLine `json:"tables"`
}

// TableEdition is one version of a table, in the form of the event that publishes it.
type TableEdition struct {
	Version   uint64               `json:"version,omitempty" doc:"position of the entry that made it whole"`
	Published time.Time            `json:"published,omitzero"`
	Content   *codetable.Published `json:"content"`
}

// DisciplineEdition is one version of the rules of discipline (R02).
type DisciplineEdition struct {
	Index     uint64                     `json:"index" doc:"position of the entry that published it"`
	Published time.Time                  `json:"published"`
	SHA256    string                     `json:"sha256" doc:"of the text, which an acknowledgement names"`
	Content   *codetable.DisciplineRules `json:"content"`
}

// TableView is one table in force.
type TableView struct {
	Head
	TableLine
	BuiltIn    bool                `json:"built_in,omitempty" doc:"none is published: this is what the program has"`
	Editions   []TableEdition      `json:"editions" doc:"in force: one, of the holidays one for each year; none where nothing is published"`
	Discipline []DisciplineEdition `json:"discipline,omitempty" doc:"of discipline-rules: every version, the oldest first"`
}

// TableNames lists the tables in the order of documents.
func TableNames() []string { return append(codes.List("code-table"), codetable.Discipline) }

// TableFold folds the entries of one table. Use [NewTableFold].
type TableFold struct {
	name       string
	state      *codetable.State
	published  map[uint64]time.Time // by version
	discipline []DisciplineEdition
}

// NewTableFold begins the fold of a table.
func NewTableFold(name string) *TableFold {
	return &TableFold{name: name, state: codetable.NewState(), published: map[uint64]time.Time{}}
}

// Apply folds one entry of the table's stream.
func (f *TableFold) Apply(e *event.Event) {
	f.state.Apply(e)
	f.published[e.Index] = e.Recorded
	if d, ok := e.Data.(*codetable.DisciplineRules); ok {
		f.discipline = append(f.discipline, DisciplineEdition{e.Index, e.Recorded, d.SHA256(), d})
	}
}

// Calendars returns all calendars so far.
func (f *TableFold) Calendars() obligation.Calendars { return f.state.Calendars }

// View returns what is in force.
func (f *TableFold) View() TableView {
	v := TableView{TableLine: TableLine{Table: f.name, Name: "rules of discipline", NameZH: "纪律要求"}, Editions: []TableEdition{},
		Discipline: f.discipline}
	if c, ok := codes.TableOf("code-table").Of(f.name); ok {
		v.Name, v.NameZH = c.English, c.Chinese
	}
	for _, ed := range f.state.InForce() {
		v.Editions = append(v.Editions, TableEdition{ed.Version, f.published[ed.Version], ed.Published})
		v.Rows += ed.Rows()
		v.Version = max(v.Version, ed.Version)
	}
	for _, r := range f.discipline {
		v.Rows, v.Version = len(f.discipline), r.Index
	}
	v.Published = f.published[v.Version]
	if v.Version == 0 {
		v.Published = time.Time{}
		if own := codetable.BuiltIn(f.name); own != nil {
			v.BuiltIn, v.Editions, v.Rows = true, []TableEdition{{Content: own}}, own.Rows()
		}
	}
	return v
}
