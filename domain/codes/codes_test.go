package codes_test

import (
	"errors"
	"testing"

	"github.com/anjian-ledger/anjian/domain/codes"
)

// Five synthetic codes made by another script, and public ones (GB 32100-2015).
var validUSCC = []string{
	"91610902MA70T0016N", "91610981MA70T0024Y", "92610929MA70T0032D", "93610924MA70T0059R",
	"91610900MA70T00672", "11610900016700044G",
	"91350100M000100Y43", "91110000600037341L", "91110108551385082Q", "914403001922038216",
	"91440300708461136T", "91110000802100433B",
}

func TestKnownUSCCsPassBothChecks(t *testing.T) {
	for _, code := range validUSCC {
		if err := codes.CheckUSCC(code); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestUSCCFaultsAreNamed(t *testing.T) {
	for code, want := range map[string]error{
		"91350203M0001QAY9B":  codes.USCCCheckError{Place: 18, Want: '9'}, // circulates in public although wrong
		"91610902MA70T0016":   codes.ErrUSCCForm,
		"91610902MA70T0016NN": codes.ErrUSCCForm,
		"91610902MA70T0O16N":  codes.ErrUSCCForm, // letter O
		"9161090AMA70T0016N":  codes.ErrUSCCForm, // letter in the region
		"91610902ma70t0016n":  codes.ErrUSCCForm,
		"":                    codes.ErrUSCCForm,
	} {
		if err := codes.CheckUSCC(code); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", code, err, want)
		}
	}
}

func TestEverySingleSubstitutionInAUSCCIsDetected(t *testing.T) {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	for _, code := range validUSCC {
		for i := range code {
			for _, c := range []byte(alphabet) {
				if b := []byte(code); b[i] != c {
					b[i] = c
					if codes.ValidUSCC(string(b)) {
						t.Errorf("%s passes, one character off %s", b, code)
					}
				}
			}
		}
	}
}

func TestEveryAdjacentTranspositionInAUSCCIsDetected(t *testing.T) {
	for _, code := range validUSCC {
		for i := 0; i < 17; i++ {
			b := []byte(code)
			b[i], b[i+1] = b[i+1], b[i]
			if b[i] != b[i+1] && codes.ValidUSCC(string(b)) {
				t.Errorf("%s passes, two characters of %s swapped", b, code)
			}
		}
	}
}

func TestSyntheticUSCCsAreValidAndDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, region := range []string{"610902", "610981"} {
		for serial := 0; serial < 2000; serial++ {
			seen[codes.SyntheticUSCC(region, serial)] = true
		}
		seen[codes.SyntheticUSCC(region, codes.MaxSyntheticUSCC-1)] = true
	}
	if len(seen) != 2*2001 {
		t.Errorf("%d distinct codes, want %d", len(seen), 2*2001)
	}
	for code := range seen {
		if err := codes.CheckUSCC(code); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
	}
}

func TestR10GradeIsTheWorstColumnAndAThresholdBelongsToTheWorseGrade(t *testing.T) {
	const million = 100_000_000 // CNY in fen
	for _, c := range []struct {
		deaths, injured int
		loss            int64
		want            string
	}{
		{0, 0, 0, codes.Ordinary},
		{2, 9, 10*million - 1, codes.Ordinary},
		{3, 0, 0, codes.Larger}, {0, 10, 0, codes.Larger}, {0, 0, 10 * million, codes.Larger},
		{9, 49, 50*million - 1, codes.Larger},
		{10, 0, 0, codes.Major}, {0, 50, 0, codes.Major}, {0, 0, 50 * million, codes.Major},
		{29, 99, 100*million - 1, codes.Major},
		{30, 0, 0, codes.EspeciallyMajor}, {0, 100, 0, codes.EspeciallyMajor}, {0, 0, 100 * million, codes.EspeciallyMajor},
		{6, 0, 0, codes.Larger}, // Hengkou, 2019-10-11
	} {
		if got := codes.AccidentGrade(c.deaths, c.injured, c.loss); got != c.want {
			t.Errorf("%d deaths, %d injured, %d fen: %s, want %s", c.deaths, c.injured, c.loss, got, c.want)
		}
	}
}

