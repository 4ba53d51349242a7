package profile

import (
	"github.com/go-json-experiment/json"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// mostBytes is how large the body of an event may be, in JSON: its attributes need the rest.
const mostBytes = entry.MaxEventSize - 4096

// Type is the name of the type of a file's events.
func (f *File) Type() string {
	if f.Plan != nil {
		return "campaign-plan-published"
	}
	if f.Rules != nil {
		return "discipline-rules-published"
	}
	return "code-table-published"
}

// Body is the body of one event.
type Body struct {
	event.Data
	from int // the row of the file that is the first of a part
}

// mostRows is how many rows a part has at most: what the declaration of a list of rows lets it have.
const mostRows = 300

// Bodies returns the bodies of a file's events: one, or the parts of a table that is larger than one event, which are
// appended at once.
func (f *File) Bodies() []Body {
	if f.Plan != nil {
		return []Body{{Data: &f.Plan.PlanPublished}}
	}
	if f.Rules != nil {
		return []Body{{Data: f.Rules}}
	}
	rows := f.Table.Rows()
	for n := max(1, (rows+mostRows-1)/mostRows); ; n++ {
		all, fit := make([]Body, 0, n), true
		for i, d := range f.Table.Cut(n) {
			raw, err := json.Marshal(d)
			fit = fit && err == nil && len(raw) <= mostBytes
			all = append(all, Body{d, rows * i / n})
		}
		if fit || n >= rows {
			return all
		}
	}
}
