package entry_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/internal/entry"
)

var catalogue = domain.Catalogue()

const minimal = `{"specversion":"1.0","id":"0198f3c2-7a10-7000-8000-000000000001","source":"urn:t",` +
	`"type":"anjian.subject-status-recorded.v1","subject":"subject/s","time":"2019-12-02T09:30:00+08:00","data":{"production":"normal"}}`

// with returns the minimal event with one piece of its text replaced.
func with(old, new string) string {
	if !strings.Contains(minimal, old) {
		panic("not in the minimal event: " + old)
	}
	return strings.Replace(minimal, old, new, 1)
}

func TestParseEventReadsTheAttributes(t *testing.T) {
	e, err := entry.ParseEvent([]byte(with(`"data"`, `"campaign":"c-1","causationid":"0198f3c2-7a10-7000-8000-00000000000a",`+
		`"expectedrevision":7,"timeprecision":"day","deviceid":"phone","originid":"900001/3","data"`)), catalogue)
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2019, 12, 1, 16, 0, 0, 0, time.UTC); !e.Occurred.Equal(want) || e.Occurred.Location() != time.UTC {
		t.Errorf("occurred %v, want %v", e.Occurred, want)
	}
	if e.Stream != (event.Stream{Kind: event.Subject, ID: "s"}) || e.Campaign != "c-1" ||
		e.Causation != "0198f3c2-7a10-7000-8000-00000000000a" || e.ExpectedRevision != 7 || e.Precision != event.Day ||
		e.OriginID != "900001/3" {
		t.Errorf("%+v", e)
	}
	if d, ok := e.Data.(*subject.StatusRecorded); !ok || d.Production != "normal" {
		t.Errorf("data %+v", e.Data)
	}
}

