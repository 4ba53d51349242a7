package domain

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// crossings are the places where an event of one stream says something of the state of another stream.
// What is owed in a visit follows from its own stream and from those that join it; what an event of another stream meets
// is a line here (pillar 12).
var crossings = []string{
	"cases.go: k.with.edit(",              // what is said of a case:
	"cases.go: k.edit(",                   // that a decision was made public (R71)
	"exposures.go: k.s.inspections.edit(", // that findings are to be made public (R55)
	"flags.go: k.s.inspections.edit(",     // the later of two visits is marked: it may be justified (R31)
	"holidays.go: k.edit(",                // somebody came to a site that works in a holiday, and meets what is owed there (R26)
	"joined.go: k.edit(",                  // an event of an order or a case is a fact of the visit that it names, too
	"joined.go: k.s.cases.edit(",          // a copy of a decision serves it (R41)
	"joined.go: orders.with.edit(",        // a penalty that is decided ends the seals of its findings (R46)
	"persons.go: k.edit(",                 // keys of a person count
	"teams.go: k.s.campaigns.edit(",       // a team that is formed for a campaign owes it a report (R62)
	"tips.go: k.s.cases.edit(",            // that a case was handed over, or given back (R55)
	"tips.go: k.s.inspections.edit(",      // that a finding was, which meets its filing (R41, R77), and as a crime (R55)
	"tips.go: k.s.tips.edit(",             // what of a transfer was corrected, told to its tip anew (R73)
	"tips.go: k.with.edit(",               // what was reported by the tip that is handed over (R44)
	"tips.go: k.s.tips.edit(",             // what becomes of a tip that was handed over (R73)
	"tips.go: k.with.edit(",
}

func TestOnlyListedEventsChangeTheStateOfAnotherStream(t *testing.T) {
	var found []string
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range regexp.MustCompile(`[\w.]+\.edit\(`).FindAllString(string(b), -1) {
			found = append(found, path+": "+call)
		}
	}
	if !slices.Equal(found, crossings) {
		t.Errorf("found %q, listed %q", found, crossings)
	}
}
