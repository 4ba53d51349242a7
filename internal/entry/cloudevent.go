package entry

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
)

// Limits of one event. Together they keep every entry within [MaxSize].
const (
	// MaxEventSize leaves room for the ledger's own members in an entry, in bytes.
	MaxEventSize   = MaxSize - 2048
	maxSource      = 512
	maxExtensions  = 16
	maxNumberBytes = 32
)

// SyntaxError says why bytes are not an acceptable CloudEvent. Code is stable.
type SyntaxError struct {
	Code string
	Err  error
}

func (e *SyntaxError) Error() string { return e.Err.Error() }
func (e *SyntaxError) Unwrap() error { return e.Err }

func syntaxErr(code, format string, args ...any) error {
	return &SyntaxError{Code: code, Err: fmt.Errorf(format, args...)}
}

type pooledDecoder struct {
	buf bytes.Buffer
	dec jsontext.Decoder
}

var decoders = sync.Pool{New: func() any { return new(pooledDecoder) }}

// ParseEvent parses the exact bytes a client authored (CloudEvents 1.0 JSON format) and
// decodes the body to the newest version of its type.
//
// Parsing is strict, because two parsers that disagree about the same signed bytes would be
// a tool for forgery: duplicate names, invalid UTF-8, unknown members of data, numbers out
// of range or longer than 32 bytes and anything after the object are errors. Unknown
// extension attributes are kept (they are in the bytes) but must be scalars, as CloudEvents
// demands. Errors are *[SyntaxError]. Of the result only Bytes aliases b.
func ParseEvent(b []byte, cat *event.Catalogue) (*event.Event, error) {
	e, err := decodeEvent(b, cat)
	if err != nil {
		return nil, err
	}
	if err := e.Data.Validate(); err != nil {
		return nil, &SyntaxError{Code: "invalid-data", Err: fmt.Errorf("data of %s: %w", e.Type, err)}
	}
	return e, nil
}

// decodeEvent is ParseEvent without the body's own validation, which may grow stricter
// over the years while what was recorded stays readable.
func decodeEvent(b []byte, cat *event.Catalogue) (*event.Event, error) {
	if len(b) > MaxEventSize {
		return nil, syntaxErr("event-too-large", "the event has %d bytes, at most %d; send photos and scans as evidence", len(b), MaxEventSize)
	}
	p := decoders.Get().(*pooledDecoder)
	defer decoders.Put(p)
	p.buf.Reset()
	p.buf.Write(b)
	p.dec.Reset(&p.buf)
	e, err := parse(&p.dec, cat)
	if err != nil {
		var se *SyntaxError
		if errors.As(err, &se) {
			return nil, err
		}
		return nil, &SyntaxError{Code: "malformed-json", Err: err}
	}
	e.Bytes = b
	return e, nil
}

// parse reads one CloudEvent and the end of input from dec.
func parse(dec *jsontext.Decoder, cat *event.Catalogue) (*event.Event, error) {
	e := &event.Event{ExpectedRevision: event.AnyRevision}
	var specVersion, subject, when string
	var raw jsontext.Value // data that came before its type
	extensions := 0
	tok, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	if tok.Kind() != '{' {
		return nil, syntaxErr("malformed-json", "want a JSON object in the CloudEvents 1.0 format")
	}
	for dec.PeekKind() != '}' {
		quoted, err := dec.ReadValue()
		if err != nil {
			return nil, err
		}
		name := attribute(quoted)
		switch name {
		case "data":
			if e.Type == nil {
				v, err := dec.ReadValue()
				if err != nil {
					return nil, err
				}
				raw = v.Clone()
				continue
			}
			if e.Data, err = decodeData(dec, e.Type); err != nil {
				return nil, err
			}
		case "expectedrevision":
			s, err := scalar(dec, name)
			if err != nil {
				return nil, err
			}
			if e.ExpectedRevision, err = strconv.ParseInt(s, 10, 64); err != nil || e.ExpectedRevision < event.NewStream {
				return nil, syntaxErr("invalid-attribute", "expectedrevision: %q is no revision", s)
			}
		default:
			s, err := scalar(dec, name)
			if err != nil {
				return nil, err
			}
			switch name {
			case "specversion":
				specVersion = s
			case "id":
				// Canonical form only: the same UUID in two spellings would be two ids.
				if e.ID, err = uuid.Parse(s); err != nil || len(s) != 36 || strings.ToLower(s) != s {
					return nil, syntaxErr("invalid-attribute", "id: %q is no UUID in canonical lower-case form", s)
				}
			case "source":
				e.Source = s
			case "type":
				if e.Type = cat.Lookup(s); e.Type == nil {
					return nil, syntaxErr("unknown-type", "type: %q is not in the catalogue; see GET /v1/types or EVENTS.md", s)
				}
			case "subject":
				subject = s
			case "time":
				when = s
			case "datacontenttype":
				if s != "application/json" {
					return nil, syntaxErr("invalid-attribute", "datacontenttype: %q, want application/json", s)
				}
			case "dataschema":
			case "data_base64":
				return nil, syntaxErr("invalid-attribute", "data_base64: send data as JSON, files as evidence")
			case "campaign":
				if e.Campaign = s; !event.ValidID(s) {
					return nil, syntaxErr("invalid-attribute", "campaign: %q is no id", s)
				}
			case "causationid":
				e.Causation = s
			case "timeprecision":
				if s != "day" {
					return nil, syntaxErr("invalid-attribute", "timeprecision: %q, want \"day\" or nothing", s)
				}
				e.DayOnly = true
			default:
				if extensions++; extensions > maxExtensions || !validExtension(name) {
					return nil, syntaxErr("invalid-attribute", "%q: extension attributes have 1 to 20 characters a-z 0-9, at most %d of them", name, maxExtensions)
				}
			}
		}
	}
	if _, err := dec.ReadToken(); err != nil { // the closing brace
		return nil, err
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, syntaxErr("malformed-json", "bytes after the end of the event")
	}
	return complete(e, specVersion, subject, when, raw, cat)
}

