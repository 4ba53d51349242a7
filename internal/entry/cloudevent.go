package entry

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Limits of one event. Together they keep every entry within [MaxSize].
const (
	// MaxEventSize leaves 8 KiB for the ledger's own members of an entry, in bytes: 57,343.
	MaxEventSize  = MaxSize - 8192
	MaxSource     = 512       // of source and ledger, in bytes
	MaxOriginID   = MaxSource // of originid, correlationid and deviceid, in bytes
	maxExtensions = 16
)

type pooledDecoder struct {
	buf bytes.Buffer
	dec jsontext.Decoder
}

var decoders = sync.Pool{New: func() any { return new(pooledDecoder) }}

// ParseEvent parses the exact bytes of one event (CloudEvents 1.0 JSON format) and decodes
// the body to the newest version of its type. It is the one grammar of events: what a client
// sends, what the ledger seals and what is read back later go through it.
//
// Parsing is strict, because two parsers that disagree about the same signed bytes would be
// a tool for forgery. Refused are: anything around the object, raw line breaks (an entry is
// one line), duplicate names, invalid UTF-8, unknown members of data, and attributes that are
// not of their CloudEvents type (§3.1 "Type System": String, Integer of 32 bits, Boolean, URI,
// URI-reference, Timestamp of RFC 3339). An attribute of null is an absent one (JSON format
// §2.2). Unknown extension attributes are kept (they are in the bytes).
//
// Errors are *[SyntaxError]. Of the result only Bytes aliases b.
func ParseEvent(b []byte, cat *event.Catalogue) (*event.Event, error) {
	return parseEvent(b, cat, event.Stream{})
}

// parseEvent is ParseEvent of an event that is likely of a stream, whose ids are right: it is then read in less time.
func parseEvent(b []byte, cat *event.Catalogue, likely event.Stream) (*event.Event, error) {
	switch {
	case len(b) > MaxEventSize:
		return nil, wrong(law.EventTooLarge, "", law.FaultSize, law.Int("count", len(b)), law.Int("most", MaxEventSize))
	case len(b) < 2 || b[0] != '{' || b[len(b)-1] != '}':
		return nil, wrong(law.MalformedJSON, "", law.FaultOneObject)
	case bytes.IndexByte(b, '\n') >= 0 || bytes.IndexByte(b, '\r') >= 0:
		return nil, wrong(law.MalformedJSON, "", law.FaultRawBreak)
	}
	e, f := quickly(b, cat, likely)
	if e == nil {
		var err error
		if e, f, err = slowly(b, cat); err != nil {
			return nil, err
		}
	}
	if err := f.shape.Check(e.Data); err != nil {
		return nil, wrongData(e.Type, err)
	}
	e.Bytes = b
	return e, nil
}

// slowly reads any event, and says what is wrong with one.
func slowly(b []byte, cat *event.Catalogue) (*event.Event, *form, error) {
	p := decoders.Get().(*pooledDecoder)
	defer decoders.Put(p)
	p.buf = *bytes.NewBuffer(b) // read where it lies: the decoder changes no bytes.Buffer
	p.dec.Reset(&p.buf)
	r := reader{dec: &p.dec, cat: cat, e: &event.Event{ExpectedRevision: event.AnyRevision}}
	if err := r.read(); err != nil {
		var se *SyntaxError
		if errors.As(err, &se) {
			return nil, nil, err
		}
		return nil, nil, NotJSON(err)
	}
	return r.e, r.form, nil
}

// keySource begins the source of a signed event; the key's id follows.
const keySource = "urn:anjian:key:"

// KeySource returns the source of what a key signs.
func KeySource(keyID string) string { return keySource + keyID }

// reader reads one CloudEvent.
type reader struct {
	dec *jsontext.Decoder
	cat *event.Catalogue
	e   *event.Event

	form                 *form // of the data; nil before it was decoded
	specVersion, subject string
	written              time.Time      // zero: none
	keySeq               int64          // -1: none
	raw                  jsontext.Value // data that came before its type
	extensions           int
}

// read reads the object and the end of input.
func (r *reader) read() error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	r.keySeq = -1
	for r.dec.PeekKind() != '}' {
		quoted, err := r.dec.ReadValue()
		if err != nil {
			return err
		}
		if err := r.member(attribute(quoted)); err != nil {
			return err
		}
	}
	if _, err := r.dec.ReadToken(); err != nil { // the closing brace
		return err
	}
	if _, err := r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return wrong(law.MalformedJSON, "", law.FaultBehind)
	}
	return r.complete()
}

// member reads the value of one member.
func (r *reader) member(name string) error {
	if name == "data" {
		return r.data()
	}
	v, err := r.dec.ReadValue()
	if err != nil {
		return err
	}
	return r.attribute(name, v)
}

