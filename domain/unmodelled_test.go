package domain

import (
	"encoding/json"
	"testing"

	"github.com/anjian-ledger/anjian/domain/inspection"
)

// unmodelled are the kinds of obligations that say that the model does not know them.
var unmodelled = func() map[string]bool {
	m := map[string]bool{}
	for _, k := range inspection.Obligations() {
		m[k.Name] = k.Unmodelled != ""
	}
	return m
}()

// TestWhatTheModelDoesNotKnowSaysSo: each kind of obligation is one of the model's, or its declaration says why not.
func TestWhatTheModelDoesNotKnowSaysSo(t *testing.T) {
	known := map[string]bool{}
	owedTraces.Kept(t, func(_ int, line []byte) bool {
		var v told
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		for _, s := range v.Steps {
			for _, o := range s.Owed {
				known[o[0].(string)] = true
			}
		}
		return true
	})
	for _, k := range inspection.Obligations() {
		switch {
		case !known[k.Name] && k.Unmodelled == "":
			t.Errorf("%s: %s does not know this obligation: teach it, or say in Unmodelled of the declaration why not", k.Name, owedTraces.Golden)
		case known[k.Name] && k.Unmodelled != "":
			t.Errorf("%s: the model knows this obligation, its declaration says that it does not: %s", k.Name, k.Unmodelled)
		}
	}
}
