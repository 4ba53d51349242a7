package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/subject"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
)

// Catalogue returns every event type of the ledger. It panics when the declarations contradict
// each other, which the tests of this package would have shown.
func Catalogue() *event.Catalogue {
	c, err := event.NewCatalogue(slices.Concat(campaign.Types, team.Types, person.Types, subject.Types,
		inspection.Types, accident.Types, review.Types, codetable.Types, token.Types, oversight.Types)...)
	if err != nil {
		panic(err)
	}
	for _, t := range c.All() {
		field.ShapeOf(t.New()) // panics when a member is not declared
	}
	return c
}
