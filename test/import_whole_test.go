package test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// torontoRows are the first rows of the Toronto file, changed, as a file of their own.
func torontoRows(t *testing.T, change func(rows []string) []string) string {
	t.Helper()
	whole, err := os.ReadFile(toronto)
	must(t, err)
	rows := strings.SplitAfter(string(whole), "\n")[:1500]
	file := filepath.Join(t.TempDir(), "newer.csv")
	must(t, os.WriteFile(file, []byte(rows[0]+strings.Join(change(rows[1:]), "")), 0o600))
	return file
}

func asTheyAre(rows []string) []string { return rows }

// wantFile wants the city to be what a Toronto file says.
func wantFile(t *testing.T, office *client, file string) {
	t.Helper()
	rows, want := table(t, file), view{}
	for _, r := range rows {
		if c := cents(t, r["Amount Fined"]); c > 0 || strings.HasPrefix(r["Outcome"], "Conviction - Fined") {
			want.Counts.Penalties++
		}
		if r["Infraction Details"] != "" {
			want.Counts.Findings++
		}
	}
	want.Counts.Inspections = distinct(rows, "Inspection ID")
	var city view
	if office.get("/v1/city", &city); city.Counts.Penalties != want.Counts.Penalties || city.Counts.Findings != want.Counts.Findings ||
		city.Counts.Inspections != want.Counts.Inspections || len(city.Fines) != 1 || city.Fines[0].Amount != totalOf(t, rows, "Amount Fined") {
		t.Errorf("%s: %+v %v, want %+v and %d", filepath.Base(file), city.Counts, city.Fines, want.Counts, totalOf(t, rows, "Amount Fined"))
	}
}

// A row that becomes again what it was counts again as it was; and so on to and fro.
func TestARowThatBecomesWhatItWasCountsAgain(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	office := s.as("supervision-office")
	first := torontoRows(t, asTheyAre)
	importFiles(t, s, "toronto", first)
	const fined = "Conviction - Fined,60\n"
	newer := torontoRows(t, func(rows []string) []string {
		for i, other := 0, []string{"Conviction - Fined,61.50\n", "Charges Withdrawn,\n", "Pending,\n"}; i < len(rows) && len(other) > 0; i++ {
			if was := rows[i]; strings.HasSuffix(was, fined) {
				rows[i], other = strings.TrimSuffix(was, fined)+other[0], other[1:]
			}
		}
		i := slices.IndexFunc(rows, func(r string) bool { return strings.Contains(r, ",Notice to Comply,") }) // which is an order
		rows[i] = strings.Replace(rows[i], ",Notice to Comply,", ",Corrected During Inspection,", 1)
		return rows
	})
	for range 2 {
		for _, file := range []string{newer, first} {
			if sum := importFiles(t, s, "toronto", file); sum.Appended == 0 || sum.Appended > 12 {
				t.Errorf("%s: %+v", file, sum)
			}
			wantFile(t, office, file)
			if again := importFiles(t, s, "toronto", file); again.Appended != 0 {
				t.Errorf("%s again: %+v", file, again)
			}
		}
	}
}

// What the whole of a source has no more is withdrawn, the latest first, and counts again when it is back. A dry run counts it, and
// a file that may be cut short changes nothing.
func TestWhatTheWholeOfASourceHasNoMoreIsWithdrawn(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	office := s.as("supervision-office")
	first := torontoRows(t, asTheyAre)
	importFiles(t, s, "toronto", first)
	gone := table(t, toronto)[40]["Establishment ID"]
	newer := torontoRows(t, func(rows []string) (kept []string) {
		for _, r := range rows {
			if !strings.Contains(r, ","+gone+",") {
				kept = append(kept, r)
			}
		}
		return kept
	})
	if sum := importFiles(t, s, "toronto", newer); sum.Appended != 0 {
		t.Errorf("without --whole: %+v", sum)
	}
	wantFile(t, office, first)
	dry := importFiles(t, s, "toronto", "--whole", "--dry-run", newer)
	if dry.Withdrawn == 0 || dry.Appended != 0 {
		t.Errorf("dry run: %+v", dry)
	}
	if sum := importFiles(t, s, "toronto", "--whole", newer); sum.Withdrawn != dry.Withdrawn || sum.Appended != dry.Withdrawn {
		t.Errorf("whole: %+v, the dry run said %+v", sum, dry)
	}
	wantFile(t, office, newer)
	if again := importFiles(t, s, "toronto", "--whole", newer); again.Appended != 0 || again.Withdrawn != 0 {
		t.Errorf("again: %+v", again)
	}

	token := s.importers["toronto"].token
	half := torontoRows(t, func(rows []string) []string { return rows[:len(rows)/2] })
	for what, file := range map[string]string{
		"much of the source would be withdrawn": half,
		"it has no rows":                        torontoRows(t, func([]string) []string { return nil }),
		"rows could not be read": torontoRows(t, func(rows []string) []string {
			return append(rows[:len(rows)-2], rows[len(rows)-2][:9]+"\n")
		}),
	} {
		before := s.logInfo()
		_, said, code := command(t, "import", "--format", "toronto", "--server", s.url, "--token", token, "--report", os.DevNull, "--whole", file)
		if code == 0 || !strings.Contains(said, what) || s.logInfo() != before {
			t.Errorf("%s: exit %d %s, %+v to %+v", what, code, said, before, s.logInfo())
		}
	}

	if back := importFiles(t, s, "toronto", "--whole", first); back.Appended != dry.Withdrawn || back.Withdrawn != 0 {
		t.Errorf("it is back: %+v, withdrawn were %d", back, dry.Withdrawn)
	}
	wantFile(t, office, first)
	dry = importFiles(t, s, "toronto", "--whole", "--dry-run", half)
	importFiles(t, s, "toronto", "--whole", "--confirm", strconv.Itoa(dry.Withdrawn), half)
	wantFile(t, office, half)
}
