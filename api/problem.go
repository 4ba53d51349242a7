package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"syscall"

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
	Type     string   `json:"type" doc:"where the code is explained, relative to this server: /v1/rules/ and the code"`
	Title    string   `json:"title" doc:"what kind of fault, in English"`
	TitleZH  string   `json:"title_zh" doc:"错误类别"`
	Status   int      `json:"status" doc:"the HTTP status"`
	Detail   string   `json:"detail,omitempty" doc:"what was wrong with this request"`
	Code     law.Code `json:"code" doc:"stable, kebab case; GET /v1/rules lists all"`
	Rule     string   `json:"rule,omitempty" doc:"rule of GET /v1/rules that refused: R43, pillar 1, Roles or schema"`
	Remedy   string   `json:"remedy,omitempty" doc:"what would be accepted, or what to do"`
	RemedyZH string   `json:"remedy_zh,omitempty" doc:"怎样才被接受，或该怎么办"`
	Event    string   `json:"event,omitempty" doc:"id of the event that it is about"`
	Instance string   `json:"instance,omitempty" doc:"urn:anjian:request: and the request id"`

	retryAfter int // seconds; 0: no Retry-After header
}

// fault is an error of this package: a code of the table and what was seen.
type fault struct {
	code   law.Code
	detail string
	cause  error // for the log, never shown

	retryAfter int // seconds; replaces the table's when not 0
}

func (f *fault) Error() string {
	if f.cause != nil {
		return string(f.code) + ": " + f.detail + ": " + f.cause.Error()
	}
	return string(f.code) + ": " + f.detail
}

func (f *fault) Unwrap() error { return f.cause }

func fail(code law.Code, detail string) error { return &fault{code: code, detail: detail} }

// errCodes maps the plain errors of the ledger.
var errCodes = []struct {
	err  error
	code law.Code
}{
	{ledger.ErrBusy, law.Busy},
	{ledger.ErrReadOnly, law.ReadOnly},
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

// problem says what the law says of the code, and detail.
func (r row) problem(detail string) *Problem {
	text, _ := r.code.Text()
	p := &Problem{
		Type: rulesPath + string(r.code), Title: text.Title, TitleZH: text.TitleZH, Status: r.status,
		Detail: detail, Code: r.code, Remedy: text.Remedy, RemedyZH: text.RemedyZH, retryAfter: r.retryAfter,
	}
	if len(text.Rules) > 0 {
		p.Rule = text.Rules[0].String()
	}
	return p
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
		return rowOf(law.Unauthenticated).problem("")
	case errors.As(err, &known):
		return known.problem
	case errors.As(err, &own):
		p := rowOf(own.code).problem(own.detail)
		p.retryAfter = cmp.Or(own.retryAfter, p.retryAfter)
		return p
	case errors.As(err, &refusal):
		return refusalProblem(refusal)
	case errors.As(err, &syntax):
		return rowOf(syntax.Code).problem(syntax.Error())
	case errors.As(err, &conflict):
		p := rowOf(conflict.Code).problem(conflict.Error())
		if conflict.Code == law.WrongRevision {
			p.Detail += ": it is at " + strconv.FormatInt(conflict.Have, 10) + ", expected " + strconv.FormatInt(conflict.Want, 10)
		}
		return p
	}
	for _, k := range errCodes {
		if errors.Is(err, k.err) {
			return rowOf(k.code).problem(cmp.Or(detailOf(k.err, err), k.err.Error()))
		}
	}
	if durable.Failing(err) {
		return rowOf(law.DiskFailure).problem("")
	}
	return rowOf(law.Internal).problem("")
}

// detailOf is what the ledger says of its limits, the numbers, and of entries that only a later
// release can go on from. Other reasons name files.
func detailOf(kind, err error) string {
	if newer := (*ledger.NewerError)(nil); errors.Is(kind, ledger.ErrReadOnly) && errors.As(err, &newer) {
		return newer.Error()
	}
	if !errors.Is(kind, ledger.ErrTooLarge) {
		return ""
	}
	return err.Error()
}

// refusalProblem keeps the rule and remedy of the rule that refused. A refusal for want of a role
// is 403, every other 422.
func refusalProblem(r *event.Refusal) *Problem {
	p := rowOf(r.Code).problem(r.Message)
	p.Rule, p.Remedy = r.Rule.String(), r.Remedy
	return p
}

// write sends p. id is the request's id.
func (p *Problem) write(w http.ResponseWriter, id string) {
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
	dst = appendMember(dst, "title", p.Title)
	dst = appendMember(dst, "title_zh", p.TitleZH)
	dst = append(dst, `,"status":`...)
	dst = strconv.AppendInt(dst, int64(p.Status), 10)
	dst = appendMember(dst, "detail", p.Detail)
	dst = appendMember(dst, "code", string(p.Code))
	dst = appendMember(dst, "rule", p.Rule)
	dst = appendMember(dst, "remedy", p.Remedy)
	dst = appendMember(dst, "remedy_zh", p.RemedyZH)
	dst = appendMember(dst, "event", p.Event)
	dst = appendMember(dst, "instance", p.Instance)
	return append(dst, '}', '\n')
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
