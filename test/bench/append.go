package main

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/node"
)

// visitEvents is how many events a writer appends to one inspection before it starts the
// next: a usual visit.
const visitEvents = 55

// bearer is who measures: an inspector's token, and the actor that its entries name.
type bearer struct {
	token identity.Token
	actor event.Actor
}

// prepare registers the team, its people and one subject per writer, and issues the token of an
// inspector.
func prepare(ctx context.Context, n *node.Node, writers int) (b bearer, err error) {
	if err := issueTokens(ctx, n, writers); err != nil {
		return b, err
	}
	b.token, b.actor, err = n.Issue(ctx, token.Issued{Role: event.RoleInspector, Person: "bench-a", Team: "bench"}, lifetime)
	return b, err
}

const lifetime = 24 * time.Hour

func issueTokens(ctx context.Context, n *node.Node, writers int) error {
	_, office, err := n.Issue(ctx, token.Issued{Role: event.RoleSupervisionOffice}, lifetime)
	if err != nil {
		return err
	}
	at := time.Now().UTC()
	var items []ledger.Item
	add := func(kind event.Kind, id, name string, data event.Data) error {
		e := &event.Event{ID: uuid.New(), Type: n.Catalogue.Newest(name), Stream: event.Stream{Kind: kind, ID: id},
			Source: "urn:anjian:bench", Occurred: at, ExpectedRevision: event.AnyRevision, Data: data}
		raw, err := entry.Author(e)
		if err != nil {
			return err
		}
		items = append(items, ledger.Item{Bytes: raw, Event: e})
		return nil
	}
	for _, id := range []string{"bench-a", "bench-b"} {
		if err := add(event.Person, id, "person-registered", &person.Registered{Name: id, Unit: "bench", Certificate: "C-" + id,
			Roles: []event.Role{event.RoleInspector}}); err != nil {
			return err
		}
		if err := add(event.Person, id, "inspector-trained", &person.Trained{Topic: "bench", Date: "2026-01-01"}); err != nil {
			return err
		}
	}
	if err := add(event.Team, "bench", "team-formed", &team.Formed{Name: "bench", Kind: "comprehensive"}); err != nil {
		return err
	}
	for _, id := range []string{"bench-a", "bench-b"} { // who is no member is flagged, event by event
		if err := add(event.Team, "bench", "member-joined", &team.MemberJoined{Person: id}); err != nil {
			return err
		}
	}
	for w := range writers {
		d := &subject.Registered{Kind: "enterprise", Name: fmt.Sprintf("bench %d", w), Region: "610902", Sectors: []string{"MINE"},
			Discovery: "register"}
		if err := add(event.Subject, fmt.Sprintf("bench-%d", w), "subject-registered", d); err != nil {
			return err
		}
	}
	for len(items) > 0 {
		k := min(len(items), ledger.MaxBatchEvents)
		if _, err := n.Ledger.Append(ctx, ledger.Request{Actor: office, Items: items[:k]}); err != nil {
			return err
		}
		items = items[k:]
	}
	return nil
}

// author writes one writer's visits, event by event, as JSON text of about recordSize bytes
// an entry, as a client would send it.
type author struct {
	writer, visit, event int
	run                  uint64
	stream               string            // of the visit
	device               *devicekey.Signer // nil: the events are not signed
}

// newAuthors are so many authors, who have begun nothing: what others were sent does not count as begun by them.
func newAuthors(writers int) []author {
	all, run := make([]author, writers), rand.Uint64()
	for w := range all {
		all[w] = author{writer: w, run: run}
	}
	return all
}

// appendSource appends the source, and of a signed event what else binds it.
func (a *author) appendSource(b []byte) []byte {
	if a.device == nil {
		return append(b, "urn:anjian:bench"...)
	}
	link := a.device.Next()
	b = append(b, entry.KeySource(link.Key)...)
	b = append(b, `","ledger":"`...)
	b = append(b, link.Ledger...)
	b = append(b, `","keyseq":`...)
	b = strconv.AppendUint(b, uint64(link.Seq), 10)
	b = append(b, `,"keyprev":"`...)
	return append(b, link.Prev...)
}

