package road

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	cloudevent "github.com/cloudevents/sdk-go/v2/event"
	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/formats/proof"
	merkleproof "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/repair"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/internal/verify"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/memory"
)

// travel takes entries from..to-1 through every reader that a server has.
func (s *server) travel(from, to uint64) {
	s.Helper()
	var raws []string
	s.must(s.ledger.Entries(context.Background(), from, to, func(_ uint64, raw []byte) error { raws = append(raws, string(raw)); return nil }))
	if n := uint64(len(raws)); n != to-from {
		s.Fatalf("%d entries of %d", n, to-from)
	}
	selected := fmt.Sprintf("/v1/events?limit=1000&from=%d&to=%d", from, to)
	if got := s.get(selected, "Accept", "application/x-ndjson"); got != strings.Join(raws, "\n")+"\n" {
		s.Fatalf("NDJSON %q\nstored %q", got, raws)
	}
	var page struct{ Entries []json.RawMessage }
	s.must(json.Unmarshal([]byte(s.get(selected)), &page))
	if !slices.EqualFunc(page.Entries, raws, func(a json.RawMessage, b string) bool { return string(a) == b }) {
		s.Fatalf("page %q\nstored %q", page.Entries, raws)
	}
	messages := readSSE(s.get(selected, "Accept", "text/event-stream"))
	for i, raw := range raws {
		index := from + uint64(i)
		if len(messages) != len(raws) || messages[i].data != raw {
			s.Fatalf("streamed %q\nstored %q", messages, raws)
		}
		path := fmt.Sprintf("/v1/entries/%d", index)
		if got := s.get(path); got != raw {
			s.Fatalf("served %q\nstored %q", got, raw)
		}
		if got := s.proven(s.get(path+"/receipt"), index); got != raw {
			s.Fatalf("proven %q\nstored %q", got, raw)
		}
		s.understood(raw)
	}
}

// message is one of a stream of server-sent events.
type message struct{ id, data string }

// readSSE reads a stream as HTML Living Standard §9.2.6 says: lines end with CR LF, LF or CR; a
// message ends with an empty line; of a line the part before the first colon is the field.
func readSSE(stream string) (all []message) {
	stream = strings.TrimPrefix(stream, "\ufeff")
	stream = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(stream, "\ufffd"))
	var id string
	var data []string
	lines := strings.Split(stream, "\n")
	for _, l := range lines[:len(lines)-1] { // what is behind the last end of a line is incomplete
		field, value, _ := strings.Cut(l, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case l == "":
			if data != nil {
				all = append(all, message{id, strings.Join(data, "\n")})
			}
			data = nil
		case field == "data":
			data = append(data, value)
		case field == "id" && !strings.Contains(value, "\x00"):
			id = value
		}
	}
	return all
}

// proven checks a receipt by the ledger's own reader and by transparency-dev's, and returns the
// entry that it proves.
func (s *server) proven(receipt string, index uint64) string {
	s.Helper()
	raw, at, head, err := translog.OpenReceipt([]byte(receipt), s.key.Verifier())
	if err != nil || at != index {
		s.Fatalf("receipt of entry %d, want %d: %v", at, index, err)
	}
	_, text, _ := strings.Cut(receipt, "\n")
	var p proof.TLogProof
	s.must(p.Unmarshal([]byte(text)))
	cp, _, _, err := log.ParseCheckpoint(p.Checkpoint, origin, s.key.Verifier())
	s.must(err)
	path := make([][]byte, len(p.Hashes))
	for i := range p.Hashes {
		path[i] = p.Hashes[i][:]
	}
	s.must(merkleproof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, cp.Size, rfc6962.DefaultHasher.HashLeaf(raw), path, cp.Hash))
	if p.Index != index || cp.Size != head.Size {
		s.Fatalf("transparency-dev reads entry %d of %d, want %d of %d", p.Index, cp.Size, index, head.Size)
	}
	return string(raw)
}

// understood reads an entry as the ledger does, as any reader of JSON does, and as the official
// CloudEvents SDK does: all of them must see the same event.
func (s *server) understood(raw string) {
	s.Helper()
	if !utf8.ValidString(raw) || strings.ContainsAny(raw, "\r\n\x00") {
		s.Fatalf("no line of text: %q", raw)
	}
	en, err := entry.Parse([]byte(raw))
	s.must(err)
	if again := entry.Append(nil, &en); string(again) != raw {
		s.Fatalf("%q is written again as %q", raw, again)
	}
	e := en.Decode(catalogue)
	if u, ok := e.Data.(*event.Unreadable); ok {
		s.Fatalf("%s\n%s", u.Reason, raw)
	}
	var common struct{ Event map[string]any }
	s.must(json.Unmarshal([]byte(raw), &common))
	sdk := s.bySDK(en.Event)
	head, err := entry.Peek(en.Event)
	s.must(err)
	type reading struct{ id, source, kind, subject string }
	ours := reading{e.ID.String(), e.Source, head.Type, e.Stream.String()}
	str := func(name string) string { v, _ := common.Event[name].(string); return v }
	if theirs := (reading{sdk.ID(), sdk.Source(), sdk.Type(), sdk.Subject()}); theirs != ours {
		s.Fatalf("the SDK reads %+v, the ledger %+v: %s", theirs, ours, raw)
	}
	if theirs := (reading{str("id"), str("source"), str("type"), str("subject")}); theirs != ours {
		s.Fatalf("encoding/json reads %+v, the ledger %+v: %s", theirs, ours, raw)
	}
	if e.Precision == event.Exact && !sdk.Time().Equal(e.Occurred) {
		s.Fatalf("the SDK reads %s, the ledger %s: %s", sdk.Time(), e.Occurred, raw)
	}
	var data map[string]any
	if err := json.Unmarshal(sdk.Data(), &data); err != nil || !reflect.DeepEqual(any(data), common.Event["data"]) {
		s.Fatalf("the SDK reads data %s: %v\n%s", sdk.Data(), err, raw)
	}
}

