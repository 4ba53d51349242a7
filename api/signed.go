package api

import (
	"bytes"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// What stands around the event in a line of mediaSigned: these two members so, and no blank
// outside the event (pillar 1).
var (
	signedPrefix = []byte(`{"signature":"`)
	signedMiddle = []byte(`","event":`)
)

// splitSigned cuts lines {"signature":"…","event":{…}} into events, which must not be changed
// by a byte, and their signatures, at most so many. The last line may lack its line feed.
func splitSigned(body []byte, most int) ([]sent, error) {
	var all []sent
	for line := range bytes.Lines(body) {
		if len(all) == most {
			return nil, fail(law.BatchSize, law.Int("most_events", most))
		}
		line = bytes.TrimSuffix(line, []byte{'\n'})
		rest, begun := bytes.CutPrefix(line, signedPrefix)
		signature, rest, middle := bytes.Cut(rest, signedMiddle)
		if !begun || !middle || len(signature) == 0 || len(rest) == 0 || rest[len(rest)-1] != '}' {
			return nil, entry.Malformed(law.FaultSignedLine, law.Int("line", len(all)+1), law.Str("line_form", `{"signature":"…","event":{…}}`))
		}
		all = append(all, sent{rest[: len(rest)-1 : len(rest)-1], string(signature)})
	}
	if len(all) == 0 {
		return nil, fail(law.BadRequest, law.Str("fault", "empty-batch"))
	}
	return all, nil
}

// verify checks the signature of one event over its exact bytes by the key that it names, and
// returns its bytes. The key is one that the ledger has registered, or that the request registers:
// fresh. Whose key it may be and whether it counts is judged later, where the event is to stand.
func (a *Handler) verify(c *call, e *event.Event, one sent, fresh map[string]devicekey.Registration) ([]byte, error) {
	signature, err := devicekey.ParseSignature(one.signature)
	if err != nil {
		return nil, fail(law.InvalidSignature, law.Str("fault", "base64url"))
	}
	id := e.Link.Key
	if id == "" {
		return nil, event.Refuse(law.Pillar1, law.SourceNamesNoKey)
	}
	if origin := a.cfg.Ledger.Origin(); e.Link.Ledger != origin { // before the key, which is known where the event is meant for
		return nil, ledger.WrongLedger(e.Link.Ledger, origin)
	}
	if d, ok := e.Data.(*person.KeyRegistered); ok {
		k, err := devicekey.New(d.Suite, d.PublicKey)
		if err != nil {
			return nil, event.Refuse(law.Pillar1, law.MalformedKey, law.Str("fault", person.FaultOf(err)))
		}
		fresh[k.ID] = devicekey.Registration{Key: k}
	}
	k, known := fresh[id]
	if !known {
		k, known = a.cfg.Keyring.Lookup(id)
	}
	if !known { // its registration may have been answered a moment ago, by another node too
		if err := a.newest(c); err != nil {
			return nil, err
		}
		k, known = a.cfg.Keyring.Lookup(id)
	}
	switch {
	case !known:
		return nil, domain.UnknownKey(id)
	case !k.Verify(one.bytes, signature):
		return nil, fail(law.InvalidSignature, law.Str("fault", "not-of-these"), law.Str("key", id))
	}
	return signature, nil
}
