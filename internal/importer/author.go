package importer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
)

// namespace is the UUID namespace of imported events. It is permanent: changing it would
// import every record a second time.
var namespace = uuid.MustParse("6f1d3c52-2f0b-5c8e-9c57-0a4a1e5f7d31")

// author makes the events of one format. Each names as originid what the source calls the record
// that it comes from. Its id is the UUID of version 5, within the namespace, of its source, the
// bare name of its type, its subject and its originid, with a line feed between them; so the same
// record has the same id in every run, whatever its file is called and wherever it stands in it.
// EVENTS.md publishes this rule, and that of [author.visit].
type author struct {
	format Format
	types  *event.Catalogue
}

func (a *author) source() string { return "urn:anjian:import:" + string(a.format) }

// id is the UUID of version 5 of what identifies a thing of the source.
func (a *author) id(parts ...string) uuid.UUID {
	return uuid.NewSHA1(namespace, []byte(strings.Join(append([]string{a.source()}, parts...), "\n")))
}

// visit returns the stream of the visit that the source calls by origin. It is named after the
// unit whose records they are, which is that of the importer's token and called as the format.
func (a *author) visit(origin string) event.Stream {
	return event.Stream{Kind: event.Inspection, ID: event.VisitID(string(a.format), a.id(string(event.Inspection), origin))}
}

func newAuthor(f Format) (*author, error) {
	c, err := event.NewCatalogue(slices.Concat(team.Types, subject.Types, inspection.Types)...)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	return &author{format: f, types: c}, nil
}

// event makes one event that occurred on a day, of what the source calls by origin.
func (a *author) event(name string, stream event.Stream, day time.Time, data event.Data, origin string) *event.Event {
	return &event.Event{
		ID: a.id(name, stream.String(), origin), Type: a.types.Newest(name), Stream: stream, OriginID: origin,
		Source: a.source(), Occurred: event.Day.Floor(day), Precision: event.Day, ExpectedRevision: event.AnyRevision, Data: data,
	}
}

// items collects the events of one subject.
type items struct {
	author *author
	list   []item
}

func (l *items) add(r row, name string, stream event.Stream, day time.Time, data event.Data, origin string) {
	l.list = append(l.list, item{l.author.event(name, stream, day, data, origin), r})
}
