package importer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
)

// namespace is the UUID namespace of imported events. It is permanent: changing it would
// import every record a second time.
var namespace = uuid.MustParse("6f1d3c52-2f0b-5c8e-9c57-0a4a1e5f7d31")

// Author makes the events of one format. Each names as originid what the source calls the record
// that it comes from. Its id is the UUID of version 5, within the namespace, of its source, the
// bare name of its type, its subject and its originid, with a line feed between them; so the same
// record has the same id in every run, whatever its file is called and wherever it stands in it.
// EVENTS.md publishes this rule, and that of [Author.Visit].
type Author struct {
	format string // of the mapping
	types  *event.Catalogue
}

// Source is the source of all its events.
func (a *Author) Source() string { return "urn:anjian:import:" + a.format }

// ID is the UUID of version 5 of what identifies a thing of the source.
func (a *Author) ID(parts ...string) uuid.UUID {
	return uuid.NewSHA1(namespace, []byte(strings.Join(append([]string{a.Source()}, parts...), "\n")))
}

// Visit returns the stream of the visit that the source calls by origin. It is named after the
// unit whose records they are, which is that of the importer's token and called as the format.
func (a *Author) Visit(origin string) event.Stream {
	return event.Stream{Kind: event.Inspection, ID: event.VisitID(a.format, a.ID(string(event.Inspection), origin))}
}

// Order returns the stream of the order that the source calls by origin, named like a visit.
func (a *Author) Order(origin string) event.Stream {
	return event.Stream{Kind: order.Name, ID: event.VisitID(a.format, a.ID(string(order.Name), origin))}
}

// Case returns the stream of the case of one decision, a type's bare name, that the source calls by origin, named like a visit. A
// record of which the newer file says another decision has another case: a case whose decision is withdrawn takes no other.
func (a *Author) Case(decision, origin string) event.Stream {
	return event.Stream{Kind: casefile.Name, ID: event.VisitID(a.format, a.ID(string(casefile.Name), decision, origin))}
}

// NewAuthor returns the author of a format.
func NewAuthor(format string) (*Author, error) {
	c, err := event.NewCatalogue([]event.Kind{event.Team, event.Subject, event.Inspection, order.Name, casefile.Name},
		slices.Concat(team.Kind.Types, subject.Kind.Types, inspection.Types(), order.Kind.Types, casefile.Kind.Types, correction.Types)...)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	return &Author{format: format, types: c}, nil
}

// Event makes one event that occurred on a day, of what the source calls by origin.
func (a *Author) Event(name string, stream event.Stream, day time.Time, data event.Data, origin string) *event.Event {
	return &event.Event{
		ID: a.ID(name, stream.String(), origin), Type: a.types.Newest(name), Stream: stream, OriginID: origin,
		Source: a.Source(), Occurred: event.Day.Floor(day), Precision: event.Day, ExpectedRevision: event.AnyRevision, Data: data,
	}
}

// Items collects the events of one subject.
type Items struct {
	Author *Author
	List   []Item
}

// Add makes an event of the row r, that occurred on a day, of what the source calls by origin.
func (l *Items) Add(r Row, name string, stream event.Stream, day time.Time, data event.Data, origin string) {
	l.List = append(l.List, Item{l.Author.Event(name, stream, day, data, origin), r})
}
