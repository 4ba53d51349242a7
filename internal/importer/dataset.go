package importer

import (
	"fmt"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
)

// row says where a record stands in the files that were given.
type row struct {
	file string
	line int // of the file, from 1; the header is line 1
}

func (r row) String() string { return fmt.Sprintf("%s:%d", r.file, r.line) }

// item is one event with the row it came from.
type item struct {
	event *event.Event
	row   row
}

// dataset is a mapped source, ready to be walked as often as needed.
type dataset struct {
	// first holds what must be in the ledger before any subject: the teams.
	first []item
	// subjects gives, for each subject, its events in the order they must be appended: the
	// subject, then its inspections by date. Subjects do not depend on each other.
	subjects []func() []item
}

// check validates every event against its own body's rules and returns their number. Rows
// that would fail were sorted out when they were read, so an error here is a fault of the
// mapping, not of the file.
func (d *dataset) check() (int, error) {
	n, err := checkItems(d.first)
	for _, s := range d.subjects {
		if err != nil {
			return n, err
		}
		var m int
		m, err = checkItems(s())
		n += m
	}
	return n, err
}

func checkItems(items []item) (int, error) {
	for _, it := range items {
		if err := field.Check(it.event.Data); err != nil {
			return 0, fmt.Errorf("import: %s: the row gives an invalid %s: %w", it.row, it.event.Type.Name, err)
		}
	}
	return len(items), nil
}
