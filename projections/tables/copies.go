package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// copyRow is a row of copies.
type copyRow struct {
	Visit     Name   `col:"visit" zh:"检查" doc:"whose site record was handed over" of:"visits"`
	Recipient string `col:"recipient" zh:"送达对象" doc:"whose copy it is"`
	SHA256    string `col:"sha256" zh:"哈希" doc:"of the paper"`
	Method    string `col:"method" zh:"送达方式" doc:"code of the list delivery"`
	Delivered Moment `col:"delivered" zh:"送达时间" doc:"when it was delivered"`
	Receipt   Moment `col:"receipt" zh:"回执时间" doc:"when its receipt was acknowledged, by a note or the recipient"`
}

var copies = Declare(Register{
	Name: "copies", Chinese: "记录送达", Doc: "a copy of a site record (R43)", Of: []event.Kind{event.Inspection}, Indexes: []string{"visit"},
}, func(t *Things[copyRow], e *event.Event) {
	key := func(sha256, recipient string) string { return sha256 + " " + recipient }
	switch d := e.Data.(type) {
	case *inspection.CopyDelivered:
		row := t.Thing(key(d.DocumentHash, d.Recipient))
		*row = copyRow{Visit: t.Name(e.Stream.ID), Recipient: d.Recipient, SHA256: d.DocumentHash, Method: d.Method,
			Delivered: Occurred(e)}
		if d.Acknowledgement != "" {
			row.Receipt = Occurred(e)
		}
	case *inspection.CopyAcknowledged:
		if row := t.Known(key(d.DocumentHash, d.Recipient)); row != nil {
			row.Receipt = Occurred(e)
		}
	}
})
