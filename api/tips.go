package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/sealing"
)

// What people report without a token (R73). All of them share one quota of their own ([Quotas]), in which a tip counts
// as [tipCost] events; a tip is small, names nothing that is registered, and is answered with its own name alone. The address it
// came from is neither kept nor logged.

const (
	maxTip  = 192 << 10 // bytes of a request: an event, and two files in base64
	tipCost = 30        // events of the public's quota
)

// PublicTip is a tip of somebody without a token: texts that the server seals, or what a device has sealed.
type PublicTip struct {
	ID        string `json:"id,omitempty" doc:"a UUID of version 4 or 7, which the client makes: sent again, it is the same tip"`
	Violation string `json:"violation,omitempty" doc:"what it is about: a code of violation"`
	Content   string `json:"content,omitempty" doc:"what is reported, with the place; for the office and the commission"`
	Reporter  string `json:"reporter,omitempty" doc:"who reports, and how to be reached; for the commission alone"`

	Event jsontext.Value `json:"event,omitempty" doc:"instead: the event tip-received, as /docs/sealed says; its stream is tip/ and its id"`
	Files []string       `json:"files,omitempty" doc:"the sealed files that the event names, in base64 (RFC 4648, 4)"`
}

// TipReceived is all that who reports is told.
type TipReceived struct {
	Tip    string `json:"tip" doc:"by which to ask about it"`
	Notice string `json:"notice,omitempty" doc:"that the server has seen the texts, when it sealed them"`
}

func (a *Handler) tipRoutes(d *document) []*route {
	return []*route{{
		method: "POST", path: "/v1/tips", id: "report", tag: "sealed", summary: "Report something, without a token", chinese: "群众举报",
		doc: "The texts are sealed for the office and the commission, and who reports for the commission alone; nothing of them, and no " +
			"address, is kept or logged. A device that can encrypt sends what it sealed. All who have no token share the quota public, and a tip " +
			"counts as 30 events. The answer tells nothing of what is recorded.",
		body: map[string]*huma.Schema{mediaJSON: d.schemaOf(PublicTip{})}, status: http.StatusCreated,
		answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(TipReceived{})},
		codes: []law.Code{law.InvalidTip, law.InvalidAttribute, law.InvalidData, law.IDReused, law.NoSealingKey,
			law.BodyTooLarge, law.UnreadableBody, law.TooSlow, law.OverQuota, law.Busy, law.ReadOnly, law.ReadOnlyStart, law.NoSpace,
			law.DiskFailure, law.ViewsBehind},
		handle: a.report,
	}}
}

// sealedFile is a file that is to be stored, by its hash.
type sealedFile struct {
	sum   string
	bytes []byte
}

func (a *Handler) report(c *call) error {
	c.unnamed = true
	if wait := c.who.events.spend(time.Since(a.started), tipCost, c.who.quota.Events); wait > 0 {
		return overQuota("events", c.who.quota.Events, wait)
	}
	s, err := a.bodies.take(c.r.Context(), &c.who)
	if err != nil {
		return err
	}
	defer s.free()
	body, err := readBody(c.r, maxTip)
	if err != nil {
		return err
	}
	var in PublicTip
	if err := json.Unmarshal(body, &in, json.RejectUnknownMembers(true)); err != nil {
		return fail(law.InvalidTip, law.Str("fault", "tip-json")) // without the cause, which may quote the text
	}
	if err := a.newest(c); err != nil {
		return err
	}
	form := a.sealTip
	if in.Event != nil {
		form = sealedTip
	}
	raw, files, err := form(c, &in)
	if err != nil {
		return err
	}
	raw = entry.OneLine(raw)
	e, err := entry.ParseEvent(raw, a.cfg.Catalogue)
	if err != nil {
		return err
	}
	if err := fitsTip(e, files); err != nil {
		return err
	}
	if err := a.receiveTip(c, e, raw, true); err != nil { // of what is refused no file is kept
		return err
	}
	for _, f := range files {
		if _, err := a.keep(c, f.sum, int64(len(f.bytes)), bytes.NewReader(f.bytes), ""); err != nil {
			return err
		}
	}
	if err := a.receiveTip(c, e, raw, false); err != nil {
		return err
	}
	out := TipReceived{Tip: e.ID.String()}
	if in.Event == nil {
		out.Notice = notice[speak(c, c.r)]
	}
	return c.jsonAs(http.StatusCreated, out)
}

