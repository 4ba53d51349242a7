package api

import (
	"crypto/sha256"
	"encoding/base64"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
)

// What every answer has in common is made here, once: the form and the compression that the
// client accepts, the entity tag, and the answer to a client that has the bytes already. All
// after RFC 9110.

// preferences are the members of a header such as Accept with their weights, 0 to 1, in the order
// in which they stand (§12.4.2). A weight that is no number excludes.
func preferences(header []string) iter.Seq2[string, float64] {
	return func(yield func(string, float64) bool) {
		for _, line := range header {
			for part := range strings.SplitSeq(line, ",") {
				name, params, _ := strings.Cut(part, ";")
				if name = strings.ToLower(strings.TrimSpace(name)); name == "" {
					continue
				}
				weight := 1.0
				for param := range strings.SplitSeq(params, ";") {
					if q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(param)), "q="); ok {
						weight, _ = strconv.ParseFloat(q, 64)
					}
				}
				if !yield(name, min(max(weight, 0), 1)) {
					return
				}
			}
		}
	}
}

// accepted picks from what is offered the media type that Accept weighs highest (§12.5.1): the most
// specific range that fits says its weight. Of the same weight the one named more exactly is
// taken, then the one named first, then the one offered first. Empty: none is acceptable.
func accepted(accept []string, offers ...string) (best string) {
	var top [3]float64 // weight, specificity, place
	said := false
	for _, offer := range offers {
		family, _, _ := strings.Cut(offer, "/")
		var have [3]float64
		place := 0.0
		for name, weight := range preferences(accept) {
			said = true
			place--
			specific := slices.Index([]string{"*/*", family + "/*", offer}, name)
			if specific+1 > int(have[1]) {
				have = [3]float64{weight, float64(specific + 1), place}
			}
		}
		if have[0] > 0 && (best == "" || slices.Compare(have[:], top[:]) > 0) {
			best, top = offer, have
		}
	}
	if !said {
		return offers[0]
	}
	return best
}

// vary adds to the headers by which an answer was chosen (§12.5.5). one is never changed.
func vary(h http.Header, one []string) {
	have := h["Vary"]
	switch {
	case have == nil:
		h["Vary"] = one
	case !slices.Contains(have, one[0]):
		h["Vary"] = append(slices.Clip(have), one[0])
	}
}

// compressible reports whether answers of a media type get smaller. Photos and tiles do not, and a
// live stream must not wait for more.
func compressible(contentType string) bool {
	mediaType, _, _ := strings.Cut(contentType, ";")
	switch mediaType {
	case mediaJSON, mediaNDJSON, mediaProblem, mediaYAML, "text/html", "text/plain", "text/css", "text/javascript", "application/javascript",
		"image/svg+xml":
		return true
	}
	return false
}

// leastCompressed is the smallest answer that is compressed, in bytes: less fits in one packet.
const leastCompressed = 1400

// compressor compresses what is read, with gzip and by Accept-Encoding. The answer to an append is
// not: it is small or mostly hashes, and its processor time belongs to the next block.
func compressor(h http.Handler) (http.HandlerFunc, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.ContentTypeFilter(compressible), gzhttp.MinSize(leastCompressed), gzhttp.EnableZstd(false),
		gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.SetContentType(false))
	if err != nil {
		return nil, err
	}
	return wrap(h), nil
}

// reads reports whether a request asks for an answer and nothing else.
func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// weakTag is the entity tag of an answer that may be compressed on its way: weak, because the tag
// stands for its content in whatever coding (§8.8.1).
func weakTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// unchanged names the answer's tag, and answers 304 when the client has it (§13.1.2).
func (c *call) unchanged(tag string) bool {
	c.Header()["Etag"] = []string{tag}
	if !reads(c.r) {
		return false
	}
	bare := strings.TrimPrefix(tag, "W/")
	for _, line := range c.r.Header["If-None-Match"] {
		for part := range strings.SplitSeq(line, ",") {
			if part = strings.TrimSpace(part); part == "*" || strings.TrimPrefix(part, "W/") == bare {
				c.WriteHeader(http.StatusNotModified)
				return true
			}
		}
	}
	return false
}

// byteRange is the one range of bytes that a request asks for, of a file of some size (§14.2). What
// it need not know, several ranges or another unit, is no range, and the whole file is sent. With a
// range that holds nothing it is wrong.
func byteRange(r *http.Request, tag string, size int64) (from, length int64, ranged, wrong bool) {
	spec, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes=")
	if !ok || r.Method != http.MethodGet || r.Header.Get("If-Range") != "" && r.Header.Get("If-Range") != tag {
		return 0, size, false, false
	}
	first, last, ok := strings.Cut(spec, "-")
	start, err := strconv.ParseUint(first, 10, 63)
	stop, err2 := strconv.ParseUint(last, 10, 63)
	from, end := int64(start), int64(stop)
	switch {
	case !ok || err != nil && first != "" || err2 != nil && last != "" || first+last == "":
		return 0, size, false, false
	case first == "": // so many at the end
		from, end = max(size-end, 0), size-1
	case last == "":
		end = size - 1
	case end < from:
		return 0, size, false, false
	}
	if end = min(end, size-1); from > end {
		return 0, 0, false, true
	}
	return from, end - from + 1, true, false
}

// describeReading adds to the description of a route what all that is read has in common.
func (rt *route) describeReading(op *huma.Operation) {
	if rt.method != http.MethodGet {
		return
	}
	with := func(r *huma.Response, name, doc string) {
		headers := map[string]*huma.Param{name: {Description: doc, Schema: text()}}
		maps.Copy(headers, r.Headers)
		r.Headers = headers
	}
	op.Parameters = append(slices.Clone(op.Parameters),
		headerParam("If-None-Match", "ETag of an answer that you have: 304 when it is still the same."))
	with(op.Responses["200"], "ETag", "tag of the answer; a replay in another form than JSON has none")
	op.Responses["304"] = &huma.Response{Description: http.StatusText(http.StatusNotModified) + ": you have it"}
	if !rt.ranges {
		return
	}
	op.Parameters = append(op.Parameters, headerParam("Range", "One range of bytes: bytes=1000-"),
		headerParam("If-Range", "ETag of the file of which you have a part."))
	part := *op.Responses["200"]
	part.Description = http.StatusText(http.StatusPartialContent)
	with(&part, "Content-Range", "bytes first-last/size")
	op.Responses["206"] = &part
}
