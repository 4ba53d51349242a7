package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/teamreview"
)

// mentionRow is a row of mentions.
type mentionRow struct {
	Person Name   `col:"person" zh:"人员" doc:"who is named" of:"people"`
	Part   string `col:"part" zh:"身份" doc:"inspector, signer, reviewer"`
	Kind   string `col:"kind" zh:"流类别" doc:"of the stream"`
	Matter Name   `col:"matter" zh:"事项" doc:"id of the stream" of:"stream"`
	Date   Moment `col:"date" zh:"日期" doc:"of the entry"`
}

// mentions are of streams that many see; together they are a file on a person, and that is the office's and the commission's alone.
var mentions = func() *Register {
	r := Declare(Register{
		Name: "mentions", Chinese: "被提及", Doc: "a person who is named in an entry of somebody else (R65)",
		Of: []event.Kind{event.Inspection, teamreview.Name}, Indexes: []string{"person"},
	}, func(t *Things[mentionRow], e *event.Event) {
		named := func(part, person string) {
			*t.Thing(part + " " + person) = mentionRow{Person: t.Name(person), Part: part, Kind: string(e.Stream.Kind), Matter: t.Name(e.Stream.ID),
				Date: Occurred(e)}
		}
		signers := func(all []inspection.Signer) {
			for i := range all {
				named("signer", all[i].Person)
			}
		}
		switch d := e.Data.(type) {
		case *inspection.Started:
			for _, p := range d.Inspectors {
				named("inspector", p)
			}
		case *inspection.RecordSigned:
			signers(d.Signers)
		case *inspection.SignatureRefused:
			signers(d.Signers)
		case *teamreview.Ordered:
			for _, p := range d.Reviewers {
				named("reviewer", p)
			}
		}
	})
	r.only = []event.Role{event.RoleSupervisionOffice, event.RoleDisciplineCommission}
	return r
}()
