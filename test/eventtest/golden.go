package eventtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// Golden is the file of one event type: a frozen event, that is one CloudEvent, and scenes, that say how the ledger answers
// it. A file without scenes is the event alone.
type Golden struct {
	Name   string
	Event  []byte  // one line
	Scenes []Scene // told to the rules alone (package domain), and over HTTP (package api)
}

// Scene is a short story of a visit, see [Course].
type Scene struct {
	Name  string
	From  string // how far the visit is when the scene begins, see [Course]; "": there is none
	Steps []Step
}

// Step is one event of a scene.
type Step struct {
	Type   string
	Stream string // "inspection/i" when it is left out
	By     string // who says so: a person of the team (ma and li, and wang, who leads it), or zhou of the office; ma when it is left out
	Hour   float64
	Data   json.RawMessage
	Says   []law.Code // the flags of what is taken, no other; of what is refused, some codes, and of those of the scenes no other
}

// ReadGolden reads the file of one event type.
func ReadGolden(path string) (Golden, error) {
	g := Golden{Name: filepath.Base(path)}
	b, err := os.ReadFile(path)
	if err != nil {
		return g, err
	}
	var file struct {
		SpecVersion string
		Event       json.RawMessage
		Scenes      []Scene
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return g, fmt.Errorf("%s: %w", path, err)
	}
	if g.Event = bytes.TrimSuffix(b, []byte{'\n'}); file.SpecVersion == "" {
		var line bytes.Buffer
		if err := json.Compact(&line, file.Event); err != nil {
			return g, fmt.Errorf("%s has no event: %w", path, err)
		}
		g.Event, g.Scenes = line.Bytes(), file.Scenes
	}
	return g, nil
}

// Goldens reads the files of a directory that have scenes.
func Goldens(t testing.TB, dir string) (all []Golden) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files in %s: %v", dir, err)
	}
	for _, path := range paths {
		g, err := ReadGolden(path)
		if err != nil {
			t.Fatal(err)
		}
		if g.Scenes != nil {
			all = append(all, g)
		}
	}
	return all
}

// Answer is what the ledger answered a step.
type Answer struct {
	Codes   []law.Code
	Refused bool
}

// Play tells the scenes of a file: begin makes a ledger for each, that has campaign c, the active team t1 and the
// enterprise firm, and returns how it is told a step. It is noon of a day within the campaign.
func (g Golden) Play(t *testing.T, cat *event.Catalogue, begin func(*testing.T) func(Step, event.Data) Answer) {
	own := map[law.Code][]string{} // what the file is about, and the types that are answered so
	for _, sc := range g.Scenes {
		for _, s := range sc.Steps {
			for _, c := range s.Says {
				own[c] = append(own[c], s.Type)
			}
		}
	}
	silent := map[law.Code]bool{} // one of these types was taken, and not answered so
	for _, sc := range g.Scenes {
		t.Run(sc.Name, func(t *testing.T) {
			tell := begin(t)
			for _, s := range Course(t, sc.From) {
				if a := tell(s, Body(t, cat, s)); a.Codes != nil {
					t.Fatalf("%s: %s is answered %v, before the scene begins", sc.Name, s.Type, a.Codes)
				}
			}
			for i, s := range sc.Steps {
				a := tell(s, Body(t, cat, s))
				s.compare(t, i, a, own)
				for c, types := range own {
					if !a.Refused && slices.Contains(types, s.Type) && !slices.Contains(a.Codes, c) {
						silent[c] = true
					}
				}
			}
		})
	}
	for c := range own {
		if !silent[c] {
			t.Errorf("%s: no step shows what is taken without %s", g.Name, c)
		}
	}
}

func (s Step) compare(t *testing.T, i int, a Answer, own map[law.Code][]string) {
	t.Helper()
	refused := false
	for _, c := range s.Says {
		text, known := c.Text()
		if !known {
			t.Errorf("step %d: %s is not in the law", i, c)
		}
		refused = refused || text.Acts&(law.Refuses|law.Gates) != 0
		if !slices.Contains(a.Codes, c) {
			t.Errorf("step %d, %s: want %s among %v", i, s.Type, c, a.Codes)
		}
	}
	for _, c := range a.Codes {
		if (own[c] != nil || !a.Refused) && !slices.Contains(s.Says, c) {
			t.Errorf("step %d, %s: is answered with %s, of which the scene does not tell", i, s.Type, c)
		}
	}
	if a.Refused != refused {
		t.Errorf("step %d, %s: refused is %v, want %v: %v", i, s.Type, a.Refused, refused, a.Codes)
	}
}

