package road

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

const (
	oneEvent    = "application/cloudevents+json"
	batch       = "application/cloudevents-batch+json"
	signedLines = "application/vnd.anjian.signed-events+ndjson"
)

// The forms in which an event is sent.
const (
	single = iota
	batchOfOne
	batchBehind  // behind another event
	batchBlanks  // before another event, with blanks between
	binary       // attributes in headers
	headerSigned // the rest: by the Ed25519 key, or with forms more by the P-256 key
	lineSigned
	linesSigned
	forms
)

// plain is an event that is accepted in every form.
const plain = `{"specversion":"1.0","id":"@id","source":"urn:test","type":"anjian.subject-registered.v1","subject":"subject/s-@n",` +
	`"time":"2019-12-02T09:30:00+08:00",` +
	`"data":{"kind":"enterprise","name":"安康某某矿业","region":"610902","sectors":["MINE"],"discovery":"register"}}`

// trained is one that a phone signs.
const trained = `{"specversion":"1.0","id":"@id","source":"urn:anjian:key:@key","type":"anjian.inspector-trained.v1",` +
	`"subject":"person/p-1","time":"2019-12-02T09:30:00+08:00",` +
	`"ledger":"@ledger","keyseq":@seq,"keyprev":"@prev","data":{"topic":"安全生产督查业务","date":"2019-11-28"}}`

// FuzzRoad sends an event, in any form and by any author, and holds the ledger to it: what was
// accepted goes the whole road, what was refused has changed nothing.
//
// how picks the form (bits 0-2), the phone (bit 3) and the author (bits 4-7). In text and in what
// the program puts into it, @id is a new UUID, @n a new name, @key, @ledger, @seq and @prev what
// the phone's next event says.
func FuzzRoad(f *testing.F) {
	for _, in := range seeds(f) {
		f.Add(in.how, in.text, in.program)
	}
	s := newServer(f)
	f.Cleanup(func() { s.TB = f; s.settle() })
	f.Fuzz(func(t *testing.T, how byte, text string, program []byte) {
		s.TB = t
		s.send(how, edit(text, program))
		if len(s.posted) >= 64 {
			s.settle()
		}
	})
}

// posted is a request that was accepted, to be sent again.
type posted struct {
	author  event.Role
	body    string
	headers []string
	indexes []uint64
}

// send sends text as an event in one of the forms.
func (s *server) send(how byte, text string) {
	s.Helper()
	phone := s.phones[how>>3&1]
	role := authors[int(how>>4)%len(authors)]
	text = s.fill(text, phone)
	want := []string{oneLine(text)} // the events' bytes, in order
	var body string
	var headers []string
	other := func() string { return s.fill(plain, phone) }
	switch how & 7 {
	case single:
		body, headers = text, []string{"Content-Type", oneEvent}
	case batchOfOne:
		body, headers = "["+text+"]", []string{"Content-Type", batch}
	case batchBehind:
		want = []string{other(), want[0]}
		body, headers = "["+want[0]+","+text+"]", []string{"Content-Type", batch}
	case batchBlanks:
		want = []string{want[0], other()}
		body, headers = "\n[ "+text+"\r\n\t,\n"+want[1]+"\n]\n", []string{"Content-Type", batch + "; charset=UTF-8"}
	case binary:
		var ok bool
		if body, headers, ok = binaryOf(text); !ok {
			return
		}
		want = nil // the ledger assembles the bytes
	case headerSigned:
		want = []string{text}
		body, headers = text, []string{"Content-Type", oneEvent, "Anjian-Signature", s.seal(phone, text)}
	case lineSigned:
		want = []string{text}
		body, headers = strings.TrimSuffix(line(text, s.seal(phone, text)), "\n"), []string{"Content-Type", signedLines}
	case linesSigned:
		body, headers = line(text, s.seal(phone, text)), []string{"Content-Type", signedLines}
		second := s.fill(trained, phone)
		want = []string{text, second}
		body += line(second, s.seal(phone, second))
	}
	before := s.size()
	a := s.do(role, "POST", "/v1/events", body, headers...)
	switch {
	case a.StatusCode == http.StatusCreated:
		if want != nil && !json.Valid([]byte(text)) {
			s.Fatalf("accepted, and it is no JSON: %q", text)
		}
		indexes := s.acked(a, want)
		s.travel(before, s.size())
		s.posted = append(s.posted, posted{role, body, headers, indexes})
	case a.StatusCode >= 500:
		s.Fatalf("%d %s", a.StatusCode, a.body)
	case s.size() != before:
		s.Fatalf("answered %d, and the ledger has %d entries more: %s", a.StatusCode, s.size()-before, a.body)
	case a.StatusCode != http.StatusOK && !json.Valid([]byte(a.body)):
		s.Fatalf("%d %q", a.StatusCode, a.body)
	}
}