func TestDataMayStandBeforeItsType(t *testing.T) {
	raw := `{"data":{"production":"partial"},` + strings.TrimPrefix(with(`,"data":{"production":"normal"}`, ""), "{")
	e, err := entry.ParseEvent([]byte(raw), catalogue)
	if err != nil || e.Data.(*subject.StatusRecorded).Production != "partial" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestExpectedRevisionIsAnyNewOrANumber(t *testing.T) {
	for attribute, want := range map[string]int64{"": event.AnyRevision, `"expectedrevision":-1,`: event.NewStream, `"expectedrevision":0,`: 0,
		`"expectedrevision":3,`: 3, `"expectedrevision":null,`: event.AnyRevision} {
		e, err := entry.ParseEvent([]byte(with(`"data"`, attribute+`"data"`)), catalogue)
		if err != nil || e.ExpectedRevision != want {
			t.Errorf("%s: %v, %v, want %d", attribute, e, err, want)
		}
	}
}

func TestHostileJSONIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		code law.Code
	}{
		"nothing":                {"", "malformed-json"},
		"not an object":          {`[]`, "malformed-json"},
		"bytes behind":           {minimal + `{}`, "malformed-json"},
		"byte order mark":        {"\ufeff" + minimal, "malformed-json"},
		"duplicate attribute":    {with(`"source"`, `"id":"0198f3c2-7a10-7000-8000-000000000002","source"`), "malformed-json"},
		"duplicate in data":      {with(`"production":"normal"`, `"production":"normal","production":"partial"`), "malformed-json"},
		"duplicate by an escape": {with(`"production":"normal"`, `"production":"normal","\u0070roduction":"partial"`), "malformed-json"},
		"invalid UTF-8":          {with(`urn:t`, "urn:\xff"), "malformed-json"},
		"lone surrogate":         {with(`urn:t`, `urn:\ud800`), "malformed-json"},
		"control character":      {with(`urn:t`, "urn:\x01"), "malformed-json"},
		"unknown member of data": {with(`"production":"normal"`, `"production":"normal","x":1`), "invalid-data"},
		"member in other case":   {with(`"production"`, `"Production"`), "invalid-data"},
		"deep nesting in data": {with(`{"production":"normal"}`, strings.Repeat(`{"note":`, 5000)+"1"+strings.Repeat("}", 5000)),
			"invalid-data"},
		"deep nesting in an attribute": {with(`"data"`, `"deep":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+`,"data"`),
			"invalid-attribute"},
		"a number too long":  {with(`"data"`, `"n":`+strings.Repeat("9", 33)+`,"data"`), "invalid-attribute"},
		"a number too large": {with(`"data"`, `"expectedrevision":9223372036854775808,"data"`), "invalid-attribute"},
		"a wrong version":    {with(`"1.0"`, `"0.3"`), "invalid-attribute"},
		"id in upper case":   {with(`0198f3c2`, `0198F3C2`), "invalid-attribute"},
		"id with braces": {with(`0198f3c2-7a10-7000-8000-000000000001`, `{0198f3c2-7a10-7000-8000-000000000001}`),
			"invalid-attribute"},
		"the nil id":                    {with(`0198f3c2-7a10-7000-8000-000000000001`, uuid.Nil.String()), "invalid-attribute"},
		"unknown type":                  {with(`subject-status-recorded.v1`, `subject-status-recorded.v9`), "unknown-type"},
		"subject of another kind":       {with(`subject/s`, `team/s`), "invalid-attribute"},
		"subject that climbs":           {with(`subject/s`, `subject/../s`), "invalid-attribute"},
		"time without a zone":           {with(`+08:00`, ``), "invalid-attribute"},
		"time out of range":             {with(`2019-`, `0019-`), "invalid-attribute"},
		"attribute of a forbidden name": {with(`"data"`, `"Device_Id":"x","data"`), "invalid-attribute"},
		"base64 data":                   {with(`"data"`, `"data_base64":"AA==","data"`), "invalid-attribute"},
		"null data":                     {with(`{"production":"normal"}`, `null`), "invalid-data"},
		"no data":                       {with(`,"data":{"production":"normal"}`, ``), "invalid-attribute"},
		"a value that is no code":       {with(`"normal"`, `"sometimes"`), "invalid-data"},
		"too large":                     {with(`"normal"`, `"normal","note":"`+strings.Repeat("x", entry.MaxEventSize)+`"`), "event-too-large"},
	} {
		_, err := entry.ParseEvent([]byte(c.raw), catalogue)
		var se *entry.SyntaxError
		if !errors.As(err, &se) || se.Code != c.code {
			t.Errorf("%s: %v, want code %s", name, err, c.code)
		}
	}
}

// TestNoAttributeHasWhatIsNoText: attributes and data have one list (EVENTS.md).
func TestNoAttributeHasWhatIsNoText(t *testing.T) {
	for _, name := range []string{"note", "correlationid", "deviceid", "originid", "ledger"} {
		refused := func(r rune) bool {
			_, err := entry.ParseEvent([]byte(with(`"data"`, fmt.Sprintf(`"%s":"a\u%04x","data"`, name, r))), catalogue)
			return err != nil
		}
		for _, p := range event.NoText {
			if p.Last <= 0xFFFF && (!refused(p.First) || !refused(p.Last)) {
				t.Errorf("%s with U+%04X or U+%04X is accepted", name, p.First, p.Last)
			}
		}
		if refused(0xE000) || refused('安') {
			t.Errorf("%s cannot have every text", name)
		}
	}
}

// TestAttributesHaveTheirTypes: those that were stored once in another type, and their neighbours.
func TestAttributesHaveTheirTypes(t *testing.T) {
	for _, bad := range []string{
		`"note":1.5`, `"note":99999999999999999999`, `"note":-0`, `"note":1e3`, `"note":2147483648`, `"note":[]`, `"note":{}`,
		`"causationid":"nonsense"`, `"dataschema":5`,
		`"dataschema":"no scheme"`, `"dataschema":"/x"`, `"expectedrevision":"1"`, `"expectedrevision":1.0`, `"datacontenttype":"text/plain"`,
		`"correlationid":""`, `"deviceid":7`,
		`"originid":900001`, `"originid":""`, `"originid":"` + strings.Repeat("9", entry.MaxOriginID+1) + `"`,
	} {
		if _, err := entry.ParseEvent([]byte(with(`"data"`, bad+`,"data"`)), catalogue); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
	for old, bad := range map[string][]string{
		`"1.0"`:   {`1.0`, `true`, `null`},
		`"urn:t"`: {`true`, `":::% zz"`, `""`, `"安"`, `null`},
		`"2019-12-02T09:30:00+08:00"`: {`"2019-12-02T9:30:00+08:00"`, `"2019-12-02T09:30:00,5+08:00"`, `"2019-12-02T09:30:00+24:00"`,
			`"2019-12-02T09:30:00+08:60"`,
			`"2019-12-02T09:30:60Z"`, `"2019-12-02T09:30:00-00:00"`, `"2019-12-02T09:30:00.0123456789Z"`, `"2019-12-02 09:30:00Z"`, `1575250200`},
	} {
		for _, b := range bad {
			if _, err := entry.ParseEvent([]byte(with(old, b)), catalogue); err == nil {
				t.Errorf("%s instead of %s is accepted", b, old)
			}
		}
	}
	// The decoder of base64 writes beyond its target when there is more than a hash.
	for n := range 200 {
		long := strings.Repeat("A", n)
		for _, e := range []string{with(`"data"`, `"keyprev":"`+long+`","data"`), with(`urn:t`, entry.KeySource(long))} {
			if _, err := entry.ParseEvent([]byte(e), catalogue); err == nil {
				t.Errorf("%s is accepted", e)
			}
		}
	}
	for _, good := range []string{`"note":true`, `"note":-2147483648`, `"note":null`, `"data_base64":null`, `"datacontenttype":null`,
		`"note":"\ue000"`} {
		if _, err := entry.ParseEvent([]byte(with(`"data"`, good+`,"data"`)), catalogue); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	if _, err := entry.ParseEvent([]byte(with(`09:30:00+08:00`, `09:30:00.123456789z`)), catalogue); err != nil {
		t.Error(err)
	}
}

func TestLineBreaksBetweenTokensBecomeSpaces(t *testing.T) {
	pretty := strings.ReplaceAll(minimal, `,"`, ",\r\n  \"")
	one := entry.OneLine([]byte(pretty))
	if bytes.ContainsAny(one, "\r\n") || len(one) != len(pretty) {
		t.Fatalf("%q", one)
	}
	a, errA := entry.ParseEvent([]byte(minimal), catalogue)
	b, errB := entry.ParseEvent(one, catalogue)
	if errA != nil || errB != nil || a.ID != b.ID || *a.Data.(*subject.StatusRecorded) != *b.Data.(*subject.StatusRecorded) {
		t.Errorf("%+v %v, %+v %v", a, errA, b, errB)
	}
}

// TestTimesInDataAreThoseOfTheAttribute: one grammar of time.
func TestTimesInDataAreThoseOfTheAttribute(t *testing.T) {
	for written, ok := range map[string]bool{
		"2019-12-02T09:30:00+08:00": true, "2019-12-02t09:30:00z": true, "2019-12-02T09:30:00.123456789Z": true,
		"2019-12-02T09:30:00-00:00": false, "2019-12-02T09:30:00.1234567891Z": false, "0001-01-01T00:00:00Z": false,
		"2016-12-31T23:59:60Z":   false,
		"2019-12-02T09:30:00,5Z": false, "2019-12-02T9:30:00Z": false, "2019-12-02T09:30:00+24:00": false, "2019-12-02": false,
	} {
		raw := `{"specversion":"1.0","id":"0198f3c2-7a10-7000-8000-000000000001","source":"urn:t","type":"anjian.key-revoked.v1",` +
			`"subject":"person/p","time":"` + written +
			`","data":{"key":"` + strings.Repeat("A", 43) + `","reason":"lost","compromised_since":"` + written + `"}}`
		_, both := entry.ParseEvent([]byte(raw), catalogue)
		_, data := entry.ParseEvent([]byte(strings.Replace(raw, `"time":"`+written, `"time":"2019-12-02T09:30:00+08:00`, 1)), catalogue)
		_, attribute := entry.ParseEvent([]byte(strings.Replace(raw, `,"compromised_since":"`+written+`"`, "", 1)), catalogue)
		if (both == nil) != ok || (data == nil) != ok || (attribute == nil) != ok {
			t.Errorf("%s: in data %v, as the attribute %v", written, data, attribute)
		}
	}
}

// TestABodyIsRefusedInTheWordsOfItsDeclaration: not in those of the decoder.
func TestABodyIsRefusedInTheWordsOfItsDeclaration(t *testing.T) {
	for data, want := range map[string]string{
		`{"production":1}`:                            "production: want a string",
		`{"production":{}}`:                           "production: want a string",
		`{"production":"normal","since":true}`:        "since: want a string",
		`{"production":"normal","x":1}`:               "x: there is no such member",
		`{"production":"high"}`:                       `production: "high" is not one of normal, partial, suspended`,
		`{"production":"normal","note":"x\u0000"}`:    "note: U+0000 at character 2 is no text: control character",
		`{"production":"normal","since":"yesterday"}`: `since: "yesterday" is no date YYYY-MM-DD from 1900 to 2200`,
	} {
		for _, raw := range []string{with(`{"production":"normal"}`, data), `{"data":` + data + "," +
			strings.TrimPrefix(with(`,"data":{"production":"normal"}`, ""), "{")} {
			_, err := entry.ParseEvent([]byte(raw), catalogue)
			if err == nil || err.Error() != "data of anjian.subject-status-recorded.v1: "+want {
				t.Errorf("%s\n%v\nwant %s", raw, err, want)
			}
		}
	}
	finding := `{"finding":"f","description":"x","level":"general","punishable":true,"evidence":[{"sha256":"` + strings.Repeat("0", 64) +
		`","media_type":"x","size":%s}]}`
	for size, want := range map[string]string{
		`1.5`: "evidence.0.size: want an integer without fraction and exponent, 1…1099511627776 bytes",
		`0`:   "evidence.0.size: 0 is not within 1…1099511627776 bytes", `1,"captured_at":5`: "evidence.0.captured_at: want a time, not a number",
		`1,"captured_at":"5"`: `evidence.0.captured_at: "5", want RFC 3339`,
	} {
		raw := strings.NewReplacer("subject-status-recorded", "finding-recorded", "subject/s", "inspection/s", `{"production":"normal"}`,
			fmt.Sprintf(finding, size)).Replace(minimal)
		if _, err := entry.ParseEvent([]byte(raw), catalogue); err == nil ||
			!strings.HasPrefix(err.Error(), "data of anjian.finding-recorded.v1: "+want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

func TestNoMessageGrowsWithTheEvent(t *testing.T) {
	long := strings.Repeat("\\u0001", 9000)
	for _, raw := range []string{
		with(`urn:t`, long), with(`2019-12-02T09:30:00+08:00`, long), with(`subject/s`, "subject/"+long), with(`"normal"`, `"`+long+`"`),
		with(`"normal"`, `"normal","unknown":[`+strings.Repeat(`"x",`, 9000)+`"x"]`), with(`anjian.subject-status-recorded.v1`, long),
	} {
		if _, err := entry.ParseEvent([]byte(raw), catalogue); err == nil || len(err.Error()) > 4100 {
			t.Errorf("%.80s: a message of %d bytes", raw, len(fmt.Sprint(err)))
		}
	}
}

func TestALineBreakInAStringIsNotMadeABlank(t *testing.T) {
	for _, br := range []string{"\n", "\r", "\\\n", "\\\"\n"} {
		raw := []byte(with(`"normal"`, `"normal","note":"a`+br+`b"`))
		if _, err := entry.ParseEvent(entry.OneLine(raw), catalogue); err == nil {
			t.Errorf("%q is accepted", raw)
		}
	}
	raw := with(`"normal"`, `"normal","note":"a\\"`) + "\n"
	if _, err := entry.ParseEvent(entry.OneLine([]byte(strings.Replace(raw, `,"data"`, ",\r\n\"data\"", 1))), catalogue); err != nil {
		t.Error(err)
	}
}

func TestWhatAuthorWritesIsReadBackTheSame(t *testing.T) {
	e, err := entry.ParseEvent([]byte(with(`"data"`, `"campaign":"c","expectedrevision":-1,"timeprecision":"day","data"`)), catalogue)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := entry.Author(e)
	if err != nil {
		t.Fatal(err)
	}
	again, err := entry.ParseEvent(raw, catalogue)
	if err != nil {
		t.Fatal(err)
	}
	raw2, err := entry.Author(again)
	if err != nil || !bytes.Equal(raw, raw2) {
		t.Errorf("%s\n%s\n%v", raw, raw2, err)
	}
}

// entries draws entries that can be encoded.
func entries(t *rapid.T) entry.Entry {
	id := rapid.StringMatching(`[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}`)
	maybe := rapid.OneOf(rapid.Just(""), id)
	en := entry.Entry{
		Index: rapid.Uint64().Draw(t, "index"), Revision: rapid.Uint64().Draw(t, "revision"),
		Recorded: time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "recorded")).UTC(), ClockRed: rapid.Bool().Draw(t, "red"),
		Stream: event.Stream{Kind: event.Inspection, ID: id.Draw(t, "stream")},
		About: event.About{Campaign: maybe.Draw(t, "campaign"), Subject: maybe.Draw(t, "subject"), Team: maybe.Draw(t, "team"),
			County:  maybe.Draw(t, "county"),
			Sectors: rapid.SampledFrom([][]string{nil, {"MINE"}, {"CHEM", "MINE"}}).Draw(t, "sectors")},
		Actor: event.Actor{Person: maybe.Draw(t, "person"), Role: event.Role(id.Draw(t, "role")), Team: maybe.Draw(t, "actor team"),
			County: maybe.Draw(t, "actor county"),
			Unit:   maybe.Draw(t, "unit"), Token: rapid.Uint64Range(1, 1<<40).Draw(t, "token")},
		Assurance: event.Token,
		Event:     []byte(`{"event":{"a":"}"},"b":[1]}`),
	}
	if rapid.Bool().Draw(t, "signed") {
		en.Assurance = rapid.SampledFrom([]event.Assurance{event.Signed, event.Token, event.Imported}).Draw(t, "assurance")
		en.Signature = rapid.SliceOfN(rapid.Byte(), entry.MinSignature, 100).Draw(t, "signature")
	}
	return en
}

func TestParseIsTheInverseOfAppend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		en := entries(t)
		if err := en.Check(); err != nil {
			t.Fatal(err)
		}
		raw := entry.Append(nil, &en)
		got, err := entry.Parse(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if !bytes.Equal(got.Event, en.Event) || !bytes.Equal(got.Signature, en.Signature) {
			t.Fatalf("%+v, want %+v", got, en)
		}
		if again := entry.Append(nil, &got); !bytes.Equal(again, raw) {
			t.Fatalf("%s\n%s", raw, again)
		}
	})
}

