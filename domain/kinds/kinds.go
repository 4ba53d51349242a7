// Package kinds lists the kinds of streams: a new one is its package and one line here.
package kinds

import (
	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
)

// All are the kinds, in the order of the documents. Only a test that adds one of its own changes the list,
// before anything reads it.
var All = []stream.Kind{
	campaign.Kind,
	team.Kind,
	person.Kind,
	subject.Kind,
	inspection.Kind(),
	accident.Kind,
	review.Kind,
	blacklist.Kind,
	exposure.Kind,
	publicity.Kind,
	table.Kind,
	token.Kind,
	oversight.Kind,
	oversight.Flags,
}

// Of returns the kind of a name, or nil.
func Of(name event.Kind) *stream.Kind {
	for i := range All {
		if All[i].Name == name {
			return &All[i]
		}
	}
	return nil
}

// Names returns the names of all kinds.
func Names() []event.Kind {
	names := make([]event.Kind, len(All))
	for i := range All {
		names[i] = All[i].Name
	}
	return names
}