// bySDK decodes an event with the official SDK. It does not know that an attribute of null is an
// absent one (CloudEvents JSON format §2.2), nor that RFC 3339 allows a small t and z, so it is
// given neither.
func (s *server) bySDK(raw []byte) (e cloudevent.Event) {
	s.Helper()
	var members map[string]json.RawMessage
	s.must(json.Unmarshal(raw, &members))
	for name, v := range members {
		if string(v) == "null" {
			delete(members, name)
		}
	}
	var when string
	s.must(json.Unmarshal(members["time"], &when))
	members["time"] = []byte(strconv.Quote(strings.ToUpper(when)))
	given, err := json.Marshal(members)
	s.must(err)
	if err := json.Unmarshal(given, &e); err != nil {
		s.Fatalf("the SDK: %v\n%s", err, raw)
	}
	if err := e.Validate(); err != nil {
		s.Fatalf("the SDK: %v\n%s", err, raw)
	}
	return e
}

// settle takes the whole ledger where a single input is too small for it: it verifies and exports
// it, copies it to each engine, starts again on what is stored, and sends again what was accepted.
func (s *server) settle() {
	s.Helper()
	head := s.ledger.Head()
	s.verified(s.store)
	export := s.export()
	for name, open := range s.engines() {
		to, err := open()
		s.must(err)
		r, err := repair.CopyBlocks(context.Background(), s.store, to, repair.Options{Verifier: s.key.Verifier()})
		if err != nil || r.Root != base64.StdEncoding.EncodeToString(head.Root[:]) || r.Entries != head.Size {
			s.Fatalf("copy to %s: %+v %v", name, r, err)
		}
		s.verified(to)
		s.must(to.Close())
	}
	s.close()
	s.open()
	if again := s.ledger.Head(); again.Size != head.Size || again.Root != head.Root {
		s.Fatalf("%d entries with root %x, before the restart %d with %x", again.Size, again.Root, head.Size, head.Root)
	}
	if h := s.ledger.Health(); !h.Ready || h.Malformed > 0 {
		s.Fatalf("after the restart: %+v", h)
	}
	if got := s.get("/v1/events", "Accept", "application/x-ndjson"); got != export {
		s.Fatal("after the restart, other bytes are served than were exported")
	}
	for _, p := range s.posted {
		a := s.do(p.author, "POST", "/v1/events", p.body, p.headers...)
		if a.StatusCode != http.StatusOK {
			s.Fatalf("sent again after the restart: %d %s\n%q", a.StatusCode, a.body, p.body)
		}
		if got := s.acked(a, nil); !slices.Equal(got, p.indexes) {
			s.Fatalf("sent again, it is entries %d, was %d", got, p.indexes)
		}
	}
	if s.size() != head.Size {
		s.Fatalf("what was sent again was stored again: %d entries, had %d", s.size(), head.Size)
	}
	s.posted = nil
}

// verified wants that internal/verify finds nothing in journal, tiles and a store.
func (s *server) verified(st store.Store) {
	s.Helper()
	ctx := context.Background()
	r, err := verify.Run(ctx, verify.Sources{
		Journal: func(fn func(uint64, []byte) error) error {
			_, err := journal.Walk(ctx, s.dir+"/journal", fn)
			return err
		},
		Store: func(fn func(uint64, []byte) error) error {
			n, err := st.Head(ctx)
			if err != nil {
				return err
			}
			return st.Read(ctx, 1, n, fn)
		},
		Tiles: translog.Dir(s.dir + "/tiles"),
	}, verify.Options{Verifier: s.key.Verifier()})
	if err != nil || r.Exit() != verify.ExitOK || r.Entries != s.size() {
		s.Fatalf("verify: exit %d, %+v %v", r.Exit(), r, err)
	}
}

// export is what anjian export writes: the entries of the journal, one a line.
func (s *server) export() string {
	s.Helper()
	var out bytes.Buffer
	_, err := journal.Walk(context.Background(), s.dir+"/journal", func(_ uint64, raw []byte) error {
		b, err := block.Parse(raw)
		if err != nil {
			return err
		}
		for _, l := range b.Entries {
			out.Write(append(slices.Clip(l), '\n'))
		}
		return nil
	})
	s.must(err)
	return out.String()
}

// engines opens an empty store of each kind.
func (s *server) engines() map[string]func() (store.Store, error) {
	ctx := context.Background()
	return map[string]func() (store.Store, error){
		"memory": func() (store.Store, error) { return memory.New(0), nil },
		"embedded": func() (store.Store, error) {
			dir, err := os.MkdirTemp(s.dir, "embedded-")
			if err != nil {
				return nil, err
			}
			return embedded.Open(ctx, embedded.Config{Dir: dir})
		},
		"KurrentDB double": func() (store.Store, error) {
			d, err := kurrent()
			if err != nil {
				return nil, err
			}
			return kurrentdb.Open(ctx, kurrentdb.Config{URL: d.URL(), Stream: fmt.Sprintf("road-%d", time.Now().UnixNano())})
		},
	}
}

// kurrent is the one server of this process.
var kurrent = sync.OnceValues(func() (*double.Server, error) {
	d := double.New(double.Options{})
	return d, d.Start("tcp", "127.0.0.1:0")
})
