package tables

import (
	"strconv"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// recipientRow is a row of recipients. It has all that is asked of the delivery of a site record, because a report would else look for the
// record, what is owed and the papers of each.
type recipientRow struct {
	Visit     Name   `col:"visit" zh:"检查" doc:"whose site record it is" of:"visits"`
	Sector    string `col:"sector" zh:"行业领域" doc:"of the visit: in which it inspects"`
	Number    string `col:"record_no" zh:"记录编号" doc:"of the record; NULL: not stated"`
	Issued    Moment `col:"issued" zh:"记录时间" doc:"when the record was made"`
	Recipient string `col:"recipient" zh:"送达对象" doc:"who is to have a copy, as the plan says"`
	Due       Moment `col:"due" zh:"期限" doc:"the last minute that is in time; NULL: nobody states a limit"`
	Copy      Number `col:"copy_ix" zh:"送达条目" doc:"entry of the last paper that was delivered to it; NULL: none was"`
	Delivered Moment `col:"delivered" zh:"送达时间" doc:"when the first one was delivered"`
	Receipt   Moment `col:"receipt" zh:"回执时间" doc:"when a receipt was first acknowledged"`
	Same      Number `col:"same" zh:"内容一致" doc:"1: a paper that was delivered has the hash of the record; 0: none has; NULL: not known"`
}

// recipients follow from documents, copies and obligations of their visit, and change with these: they are on the shelf of the last.
var recipients = Declare[recipientRow](Register{
	Name: "recipients", Chinese: "应送对象",
	Doc: "somebody to whom a copy of a site record, or of the corrected one, is owed (R43)",
	Of:  []event.Kind{event.Inspection}, Indexes: []string{"visit"},
}, nil)

// ofRecord is the kind of what is owed when a site record is made: its copies.
const ofRecord = "copies"

// handed says of each recipient what its visit says now.
func (s *owingShelf) handed(f *Fold, e *event.Event) {
	t := &Things[recipientRow]{&s.recipients, f, e}
	record := s.record()
	for i := range s.on {
		if s.on[i].Kind.Name != ofRecord {
			continue
		}
		key, owed := strconv.Itoa(i), &s.list[i].row
		if record == nil || owed.State == string(obligation.Void) {
			t.End(key)
			continue
		}
		row := t.Thing(key)
		*row = recipientRow{Visit: owed.Matter, Sector: s.visit.Sector(), Number: record.row.Number, Issued: record.row.Issued,
			Recipient: owed.Item, Due: owed.Due}
		s.recipients.list[s.recipients.find(key)].ix = record.ix
		for k := range s.copies.list {
			if c := &s.copies.list[k]; c.is && c.row.Recipient == owed.Item {
				row.has(c, record.row.SHA256)
			}
		}
	}
}

// record is the site record; nil: there is none any more.
func (s *owingShelf) record() *thing[documentRow] {
	for i := range s.papers.list {
		if p := &s.papers.list[i]; p.is && p.row.Kind == "record" {
			return p
		}
	}
	return nil
}

// has has a recipient have a paper.
func (r *recipientRow) has(c *thing[copyRow], record string) {
	r.Copy = Known(max(r.Copy.n, int64(c.ix)))
	r.Delivered, r.Receipt = c.row.Delivered.First(r.Delivered), c.row.Receipt.First(r.Receipt)
	if c.row.SHA256 != "" && record != "" && r.Same != Known(1) {
		r.Same = flag(c.row.SHA256 == record)
	}
}
