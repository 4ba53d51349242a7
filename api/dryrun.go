package api

import (
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// dryRun is POST /v1/events/dry-run. It has a path of its own, so that no proxy that drops a query
// makes an append of it, and so that a typed client gets one form of answer from each.
func (a *Handler) dryRun(c *call) error { return a.appending(c, true) }

// Foretold is the answer to a dry run that met no refusal. It proves nothing and promises nothing:
// what others append meanwhile may change it.
type Foretold struct {
	DryRun   bool            `json:"dry_run" doc:"always true: nothing was stored, and no id is taken"`
	Position uint64          `json:"position" doc:"number of entries of the ledger"`
	Events   []ForetoldEvent `json:"events" doc:"one for each event, in order"`
}

// ForetoldEvent is what an event would become.
type ForetoldEvent struct {
	ID             string      `json:"id" format:"uuid"`
	Stream         string      `json:"stream"`
	Revision       uint64      `json:"revision" doc:"position in the stream, from 0"`
	AlreadyPresent bool        `json:"already_present" doc:"an identical event had been appended before, or stands before it in the batch"`
	Entry          *uint64     `json:"entry,omitempty" doc:"of one that had been appended before: its position in the ledger"`
	Deviations     []Deviation `json:"deviations" doc:"policy breaks that would be flagged beside the event"`
	Lapsed         []Lapsed    `json:"lapsed,omitempty" doc:"what the ledger had said and would take back with the event"`
	Key            string      `json:"key,omitempty" doc:"of a key-registered only: the key's id"`
}

// foretold answers a dry run.
func (a *Handler) foretold(c *call, res ledger.Result) error {
	l := speak(c, c.r)
	out := Foretold{DryRun: true, Position: res.Size, Events: make([]ForetoldEvent, len(res.Receipts))}
	for i := range res.Receipts {
		r := &res.Receipts[i]
		e := ForetoldEvent{ID: r.EventID.String(), Stream: r.Stream.String(), Revision: r.Revision, AlreadyPresent: r.AlreadyPresent,
			Deviations: []Deviation{}, Key: r.Key}
		if r.Index > 0 { // entry 0 is nobody's
			e.Entry = &r.Index
		}
		for _, d := range r.Deviations {
			code := law.Known(d.Code)
			e.Deviations = append(e.Deviations, Deviation{d.Code, d.Rule, d.Plan, d.Values, code.Title(l), code.Sentence(l, d.Values),
				code.Remedy(l, d.Values)})
		}
		for _, d := range r.Lapsed {
			of := Lapsed{Statement: d.Statement, Rule: d.Rule, Code: d.Code}
			if d.Code != "" {
				of.Title = law.Known(d.Code).Title(l)
			}
			e.Lapsed = append(e.Lapsed, of)
		}
		out.Events[i] = e
	}
	return c.json(out)
}
