package event_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
)

// The roles and their names are one list.
func TestEveryRoleHasANameInTheTableOfRoles(t *testing.T) {
	var roles []string
	for _, r := range event.Roles {
		roles = append(roles, string(r))
	}
	if want := event.CodeTable("role").List(); !slices.Equal(roles, want) {
		t.Errorf("roles %v, names for %v", roles, want)
	}
}

type first struct{ Name string }

type second struct{ Names []string }

func versions() (*event.Type, *event.Type) {
	v1 := &event.Type{Name: "thing-named", Version: 1, Kind: event.Subject, New: func() event.Data { return new(first) },
		Upcast: func(d event.Data) event.Data { return &second{Names: []string{d.(*first).Name}} }}
	v2 := &event.Type{Name: "thing-named", Version: 2, Kind: event.Subject, New: func() event.Data { return new(second) }}
	return v1, v2
}

func TestAnOldBodyIsReadAsTheNewestVersion(t *testing.T) {
	v1, v2 := versions()
	c, err := event.NewCatalogue([]event.Kind{event.Subject}, v1, v2)
	if err != nil {
		t.Fatal(err)
	}
	typ, d := c.Upcast(c.Lookup("anjian.thing-named.v1"), &first{"a"})
	if s, ok := d.(*second); typ != v2 || !ok || len(s.Names) != 1 || s.Names[0] != "a" {
		t.Errorf("%v %+v", typ, d)
	}
	if c.Newest("thing-named") != v2 {
		t.Error("the newest version is not version 2")
	}
}

func TestACatalogueRefusesWhatCouldNotBeReadForEver(t *testing.T) {
	for what, c := range map[string]struct {
		change func(v1, v2 *event.Type)
		want   string
	}{
		"a gap":                      {func(_, v2 *event.Type) { v2.Version = 3 }, "lacks version 2"},
		"a forgotten upcast":         {func(v1, _ *event.Type) { v1.Upcast = nil }, "needs an Upcast"},
		"an upcast of the newest":    {func(v1, v2 *event.Type) { v2.Upcast = v1.Upcast }, "needs an Upcast"},
		"the same version twice":     {func(_, v2 *event.Type) { v2.Version = 1 }, "declared twice"},
		"a name in two stream kinds": {func(_, v2 *event.Type) { v2.Kind = "" }, "another stream kind"},
		"a kind that nobody listed":  {func(v1, _ *event.Type) { v1.Kind = event.Team }, "not listed"},
	} {
		v1, v2 := versions()
		c.change(v1, v2)
		if _, err := event.NewCatalogue([]event.Kind{event.Subject}, v1, v2); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
	}
}

func TestStreamsAreSafeInPathsAndURLs(t *testing.T) {
	c, err := event.NewCatalogue([]event.Kind{event.Subject, event.Inspection, event.Person})
	if err != nil {
		t.Fatal(err)
	}
	for _, ok := range []string{"subject/a", "inspection/t1.0198f3c2-7a10-7000-8000-000000000001", "person/A.b_c-1"} {
		if s, err := c.ParseStream(ok); err != nil || s.String() != ok {
			t.Errorf("%s: %v, %v", ok, s, err)
		}
	}
	for _, bad := range []string{"", "subject", "subject/", "/x", "planet/x", "subject/..", "subject/.x", "subject/a/b", "subject/a b",
		"subject/é", "subject/" + strings.Repeat("x", 65)} {
		if _, err := c.ParseStream(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestAUUIDHasOneSpelling(t *testing.T) {
	const id = "0198f3c2-7a10-7000-8000-0000000000ad"
	if got, ok := event.ParseUUID(id); !ok || got.String() != id {
		t.Errorf("%s: %s %v", id, got, ok)
	}
	for _, other := range []string{"", id[:35], id + "0", strings.ToUpper(id), id[:35] + "D", "{" + id + "}", "urn:uuid:" + id,
		strings.ReplaceAll(id, "-", ""),
		"0198f3c27-a10-7000-8000-0000000000ad", id[:35] + "g", id[:35] + " ", strings.Repeat("a", 36), "{" + id[:34] + "}"} {
		if got, ok := event.ParseUUID(other); ok || got != (uuid.UUID{}) {
			t.Errorf("%q is taken as %s", other, got)
		}
		if _, ok := event.ParseVisitID("t1." + other); ok {
			t.Errorf("t1.%s names a visit", other)
		}
	}
	form := regexp.MustCompile(event.VisitPattern)
	for name, want := range map[string]bool{"t1." + id: true, "t1.a." + id: true, strings.Repeat("t", event.MaxVisitOwner) + "." + id: true,
		strings.Repeat("t", event.MaxVisitOwner+1) + "." + id: false, "." + id: false, ".t." + id: false, id: false, "t1." +
			strings.ToUpper(id): false} {
		if _, ok := event.ParseVisitID(name); form.MatchString("inspection/"+name) != want || (ok && event.ValidID(name)) != want {
			t.Errorf("%s: by the pattern %v, read %v, want %v", name, form.MatchString("inspection/"+name), ok, want)
		}
	}
}

func BenchmarkParseVisitID(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := event.ParseVisitID("t1.0198f3c2-7a10-7000-8000-0000000000ad"); !ok {
			b.Fatal()
		}
	}
}
