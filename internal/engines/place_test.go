package engines_test

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/engines"
)

func TestAPlaceIsShownWithoutCredentials(t *testing.T) {
	for uri, want := range map[string]string{
		"embedded:/var/lib/anjian": "embedded:/var/lib/anjian",
		"journal:a@b":              "journal:a@b",
		"nats://n1:4222":           "nats://n1:4222",
		"nats://u:secret@n1:4222,u:secret@n2,nats://u:secret@n3": "nats://n1:4222,n2,nats://n3",
		"tls://secret@n1":                              "tls://n1",
		"nats://u:secret@secret@n1":                    "nats://n1",
		"esdb://admin:secret@k1:2113,k2:2113?tls=true": "esdb://k1:2113,k2:2113?tls=true",
		"kurrentdb://admin:sec,ret@k1?tls=true":        "kurrentdb://k1?tls=true",
		"kurrentdb+discover://u:secret@db.example":     "kurrentdb+discover://db.example",
		"esdb://u:sec?ret@k1":                          "esdb://k1",
	} {
		p, err := engines.NewSettings().Place(uri)
		if err != nil {
			t.Fatal(err)
		}
		switch got := p.Public(); {
		case strings.Contains(got, "secret"):
			t.Errorf("%s: the secret is in %s", uri, got)
		case got != want:
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
}

func TestWhatIsNoPlaceIsRefusedWithoutBeingRepeated(t *testing.T) {
	for _, uri := range []string{"", "embedded:", "journal:", "/var/lib/anjian", "http://u:secret@h", "u:secret@h"} {
		if _, err := engines.NewSettings().Place(uri); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", uri, err)
		}
	}
}