// Check says beforehand what reading back would say.
func TestWhatCheckLetsPassIsReadBack(t *testing.T) {
	passed, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		en := entries(t)
		odd := rapid.SampledFrom([]string{"", "a/b", `"`, "\n", "é", " a", "a,b", "}", strings.Repeat("x", 300), "MINE"}).Draw(t, "odd")
		set := []func(){
			func() {}, func() { en.Stream.Kind = event.Kind(odd) }, func() { en.Stream.ID = odd }, func() { en.About.Campaign = odd },
			func() { en.About.Subject = odd }, func() { en.About.Team = odd }, func() { en.About.County = odd },
			func() { en.About.Sectors = []string{odd} }, func() { en.About.Sectors = []string{"CHEM", odd} },
			func() { en.About = event.About{Sectors: []string{}} }, func() { en.Actor.Person = odd }, func() { en.Actor.Role = event.Role(odd) },
			func() { en.Actor.Team = odd }, func() { en.Actor.County = odd }, func() { en.Actor.Unit = odd }, func() { en.Actor.Token = 0 },
			func() { en.Recorded = en.Recorded.AddDate(-2100, 0, 0) }, func() { en.Recorded = en.Recorded.AddDate(8100, 0, 0) },
			func() { en.Event = []byte("{" + odd + "}") }, func() { en.Event = []byte(odd) }, func() { en.Event = []byte("{\r}") },
			func() { en.Event = []byte("{\x00}") }, func() { en.Event = []byte("[]") }, func() { en.Event = []byte("{} ") },
			func() { en.Assurance = event.Assurance(odd) }, func() { en.Assurance = event.Derived }, func() { en.Assurance = event.Open },
			func() { en.Signature = []byte{} }, func() { en.Signature = make([]byte, entry.MinSignature-1) },
			func() { en.Signature = make([]byte, entry.MaxSignature+1) }, func() { en.Signature = make([]byte, entry.MaxSignature) },
		}
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			set[rapid.IntRange(0, len(set)-1).Draw(t, "change")]()
		}
		raw := entry.Append(nil, &en)
		got, err := entry.Parse(raw)
		if written := en.Check(); (written == nil) != (err == nil) {
			t.Fatalf("%s\nis written: %v; is read: %v", raw, written, err)
		}
		if err != nil {
			refused++
			return
		}
		passed++
		if again := entry.Append(nil, &got); !bytes.Equal(again, raw) {
			t.Fatalf("%s\n%s", raw, again)
		}
	})
	if passed == 0 || refused == 0 {
		t.Errorf("%d pass, %d are refused", passed, refused)
	}
}

