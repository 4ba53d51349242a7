package importer

import (
	"fmt"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
)

// Row says where a record stands in the files that were given.
type Row struct {
	File string
	Line int // of the file, from 1; the header is line 1
}

func (r Row) String() string {
	if r.Line == 0 { // a record that no file has
		return r.File
	}
	return fmt.Sprintf("%s:%d", r.File, r.Line)
}

// Item is one event with the row it came from.
type Item struct {
	Event *event.Event
	Row   Row
}

// Dataset is a mapped source, ready to be walked as often as needed.
type Dataset struct {
	// First holds what must be in the ledger before any subject: the teams.
	First []Item
	// Subjects gives, for each subject, its events in the order they must be appended: the
	// subject, then its inspections by date. Subjects do not depend on each other.
	Subjects []func() []Item
}

// Check validates every event against its own body's rules and returns their number. Rows
// that would fail were sorted out when they were read, so an error here is a fault of the
// mapping, not of the file.
func (d *Dataset) Check() (int, error) {
	n, err := checkItems(d.First)
	for _, s := range d.Subjects {
		if err != nil {
			return n, err
		}
		var m int
		m, err = checkItems(s())
		n += m
	}
	return n, err
}

func checkItems(items []Item) (int, error) {
	for _, it := range items {
		if err := field.Check(it.Event.Data); err != nil {
			return 0, fmt.Errorf("import: %s: the row gives an invalid %s: %w", it.Row, it.Event.Type.Name, err)
		}
	}
	return len(items), nil
}
