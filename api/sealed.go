package api

import (
	"bytes"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"github.com/anjian-ledger/anjian/docs"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/sealing"
)

// SealingKeys are the public halves for which texts can be sealed.
type SealingKeys struct {
	Keys []SealingKey `json:"keys" doc:"in the order of their publication"`
}

// SealingKey is one of them.
type SealingKey struct {
	ID        string       `json:"id" doc:"SHA-256 of the SubjectPublicKeyInfo, base64url"`
	PublicKey string       `json:"public_key" doc:"P-256, SubjectPublicKeyInfo in DER, base64url without padding"`
	Roles     []event.Role `json:"roles" doc:"who may open what is sealed for it"`
	Matter    string       `json:"matter,omitempty" doc:"a key of one matter, used only where it is named"`
	Published uint64       `json:"published" doc:"index of the entry"`
	Destroyed *uint64      `json:"destroyed,omitempty" doc:"index of the entry that destroyed it; absent: it can be used"`
}

// ToSeal is a text that the server is to seal, for who cannot.
type ToSeal struct {
	Event  string `json:"event" doc:"id of the event that will state it; of a correction the fact's"`
	Type   string `json:"type" doc:"type of that event, as GET /v1/types names it"`
	Member string `json:"member" doc:"member of its data"`
	To     string `json:"to,omitempty" doc:"id of a sealing key; absent: the one for roles that fits best"`
	Text   string `json:"text" doc:"1 to 65,423 bytes of UTF-8"`
}

// SealedByServer is what to write into the event's data under the member, and a warning.
type SealedByServer struct {
	event.Sealed
	Notice string `json:"notice" doc:"that the server has seen the text, in the language that Accept-Language asks for"`
}

// Opened is a sealed text that was opened.
type Opened struct {
	Index  uint64 `json:"index"`
	Event  string `json:"event"`
	Member string `json:"member"`
	To     string `json:"to" doc:"id of the sealing key"`
	Text   string `json:"text"`
}

func (a *Handler) sealedRoutes(d *document) []*route {
	return []*route{
		{method: "GET", path: "/v1/sealing-keys", id: "sealing-keys", tag: "sealed", summary: "The keys for which texts can be sealed",
			chinese: "密封公钥", doc: "Public, because who reports a tip has no token. How a device seals is at /docs/sealed.",
			answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(SealingKeys{})}, codes: []law.Code{law.ViewsBehind}, handle: a.sealingKeys},
		{method: "GET", path: "/docs/sealed", id: "sealed-docs", tag: "sealed", summary: "How texts are sealed, opened and erased",
			chinese: "密封、拆封与删除", answers: map[string]*huma.Schema{mediaText: text()},
			handle: func(c *call) error { c.body(mediaText, docs.Sealed); return nil }},
		{method: "POST", path: "/v1/sealed", id: "seal", tag: "sealed", need: identity.WriteEvidence,
			summary: "Seal a text, for who cannot encrypt", chinese: "代为密封",
			doc: "The server encrypts the text and stores the file; the answer is what the event states. The server has then seen the text once: " +
				"a device that can encrypt should do so itself, see /docs/sealed. Nothing of the text is kept or logged.",
			body: map[string]*huma.Schema{mediaJSON: d.schemaOf(ToSeal{})}, status: 201,
			answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(SealedByServer{})},
			codes: []law.Code{law.InvalidSealing, law.NoSealingKey, law.BodyTooLarge, law.UnreadableBody, law.TooSlow, law.OverQuota, law.Busy,
				law.ReadOnly, law.ReadOnlyStart, law.NoSpace, law.DiskFailure, law.ViewsBehind}, handle: a.seal},
		{method: "GET", path: "/v1/entries/{index}/sealed/{member}/open", id: "open-sealed", tag: "sealed", need: identity.OpenSealed,
			summary: "Open a sealed text", chinese: "拆封",
			doc: "For roles of the key that it is sealed for. Each opening is in the access log, on the disk, before the answer is sent. " +
				"410 when key or file " +
				"was destroyed: the values name the entry.",
			params:  []*huma.Param{pathParam("index", "position in the ledger, from 0"), pathParam("member", "of the event's data")},
			answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(Opened{})}, costly: true,
			codes: []law.Code{law.NotFound, law.InvalidParameter, law.SealedNotForYou, law.SealedGone, law.SealedNotArrived, law.SealedNotOpened,
				law.NoMasterKey, law.ViewsBehind}, handle: a.openSealed},
	}
}

func (a *Handler) sealingKeys(c *call) error {
	if err := a.ready(c); err != nil {
		return err
	}
	out := SealingKeys{Keys: []SealingKey{}}
	for _, k := range a.cfg.Sealing.Keys() {
		out.Keys = append(out.Keys, SealingKey{ID: k.ID, PublicKey: k.PublicKey, Roles: k.Roles, Matter: k.Matter, Published: k.Published,
			Destroyed: k.Destroyed})
	}
	return c.json(out)
}

// maxToSeal is the largest body of a request to seal: each byte of the text may be written as \u0000.
const maxToSeal = 6*sealing.MaxText + 1024

// notice is told to everybody for whom the server seals.
var notice = map[law.Language]string{
	law.InEnglish: "the server has seen this text once; where a device can encrypt, let it do so",
	law.InChinese: "服务器曾见过此文字一次；设备能自行加密的，请由设备加密",
}

