package ledger_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// as appends with the token of another author.
func (w *fixture) as(author event.Actor, items ...ledger.Item) (ledger.Result, error) {
	return w.Append(context.Background(), ledger.Request{Actor: author, Items: items})
}

// A signature that holds is stored where it stands with what its key is worth there, whatever
// the request's goroutine had seen before (pillar 1); an unknown key is refused.
func TestAKeyCountsByPosition(t *testing.T) {
	w := opened(t)
	w.must(registered(t, "p"), registered(t, "office"), registered(t, "admin"))
	self := w.bearer(&token.Issued{Role: office.Role, Person: "office"})
	admin := w.bearer(&token.Issued{Role: event.RoleAdmin, Person: "admin"})
	seed := sha256.Sum256([]byte("a phone"))
	phone, err := devicekey.NewSigner(w.Origin(), seed[:])
	if err != nil {
		t.Fatal(err)
	}
	signed := func(stream, name string, d event.Data) ledger.Item {
		it := item(t, stream, d, name, nil)
		raw, sig, err := phone.Sign(it.Event)
		if err != nil {
			t.Fatal(err)
		}
		it = again(t, raw)
		it.Signature = sig
		return it
	}
	training := func() ledger.Item {
		return signed("person/p", "inspector-trained", &person.Trained{Topic: "t", Date: "2019-12-01"})
	}
	assured := func(want event.Assurance) {
		t.Helper()
		all := w.entries()
		en := all[len(all)-1]
		for i := len(all) - 1; en.Assurance == event.Derived; i-- {
			en = all[i]
		}
		if en.Assurance != want || en.Signature == nil {
			t.Errorf("assurance %s, want %s; signature %x", en.Assurance, want, en.Signature)
		}
	}
	must := func(items ...ledger.Item) ledger.Result {
		t.Helper()
		res, err := w.as(self, items...)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	refused := func(when string, code law.Code, items ...ledger.Item) {
		t.Helper()
		var refusal *event.Refusal
		if _, err := w.as(self, items...); !errors.As(err, &refusal) || refusal.Code != code || refusal.Remedy(law.InEnglish) == "" {
			t.Errorf("%s: %v", when, err)
		}
	}
	registration := signed("person/office", "key-registered", phone.Registration("phone"))
	refused("before its registration", "key-unknown", training())
	must(registration, training()) // in one batch
	assured(event.Token)

	stripped := training()
	stripped.Signature = nil
	refused("without its signature", "signature-missing", stripped)
	unnamed := trained(t, "p", nil)
	unnamed.Signature = make([]byte, 64)
	refused("a signature of nobody", "source-names-no-key", unnamed)
	elsewhere, err := devicekey.NewSigner("another.example/ledger", seed[:])
	if err != nil {
		t.Fatal(err)
	}
	phone, elsewhere = elsewhere, phone
	refused("for another ledger", "wrong-ledger", training())
	phone = elsewhere

	sum := sha256.Sum256(registration.Bytes)
	yes := item(t, "person/office", &person.KeyConfirmed{Event: registration.Event.ID.String(), SHA256: hex.EncodeToString(sum[:])},
		"key-confirmed", nil)
	if _, err := w.Append(context.Background(), ledger.Request{Actor: admin, Items: []ledger.Item{yes}}); err != nil {
		t.Fatal(err)
	}
	kept := training()
	must(kept)
	assured(event.Signed)
	if r := must(registration).Receipts[0]; !r.AlreadyPresent { // a resend after the key was confirmed
		t.Errorf("%+v", r)
	}
	w.must(item(t, "person/office", &person.KeyRevoked{Key: phone.Key.ID, Reason: "lost"}, "key-revoked", nil))
	must(training())
	assured(event.Token)
	w.restart()
	must(training())
	assured(event.Token)
	w.audit()
}
