package mappings

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/test/needs"
)

// TestTotalsMatchThoseOfAwk: test/import_totals.sh counts the same files without any of this
// package's code.
func TestTotalsMatchThoseOfAwk(t *testing.T) {
	needs.Program(t, "awk")
	for _, s := range []source{{MSHA, []string{mshaFile}}, {Toronto, []string{torontoFile}},
		{Chicago, []string{chicagoFiles[1], chicagoFiles[0]}}} {
		out, err := exec.Command("../../../test/import_totals.sh", append([]string{s.Format}, s.files...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		all, _, _ := mapped(t, s.Mapping, s.files...)
		counts, fines := facts(all)
		got := map[string]int64{
			"subjects": int64(counts["subject-registered"]), "inspections": int64(counts["inspection-started"]),
			"findings": int64(counts["finding-recorded"]), "penalties": int64(counts["penalty-decided"]),
			"major_findings": int64(counts["level major"]), "orders": int64(counts["order-issued"]),
			"fixed_on_site": int64(counts["finding-fixed-on-site"]), "no_penalties": int64(counts["no-penalty-decided"]),
			"contradictions": int64(counts["not final"]), "teams": int64(counts["team-formed"]), "checks": int64(counts["check-answered"]),
			"fines_USD": fines["USD"], "fines_CAD": fines["CAD"],
		}
		compared := 0
		for line := range strings.Lines(string(out)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			want, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				t.Fatalf("%s: %q", s.Format, line)
			}
			if have, mine := got[name]; mine {
				compared++
				if have != want {
					t.Errorf("%s: %s is %d, awk counts %d", s.Format, name, have, want)
				}
			}
		}
		if compared < 5 {
			t.Errorf("%s: only %d figures were compared:\n%s", s.Format, compared, out)
		}
	}
}