// Body parses what a step says, as the server does.
func Body(t testing.TB, cat *event.Catalogue, s Step) event.Data {
	t.Helper()
	typ := cat.Newest(s.Type)
	if typ == nil {
		t.Fatalf("there is no event type %s", s.Type)
	}
	data := s.Data
	if data == nil {
		data = []byte("{}")
	}
	var line bytes.Buffer
	if err := json.Compact(&line, data); err != nil {
		t.Fatalf("%s: %v", s.Type, err)
	}
	kind := typ.Kind
	if kind == "" {
		kind = event.Inspection
	}
	id := "x"
	if kind == event.Inspection {
		id = Visit("t1", "i")
	}
	e, err := entry.ParseEvent(fmt.Appendf(nil, `{"specversion":"1.0","id":"0198f3c2-7a10-7000-8000-000000000001","source":"urn:scene",`+
		`"type":%q,"subject":"%s/%s","time":"2019-12-04T12:00:00+08:00","data":%s}`, typ, kind, id, line.Bytes()), cat)
	if err != nil {
		t.Fatalf("%s %s: %v", s.Type, data, err)
	}
	return e.Data
}

// course is a visit from its start to the leader's review, by how far it is.
var course = []struct {
	until string
	steps []Step
}{
	{"started", []Step{{Type: "inspection-started", Data: raw(`{"subject":"firm","team":"t1","sector":"INDTRADE","visit_type":"initial",
		"inspectors":["ma","li"]}`)}}},
	{"arrived", []Step{{Type: "inspector-arrived"}}},
	{"checked", append([]Step{
		{Type: "notice-posted", Data: raw(`{"content":"告示","purpose":"督查","office_phone":"1","leader_phone":"2",
			"photo":{"sha256":"` + document + `","size":9,"media_type":"image/jpeg"}}`)},
		{Type: "conduct-declared", Data: raw(`{"advance_notice":false,"briefing_heard":false,"accompanied_by":[],"reception":false}`)},
	}, append(each("check-answered", `{"section":"production","item":%q,"answer":"yes"}`, "E-1", "E-2", "E-3", "E-4", "E-5", "E-6"),
		each("section-completed", `{"section":%q}`, "production", "management", "system")...)...)},
	{"recorded", []Step{
		{Type: "site-record-signed", Hour: 1, Data: raw(`{"record_no":"1","document_sha256":"` + document + `","site_manager":"m",
			"signers":[{"person":"ma","certificate_no":"cert-ma"},{"person":"li","certificate_no":"cert-li"}]}`)},
		{Type: "inspector-departed", Hour: 1}}},
	{"reviewed", append(each("copy-delivered", `{"document_sha256":"`+document+`","recipient":%q,"receiver":"r","method":"in-person"}`,
		"subject", "local-government", "city-department", "safety-office"),
		Step{Type: "leader-reviewed", By: "wang", Hour: 1, Data: raw(`{"opinion":"同意"}`)})},
}

var document = strings.Repeat("ab", 32)

func raw(s string) json.RawMessage { return json.RawMessage(s) }

// each is one step for each value.
func each(typ, data string, values ...string) (steps []Step) {
	for _, v := range values {
		steps = append(steps, Step{Type: typ, Data: raw(fmt.Sprintf(data, v))})
	}
	return steps
}

// Course returns the steps of visit i of the firm to a point: started, arrived, checked (notice, conduct, checklist and
// sections), recorded (signed, and left), reviewed (copies delivered); each is taken without a flag.
func Course(t testing.TB, until string) (steps []Step) {
	t.Helper()
	if until == "" {
		return nil
	}
	for _, part := range course {
		if steps = append(steps, part.steps...); part.until == until {
			return steps
		}
	}
	t.Fatalf("no visit is %q", until)
	return nil
}