// attribute returns the name in a JSON string without allocating for the usual ones.
func attribute(quoted jsontext.Value) string {
	switch string(quoted) {
	case `"specversion"`:
		return "specversion"
	case `"id"`:
		return "id"
	case `"source"`:
		return "source"
	case `"type"`:
		return "type"
	case `"subject"`:
		return "subject"
	case `"time"`:
		return "time"
	case `"campaign"`:
		return "campaign"
	case `"data"`:
		return "data"
	}
	name, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return "" // refused as a name that no attribute has
	}
	return string(name)
}

// complete checks the required attributes together once all members are read.
func complete(e *event.Event, specVersion, subject, when string, raw jsontext.Value, cat *event.Catalogue) (*event.Event, error) {
	var err error
	switch {
	case specVersion != "1.0":
		return nil, syntaxErr("invalid-attribute", "specversion: %q, want \"1.0\"", specVersion)
	case e.ID == uuid.Nil:
		return nil, syntaxErr("invalid-attribute", "id: required, a UUID made by the author")
	case e.Source == "" || len(e.Source) > maxSource:
		return nil, syntaxErr("invalid-attribute", "source: required, at most %d bytes", maxSource)
	case e.Type == nil:
		return nil, syntaxErr("invalid-attribute", "type: required")
	case raw == nil && e.Data == nil:
		return nil, syntaxErr("invalid-attribute", "data: required")
	}
	if raw != nil {
		dec := jsontext.NewDecoder(bytes.NewBuffer(raw))
		if e.Data, err = decodeData(dec, e.Type); err != nil {
			return nil, err
		}
	}
	if e.Stream, err = event.ParseStream(subject); err != nil {
		return nil, syntaxErr("invalid-attribute", "subject: %v", err)
	}
	if e.Type.Kind != "" && e.Stream.Kind != e.Type.Kind {
		return nil, syntaxErr("invalid-attribute", "subject: %s belongs to a stream %s/…, not %s", e.Type, e.Type.Kind, e.Stream)
	}
	if e.Occurred, err = time.Parse(time.RFC3339Nano, when); err != nil {
		return nil, syntaxErr("invalid-attribute", "time: %q, want RFC 3339 such as 2019-12-02T09:30:00+08:00", when)
	}
	e.Occurred = e.Occurred.UTC()
	if y := e.Occurred.Year(); y < 1900 || y > 9999 {
		return nil, syntaxErr("invalid-attribute", "time: year %d is out of range", y)
	}
	e.Type, e.Data = cat.Upcast(e.Type, e.Data)
	return e, nil
}

func decodeData(dec *jsontext.Decoder, t *event.Type) (event.Data, error) {
	if k := dec.PeekKind(); k != '{' {
		return nil, syntaxErr("invalid-data", "data: want a JSON object")
	}
	// The decoder reads from a bytes.Buffer, which it has whole and does not move: what it has not
	// read yet stays where it is while the body is decoded.
	rest, begin := dec.UnreadBuffer(), dec.InputOffset()
	d := t.New()
	if err := json.UnmarshalDecode(dec, d, json.RejectUnknownMembers(true)); err != nil {
		return nil, &SyntaxError{Code: "invalid-data", Err: fmt.Errorf("data of %s: %w", t, err)}
	}
	if err := checkMembers(t, rest[:dec.InputOffset()-begin]); err != nil {
		return nil, &SyntaxError{Code: "invalid-data", Err: fmt.Errorf("data of %s: %w", t, err)}
	}
	return d, nil
}

// scalar reads the value of an attribute: a string, a boolean or a short number.
func scalar(dec *jsontext.Decoder, name string) (string, error) {
	tok, err := dec.ReadToken()
	if err != nil {
		return "", err
	}
	switch tok.Kind() {
	case '"', 't', 'f':
		return tok.String(), nil
	case '0':
		if s := tok.String(); len(s) <= maxNumberBytes {
			return s, nil
		}
		return "", syntaxErr("invalid-attribute", "%s: a number longer than %d bytes", name, maxNumberBytes)
	}
	return "", syntaxErr("invalid-attribute", "%s: CloudEvents attributes are strings, booleans or integers", name)
}

func validExtension(name string) bool {
	if name == "" || len(name) > 20 {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// OneLine replaces line breaks between tokens by spaces, byte for byte. Valid JSON has raw
// line breaks nowhere else, and an entry is one line of the journal. It is applied to
// unsigned events only: signed bytes are never touched, so a signed event must be one line.
func OneLine(b []byte) []byte {
	if bytes.IndexByte(b, '\n') < 0 && bytes.IndexByte(b, '\r') < 0 {
		return b
	}
	b = bytes.ReplaceAll(b, []byte{'\n'}, []byte{' '})
	return bytes.ReplaceAll(b, []byte{'\r'}, []byte{' '})
}
