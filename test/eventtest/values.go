package eventtest

import (
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// CheckValues wants the values that the templates of a code name: no other, and all that must be there
// but those that the facts leave unknown.
func CheckValues(t testing.TB, code law.Code, values law.Values, unknown ...string) {
	t.Helper()
	text, ok := code.Text()
	if !ok {
		t.Errorf("%s is not in the law", code)
	}
	required, optional := text.Names()
	for _, v := range values {
		if !slices.Contains(required, v.Name) && !slices.Contains(optional, v.Name) {
			t.Errorf("%s: no sentence names the value %q = %v", code, v.Name, v.Any())
		}
	}
	for _, name := range required {
		if values.Get(name).Any() == nil && !slices.Contains(unknown, name) {
			t.Errorf("%s: the value %q is missing in %v", code, name, values)
		}
	}
}

// CheckRefusal wants the values that the templates of a refusal name, of a gate those of each item.
func CheckRefusal(t testing.TB, r *event.Refusal, unknown ...string) {
	t.Helper()
	if r.Rule.String() == "" {
		t.Errorf("refusal %s cites no rule", r.Code)
	}
	CheckValues(t, r.Code, r.Values, unknown...)
	for _, o := range r.Open {
		CheckValues(t, o.Code, o.Values, unknown...)
	}
}