func TestAnkangHasTenCountiesAndThreeZonesInEveryYear(t *testing.T) {
	for _, year := range []int{2019, 2026} {
		counties, zones := 0, 0
		for _, c := range codes.Counties() {
			switch {
			case !c.In(year):
			case c.Parent == "":
				counties++
			default:
				zones++
				if p, ok := codes.County(c.Parent); !ok || !p.Official {
					t.Errorf("zone %s has no official parent", c.Code)
				}
			}
		}
		if counties != 10 || zones != 3 {
			t.Errorf("%d: %d counties and %d zones, want 10 and 3", year, counties, zones)
		}
	}
}

func TestXunyangChangedItsCodeIn2021(t *testing.T) {
	old, _ := codes.County("610928")
	now, _ := codes.County("610981")
	if !old.In(2019) || old.In(2023) || now.In(2019) || !now.In(2023) {
		t.Errorf("610928 %+v, 610981 %+v", old, now)
	}
}

func TestACountyCoversItsOwnLandAndTheZonesOnIt(t *testing.T) {
	for _, c := range []struct {
		authority, county string
		want              bool
	}{
		{"610902", "610902", true}, {"610902", "610972", true}, {"610972", "610902", false},
		{"610921", "610972", false}, {"610921", "610902", false},
	} {
		if got := codes.Covers(c.authority, c.county); got != c.want {
			t.Errorf("Covers(%s, %s) = %v", c.authority, c.county, got)
		}
	}
}

func TestTheTownListIsCompleteAndBelowItsCounties(t *testing.T) {
	total := 0
	for _, c := range codes.Counties() {
		for _, town := range codes.Towns(c.Code) {
			total++
			if codes.CountyOf(town.Code) != c.Code || town.Chinese == "" || len(town.Code) != 9 {
				t.Errorf("%+v stands under %s", town, c.Code)
			}
		}
	}
	if total != 139 {
		t.Errorf("%d towns and streets, want 139", total)
	}
	if n := len(codes.Towns("610902")); n != 28 {
		t.Errorf("Hanbin has %d towns and streets, want 28", n)
	}
}

func TestCountyOfTakesOnlyStatisticalCodes(t *testing.T) {
	for region, want := range map[string]string{
		"610902": "610902", "610902107": "610902", "610902107001": "610902", "610972": "610972",
		"6109": "", "61090A": "", "": "", "6109021": "",
	} {
		if got := codes.CountyOf(region); got != want {
			t.Errorf("CountyOf(%q) = %q, want %q", region, got, want)
		}
	}
}

func TestR75EverySectorHasALeadDepartmentAndTwoNames(t *testing.T) {
	for _, code := range codes.List("sector") {
		if s, ok := codes.SectorOf(code); !ok || s.Code != code || len(s.Lead) == 0 || s.Chinese == "" || s.English == "" {
			t.Errorf("%+v", s)
		}
	}
}

func TestR29TheElevenSectorsOfTheSpeechAreMarked(t *testing.T) {
	n := 0
	for _, code := range codes.List("sector") {
		if s, _ := codes.SectorOf(code); s.Named {
			n++
		}
	}
	if n != 11 {
		t.Errorf("%d sectors are marked as named by the speech, want 11", n)
	}
}

func FuzzCheckUSCC(f *testing.F) {
	for _, code := range validUSCC {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		if err := codes.CheckUSCC(code); err != nil {
			if !errors.Is(err, codes.ErrUSCCForm) && !errors.As(err, new(codes.USCCCheckError)) {
				t.Errorf("%q: %v is neither of the two faults", code, err)
			}
			return
		}
		if codes.OrgCodeCheck(code[8:16]) != code[16] || codes.CountyOf(code[2:8]) == "" {
			t.Errorf("%q passes", code)
		}
	})
}

// Sentences and documents take the names of codes from here alone.
func TestEveryCodeHasANameInBothLanguages(t *testing.T) {
	for _, table := range codes.Tables() {
		if table.Chinese == "" || len(table.Codes) == 0 {
			t.Errorf("table %s: %q", table.Name, table.Chinese)
		}
		for _, code := range table.List() {
			if c, ok := table.Of(code); !ok || c.Code != code || c.Chinese == "" || c.English == "" || !table.Has(code) {
				t.Errorf("%s of %s: %+v", code, table.Name, c)
			}
		}
		if _, ok := table.Of("no-code-of-it"); ok || table.Has("no-code-of-it") {
			t.Errorf("%s has every code", table.Name)
		}
	}
}
