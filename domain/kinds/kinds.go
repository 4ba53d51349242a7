// Package kinds lists the kinds of streams: a new one is its package and one line here.
package kinds

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/assessment"
	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/clue"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/inquiry"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/interference"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/supervision"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/teamreview"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// All are the kinds, in the order of the documents. Only a test that adds one of its own changes the list,
// before anything reads it.
var All = corrected([]stream.Kind{
	campaign.Kind,
	team.Kind,
	person.Kind,
	subject.Kind,
	inspection.Kind(),
	order.Kind,
	casefile.Kind,
	accident.Kind,
	tip.Kind,
	transfer.Kind,
	review.Kind,
	blacklist.Kind,
	exposure.Kind,
	publicity.Kind,
	duty.Kind,
	assessment.Kind,
	teamreview.Kind,
	inquiry.Kind,
	evaluation.Kind,
	supervision.Kind,
	clue.Kind,
	interference.Kind,
	table.Kind,
	numbering.Kind,
	token.Kind,
	sealingkey.Kind,
	files.Kind,
	with(oversight.Kind, correction.Types...),
	oversight.Flags,
})

// corrected tells package correction which facts can be corrected: of every type, but for what the ledger alone says, and what is
// kept as it was stated.
func corrected(all []stream.Kind) []stream.Kind {
	var types []*event.Type
	for i := range all {
		for _, t := range all[i].Types {
			ledgers := slices.Equal(t.Append, []event.Role{event.RoleLedger})
			if t.Kind == all[i].Name && !all[i].Fixed && !ledgers && t.Kept != event.KeptAsStated && t.Upcast == nil {
				types = append(types, t)
			}
		}
	}
	correction.Declare(types)
	return all
}

// with adds events that may lie in any stream to a kind, by which they are listed.
func with(k stream.Kind, types ...*event.Type) stream.Kind {
	k.Types = append(k.Types[:len(k.Types):len(k.Types)], types...)
	return k
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