// sealTip makes the event of a tip whose texts the server seals.
func (a *Handler) sealTip(c *call, in *PublicTip) (raw []byte, files []sealedFile, err error) {
	id, ok := event.ParseUUID(in.ID)
	if !ok || in.Content == "" {
		return nil, nil, fail(law.InvalidTip, law.Str("fault", "tip-members"))
	}
	d := &tip.Received{Channel: "online", Violation: in.Violation}
	seal := func(member, text string) (said event.Sealed, err error) {
		opens, _ := field.ShapeOf(d).SealedMember(member)
		key, ok := a.cfg.Sealing.For(opens, "")
		if !ok {
			return said, fail(law.NoSealingKey, law.List("roles", opens))
		}
		public, err := sealing.ParsePublic(key.PublicKey)
		if err != nil {
			return said, err
		}
		file, said, err := public.Seal(sealing.Place{Origin: a.cfg.Ledger.Origin(), Event: id.String(), Member: member}, text)
		if err != nil {
			return said, fail(law.InvalidTip, law.Str("fault", "tip-members"))
		}
		files = append(files, sealedFile{said.SHA256, file})
		return said, nil
	}
	if d.Content, err = seal("content", in.Content); err != nil {
		return nil, nil, err
	}
	if in.Reporter != "" {
		said, err := seal("reporter", in.Reporter)
		if err != nil {
			return nil, nil, err
		}
		d.Reporter = &said
	}
	raw, err = entry.Author(&event.Event{ID: id, Type: a.cfg.Catalogue.Newest("tip-received"), Source: "urn:anjian:public",
		Stream: event.Stream{Kind: tip.Name, ID: id.String()}, Occurred: a.cfg.Ledger.Now(), Data: d, ExpectedRevision: event.AnyRevision})
	return raw, files, err
}

// sealedTip takes over what a device has sealed.
func sealedTip(_ *call, in *PublicTip) (raw []byte, files []sealedFile, err error) {
	if in.ID+in.Violation+in.Content+in.Reporter != "" {
		return nil, nil, fail(law.InvalidTip, law.Str("fault", "tip-members"))
	}
	for _, text := range in.Files {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, nil, fail(law.InvalidTip, law.Str("fault", "tip-files"))
		}
		sum := sha256.Sum256(b)
		files = append(files, sealedFile{hex.EncodeToString(sum[:]), b})
	}
	return in.Event, files, nil
}

// fitsTip refuses what is no tip of somebody without a token: another type, a stream of another name, a signature that nobody could
// know, or other files than those that the event names.
func fitsTip(e *event.Event, files []sealedFile) error {
	named := 0
	field.EachSealed(e.Data, func(_ string, _ []event.Role, said *event.Sealed) {
		if slices.ContainsFunc(files, func(f sealedFile) bool { return f.sum == said.SHA256 && int64(len(f.bytes)) == said.Size }) {
			named++
		}
	})
	d, ok := e.Data.(*tip.Received)
	switch {
	case !ok || e.Stream != (event.Stream{Kind: tip.Name, ID: e.ID.String()}) || e.Link.Key != "":
		return fail(law.InvalidTip, law.Str("fault", "tip-event"))
	case named != len(files), d.Reporter == nil && named != 1, d.Reporter != nil && named != 2:
		return fail(law.InvalidTip, law.Str("fault", "tip-files"))
	}
	return nil
}

// receiveTip appends a tip, or asks whether it would be taken, unless it is there: what was sent first stands.
func (a *Handler) receiveTip(c *call, e *event.Event, raw []byte, dry bool) error {
	ctx, cancel := context.WithTimeout(c.r.Context(), appendTimeout)
	defer cancel()
	n := max(int64(len(raw))+ledger.EntryOverhead, leastInQueue)
	if err := a.queue.enter(&c.who, n); err != nil {
		return err
	}
	who := c.who
	_, err := a.cfg.Ledger.Append(ctx, ledger.Request{Actor: event.Actor{Role: event.RolePublic},
		Items: []ledger.Item{{Bytes: raw, Event: e}}, DryRun: dry, Done: func() { a.queue.leave(&who, n) }})
	conflict, ok := errors.AsType[*ledger.ConflictError](err)
	if !ok || conflict.Code != law.IDReused {
		return err
	}
	stored, other := a.cfg.Ledger.Entry(ctx, conflict.Index)
	if other != nil {
		return other
	}
	if en, other := entry.Parse(stored); other == nil && en.Stream == e.Stream && en.Assurance == event.Open {
		return nil
	}
	return err
}
