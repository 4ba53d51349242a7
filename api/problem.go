package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"syscall"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/durable"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// rulesPath and a code make the "type" of a problem: the address where the code is explained.
const rulesPath = "/v1/rules/"

// Problem is the body of every answer that is not a success (RFC 9457,
// application/problem+json). Clients decide by Code, which never changes; people read Title.
type Problem struct {
	Type string `json:"type" doc:"where the code is explained, relative to this server: /v1/rules/ and the code"`
	Explanation
	Event    string       `json:"event,omitempty" doc:"id of the event that it is about"`
	Item     *int         `json:"item,omitempty" doc:"of a batch: position of that event, from 0"`
	Faults   []EventFault `json:"faults,omitempty" doc:"of a batch: every event that is refused; the first one is told above, too"`
	Unjudged int          `json:"unjudged,omitzero" doc:"of a batch: events that build on refused ones; nothing can be said of them yet"`
	Instance string       `json:"instance,omitempty" doc:"urn:anjian:request: and the request id"`

	refusal    event.Refusal // what the texts are made of
	wrong      event.Faults  // likewise, of an event whose form is wrong
	all        []*Problem    // of a batch, what Faults is made of
	retryAfter int           // seconds; 0: no Retry-After header
}

// Explanation is what is said of a fault.
type Explanation struct {
	Title  string       `json:"title" doc:"what kind of fault, in the language that Accept-Language asks for: Chinese or English"`
	Status int          `json:"status" doc:"the HTTP status"`
	Detail string       `json:"detail" doc:"the message for people: what was wrong with this request; the title where that says all"`
	Code   law.Code     `json:"code" doc:"stable, kebab case; GET /v1/rules lists all"`
	Rule   string       `json:"rule,omitempty" doc:"rule of GET /v1/rules that refused: R43, pillar 1, Roles or schema"`
	Values law.Values   `json:"values,omitempty" doc:"what was compared, by name; detail and remedy are made of them"`
	Fields []FieldFault `json:"fields,omitempty" doc:"of an event whose form is wrong: each member that is"`
	Open   []OpenItem   `json:"open,omitempty" doc:"of a gate: all that it waits for"`
	Remedy string       `json:"remedy,omitempty" doc:"what would be accepted, or what to do, in the same language"`
}

// EventFault is what is wrong with one event of a batch.
type EventFault struct {
	Item  int    `json:"item" doc:"position in the batch, from 0"`
	Event string `json:"event,omitempty" doc:"the event's id, where it can be told"`
	Explanation
}

// FieldFault is what is wrong with the form of one member of an event.
type FieldFault struct {
	Field  string     `json:"field,omitempty" doc:"path of the member, such as data.evidence.0.size; left out where it is the whole event"`
	Fault  law.Fault  `json:"fault" doc:"stable, kebab case; GET /v1/rules lists all"`
	Values law.Values `json:"values,omitempty" doc:"what was found and what may be, by name"`
	Detail string     `json:"detail" doc:"the message for people, without the path"`
}

// OpenItem is one thing that a gate waits for.
type OpenItem struct {
	Code   law.Code   `json:"code"`
	Rules  []string   `json:"rules"`
	Values law.Values `json:"values"`
	Detail string     `json:"detail"`
	Remedy string     `json:"remedy"`
}

// fault is an error of this package: a code of the table and what was seen.
type fault struct {
	code   law.Code
	values law.Values
	cause  error // for the log, never shown

	retryAfter int // seconds; replaces the table's when not 0
}

func (f *fault) Error() string {
	text := string(f.code) + ": " + f.code.Sentence(law.InEnglish, f.values)
	if f.cause != nil {
		text += ": " + f.cause.Error()
	}
	return text
}

func (f *fault) Unwrap() error { return f.cause }

func fail(code law.Code, values ...law.Value) error {
	return &fault{code: code, values: law.Collect(values...)}
}

// errCodes maps the plain errors of the ledger.
var errCodes = []struct {
	err  error
	code law.Code
}{
	{ledger.ErrBusy, law.Busy},
	{ledger.ErrReadOnly, law.ReadOnly},
	{ledger.ErrReadOnlyStart, law.ReadOnlyStart},
	{ledger.ErrRefused, law.StoreRefuses},
	{ledger.ErrClockUnconfirmed, law.ClockUnconfirmed},
	{ledger.ErrNoSpace, law.NoSpace},
	{syscall.ENOSPC, law.NoSpace}, // of the access log: who cannot be logged does not read
	{ledger.ErrDisk, law.DiskFailure},
	{ledger.ErrOutcomeUnknown, law.OutcomeUnknown},
	{ledger.ErrNotFound, law.NotFound},
	{ledger.ErrTooLarge, law.BodyTooLarge},
	{ledger.ErrFull, law.Full},
	{context.Canceled, law.Cancelled},
	{context.DeadlineExceeded, law.Cancelled},
}