// What the decoders of time and base64 take besides the one spelling.
func TestAValueHasOneSpelling(t *testing.T) {
	en := entry.Entry{Stream: event.Stream{Kind: event.Subject, ID: "s"}, Recorded: time.Date(2019, 12, 2, 1, 30, 0, 123456000, time.UTC),
		Actor: event.Actor{Role: event.RoleInspector, Token: 1}, Assurance: event.Signed, Signature: make([]byte, entry.MinSignature),
		Event: []byte(minimal)}
	raw := string(entry.Append(nil, &en))
	if _, err := entry.Parse([]byte(raw)); err != nil {
		t.Fatal(err)
	}
	for what, other := range map[string]string{
		"a comma in the time":                strings.Replace(raw, ".123456Z", ",123456Z", 1),
		"a carriage return in the signature": strings.Replace(raw, `"signature":"AA`, "\"signature\":\"A\rA", 1),
	} {
		if _, err := entry.Parse([]byte(other)); other == raw || !errors.Is(err, entry.ErrNotCanonical) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAnyOtherBytesAreNotCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		en := entries(t)
		raw := entry.Append(nil, &en)
		i := rapid.IntRange(0, len(raw)-1).Draw(t, "at")
		raw[i] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		got, err := entry.Parse(raw)
		if err == nil && !bytes.Equal(entry.Append(nil, &got), raw) {
			t.Fatalf("accepted %s, which Append would not write", raw)
		}
	})
}

