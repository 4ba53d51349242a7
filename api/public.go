package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/sealing"
)

// What comes without a token: tips (R73) and evaluations (R38). All of it shares one quota ([Quotas]), in which each counts as
// [tipCost] events, and is small. The address it came from is neither kept nor logged.

const (
	maxTip  = 192 << 10 // bytes of a request: an event, and two files in base64
	tipCost = 30        // events of the public's quota
)

// publicCodes are the answers that all of it has.
var publicCodes = []law.Code{law.InvalidAttribute, law.InvalidData, law.IDReused, law.NoSealingKey, law.BodyTooLarge, law.UnreadableBody,
	law.TooSlow, law.OverQuota, law.Busy, law.ReadOnly, law.ReadOnlyStart, law.NoSpace, law.DiskFailure, law.ViewsBehind}

// sealedFile is a file that is to be stored, by its hash.
type sealedFile struct {
	sum   string
	bytes []byte
}

// take reads a request without a token into in, and records the event that form makes of it, with its sealed files, if fits lets it
// pass. What is no such request is answered by the code invalid.
func (a *Handler) take(c *call, in any, invalid law.Code, form func() (raw []byte, files []sealedFile, err error),
	fits func(*event.Event, []sealedFile) error) (*event.Event, error) {
	c.unnamed = true
	if wait := c.who.events.spend(time.Since(a.started), tipCost, c.who.quota.Events); wait > 0 {
		return nil, overQuota("events", c.who.quota.Events, wait)
	}
	s, err := a.bodies.take(c.r.Context(), &c.who)
	if err != nil {
		return nil, err
	}
	defer s.free()
	body, err := readBody(c.r, maxTip)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, in, json.RejectUnknownMembers(true)); err != nil {
		return nil, fail(invalid, law.Str("fault", "tip-json")) // without the cause, which may quote the text
	}
	if err := a.newest(c); err != nil {
		return nil, err
	}
	raw, files, err := form()
	if err != nil {
		return nil, err
	}
	raw = entry.OneLine(raw)
	e, err := entry.ParseEvent(raw, a.cfg.Catalogue)
	if err != nil {
		return nil, err
	}
	if err := fits(e, files); err != nil {
		return nil, err
	}
	if err := a.record(c, e, raw, true); err != nil { // of what is refused no file is kept
		return nil, err
	}
	for _, f := range files {
		if _, err := a.keep(c, f.sum, int64(len(f.bytes)), bytes.NewReader(f.bytes), ""); err != nil {
			return nil, err
		}
	}
	return e, a.record(c, e, raw, false)
}

// author writes an event of somebody without a token.
func (a *Handler) author(id uuid.UUID, typ string, stream event.Stream, d event.Data) ([]byte, error) {
	return entry.Author(&event.Event{ID: id, Type: a.cfg.Catalogue.Newest(typ), Source: "urn:anjian:public", Stream: stream,
		Occurred: a.cfg.Ledger.Now(), Data: d, ExpectedRevision: event.AnyRevision})
}

// sealPublic seals a text for the roles that open a member of a body.
func (a *Handler) sealPublic(d event.Data, id uuid.UUID, member, text string, invalid law.Code) (*event.Sealed, sealedFile, error) {
	opens, _ := field.ShapeOf(d).SealedMember(member)
	key, ok := a.cfg.Sealing.For(opens, "")
	if !ok {
		return nil, sealedFile{}, fail(law.NoSealingKey, law.List("roles", opens))
	}
	public, err := sealing.ParsePublic(key.PublicKey)
	if err != nil {
		return nil, sealedFile{}, err
	}
	file, said, err := public.Seal(sealing.Place{Origin: a.cfg.Ledger.Origin(), Event: id.String(), Member: member}, text)
	if err != nil {
		return nil, sealedFile{}, fail(invalid, law.Str("fault", "tip-members"))
	}
	return &said, sealedFile{said.SHA256, file}, nil
}

// decoded reads the files that a device has sealed; ok is false when one is no base64.
func decoded(texts []string) (files []sealedFile, ok bool) {
	for _, text := range texts {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, false
		}
		sum := sha256.Sum256(b)
		files = append(files, sealedFile{hex.EncodeToString(sum[:]), b})
	}
	return files, true
}

// named reports whether files are those that the sealed members of a body name, each once and no others.
func named(d event.Data, files []sealedFile) bool {
	members, found := 0, 0
	field.EachSealed(d, func(_ string, _ []event.Role, said *event.Sealed) {
		members++
		if slices.ContainsFunc(files, func(f sealedFile) bool { return f.sum == said.SHA256 && int64(len(f.bytes)) == said.Size }) {
			found++
		}
	})
	return found == members && found == len(files)
}

// record appends an event of somebody without a token, or asks whether it would be taken, unless it is there: what was sent first
// stands.
func (a *Handler) record(c *call, e *event.Event, raw []byte, dry bool) error {
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