// problem says what the law says of the code about some values.
func (r row) problem(values law.Values) *Problem {
	p := &Problem{
		Type: rulesPath + string(r.code), Explanation: Explanation{Status: r.status, Code: r.code, Values: values},
		refusal: event.Refusal{Code: r.code, Values: values}, retryAfter: r.retryAfter,
	}
	if text, _ := r.code.Text(); len(text.Rules) > 0 {
		p.Rule = text.Rules[0].String()
	}
	return p
}

// say writes p's texts in a language.
func (p *Problem) say(l law.Language) {
	p.explain(l)
	p.Faults = nil
	for _, one := range p.all {
		one.explain(l)
		p.Faults = append(p.Faults, EventFault{*one.Item, one.Event, one.Explanation})
	}
	if p.Item != nil { // in Faults the position says so
		p.Detail = inBatch(l, *p.Item, p.Detail)
	}
}

// explain writes the texts of what p is about.
func (p *Problem) explain(l law.Language) {
	r := &p.refusal
	p.Title, p.Remedy = p.Code.Title(l), r.Remedy(l)
	if p.Detail = p.Code.Says(l, r.Values); r.Open != nil {
		p.Detail = r.Sentence(l)
	}
	if p.Detail == "" {
		p.Detail = p.Title
	}
	p.Fields, p.Open = nil, nil
	for i := range p.wrong {
		f := &p.wrong[i]
		p.Fields = append(p.Fields, FieldFault{f.Path, f.Fault, f.Values, f.Fault.Says(l, f.Values)})
	}
	if p.Fields != nil {
		p.Detail = listed(l, p.wrong)
	}
	for _, o := range r.Open {
		p.Open = append(p.Open, OpenItem{o.Code, names(o.Rules), o.Values, o.Code.Sentence(l, o.Values), o.Code.Remedy(l, o.Values)})
	}
}

// mostListed is how many faults of one event its message lists; fields has them all.
const mostListed = 10

// listed is the message about the members of one event.
func listed(l law.Language, wrong event.Faults) string {
	var parts []string
	for i := range wrong[:min(len(wrong), mostListed)] {
		parts = append(parts, wrong[i].Says(l))
	}
	if len(wrong) > mostListed {
		parts = append(parts, "…")
	}
	return law.Join(l, parts)
}

// problemOf is the only place where an error becomes an answer. What it does not know is an
// internal error whose text stays in the log.
func problemOf(err error) *Problem {
	var (
		refusal  *event.Refusal
		syntax   *entry.SyntaxError
		conflict *ledger.ConflictError
		own      *fault
		known    *settled
	)
	switch {
	case errors.Is(err, errUnauthenticated):
		return rowOf(law.Unauthenticated).problem(nil)
	case errors.As(err, &known):
		return known.problem
	case errors.As(err, &own):
		p := rowOf(own.code).problem(own.values)
		p.retryAfter = cmp.Or(own.retryAfter, p.retryAfter)
		return p
	case errors.As(err, &refusal):
		return refusalProblem(refusal)
	case errors.As(err, &syntax):
		p := rowOf(syntax.Code).problem(nil)
		p.wrong = syntax.Fields()
		return p
	case errors.As(err, &conflict):
		return rowOf(conflict.Code).problem(conflictValues(conflict))
	}
	for _, k := range errCodes {
		if errors.Is(err, k.err) {
			return rowOf(k.code).problem(valuesOf(err))
		}
	}
	if durable.Failing(err) {
		return rowOf(law.DiskFailure).problem(nil)
	}
	return rowOf(law.Internal).problem(nil)
}

func conflictValues(c *ledger.ConflictError) law.Values {
	if c.Code == law.IDReused {
		return law.Collect(law.Str("event", c.EventID.String()))
	}
	return law.Collect(law.Str("stream", c.Stream.String()), law.Int("revision", c.Have), law.Int("expected", c.Want))
}

// valuesOf is what the ledger says of its limits, the numbers, and of entries that only a later
// release can go on from. Other reasons name files, and are not told.
func valuesOf(err error) law.Values {
	if newer := (*ledger.NewerError)(nil); errors.As(err, &newer) {
		values := []law.Value{law.Int("entry", newer.Index)}
		if newer.Rules > 0 {
			values = append(values, law.Int("adopted", newer.Rules), law.Int("rules", newer.Have))
		}
		return law.Collect(values...)
	}
	if large := (*ledger.TooLargeError)(nil); errors.As(err, &large) {
		return law.Collect(law.Int("events", large.Events), law.Int("size", large.Bytes), law.Int("most_events", large.MostEvents),
			law.Int("most_bytes", large.MostBytes))
	}
	return nil
}