func (a *Handler) seal(c *call) error {
	s, err := a.bodies.take(c.r.Context(), &c.who)
	if err != nil {
		return err
	}
	defer s.free()
	body, err := readBody(c.r, maxToSeal)
	if err != nil {
		return err
	}
	var in ToSeal
	if err := json.Unmarshal(body, &in, json.RejectUnknownMembers(true)); err != nil {
		return invalidSealing("sealing-json", "") // without the cause, which may quote the text
	}
	if err := a.newest(c); err != nil {
		return err
	}
	key, err := a.keyFor(&in)
	if err != nil {
		return err
	}
	public, err := sealing.ParsePublic(key.PublicKey)
	if err != nil {
		return err
	}
	file, said, err := public.Seal(sealing.Place{Origin: a.cfg.Ledger.Origin(), Event: in.Event, Member: in.Member}, in.Text)
	if err != nil {
		return invalidSealing("sealing-text", "text")
	}
	allowance := c.who.quota.EvidenceBytes
	if wait := c.who.evidence.spend(time.Since(a.started), said.Size, allowance); wait > 0 {
		return overQuota("upload-bytes", allowance, wait)
	}
	if _, err := a.keep(c, said.SHA256, said.Size, bytes.NewReader(file), ""); err != nil {
		return err
	}
	return c.jsonAs(http.StatusCreated, SealedByServer{said, notice[speak(c, c.r)]})
}

func invalidSealing(why, member string) error {
	return fail(law.InvalidSealing, law.Str("fault", why), law.Str("member", member))
}

// keyFor checks what is to be sealed, and finds the key for it.
func (a *Handler) keyFor(in *ToSeal) (key sealing.Key, err error) {
	id, ok := event.ParseUUID(in.Event)
	if !ok || event.AllowID(&event.Event{ID: id}, "") != nil {
		return key, invalidSealing("sealing-event", "event")
	}
	t := a.cfg.Catalogue.Lookup(in.Type)
	if t == nil {
		return key, invalidSealing("sealing-type", "type")
	}
	opens, ok := field.ShapeOf(t.New()).SealedMember(in.Member)
	if !ok {
		return key, invalidSealing("sealing-member", "member")
	}
	if in.To == "" {
		if key, ok = a.cfg.Sealing.For(opens, ""); !ok {
			return key, fail(law.NoSealingKey, law.List("roles", opens))
		}
		return key, nil
	}
	if key, ok = a.cfg.Sealing.Lookup(in.To); !ok || key.Destroyed != nil || !key.Fits(opens) {
		return key, invalidSealing("sealing-to", "to")
	}
	return key, nil
}

// openSealed reads the store's head first: what another node has erased is not opened here.
func (a *Handler) openSealed(c *call) error {
	if err := a.newest(c); err != nil {
		return err
	}
	index, raw, err := a.visibleEntry(c)
	if err != nil {
		return err
	}
	e, err := entry.Decode(raw, a.cfg.Catalogue)
	if err != nil {
		return err
	}
	member := c.path("member")
	var said *event.Sealed
	field.EachSealed(e.Data, func(m string, _ []event.Role, s *event.Sealed) {
		if m == member {
			said = s
		}
	})
	if said == nil {
		return fail(law.NotFound, law.Str("name", member))
	}
	key, known := a.cfg.Sealing.Lookup(said.To)
	if !known || !key.Opens(c.claims.Role) {
		return fail(law.SealedNotForYou, law.List("key_roles", key.Roles))
	}
	opening := accessOf(c, "open "+e.Stream.String()+" "+member+" of "+e.ID.String())
	if err := a.cfg.AccessLog.RecordNow(c.r.Context(), opening); err != nil {
		return err
	}
	plain, err := a.cfg.Keeper.Open(c.r.Context(), &key, sealing.PlaceOf(a.cfg.Ledger.Origin(), e, member), said)
	if err != nil {
		return a.notOpened(err, &key, said)
	}
	body, err := json.Marshal(Opened{index, e.ID.String(), member, said.To, plain})
	if err != nil {
		return err
	}
	c.read.free()
	h := c.Header() // and no tag: it would be a hash of the text
	h.Set("Content-Type", mediaJSON)
	c.WriteHeader(http.StatusOK)
	_, _ = c.Write(append(body, '\n'))
	return nil
}

// notOpened gives the errors of a [sealing.Keeper] their codes.
func (a *Handler) notOpened(err error, key *sealing.Key, said *event.Sealed) error {
	for _, m := range [...]struct {
		err  error
		code law.Code
		why  string
	}{
		{sealing.ErrNotOpened, law.SealedNotOpened, "opens-not"}, {sealing.ErrNoText, law.SealedNotOpened, "opens-not"},
		{sealing.ErrCommit, law.SealedNotOpened, "opens-other"}, {sealing.ErrNoMaster, law.NoMasterKey, "master-none"},
		{sealing.ErrOtherMaster, law.NoMasterKey, "master-other"}, {sealing.ErrSecretMissing, law.NoMasterKey, "master-lost"},
	} {
		if errors.Is(err, m.err) {
			return &fault{code: m.code, values: law.Collect(law.Str("fault", m.why)), cause: err}
		}
	}
	switch at, erased := a.cfg.Sealing.Erased(said.SHA256); {
	case errors.Is(err, sealing.ErrDestroyed) && key.Destroyed != nil:
		return fail(law.SealedGone, law.Int("entry", *key.Destroyed))
	case errors.Is(err, evidence.ErrErased) && erased:
		return fail(law.SealedGone, law.Int("entry", at))
	case errors.Is(err, evidence.ErrNotFound):
		return fail(law.SealedNotArrived, law.Str("sha256", said.SHA256))
	}
	return err
}
