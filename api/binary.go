package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// assemble writes the JSON form of an event that came in CloudEvents HTTP binary mode:
// attributes from ce- headers, data from the body. The order of members depends on nothing
// but the event, so that a resend has the same bytes.
func assemble(h http.Header, body []byte) ([]byte, error) {
	data := jsontext.Value(body)
	if !data.IsValid() { // else the body could close data and add attributes of its own
		return nil, entry.Malformed(law.FaultBinaryBody)
	}
	names := make([]string, 0, 8)
	for name, values := range h {
		if strings.HasPrefix(name, "Ce-") {
			if len(values) != 1 {
				return nil, entry.Invalid(strings.ToLower(name), law.FaultHeaderTwice)
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	out := append(make([]byte, 0, len(body)+64*len(names)), '{')
	for _, name := range names {
		attr := strings.ToLower(strings.TrimPrefix(name, "Ce-"))
		if attr == "data" || attr == "data_base64" || attr == "datacontenttype" {
			return nil, entry.Invalid("ce-"+attr, law.FaultNotBinary)
		}
		// CloudEvents HTTP binding §3.1.3.2: values are percent-encoded UTF-8. The official Go
		// SDK sends them as they are, so what is no encoding is taken literally.
		value, err := url.PathUnescape(h[name][0])
		if err != nil {
			value = h[name][0]
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = appendString(out, attr)
		out = append(out, ':')
		if v := jsontext.Value(value); attr == "expectedrevision" && v.IsValid() && v.Kind() == '0' { // an Integer, spelled in decimals
			out = append(out, value...)
			continue
		}
		if out, err = jsontext.AppendQuote(out, value); err != nil {
			return nil, entry.Invalid("ce-"+attr, law.FaultHeaderUTF8)
		}
	}
	// data comes last, after its type, so readers decode the body in one pass.
	// The Content-Type is the attribute datacontenttype (HTTP binding §3.1.1).
	out = append(out, `,"datacontenttype":"application/json","data":`...)
	out = append(out, body...)
	return append(out, '}'), nil
}
