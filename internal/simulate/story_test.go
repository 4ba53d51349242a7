package simulate

import (
	"bytes"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/internal/sealing"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// neverPlayed are the event types that no campaign plays, each with the reason. A new type is played, or stands here.
var neverPlayed = map[string]string{
	"inspection-result-recorded": "sources of an import state it, and no visit of this city",

	"sealing-key-published":     "the ledger makes its keys",
	"token-issued":              "the ledger issues tokens",
	"token-revoked":             "the ledger revokes tokens, at the machine",
	"evidence-received":         "the ledger says it when a file comes",
	"deadline-passed":           "the ledger's sweeps say it",
	"zero-finding-team-flagged": "the ledger says it when it is swept; the small campaign has too few visits of a team",
	"ledger-created":            "once in a ledger",
	"ledger-moved":              "a ledger moves by anjian copy",
	"rules-adopted":             "the ledger adopts its rules",
	"clock-corrected":           "the clock of the machine is right",
	"copy-restored":             "no copy is damaged",
}

// march is a campaign by the law of today.
var march = Config{Seed: 1, Origin: origin, Profile: Today, Base: time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC)}

// TestTheSmallCampaignsPlayEveryType: one by the law of 2019, one by that of today; or it is said why not.
func TestTheSmallCampaignsPlayEveryType(t *testing.T) {
	counts := run(t, Config{Seed: 1, Origin: origin, Aftermath: true}).counts
	for name, n := range run(t, march).counts {
		counts[name] += n
	}
	for _, typ := range domain.Catalogue().All() {
		switch reason, listed := neverPlayed[typ.Name]; {
		case counts[typ.Name] == 0 && !listed:
			t.Errorf("%s is never played: play it, or say in neverPlayed why not", typ.Name)
		case counts[typ.Name] > 0 && listed:
			t.Errorf("%s is played, and neverPlayed says that it is not: %s", typ.Name, reason)
		}
	}
	for name := range neverPlayed {
		if domain.Catalogue().Newest(name) == nil {
			t.Errorf("neverPlayed names %s, which there is not", name)
		}
	}
}

// sealingKeys publishes keys, as the ledger does.
func (l *ledger) sealingKeys(t testing.TB) (k Keys) {
	t.Helper()
	for _, one := range []struct {
		to    *string
		roles []event.Role
	}{
		{&k.Office, []event.Role{event.RoleSupervisionOffice, event.RoleDisciplineCommission}},
		{&k.Commission, []event.Role{event.RoleDisciplineCommission}},
	} {
		id, d := eventtest.SealingKey(t, one.roles...)
		*one.to = d.PublicKey
		l.apply(l.own("sealing-key-published", event.Stream{Kind: event.SealingKey, ID: id}, december.AddDate(0, 0, -2),
			d))
	}
	return k
}

// TestSealedTextsOpen: what a campaign seals opens in its place, for those whom its member names, and with the library that
// the ledger uses.
func TestSealedTextsOpen(t *testing.T) {
	secrets := map[string]sealing.Secret{}
	var keys Keys
	for _, to := range []*string{&keys.Office, &keys.Commission} {
		s, err := sealing.NewSecret()
		if err != nil {
			t.Fatal(err)
		}
		*to, secrets[s.Public().ID] = s.SPKI(), s
	}
	kinds := map[string]bool{}
	seals := field.Sealing{}
	g := generator(t, Config{Seed: 1, Origin: origin, Keys: keys, Ledger: everywhereAt(7)})
	for r := range g.Requests() {
		files := map[string][]byte{}
		for _, f := range r.Files {
			files[hexSum(f)] = f
		}
		for _, e := range r.Events {
			seals.Each(e, func(member string, _ []event.Role, said *event.Sealed) {
				file := files[said.SHA256]
				text, err := secrets[said.To].Open(sealing.PlaceOf(origin, e, member), said, file)
				if err != nil || !bytes.Contains([]byte(text), []byte("模拟")) || int64(len(file)) != said.Size {
					t.Errorf("%s, %s: %q %v", e.Type, member, text, err)
				}
				kinds[e.Type.Name+" "+member] = true
				delete(files, said.SHA256)
			})
		}
		if len(files) > 0 {
			t.Errorf("%d files of a request are named by no event of it", len(files))
		}
	}
	if got := slices.Sorted(maps.Keys(kinds)); len(got) != 8 {
		t.Errorf("sealed are %q", got)
	}
}

// everywhereAt is a ledger that has every event at one position.
type everywhereAt uint64

func (p everywhereAt) Behind(uuid.UUID) (position uint64, root [32]byte, err error) {
	return uint64(p), rootOf(uint64(p)), nil
}

// TestOneTipIsOverdueAndOneIsNot: by the plan in force, once the days to accept it are over.
func TestOneTipIsOverdueAndOneIsNot(t *testing.T) {
	l := run(t, Config{Seed: 1, Origin: origin})
	id := generator(t, Config{Seed: 1, Origin: origin}).id
	for name, late := range map[string]bool{"overdue": true, "tip": false, "unnamed": true} {
		said := l.state.Overdue(event.Stream{Kind: tip.Name, ID: id + "-" + name}, december.AddDate(0, 0, 30), 10)
		if (len(said) > 0) != late {
			t.Errorf("of tip %s %d deadlines are over: %+v", name, len(said), said)
		}
	}
}

// TestTheAccidentIsReviewedAndACaseIsClosed: what the story is about comes out as it is meant, whatever the seed.
func TestTheAccidentIsReviewedAndACaseIsClosed(t *testing.T) {
	for seed := range uint64(5) {
		l := run(t, Config{Seed: seed, Origin: origin})
		for _, name := range []string{"case-filed", "case-closed", "closure-proposed", "order-lifted", "tip-answered", "evidence-erased",
			"accountability-decided", "fact-withdrawn", "duplicate-justified", "signature-refused", "inspector-joined", "target-missed"} {
			if l.counts[name] == 0 {
				t.Errorf("seed %d plays no %s", seed, name)
			}
		}
		if l.reviews == 0 || l.flags["late-sync"] == 0 || l.flags["number-outside-block"] > 0 || l.flags["hearing-too-early"] > 0 {
			t.Errorf("seed %d: %d reviews, %v", seed, l.reviews, l.flags)
		}
	}
}

// TestTheLawOfTodayIsPlayed: what it asks for is done, and where it is not, the flag comes; by the plan of 2019 nothing of it is.
func TestTheLawOfTodayIsPlayed(t *testing.T) {
	l := run(t, march)
	for _, name := range []string{"inspection-approved", "arrival-code-recorded", "result-told"} {
		if l.counts[name] < 55 {
			t.Errorf("%d times %s", l.counts[name], name)
		}
	}
	for _, code := range []string{"item-without-basis", "standard-not-in-force", "notice-incomplete", "authority-not-listed", "cap-exceeded",
		"too-few-certificates", "late-arrival-code", "late-inspection-approval", "outside-own-area"} {
		if l.flags[code] > 0 {
			t.Errorf("%d flags %s, which nothing was made to meet", l.flags[code], code)
		}
	}
	if n := l.flags["inspection-not-approved"]; n < 1 || n > 12 { // mostly those of teams that were offline
		t.Errorf("%d visits are not approved", n)
	}
	if *long {
		run(t, Config{Seed: 1, Size: City, Profile: Today, Base: march.Base})
	}
}