// refusalProblem keeps the rule that refused. A refusal for want of a role is 403, every other 422.
func refusalProblem(r *event.Refusal) *Problem {
	p := rowOf(r.Code).problem(r.Values)
	p.Rule, p.refusal = r.Rule.String(), *r
	return p
}

// write sends p in the language that r asks for. id is the request's id.
func (p *Problem) write(w http.ResponseWriter, r *http.Request, id string) {
	p.say(speak(w, r))
	if id != "" {
		p.Instance = "urn:anjian:request:" + id
	}
	h := w.Header()
	h.Del("Content-Disposition")
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="anjian"`)
	}
	body := p.append(nil)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the client is gone: nothing is left to tell it
}

// append encodes p in the member order of the struct.
func (p *Problem) append(dst []byte) []byte {
	dst = append(dst, `{"type":`...)
	dst = appendString(dst, p.Type)
	dst = p.Explanation.append(append(dst, ','))
	dst = appendMember(dst, "event", p.Event)
	if p.Item != nil {
		dst = strconv.AppendInt(append(dst, `,"item":`...), int64(*p.Item), 10)
	}
	if len(p.Faults) > 0 {
		dst = append(dst, `,"faults":[`...)
		for i := range p.Faults {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = p.Faults[i].append(dst)
		}
		dst = append(dst, ']')
	}
	if p.Unjudged > 0 {
		dst = strconv.AppendInt(append(dst, `,"unjudged":`...), int64(p.Unjudged), 10)
	}
	dst = appendMember(dst, "instance", p.Instance)
	return append(dst, '}', '\n')
}

func (f *EventFault) append(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, `{"item":`...), int64(f.Item), 10)
	dst = appendMember(dst, "event", f.Event)
	dst = f.Explanation.append(append(dst, ','))
	return append(dst, '}')
}

func (e *Explanation) append(dst []byte) []byte {
	dst = append(dst, `"title":`...)
	dst = appendString(dst, e.Title)
	dst = append(dst, `,"status":`...)
	dst = strconv.AppendInt(dst, int64(e.Status), 10)
	dst = appendMember(dst, "detail", e.Detail)
	dst = appendMember(dst, "code", string(e.Code))
	dst = appendMember(dst, "rule", e.Rule)
	if len(e.Values) > 0 {
		dst = appendValues(append(dst, `,"values":`...), e.Values)
	}
	if e.Fields != nil {
		dst = appendFields(append(dst, `,"fields":[`...), e.Fields)
	}
	if e.Open != nil {
		dst = appendOpen(append(dst, `,"open":[`...), e.Open)
	}
	return appendMember(dst, "remedy", e.Remedy)
}

func appendFields(dst []byte, fields []FieldFault) []byte {
	for i, f := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		if f.Field != "" {
			dst = append(appendString(append(dst, `"field":`...), f.Field), ',')
		}
		dst = appendString(append(dst, `"fault":`...), f.Fault)
		if len(f.Values) > 0 {
			dst = appendValues(append(dst, `,"values":`...), f.Values)
		}
		dst = appendMember(dst, "detail", f.Detail)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func appendOpen(dst []byte, open []OpenItem) []byte {
	for i, o := range open {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"code":`...)
		dst = append(appendString(dst, o.Code), `,"rules":[`...)
		for i, r := range o.Rules {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendString(dst, r)
		}
		dst = appendValues(append(dst, `],"values":`...), o.Values)
		dst = appendMember(dst, "detail", o.Detail)
		dst = appendMember(dst, "remedy", o.Remedy)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// appendValues appends values as their JSON object.
func appendValues(dst []byte, v law.Values) []byte {
	b, _ := v.MarshalJSON() // it has texts, integers and lists, which always encode
	return append(dst, b...)
}

// appendMember appends ,"name":"value", and nothing when value is empty.
func appendMember(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(dst, ',', '"')
	dst = append(dst, name...)
	dst = append(dst, '"', ':')
	return appendString(dst, value)
}

// appendString appends s as a JSON string. Invalid UTF-8, which only a message that quotes
// the client can hold, becomes U+FFFD: that is all AppendQuote's error says.
func appendString[T ~string | ~[]byte](dst []byte, s T) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

// escaped are the bytes that JSON escapes in a string.
var escaped = func() (is [256]bool) {
	for c := range ' ' {
		is[c] = true
	}
	is['"'], is['\\'] = true, true
	return is
}()

// appendText is appendString of an entry, a proof or a checkpoint. They are long and have little to
// escape: what stands between is copied at once.
func appendText(dst, s []byte) []byte {
	if !utf8.Valid(s) {
		return appendString(dst, s)
	}
	begin, from := len(dst), 0
	dst = append(dst, '"')
	for i, c := range s {
		if !escaped[c] {
			continue
		}
		dst = append(dst, s[from:i]...)
		switch from = i + 1; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		default: // no other control character stands in any of them
			return appendString(dst[:begin], s)
		}
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}
