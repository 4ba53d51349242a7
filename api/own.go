package api

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// plan answers with the entry of the plan in force.
func (a *Handler) plan(c *call) error {
	if err := a.ready(c); err != nil {
		return err
	}
	index, ok := a.cfg.Projector.Plan(c.path("id"))
	if !ok {
		return fail(law.NotFound, law.Str("name", c.path("id")))
	}
	raw, err := a.cfg.Ledger.Entry(c.r.Context(), index)
	if err != nil {
		return err
	}
	c.body(mediaJSON, raw)
	return nil
}

// myEntries answers with a page of the caller's own entries, which it searches for within maxSearch.
func (a *Handler) myEntries(c *call) error {
	limit, err := c.uint("limit", defaultPage, maxPage)
	if err != nil {
		return err
	}
	head := a.cfg.Ledger.Head()
	next, err := c.uint("cursor", 0, maxPosition)
	if err != nil {
		return err
	}
	if err := a.ready(c); err != nil {
		return err
	}
	v, marks, wanted := a.viewer(c), ownMarks(c), &filter{}
	a.parseType(c, wanted)
	named := []byte(wanted.typeName + wanted.typeFull)
	limit, next = max(limit, 1), min(next, head.Size)
	out := append(make([]byte, 0, 16<<10), `{"entries":[`...)
	n, deadline := uint64(0), time.Now().Add(maxSearch)
	err = a.cfg.Ledger.Entries(c.r.Context(), next, head.Size, func(index uint64, raw []byte) error {
		if n == limit || len(out) > maxPageBytes || index&1023 == 0 && time.Now().After(deadline) {
			return errEnough
		}
		next = index + 1
		if !marked(raw, marks) || !bytes.Contains(raw, named) {
			return nil
		}
		en, err := entry.Parse(raw)
		if err != nil || !v.own(&en) || !wanted.matchesType(en.Event) || !jsontext.Value(raw).IsValid() {
			return nil //nolint:nilerr // whose a malformed entry is cannot be told
		}
		if err := v.show(&en); err != nil {
			return err
		}
		if n++; n > 1 {
			out = append(out, ',')
		}
		out = append(out, raw...)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	out = append(out, `],"position":`...)
	out = strconv.AppendUint(out, head.Size, 10)
	out = append(out, `,"root":"`...)
	out = base64.StdEncoding.AppendEncode(out, head.Root[:])
	if !head.Recorded.IsZero() {
		out = append(out, `","recorded":"`...)
		out = entry.AppendRecorded(out, head.Recorded.UTC())
	}
	out = append(out, `","cursor":"`...)
	out = strconv.AppendUint(out, next, 10)
	out = append(out, `","more":`...)
	out = strconv.AppendBool(out, next < head.Size)
	c.body(mediaJSON, append(out, "}\n"...))
	return nil
}

// ownMarks are bytes of which every entry of the caller's own has some: most entries of others need
// not be parsed.
func ownMarks(c *call) (marks [][]byte) {
	me := &c.claims
	marks = append(marks, []byte(`"token":`+strconv.FormatUint(me.Token, 10)), []byte(me.Event.String()))
	if me.Role == event.RoleImporter {
		marks = append(marks, []byte(`"unit":"`+me.Unit+`"`))
	}
	if me.Person != "" {
		marks = append(marks, []byte(`"person":"`+me.Person+`"`), []byte(`"stream":"person/`+me.Person+`"`))
	}
	return marks
}

func marked(raw []byte, marks [][]byte) bool {
	for _, m := range marks {
		if bytes.Contains(raw, m) {
			return true
		}
	}
	return false
}
