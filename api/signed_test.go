package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// device is somebody's phone in the tests of this package.
type device struct {
	w *fixture
	*devicekey.Signer
}

func (w *fixture) device(origin string) *device {
	w.Helper()
	seed := sha256.Sum256([]byte(w.Name()))
	s, err := devicekey.NewSigner(origin, seed[:])
	w.must(err)
	return &device{w, s}
}

// sign makes the next event of the device, and its signature as text.
func (d *device) sign(stream, name string, data event.Data) (body, signature string) {
	d.w.Helper()
	e, err := entry.ParseEvent([]byte(d.w.author(stream, name, data)), d.w.cat)
	d.w.must(err)
	raw, sig, err := d.Sign(e)
	d.w.must(err)
	return string(raw), base64.RawURLEncoding.EncodeToString(sig)
}

func line(body, signature string) string {
	return `{"signature":"` + signature + `","event":` + body + "}\n"
}

func TestASignedEventIsStoredAsItWasSigned(t *testing.T) {
	w := newFixture(t)
	phone := w.device(w.ledger.Origin())
	self := "person/p-supervision-office"
	trained := &person.Trained{Topic: "t", Date: "2019-12-01"}
	registration, sig := phone.sign(self, "key-registered", phone.Registration("phone"))
	one, oneSig := phone.sign(self, "inspector-trained", trained)

	w.want(w.post(office, one, headerSignature, oneSig), 422, "key-unknown")
	w.want(w.do(office, "POST", "/v1/events", line(registration, sig)+line(one, oneSig), "Content-Type", mediaSigned), 201, "")
	w.want(w.post(office, one, headerSignature, oneSig), 200, "")
	sum := sha256.Sum256([]byte(registration))
	id := decode[struct {
		ID string `json:"id"`
	}](w, answer{body: []byte(registration)}).ID
	w.want(w.post("admin", w.author(self, "key-confirmed", &person.KeyConfirmed{Event: id, SHA256: hex.EncodeToString(sum[:])})), 201, "")
	two, twoSig := phone.sign(self, "inspector-trained", trained)
	a := w.want(w.post(office, two, headerSignature, twoSig), 201, "")
	if raw := w.get(office, a.Header.Get("Location")).body; !strings.Contains(string(raw), `"assurance":"signed","signature":"`+twoSig+
		`","event":`+two) {
		t.Errorf("entry %s", raw)
	}

	size := w.size()
	x, xSig := phone.sign(self, "inspector-trained", trained)
	foreign := w.device("another.example/ledger")
	far, farSig := foreign.sign(self, "inspector-trained", trained)
	unknown, err := devicekey.NewSigner("another.example/ledger", make([]byte, 32)) // whose key is registered there only
	w.must(err)
	away, awaySig := (&device{w, unknown}).sign(self, "inspector-trained", trained)
	plain := w.author(self, "inspector-trained", trained)
	signed := []string{"Content-Type", mediaSigned}
	for name, tc := range map[string]struct {
		body   string
		header []string
		status int
		code   law.Code
	}{
		"another signature":          {x, []string{headerSignature, twoSig}, 400, law.InvalidSignature},
		"stripped of it":             {x, nil, 422, "signature-missing"},
		"in a batch without it":      {"[" + x + "]", []string{"Content-Type", mediaBatch}, 422, "signature-missing"},
		"two signatures":             {x, []string{headerSignature, xSig, headerSignature, xSig}, 400, law.InvalidSignature},
		"padded":                     {x, []string{headerSignature, xSig + "=="}, 400, law.InvalidSignature},
		"an event that names none":   {plain, []string{headerSignature, xSig}, 422, "source-names-no-key"},
		"for another ledger":         {far, []string{headerSignature, farSig}, 422, "wrong-ledger"},
		"of a key of another ledger": {away, []string{headerSignature, awaySig}, 422, "wrong-ledger"},
		"a blank before":             {" " + x, []string{headerSignature, xSig}, 400, "malformed-json"},
		"a line feed behind":         {x + "\n", []string{headerSignature, xSig}, 400, "malformed-json"},
		"a carriage return inside":   {strings.Replace(x, ",", ",\r", 1), []string{headerSignature, xSig}, 400, "malformed-json"},
		"a header for a batch":       {"[" + x + "]", []string{"Content-Type", mediaBatch, headerSignature, xSig}, 400, law.InvalidSignature},
		"binary mode": {"{}", []string{"Content-Type", mediaJSON, "Ce-Specversion", "1.0", headerSignature, xSig}, 400,
			law.SignatureNeedsStructuredMode},
		"wrong base64 bits":        {x, []string{headerSignature, xSig[:85] + "_"}, 400, law.InvalidSignature},
		"members in another order": {`{"event":` + x + `,"signature":"` + xSig + "\"}\n", signed, 400, "malformed-json"},
		"a blank in the line":      {`{"signature": "` + xSig + `","event":` + x + "}\n", signed, 400, "malformed-json"},
		"a member more":            {`{"signature":"` + xSig + `","event":` + x + `,"x":1}` + "\n", signed, 400, "malformed-json"},
		"no line":                  {"", signed, 400, law.BadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			headers := tc.header
			if len(headers) == 0 || headers[0] != "Content-Type" {
				headers = append([]string{"Content-Type", mediaEvent}, headers...)
			}
			w.want(w.do(office, "POST", "/v1/events", tc.body, headers...), tc.status, tc.code)
		})
	}
	w.want(w.post("discipline-commission", x, headerSignature, xSig), 403, law.RoleMayNotAppend)
	if w.size() != size {
		t.Errorf("%d entries, had %d", w.size(), size)
	}
	w.want(w.post(office, w.author(self, "key-revoked",
		&person.KeyRevoked{Key: phone.Key.ID, Reason: "stolen", CompromisedSince: time.Now().Add(-time.Hour)})), 201, "")
	w.want(w.post(office, x, headerSignature, xSig), 201, "") // flagged and kept, not refused
	keys := decode[PersonKeys](w, w.want(w.get(office, "/v1/people/p-supervision-office/keys"), 200, "")).Keys
	if k := keys[0]; k.Since == nil || k.Count != 4 || len(k.InDoubt) != 4 || k.Events != 4 {
		t.Errorf("%+v", keys)
	}
}

