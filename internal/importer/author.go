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

// author makes the events of one format. An event's id is the UUIDv5 of the format, the
// type, the stream and the identity of the record it comes from, so that the same record
// has the same id in every run, whatever its file is called and wherever it stands in it.
type author struct {
	format Format
	types  *event.Catalogue
}

func newAuthor(f Format) (*author, error) {
	c, err := event.NewCatalogue(slices.Concat(team.Types, subject.Types, inspection.Types)...)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	return &author{format: f, types: c}, nil
}

// event makes one event that occurred on a day. identity tells apart the events of one type
// in one stream; it is empty where a stream has only one.
func (a *author) event(name string, stream event.Stream, day time.Time, data event.Data, identity ...string) *event.Event {
	key := strings.Join(append([]string{string(a.format), name, stream.String()}, identity...), "\x00")
	return &event.Event{
		ID: uuid.NewSHA1(namespace, []byte(key)), Type: a.types.Newest(name), Stream: stream,
		Source: "urn:anjian:import:" + string(a.format), Occurred: event.Day.Floor(day), Precision: event.Day, ExpectedRevision: event.AnyRevision, Data: data,
	}
}

// items collects the events of one subject.
type items struct {
	author *author
	list   []item
}

func (l *items) add(r row, name string, stream event.Stream, day time.Time, data event.Data, identity ...string) {
	l.list = append(l.list, item{l.author.event(name, stream, day, data, identity...), r})
}