// fill puts names in the place of words that begin with @.
func (s *server) fill(text string, phone *devicekey.Signer) string {
	if !strings.Contains(text, "@") {
		return text
	}
	s.made++
	next := phone.Next()
	return strings.NewReplacer("@id", fmt.Sprintf("0198f3c2-7a10-7000-8001-%012x", s.made), "@n", fmt.Sprint(s.made),
		"@key", next.Key, "@ledger", next.Ledger, "@seq", fmt.Sprint(next.Seq), "@prev", next.Prev).Replace(text)
}

var lineBreaks = strings.NewReplacer("\r", " ", "\n", " ")

// oneLine is what becomes of an unsigned event, said another way than the ledger's code says it.
func oneLine(text string) string {
	return lineBreaks.Replace(strings.Trim(text, " \t\r\n"))
}

func (s *server) seal(phone *devicekey.Signer, text string) string {
	s.Helper()
	sig, err := phone.Seal([]byte(text))
	s.must(err)
	return base64.RawURLEncoding.EncodeToString(sig)
}

func line(event, signature string) string {
	return `{"signature":"` + signature + `","event":` + event + "}\n"
}

// binaryOf takes an event apart, as a client does that sends it in binary mode.
func binaryOf(text string) (body string, headers []string, ok bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &members) != nil {
		return "", nil, false
	}
	headers = []string{"Content-Type", "application/json"}
	for name, raw := range members {
		var value string
		switch {
		case name == "data":
			body = string(raw)
			continue
		case json.Unmarshal(raw, &value) != nil:
			value = string(raw)
		}
		if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
			return "", nil, false // no HTTP client sends such a header
		}
		headers = append(headers, "Ce-"+name, strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
	}
	return body, headers, true
}

