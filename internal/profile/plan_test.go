package profile

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/campaign"
)

var update = flag.Bool("update", false, "write the plans of the built-in profiles")

// TestR01TheProfilesHaveThePlanOfTheirLaw: the numbers stand in the profile, and those of code are where a plan starts from.
func TestR01TheProfilesHaveThePlanOfTheirLaw(t *testing.T) {
	for name, want := range map[string]Plan{
		"ankang": {"ankang-2019", campaign.PlanPublished{Title: "安康市安全生产督查检查工作方案", Version: "1",
			Policy: campaign.DefaultPolicy()}},
		"ankang-2026": {"ankang-2026", campaign.PlanPublished{Title: "安康市安全生产督查检查工作方案（按2025年以来的规定）", Version: "1",
			Policy: campaign.TodayPolicy()}},
	} {
		text, err := json.Marshal(want, jsontext.WithIndent("  "), json.Deterministic(true))
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, '\n')
		if *update {
			if err := os.WriteFile(name+"/plan.json", text, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		files, err := FilesOf(name)
		if err != nil {
			t.Fatal(err)
		}
		if have, err := fs.ReadFile(files, "plan.json"); err != nil || !bytes.Equal(have, text) {
			t.Errorf("the plan of %s is another (%v); run: go test ./internal/profile -run PlanOfTheirLaw -update", name, err)
		}
	}
}

// TestTheLawOfTodayIsOnIn2026AndOffIn2019: each parameter of a rule N01 to N16.
func TestTheLawOfTodayIsOnIn2026AndOffIn2019(t *testing.T) {
	then, now, n := reflect.ValueOf(campaign.DefaultPolicy()), reflect.ValueOf(campaign.TodayPolicy()), 0
	for i := range then.NumField() {
		f := then.Type().Field(i)
		if !strings.Contains(f.Tag.Get("doc"), "(N") {
			continue
		}
		if n++; !then.Field(i).IsZero() || now.Field(i).IsZero() {
			t.Errorf("%s is %v in 2019, %v in 2026", f.Name, then.Field(i), now.Field(i))
		}
	}
	if n < 7 {
		t.Errorf("%d parameters are of the law of today", n)
	}
}

// TestAVariantHasTheFilesOfItsProfile: all of them, and its own in their place.
func TestAVariantHasTheFilesOfItsProfile(t *testing.T) {
	files := map[string]map[string]string{}
	for _, name := range Names {
		dir, err := FilesOf(name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = map[string]string{}
		entries, err := fs.ReadDir(dir, ".")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			text, err := fs.ReadFile(dir, e.Name())
			if err != nil {
				t.Fatal(err)
			}
			files[name][e.Name()] = string(text)
		}
		p, err := BuiltIn(name)
		if err != nil {
			t.Fatal(err)
		}
		if last := p.Files[len(p.Files)-1]; last.Plan == nil || len(p.Files) != len(entries) {
			t.Errorf("%s has %d of %d files, the last is %s", name, len(p.Files), len(entries), last.Name)
		}
	}
	same := 0
	for name, text := range files["ankang"] {
		if files["ankang-2026"][name] == text {
			same++
		}
	}
	if len(files["ankang"]) != len(files["ankang-2026"]) || same == 0 || same == len(files["ankang"]) {
		t.Errorf("%d files, %d of the variant, of which %d are the same", len(files["ankang"]), len(files["ankang-2026"]), same)
	}
}
