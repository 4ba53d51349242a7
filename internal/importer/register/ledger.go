package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
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
	content         [32]byte // hash of what counts
	region, sectors string
	reason, origin  string // why the credit code is wrong; id of the record
	fact, newest    event.Ref
	at              time.Time
	withdrawn       bool
}

// ledger is which subjects there are.
type ledger struct {
	own    map[string]*record // by the id of the stream, and so are all others
	byUSCC map[string]*record
	byName map[string][]*record // by place
}

// hashOf is the hash of what a registration says, however it was written.
func hashOf(d *subject.Registered) [32]byte {
	b, err := json.Marshal(d, json.Deterministic(true))
	if err != nil {
		panic(err) // it was checked, or came from JSON
	}
	return sha256.Sum256(b)
}

// readLedger reads what the own source has registered, entry by entry, and then which subjects others have. read tells how many.
func readLedger(ctx context.Context, c *client.Client, a *importer.Author, read func(n int)) (*ledger, error) {
	l := &ledger{own: map[string]*record{}, byUSCC: map[string]*record{}, byName: map[string][]*record{}}
	facts, n := map[string]*record{}, 0
	for e := range ahead(ctx, c.Own(ctx, "")) {
		if e.err != nil {
			return nil, fmt.Errorf("import-register: what was imported cannot be read: %w", e.err)
		}
		l.entry(&e.entry, a.Source(), facts)
		n++
		read(n)
	}
	for _, r := range l.own {
		l.index(r)
	}
	all, err := c.SubjectsKnown(ctx)
	if err == nil && all == len(l.own) {
		return l, nil // nobody else registered one, and the list is long
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

type given struct {
	entry client.Entry
	err   error
}

// ahead reads entries while those before them are looked at.
func ahead(ctx context.Context, entries iter.Seq2[client.Entry, error]) iter.Seq[given] {
	return func(yield func(given) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		read := make(chan given, 2000)
		go func() {
			defer close(read)
			for e, err := range entries {
				select {
				case read <- given{e, err}:
				case <-ctx.Done():
					return
				}
			}
		}()
		for g := range read {
			if !yield(g) {
				return
			}
		}
	}
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
	r.newest, r.withdrawn = by, false
	if json.Unmarshal(content, &d) != nil {
		return // no program writes it; it differs from all
	}
	r.content = hashOf(&d)
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
