package api

import (
	"bytes"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// parseUntil reads a bound of time: RFC 3339, or a date, which means its last nanosecond in
// Asia/Shanghai.
func parseUntil(s string) (time.Time, error) {
	if day, err := time.ParseInLocation(time.DateOnly, s, event.Beijing); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Nanosecond), nil
	}
	return event.ParseTime(s)
}

// parseSince is parseUntil for a lower bound: a date means its first moment.
func parseSince(s string) (time.Time, error) {
	if day, err := time.ParseInLocation(time.DateOnly, s, event.Beijing); err == nil {
		return day, nil
	}
	return parseUntil(s)
}

// filter selects entries. Empty fields select all.
type filter struct {
	stream, kind, team, county, subject, person, campaign string
	typeName, typeFull                                    string
	from, to                                              uint64    // since when the reader sees an entry: positions [from, to)
	bounded                                               bool      // to was asked for: a live stream ends there
	recordedFrom, recordedTo                              time.Time // zero: unbounded
	last                                                  uint64    // how many entries had been recorded by recordedTo
}

var typeParam = queryParam("type", "Bare name in every version (finding-recorded), or the full CloudEvents type. 事件类型",
	inForm(formType))

var filterParams = []*huma.Param{
	queryParam("stream", "One stream, kind/id, or all of a kind: inspection. 事件流", inForm(formStream)),
	typeParam,
	queryParam("team", "Id of the team the entry is about. 督查组", inForm(formID)),
	queryParam("county", "County code the entry is about. 县区代码", countyCodes()),
	queryParam("subject", "Id of the subject the entry is about. 检查对象", inForm(formID)),
	queryParam("person", "Id of the person who appended it. 人员", inForm(formID)),
	queryParam("campaign", "Id of the campaign. 专项行动", inForm(formID)),
	queryParam("from", "First position at which an entry became visible to you; 0 when absent. 起始位置", number(maxPosition)),
	queryParam("to", "Position after the last; the ledger's end when absent. 结束位置", number(maxPosition)),
	queryParam("cursor", "cursor of the page before, with the same other parameters. 续页", inForm(formCursor)),
	queryParam("recorded_from", "Recorded at or after: RFC 3339, or a date, its start in UTC+08:00. 记录时间起", inForm(formTime)),
	queryParam("recorded_to", "Recorded at or before: RFC 3339, or a date, its end in UTC+08:00. 记录时间止", inForm(formTime)),
}

// maxPosition is the largest position that every JSON reader keeps exact.
const maxPosition = 1<<53 - 1

func (a *Handler) parseFilter(c *call, head uint64) (*filter, error) {
	f := &filter{
		team: c.query.Get("team"), county: c.query.Get("county"), subject: c.query.Get("subject"),
		person: c.query.Get("person"), campaign: c.query.Get("campaign"),
	}
	if s := c.query.Get("stream"); strings.Contains(s, "/") {
		f.stream = s
	} else {
		f.kind = s
	}
	a.parseType(c, f)
	return f, a.parseRange(c, f, head)
}

func (a *Handler) parseType(c *call, f *filter) {
	if t := c.query.Get("type"); a.cfg.Catalogue.Lookup(t) != nil {
		f.typeFull = t
	} else {
		f.typeName = t
	}
}

// parseRange reads the ranges. Nothing is visible before it is recorded, so recorded_from
// narrows the positions too; recorded_to selects by the entry, which may become visible later.
// Where recorded time was corrected, entries outside the times may stand between the positions.
func (a *Handler) parseRange(c *call, f *filter, head uint64) (err error) {
	if f.from, err = c.uint("from", 0, maxPosition); err != nil {
		return err
	}
	if f.to, err = c.uint("to", head, maxPosition); err != nil {
		return err
	}
	f.bounded, f.last = c.query.Has("to"), maxPosition
	if f.bounded && f.from > f.to {
		return invalid("from", "not-above-to")
	}
	if s := c.query.Get("recorded_from"); s != "" {
		t, err := parseSince(s)
		if err != nil {
			return err
		}
		n, err := a.cfg.Ledger.RecordedFrom(c.r.Context(), t)
		if err != nil {
			return err
		}
		f.from, f.recordedFrom = max(f.from, n), t
	}
	if s := c.query.Get("recorded_to"); s != "" {
		t, err := parseUntil(s)
		if err != nil {
			return err
		}
		n, err := a.cfg.Ledger.PositionAt(c.r.Context(), t)
		if err != nil {
			return err
		}
		if t.Before(f.recordedFrom) {
			return invalid("recorded_from", "not-above-to")
		}
		f.recordedTo, f.last = t, n
	}
	return nil
}

// narrow ends the range where recorded_to does, for who sees entries since their index.
func (f *filter) narrow(head uint64) {
	if f.last < head {
		f.to, f.bounded = min(f.to, f.last), true
	}
}

// matches reports whether an entry is selected. Only a filter by type looks into the event.
func (f *filter) matches(en *entry.Entry) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	if en.Recorded.Before(f.recordedFrom) || !f.recordedTo.IsZero() && en.Recorded.After(f.recordedTo) {
		return false
	}
	return is(f.kind, string(en.Stream.Kind)) && (f.stream == "" || f.stream == en.Stream.String()) &&
		(is(f.team, en.About.Team) || en.Stream == event.Stream{Kind: event.Team, ID: f.team}) &&
		is(f.county, en.About.County) &&
		(is(f.subject, en.About.Subject) || en.Stream == event.Stream{Kind: event.Subject, ID: f.subject}) &&
		is(f.person, en.Actor.Person) && is(f.campaign, en.About.Campaign) && f.matchesType(en.Event)
}

func (f *filter) matchesType(ev []byte) bool {
	switch {
	case f.typeFull != "":
		return typeOf(ev) == f.typeFull
	case f.typeName != "":
		name, isOurs := strings.CutPrefix(typeOf(ev), "anjian.")
		return isOurs && strings.HasPrefix(name, f.typeName+".v")
	}
	return true
}

// typeOf reads the type attribute of an event without decoding the rest.
func typeOf(ev []byte) string {
	dec := jsontext.NewDecoder(bytes.NewBuffer(ev))
	if _, err := dec.ReadToken(); err != nil {
		return ""
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return ""
		}
		if name.String() == "type" {
			value, err := dec.ReadToken()
			if err != nil {
				return ""
			}
			return value.String()
		}
		if dec.SkipValue() != nil {
			return ""
		}
	}
	return ""
}