func FuzzParse(f *testing.F) {
	en := entry.Entry{Recorded: time.Unix(0, 0).UTC(), Stream: event.Stream{Kind: event.Subject, ID: "s"},
		Actor: event.Actor{Role: "admin", Token: 1}, Assurance: event.Token, Event: []byte(minimal)}
	f.Add(entry.Append(nil, &en))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got, err := entry.Parse(raw); err == nil && !bytes.Equal(entry.Append(nil, &got), raw) {
			t.Errorf("accepted %q, which Append would not write", raw)
		}
	})
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(minimal))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := entry.ParseEvent(raw, catalogue)
		if err != nil {
			return
		}
		again, err := entry.Author(e)
		if err != nil {
			t.Fatalf("%q was accepted and cannot be written: %v", raw, err)
		}
		if _, err := entry.ParseEvent(again, catalogue); err != nil {
			t.Fatalf("%q was accepted, %q not: %v", raw, again, err)
		}
	})
}

func BenchmarkParseEvent(b *testing.B) {
	raw := []byte(with(`"normal"`, `"normal","note":"`+strings.Repeat("x", 700)+`"`))
	for b.Loop() {
		if _, err := entry.ParseEvent(raw, catalogue); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	en := entry.Entry{Recorded: time.Unix(0, 0).UTC(), Stream: event.Stream{Kind: event.Subject, ID: "s"},
		Actor: event.Actor{Role: "admin", Token: 1}, Assurance: event.Token,
		Event: []byte(with(`"normal"`, `"normal","note":"`+strings.Repeat("x", 700)+`"`))}
	raw := entry.Append(nil, &en)
	for b.Loop() {
		if _, err := entry.Decode(raw, catalogue); err != nil {
			b.Fatal(err)
		}
	}
}

// neighbours are the lines of two entries of one visit, as they stand one after the other.
func neighbours() [][]byte {
	en := entry.Entry{
		Index: 123456, Recorded: time.Date(2026, 12, 2, 1, 30, 0, 123456000, time.UTC), Revision: 17,
		Stream: event.Stream{Kind: event.Inspection, ID: "team-1.0198f3c2-7a10-7000-8000-000000000001"},
		About: event.About{Campaign: "c-2026", Subject: "0198f3c2-7a10-7000-8000-000000000002", Team: "team-1", County: "610902",
			Sectors: []string{"CHEM", "MINE"}},
		Actor:     event.Actor{Person: "p-1", Role: event.RoleInspector, Team: "team-1", Token: 1234},
		Assurance: event.Token, Event: []byte(with(`"normal"`, `"normal","note":"`+strings.Repeat("x", 700)+`"`)),
	}
	first := entry.Append(nil, &en)
	en.Index, en.Revision = en.Index+1, en.Revision+1
	return [][]byte{first, entry.Append(nil, &en)}
}

// BenchmarkRead is what the sequencer does before it signs, and a replay with neighbours.
func BenchmarkRead(b *testing.B) {
	lines := neighbours()
	var en entry.Entry
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := en.Read(lines[i%2]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	en, err := entry.Parse(neighbours()[0])
	if err != nil {
		b.Fatal(err)
	}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = entry.Append(buf[:0], &en)
	}
}
