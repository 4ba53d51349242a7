package domain

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
	"github.com/anjian-ledger/anjian/domain/tip"
)

// sealedFor is a sealed text; n tells it from others.
func sealedFor(key string, n string) event.Sealed {
	return event.Sealed{SHA256: strings.Repeat(n, 64), Size: 200, To: key, Commit: strings.Repeat("c", 64)}
}

func itself(e *event.Event) {
	e.Actor, e.Assurance = event.Actor{Role: event.RoleLedger}, event.Derived
}

// TestASealedTextIsForThoseWhoMayOpenItAndTheyAloneErase: whatever the type of the event, its key decides.
func TestASealedTextIsForThoseWhoMayOpenItAndTheyAloneErase(t *testing.T) {
	w := newFixture(t)
	both, alone := strings.Repeat("A", 43), strings.Repeat("B", 42)+"A"
	commission := by(event.Actor{Role: event.RoleDisciplineCommission})
	key := func(id string, roles ...event.Role) {
		w.given("sealing-key/"+id, &sealingkey.Published{PublicKey: "k", Roles: roles, Wrapped: strings.Repeat("e", 64)}, itself)
	}
	tipTo := func(content, reporter string) *tip.Received {
		d := &tip.Received{Channel: "letter", Violation: "other", Content: sealedFor(content, "1")}
		if reporter != "" {
			d.Reporter = new(sealedFor(reporter, "2"))
		}
		return d
	}
	w.refuses("pillar 8", string(law.UnknownSealingKey), "tip/a", tipTo(both, ""))
	key(both, event.RoleSupervisionOffice, event.RoleDisciplineCommission)
	key(alone, event.RoleDisciplineCommission)
	w.refuses("pillar 8", string(law.SealedForOthers), "tip/a", tipTo(both, both))
	w.refuses("R73", string(law.UnknownSubject), "tip/a", &tip.Received{Channel: "letter", Violation: "other", Subject: "nobody",
		Content: sealedFor(both, "1")})
	w.given("tip/a", tipTo(both, alone))

	erase := func(n string) *files.Erased { return &files.Erased{SHA256: strings.Repeat(n, 64), Ground: "unlawful"} }
	of := func(n string) string { return "evidence/" + strings.Repeat(n, 64) }
	w.given(of("3"), &files.Received{SHA256: strings.Repeat("3", 64), Size: 9}, itself)
	w.refuses("pillar 8", string(law.NotSealed), of("3"), erase("3")) // a photo
	w.refuses("pillar 8", string(law.NotSealed), of("2"), erase("2")) // the commission's
	w.refuses("pillar 8", string(law.EvidenceStream), of("3"), erase("1"))
	w.given(of("2"), erase("2"), commission)
	w.given(of("1"), erase("1"))
	w.refuses("pillar 8", string(law.EvidenceAlreadyErased), of("1"), erase("1"), commission)
	w.refuses("pillar 8", string(law.EvidenceAlreadyErased), of("1"), &files.Received{SHA256: strings.Repeat("1", 64)}, itself)

	gone := &sealingkey.Destroyed{Ground: "key-exposed"}
	w.refuses("pillar 8", string(law.NotYourSealingKey), "sealing-key/"+alone, gone)
	w.given("sealing-key/"+alone, gone, commission)
	w.refuses("pillar 8", string(law.SealingKeyDestroyed), "sealing-key/"+alone, gone, commission)
	w.refuses("pillar 8", string(law.SealingKeyDestroyed), "tip/b", tipTo(alone, ""))
}