// acked reads the answer to an append: its receipts prove the entries, and the entries have the
// events' bytes.
func (s *server) acked(a answer, want []string) (indexes []uint64) {
	s.Helper()
	var r struct {
		Receipts []struct {
			ID      string
			Index   uint64
			Receipt string
		}
	}
	if err := json.Unmarshal([]byte(a.body), &r); err != nil || want != nil && len(r.Receipts) != len(want) {
		s.Fatalf("%d receipts, want %d: %v\n%s", len(r.Receipts), len(want), err, a.body)
	}
	for i, one := range r.Receipts {
		raw := s.proven(one.Receipt, one.Index)
		en, err := entry.Parse([]byte(raw))
		s.must(err)
		if want != nil && string(en.Event) != want[i] {
			s.Fatalf("sent %q\nstored %q", want[i], en.Event)
		}
		if h, err := entry.Peek(en.Event); err != nil || h.ID.String() != one.ID {
			s.Fatalf("receipt for %s, the entry has %s: %v", one.ID, h.ID, err)
		}
		indexes = append(indexes, one.Index)
	}
	return indexes
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// input is what is sent: see FuzzRoad.
type input struct {
	how     byte
	text    string
	program []byte
}

var unsignedForms, signedForms = []byte{single, batchOfOne, batchBehind, batchBlanks, binary},
	[]byte{headerSigned, lineSigned, linesSigned, headerSigned | 8, lineSigned | 8}

// seeds are inputs of the kinds that once ruined a ledger, or that clients in other languages send, in every form, and the
// golden event of every type by every author.
func seeds(t testing.TB) (all []input) {
	add := func(how byte, text string, program ...byte) { all = append(all, input{how, text, program}) }
	both := func(how byte, text string) {
		add(how, text)
		for _, blank := range []string{"\n", " ", "\t", "\r", "\ufeff"} {
			add(how, blank+text)
			add(how, text+blank)
			add(how, strings.Replace(text, `,"data"`, ","+blank+`"data"`, 1))
		}
		add(how, strings.Replace(text, `"specversion"`, `"\u0073pecversion"`, 1))
		add(how, strings.Replace(text, `"data":{`, `"data":{"kind":"x",`, 1))
		add(how, strings.Replace(text, `"data":{`, `"data":{"uscc":null,`, 1))
		add(how, with(text, "note", `"\u200b"`))
		add(how, `{"data":`+strings.Repeat("[", 20_000)+strings.Repeat("]", 20_000)+`,`+text[1:])
		add(how, text, 3, 12, 0, 8, 60, 255)
	}
	for _, how := range unsignedForms {
		both(how, plain)
	}
	for _, how := range signedForms {
		both(how, trained)
		add(how, strings.Replace(trained, `{"topic"`, `{}}{"x":{"topic"`, 1))
		add(how, trained+`,"event":`+trained)
		add(how, plain) // names no key
	}
	add(single, trained) // stripped of its signature
	add(batchOfOne, ``)
	golden, err := filepath.Glob("../testdata/golden/*.json")
	if err != nil || len(golden) < 50 {
		t.Fatal(len(golden), err)
	}
	for i, path := range golden {
		g, err := eventtest.ReadGolden(path)
		if err != nil {
			t.Fatal(err)
		}
		text := regexp.MustCompile(`"id":"[0-9a-f-]{36}"`).ReplaceAllString(string(g.Event), `"id":"@id"`)
		for role := range authors {
			add(byte(role)<<4|byte(i%5), strings.Replace(text, "golden-1", "g-@n", 1))
		}
	}
	return all
}

// table is every value at every attribute and every character in every text: too many to begin
// fuzzing with.
func table() (all []input) {
	add := func(how byte, text string) { all = append(all, input{how: how, text: text}) }
	type sample struct {
		how  byte
		text string
	}
	for _, s := range []sample{{single, plain}, {binary, plain}, {lineSigned, trained}} {
		how, text := s.how, s.text
		for _, name := range []string{"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data",
			"data_base64", "campaign", "causationid",
			"correlationid", "deviceid", "timeprecision", "expectedrevision", "ledger", "keyseq", "keyprev", "note"} {
			for _, v := range values {
				add(how, with(text, name, v))
			}
		}
		for _, name := range names {
			add(how, strings.Replace(text, `,"data"`, `,"`+name+`":"x","data"`, 1))
			add(how, strings.Replace(text, `"data":{`, `"data":{"`+name+`":"x",`, 1))
		}
	}
	for _, s := range []sample{{single, plain}, {batchBehind, plain}, {binary, plain}, {headerSigned | 8, trained}} {
		how, text := s.how, s.text
		for _, r := range characters {
			for _, c := range []string{string(r), escapes(r)} {
				add(how, strings.Replace(text, "安", c, 1))
				add(how, with(text, "note", `"a`+c+`"`))
				add(how, with(text, "deviceid", `"a`+c+`"`))
			}
		}
		for _, blank := range blanks {
			add(how, blank+text)
			add(how, text+blank)
			add(how, strings.Replace(text, `:{`, `:`+blank+`{`, 1))
		}
	}
	return all
}

// TestBlanksAroundAnEventAreCutUnlessItIsSigned: a line feed before an event once ruined a ledger.
func TestBlanksAroundAnEventAreCutUnlessItIsSigned(t *testing.T) {
	s := newServer(t)
	stored := func(how byte, text string) bool {
		before := s.size()
		s.send(how, text)
		return s.size() > before
	}
	for _, blank := range []string{"\n", " ", "\t", "\r", "\r\n", "\n\n \t"} {
		for _, how := range []byte{single, batchOfOne, batchBlanks} {
			if !stored(how, blank+plain) || !stored(how, plain+blank) || !stored(how, strings.Replace(plain, `,"data"`, ","+blank+`"data"`, 1)) {
				t.Errorf("%q around or within an event in form %d is not taken", blank, how)
			}
		}
		for _, how := range signedForms {
			if stored(how, blank+trained) || stored(how, trained+blank) {
				t.Errorf("%q around a signed event in form %d is taken", blank, how)
			}
		}
	}
	for _, how := range signedForms {
		if !stored(how, trained) || !stored(how, strings.Replace(trained, `,"data"`, `, "data"`, 1)) ||
			stored(how, strings.Replace(trained, `,"data"`, ",\r\"data\"", 1)) {
			t.Errorf("a signed event in form %d: a blank within is taken, a carriage return is not", how)
		}
	}
	s.settle()
}

// TestEveryValueTakesTheRoad: FuzzRoad over a table.
func TestEveryValueTakesTheRoad(t *testing.T) {
	s := newServer(t)
	all := table()
	began := s.size()
	for _, in := range all {
		s.send(in.how, in.text)
	}
	n := s.size() - began
	s.settle()
	if t.Logf("%d inputs, %d entries", len(all), n); n < 200 || n > uint64(len(all)) {
		t.Error("so many entries are not what the table is for")
	}
}

// with returns an event with an attribute of a value, in the place of the one that it has.
func with(text, name, value string) string {
	have := regexp.MustCompile(`"` + name + `":("[^"]*"|@seq)`)
	if have.MatchString(text) {
		return have.ReplaceAllLiteralString(text, `"`+name+`":`+value)
	}
	if name == "data" {
		return text[:strings.Index(text, `,"data"`)] + `,"data":` + value + `}`
	}
	return strings.Replace(text, `,"data"`, `,"`+name+`":`+value+`,"data"`, 1)
}