// Whoever's role has changed meanwhile gets the receipt of what he had appended before (pillar 1);
// nobody else does, and what he may not append tells him nothing of an id.
func TestASignedResendIsAnsweredWhateverItsAuthorIsNow(t *testing.T) {
	w := newFixture(t)
	phone := w.device(w.ledger.Origin())
	self := "person/p-supervision-office"
	registration, sig := phone.sign(self, "key-registered", phone.Registration("phone"))
	one, oneSig := phone.sign(self, "inspector-trained", &person.Trained{Topic: "t", Date: "2019-12-01"})
	lines, signed := line(registration, sig)+line(one, oneSig), []string{"Content-Type", mediaSigned}
	first := decode[Receipts](w, w.want(w.do(office, "POST", "/v1/events", lines, signed...), 201, ""))
	w.issue("since then", token.Issued{Role: event.RoleCityGovernment, Person: "p-supervision-office"})
	w.issue("a colleague", token.Issued{Role: event.RoleSupervisionOffice, Person: "p-admin"})

	if r := first.Receipts; r[0].Key != phone.Key.ID || r[1].Key != "" {
		t.Errorf("%+v", r)
	}
	again := decode[Receipts](w, w.want(w.do("since then", "POST", "/v1/events", lines, signed...), 200, ""))
	for i, r := range again.Receipts {
		if !r.AlreadyPresent || r.Index != first.Receipts[i].Index || r.Key != first.Receipts[i].Key {
			t.Errorf("%+v", r)
		}
	}
	two, twoSig := phone.sign(self, "inspector-trained", &person.Trained{Topic: "t", Date: "2019-12-01"})
	size := w.size()
	w.want(w.do("since then", "POST", "/v1/events", lines+line(two, twoSig), signed...), 403, law.RoleMayNotAppend)
	w.want(w.post("since then", w.subject("s-1")), 403, law.RoleMayNotAppend)
	w.want(w.post("city-government", one, headerSignature, oneSig), 403, law.RoleMayNotAppend)
	w.want(w.post("a colleague", one, headerSignature, oneSig), 409, "id-reused")
	if w.size() != size {
		t.Errorf("%d entries, had %d", w.size(), size)
	}
}

// A node that does not know a key asks the store before it refuses for good: another node may have
// answered the registration a moment ago.
func TestAKeyThatAnotherNodeRegisteredIsKnown(t *testing.T) {
	w := newFixture(t)
	phone := w.device(w.ledger.Origin())
	self := "person/p-supervision-office"
	registration, sig := phone.sign(self, "key-registered", phone.Registration("phone"))
	one, oneSig := phone.sign(self, "inspector-trained", &person.Trained{Topic: "t", Date: "2019-12-01"})

	w.faults.refresh = func() error { return errors.New("the store does not answer") }
	w.want(w.post(office, one, headerSignature, oneSig), 503, law.ViewsBehind)
	w.faults.refresh = func() error {
		w.want(w.post(office, registration, headerSignature, sig), 201, "")
		return nil
	}
	w.want(w.post(office, one, headerSignature, oneSig), 201, "")
}
