package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/internal/importer"
)

// record is a subject that the ledger has.
type record struct {
	stream  event.Stream
	uscc    string
	place   string // see [place]
	row     int    // of the file, that is this subject; 0: none yet
	*source        // nil: somebody else registered it
}

// source is what the own source stated of a subject.
type source struct {
	content           [32]byte // hash of what counts
	region, sectors   string
	reason, origin    string // why the credit code is wrong; id of the record
	fact, newest      event.Ref
	at                time.Time
	withdrawn, broken bool
}

// ledger is which subjects there are.
type ledger struct {
	own    map[string]*record // by the id of the stream, and so are all others
	byUSCC map[string]*record
	byName map[string][]*record // by place
}

// hashOf is the hash of a content, whatever the order of its members.
func hashOf(content []byte) [32]byte {
	v := jsontext.Value(slices.Clone(content))
	_ = v.Canonicalize() // what cannot be read differs from all
	return sha256.Sum256(v)
}

// readLedger reads what the own source has registered, entry by entry, and then which subjects others have. read tells how many.
func readLedger(ctx context.Context, c *client.Client, a *importer.Author, read func(n int)) (*ledger, error) {
	l := &ledger{own: map[string]*record{}, byUSCC: map[string]*record{}, byName: map[string][]*record{}}
	facts, n := map[string]*record{}, 0
	for e, err := range c.Own(ctx, "") {
		if err != nil {
			return nil, fmt.Errorf("import-register: what was imported cannot be read: %w", err)
		}
		l.entry(&e, a.Source(), facts)
		n++
		read(n)
	}
	for _, r := range l.own {
		l.index(r)
	}
	for s, err := range c.Subjects(ctx, nil) {
		if err != nil {
			return nil, fmt.Errorf("import-register: the subjects of the ledger cannot be read: %w", err)
		}
		n++
		read(n)
		if l.own[s.Subject] == nil {
			r := &record{stream: event.Stream{Kind: event.Subject, ID: s.Subject}, uscc: s.USCC, place: place(s.Name, s.County)}
			l.own[s.Subject] = r
			l.index(r)
		}
	}
	return l, nil
}

func (l *ledger) index(r *record) {
	if r.uscc != "" && l.byUSCC[r.uscc] == nil {
		l.byUSCC[r.uscc] = r
	}
	l.byName[r.place] = append(l.byName[r.place], r)
}

// entry takes over one entry of the own source.
func (l *ledger) entry(e *client.Entry, from string, facts map[string]*record) {
	var said struct {
		ID       string         `json:"id"`
		Source   string         `json:"source"`
		Type     string         `json:"type"`
		OriginID string         `json:"originid"`
		Time     time.Time      `json:"time"`
		Data     jsontext.Value `json:"data"`
	}
	stream, err := event.ParseStream(e.Stream)
	if err != nil || stream.Kind != event.Subject || json.Unmarshal(e.Event, &said) != nil || said.Source != from {
		return
	}
	sum := sha256.Sum256(e.Event)
	ref := event.Ref{Event: said.ID, SHA256: hex.EncodeToString(sum[:])}
	switch said.Type {
	case "anjian.subject-registered.v1":
		r := &record{stream: stream, source: &source{origin: said.OriginID, fact: ref, at: said.Time}}
		facts[said.ID], l.own[stream.ID] = r, r
		r.states(ref, said.Data)
	case "anjian.fact-corrected.v1", "anjian.fact-withdrawn.v1":
		var of map[string]jsontext.Value
		var fact event.Ref
		if json.Unmarshal(said.Data, &of) != nil || json.Unmarshal(of["fact"], &fact) != nil || facts[fact.Event] == nil {
			return
		}
		r := facts[fact.Event]
		_ = json.Unmarshal(of["time"], &r.at)
		r.newest, r.withdrawn = ref, true
		for name, content := range of {
			if !slices.Contains([]string{"fact", "replaces", "reason", "time"}, name) {
				r.states(ref, content)
			}
		}
	}
}

// states takes over the version of a registration that an event gives.
func (r *record) states(by event.Ref, content jsontext.Value) {
	var d subject.Registered
	r.broken = json.Unmarshal(content, &d) != nil
	r.newest, r.content, r.withdrawn = by, hashOf(content), false
	r.uscc, r.place, r.reason = d.USCC, place(d.Name, d.Region), d.USCCReason
	r.region, r.sectors = d.Region, joined(d.Sectors)
}

// joined is a set of sectors as it is compared.
func joined(sectors []string) string {
	s := slices.Clone(sectors)
	slices.Sort(s)
	return fmt.Sprint(s)
}

// find returns the subject that a row is about: that of its credit code; else the one of its name and county that has no
// other code. It is nil when there is none, and several when it cannot be told.
func (l *ledger) find(d *subject.Registered) (found *record, several []string) {
	if d.USCC != "" {
		if r := l.byUSCC[d.USCC]; r != nil {
			return r, nil
		}
	}
	for _, r := range l.byName[place(d.Name, d.Region)] {
		if d.USCC != "" && r.uscc != "" {
			continue
		}
		several = append(several, r.stream.ID)
		found = r
	}
	if len(several) > 1 {
		return nil, several[:min(len(several), 5)]
	}
	return found, nil
}

// differs says what of a subject that somebody else registered is otherwise in the row.
func (r *record) differs(d *subject.Registered) (what said) {
	switch {
	case d.USCC != "" && r.uscc != d.USCC:
		return said{"统一社会信用代码（账本：" + r.uscc + "）", "credit code (the ledger has: " + r.uscc + ")"}
	case place(d.Name, d.Region) != r.place:
		return said{"名称或县区（" + codes.CountyOf(d.Region) + "）", "name or county (" + codes.CountyOf(d.Region) + ")"}
	}
	return said{}
}