// attribute takes the value of one attribute.
func (r *reader) attribute(name string, v jsontext.Value) (err error) {
	if v.Kind() == 'n' && name == "data_base64" {
		return nil
	}
	if v.Kind() == 'n' {
		return extension(name, v, &r.extensions) // an unset one still needs a name that an attribute can have
	}
	switch name {
	case "expectedrevision":
		if r.e.ExpectedRevision, err = integer(name, v); err == nil && r.e.ExpectedRevision < event.NewStream {
			err = invalid(name, law.FaultRevision, law.Int("value", r.e.ExpectedRevision))
		}
		return err
	case "keyseq":
		if r.keySeq, err = integer(name, v); err == nil && r.keySeq < 0 {
			err = invalid(name, law.FaultKeySeq, law.Int("value", r.keySeq))
		}
		return err
	case "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data_base64", "campaign",
		"causationid", "correlationid", "deviceid", "originid", "timeprecision", "ledger", "keyprev":
		if v.Kind() != '"' {
			return invalid(name, law.FaultWantString, found(v.Kind()))
		}
		return r.quoted(name, v)
	}
	return extension(name, v, &r.extensions)
}

// quoted takes the value of an attribute that is a string. What nobody keeps as text costs no memory.
func (r *reader) quoted(name string, v jsontext.Value) error {
	switch name {
	case "specversion":
		if string(v) == `"1.0"` {
			r.specVersion = "1.0"
			return nil
		}
	case "id":
		var ok bool
		if r.e.ID, ok = event.ParseUUID(v[1 : len(v)-1]); ok {
			return nil
		}
	case "type":
		if r.e.Type = r.cat.Lookup(string(v[1 : len(v)-1])); r.e.Type != nil {
			return nil
		}
	case "time":
		var err error
		if r.written, err = event.ParseTime(v[1 : len(v)-1]); err == nil {
			return nil
		}
	}
	s, err := unquote(v)
	if err != nil {
		return err
	}
	return r.text(name, s)
}

// unquote returns the text of a JSON string that the decoder has accepted.
func unquote(v jsontext.Value) (string, error) {
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v[1 : len(v)-1]), nil
	}
	b, err := jsontext.AppendUnquote(nil, v)
	return string(b), err
}

// text takes the value of an attribute that is a string.
func (r *reader) text(name, s string) (err error) {
	switch e := r.e; name {
	case "specversion":
		r.specVersion = s
	case "id":
		var ok bool
		if e.ID, ok = event.ParseUUID(s); !ok {
			return invalid(name, law.FaultNotUUID, law.Quote("value", s))
		}
	case "source":
		e.Source = s
	case "type":
		if e.Type = r.cat.Lookup(s); e.Type == nil {
			return wrong(law.UnknownType, name, law.FaultNoType, law.Quote("value", s))
		}
	case "subject":
		r.subject = s
	case "time":
		if r.written, err = event.ParseTime(s); err != nil {
			return about(name, err)
		}
	case "datacontenttype":
		if s != "application/json" {
			return invalid(name, law.FaultContentType, law.Quote("value", s))
		}
	case "dataschema":
		if u, err := url.Parse(s); err != nil || u.Scheme == "" || !uriReference(s) {
			return invalid(name, law.FaultURI, law.Quote("value", s))
		}
	case "data_base64":
		return invalid(name, law.FaultBase64Data)
	case "campaign":
		if e.Campaign = s; !event.ValidID(s) {
			return invalid(name, law.FaultNotID, law.Quote("value", s), law.Int("most", event.MaxStreamID))
		}
	case "causationid":
		if _, ok := event.ParseUUID(s); !ok {
			return invalid(name, law.FaultNotUUID, law.Quote("value", s))
		}
		e.Causation = s
	case "timeprecision":
		if e.Precision, err = event.ParsePrecision(s); err != nil {
			return about(name, err)
		}
	case "ledger":
		if e.Link.Ledger = s; s == "" || len(s) > MaxSource || event.CheckText(s, false) != nil {
			return invalid(name, law.FaultNotOrigin, law.Quote("value", s), law.Int("most", event.MaxOrigin))
		}
	case "keyprev":
		if e.Link.Prev = s; !event.ValidHash(s) {
			return invalid(name, law.FaultNotHash)
		}
	default: // correlationid, deviceid, originid
		if s == "" || len(s) > MaxOriginID {
			return invalid(name, law.FaultBytes, law.Int("most", MaxOriginID))
		}
		if name == "originid" {
			e.OriginID = s
		}
		return textual(name, s)
	}
	return nil
}

// data reads the body, or keeps it until its type is known.
func (r *reader) data() (err error) {
	if r.e.Type != nil {
		return r.decode(r.dec)
	}
	v, err := r.dec.ReadValue()
	r.raw = v.Clone()
	return err
}

