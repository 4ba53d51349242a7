package api

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// A query parameter is declared once, by its schema: the OpenAPI document shows it, and
// [readQuery] holds every request against it before its handler runs. So a misspelt name or word
// never silently widens an answer, nor empties it, and what is refused says what there is.

// The forms of parameters that are texts, as the schema's format. Each is a term of package law:
// what a refusal says is wanted.
const (
	formID     = "stream-id"
	formStream = "stream-name"
	formType   = "event-type"
	formTime   = "date-or-time"
	formAsOf   = "position-or-time"
	formCursor = "page-cursor"
	formDate   = "date"
	formRow    = "report-row"
	formRows   = "report-rows"
)

// inForm is a schema of texts in one of the forms.
func inForm(name string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: name} }

// countyCodes is a schema of the counties and zones.
func countyCodes() *huma.Schema {
	s := text()
	for _, c := range codes.Counties() {
		s.Enum = append(s.Enum, c.Code)
	}
	return s
}

// positive is a schema of numbers from 1 on.
func positive(limit uint64) *huma.Schema {
	s := number(limit)
	*s.Minimum = 1
	return s
}

// years is a schema of calendar years.
func years() *huma.Schema {
	s := number(event.MaxYear)
	*s.Minimum = event.MinYear
	return s
}

// fits reports whether a text has a form. What is in no form is free text.
func (a *Handler) fits(name, s string) bool {
	switch name {
	case formID:
		return event.ValidID(s)
	case formStream:
		if !strings.Contains(s, "/") {
			return slices.Contains(a.cfg.Catalogue.Kinds(), event.Kind(s))
		}
		_, err := a.cfg.Catalogue.ParseStream(s)
		return err == nil
	case formType:
		return a.cfg.Catalogue.Lookup(s) != nil || a.cfg.Catalogue.Newest(s) != nil
	case formTime:
		_, err := parseUntil(s)
		return err == nil
	case formAsOf:
		if _, err := strconv.ParseUint(s, 10, 63); err == nil {
			return true
		}
		return a.fits(formTime, s)
	case formDate:
		_, err := time.Parse(time.DateOnly, s)
		return err == nil
	case formRows:
		for name := range strings.SplitSeq(s, ",") {
			if !event.ValidID(strings.TrimPrefix(name, " ")) {
				return false
			}
		}
	case formCursor, formRow:
		_, err := base64.RawURLEncoding.DecodeString(s)
		return err == nil
	}
	return true
}

// readQuery reads a query of the declared parameters: each at most once, none empty, all as their
// schemas say, in UTF-8.
func (a *Handler) readQuery(raw string, params []*huma.Param) (url.Values, error) {
	q := url.Values{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		escaped, sent, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(escaped)
		if err != nil || !utf8.ValidString(name) {
			return nil, invalid(escaped, "percent-encoded")
		}
		i := slices.IndexFunc(params, func(p *huma.Param) bool { return p.In == "query" && p.Name == name })
		if i < 0 {
			return nil, fail(law.UnknownParameter, law.Str("parameter", name), law.List("allowed", namesOf(params)))
		}
		value, err := url.QueryUnescape(sent)
		switch {
		case err != nil || !utf8.ValidString(value): // GBK, too, would find nothing
			return nil, invalid(name, "percent-encoded")
		case q.Has(name):
			return nil, invalid(name, "given-once")
		case value == "":
			return nil, invalid(name, "not-empty")
		}
		if wanted, more := a.wanted(params[i].Schema, value); wanted != "" {
			if strings.Contains(sent, "+") { // else the remedy would be the very text that was sent
				more = append(more, law.Str("because", "plus-is-space"))
			}
			return nil, invalid(name, wanted, more...)
		}
		q.Set(name, value)
	}
	return q, nil
}

// wanted says what a schema wants instead of a value, a term of package law and what belongs to it;
// nothing where the value is right.
func (a *Handler) wanted(s *huma.Schema, value string) (term string, more []law.Value) {
	switch {
	case s.Type == huma.TypeInteger:
		least, most := uint64(*s.Minimum), uint64(*s.Maximum)
		if n, err := strconv.ParseUint(value, 10, 63); err != nil || n < least || n > most {
			return "whole-number", []law.Value{law.Int("least", least), law.Int("most", most)}
		}
	case len(s.Enum) > 0:
		if !slices.Contains(s.Enum, any(value)) {
			return "one-of-these", []law.Value{law.List("allowed", wordsOf(s.Enum))}
		}
	case a.fits(s.Format, value):
	case s.Format == formStream:
		return formStream, []law.Value{law.List("allowed", a.cfg.Catalogue.Kinds())}
	default:
		return s.Format, nil
	}
	return "", nil
}

// invalid refuses a parameter, saying what is wanted instead: a term of package law.
func invalid(name, wanted string, more ...law.Value) error {
	return fail(law.InvalidParameter, append(more, law.Str("parameter", name), law.Str("wanted", wanted))...)
}

func namesOf(params []*huma.Param) (names []string) {
	for _, p := range params {
		if p.In == "query" {
			names = append(names, p.Name)
		}
	}
	return names
}

func wordsOf(enum []any) []string {
	words := make([]string, len(enum))
	for i, w := range enum {
		words[i], _ = w.(string)
	}
	return words
}