// name returns the stream of the visit that begins: its UUID is of the run, the writer and the visit.
func (a *author) name() string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], a.run)
	binary.BigEndian.PutUint32(id[8:12], uint32(a.writer)) //nolint:gosec // thousands
	binary.BigEndian.PutUint32(id[12:], uint32(a.visit))   //nolint:gosec // thousands
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return event.Stream{Kind: event.Inspection, ID: event.VisitID("bench", id)}.String()
}

// next returns the bytes of the next event. It is written without package fmt: what the
// client does is not what is measured.
func (a *author) next(r *rand.Rand) []byte {
	if a.event == visitEvents {
		a.visit, a.event = a.visit+1, 0
	}
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], r.Uint64())
	binary.BigEndian.PutUint64(id[8:], r.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	n := a.event
	if n == 0 {
		a.stream = a.name()
	}
	a.event++
	b := make([]byte, 0, recordSize)
	b = append(b, `{"specversion":"1.0","id":"`...)
	b = append(b, id.String()...)
	b = append(b, `","source":"`...)
	b = a.appendSource(b)
	b = append(b, `","type":"anjian.`...)
	switch {
	case n == 0:
		b = append(b, "inspection-started"...)
	case n%10 == 5:
		b = append(b, "finding-recorded"...)
	default:
		b = append(b, "check-answered"...)
	}
	b = append(b, `.v1","subject":"`...)
	b = append(b, a.stream...)
	b = append(b, `","time":"`...)
	b = time.Now().UTC().AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","data":{`...)
	switch {
	case n == 0:
		b = append(b, `"subject":"bench-`...)
		b = strconv.AppendInt(b, int64(a.writer), 10)
		b = append(b, `","team":"bench","sector":"MINE","visit_type":"verify","inspectors":["bench-a","bench-b"]}}`...)
	case n%10 == 5:
		b = append(b, `"finding":"f-`...)
		b = strconv.AppendInt(b, int64(n), 10)
		b = append(b, `","description":"`...)
		b = appendFiller(b, r, 250)
		b = append(b, `","level":"general","clauses":[{"law":"安全生产法","version":"2021-06-10","article":"41"}],"violation":"main-duty",`+
			`"punishable":false,"found_by":["bench-a"],"evidence":[{"sha256":"`...)
		var hash [32]byte
		binary.BigEndian.PutUint64(hash[:], r.Uint64())
		b = hex.AppendEncode(b, hash[:])
		b = append(b, `","size":2483911,"media_type":"image/jpeg"}]}}`...)
	default:
		b = append(b, `"item":"E-`...)
		b = strconv.AppendInt(b, int64(n), 10)
		b = append(b, `","section":"production","answer":"yes","note":"`...)
		b = appendFiller(b, r, 440)
		b = append(b, `"}}`...)
	}
	return b
}

// appends measures durable appends of single events with receipts: strict parsing, rules,
// both copies synced, inclusion proof and signed checkpoint.
func appends(ctx context.Context, n *node.Node, b bearer, writers int, warm, measured time.Duration) (Load, error) {
	authors := newAuthors(writers)
	proofs := make([][]byte, writers) // as over HTTP, what a writer's last receipt needed serves the next
	return drive("anjian", writers, warm, measured, func(w int, r *rand.Rand) error {
		raw := authors[w].next(r)
		e, err := entry.ParseEvent(raw, n.Catalogue)
		if err != nil {
			return err
		}
		res, err := n.Ledger.Append(ctx, ledger.Request{Actor: b.actor, Items: []ledger.Item{{Bytes: raw, Event: e}}})
		if err != nil {
			return err
		}
		proofs[w], err = n.Ledger.AppendReceiptProof(proofs[w][:0], res.Receipts[0].Index, &res)
		return err
	})
}