// complete checks the attributes together once all members are read.
func (r *reader) complete() (err error) {
	e := r.e
	switch {
	case r.specVersion != "1.0":
		return invalid("specversion", law.FaultSpecVersion, law.Quote("value", r.specVersion))
	case e.ID == uuid.Nil:
		return invalid("id", law.FaultRequired)
	case e.Source == "" || len(e.Source) > MaxSource || !uriReference(e.Source):
		return invalid("source", law.FaultSource, law.Int("most", MaxSource))
	case e.Type == nil:
		return invalid("type", law.FaultRequired)
	case r.raw == nil && e.Data == nil:
		return invalid("data", law.FaultRequired)
	case r.subject == "":
		return invalid("subject", law.FaultRequired)
	case r.written.IsZero():
		return invalid("time", law.FaultRequired)
	}
	if err := r.link(); err != nil {
		return err
	}
	if r.raw != nil {
		dec := jsontext.NewDecoder(bytes.NewBuffer(r.raw))
		if err := r.decode(dec); err != nil {
			return err
		}
	}
	if e.Stream.ID == "" { // it is not the likely one
		if e.Stream, err = r.cat.ParseStream(r.subject); err != nil {
			return about("subject", err)
		}
	}
	if e.Type.Kind != "" && e.Stream.Kind != e.Type.Kind {
		return invalid("subject", law.FaultWrongKind, law.Str("type", e.Type.String()), law.Str("kind", e.Type.Kind),
			law.Str("stream", e.Stream.String()))
	}
	e.Occurred = e.Precision.Floor(r.written)
	if t, d := r.cat.Upcast(e.Type, e.Data); t != e.Type {
		e.Type, e.Data, r.form = t, d, formOf(t)
	}
	return nil
}

// link checks what a signed event says of itself: source, ledger, keyseq and keyprev come together.
func (r *reader) link() error {
	l := &r.e.Link
	key, signed := strings.CutPrefix(r.e.Source, keySource)
	switch {
	case !signed && (r.keySeq >= 0 || l.Prev != ""):
		return invalid("source", law.FaultSignedSource)
	case !signed:
		return nil
	case !event.ValidHash(key):
		return invalid("source", law.FaultNotKeyID, law.Quote("value", key))
	case l.Ledger == "":
		return invalid("ledger", law.FaultSignedLedger)
	case r.keySeq < 0:
		return invalid("keyseq", law.FaultSignedSeq)
	case (r.keySeq == 0) != (l.Prev == ""):
		return invalid("keyprev", law.FaultKeyPrev)
	}
	l.Key, l.Seq = key, uint32(r.keySeq)
	return nil
}

// strictly is how a body is decoded.
var strictly = json.RejectUnknownMembers(true)

// strictTimes is how a body with times is decoded: they are read as the attribute time is. The
// package's own reading takes -00:00 and cuts off the tenth digit of a fraction. Asking each
// member whether it is a time costs a third of the decoding, so bodies without are not asked.
var strictTimes = json.JoinOptions(strictly, json.WithUnmarshalers(json.UnmarshalFromFunc(func(dec *jsontext.Decoder, t *time.Time) error {
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	if tok.Kind() != '"' {
		return event.NewFault(law.FaultWantTime, found(tok.Kind()))
	}
	*t, err = event.ParseTime(tok.String())
	return err
})))

// decode decodes and checks the body, whose type is known.
func (r *reader) decode(dec *jsontext.Decoder) error {
	t := r.e.Type
	if k := dec.PeekKind(); k != '{' {
		return wrong(law.InvalidData, "data", law.FaultWantObject)
	}
	// The decoder reads from a bytes.Buffer, which it has whole and does not move: what it has not
	// read yet stays where it is while the body is decoded.
	rest, begin := dec.UnreadBuffer(), dec.InputOffset()
	d, f := t.New(), formOf(t)
	to, done := f.shape.Decoded(d)
	if err := json.UnmarshalDecode(dec, to, f.options); err != nil {
		return bodyError(t, err)
	}
	done()
	if err := checkMembers(f.shape, rest[:dec.InputOffset()-begin]); err != nil {
		return wrongData(t, err)
	}
	r.e.Data, r.form = d, f
	return nil
}

// OneLine makes the bytes of an unsigned event one line, as an entry needs it: white space
// around the object is cut, and line breaks between tokens become spaces, byte for byte. Valid
// JSON has raw line breaks nowhere else; one inside a string stays, so that it is refused and
// not changed. Signed bytes are never touched.
func OneLine(b []byte) []byte {
	b = bytes.Trim(b, " \t\r\n")
	if bytes.IndexByte(b, '\n') < 0 && bytes.IndexByte(b, '\r') < 0 {
		return b
	}
	b = bytes.Clone(b)
	for i, inside := 0, false; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			inside = !inside
		case inside && c == '\\':
			i++ // what it escapes ends no string
		case !inside && (c == '\n' || c == '\r'):
			b[i] = ' '
		}
	}
	return b
}
