package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/evidence"
)

// readable are addresses of routes that answer with a body, by the path of the route.
func readable(w *fixture) map[string]string {
	sum := w.file(office, 5000)
	policy := campaign.DefaultPolicy()
	w.want(w.post(office, w.author("campaign/c-1", "campaign-plan-published",
		&campaign.PlanPublished{Title: "百日攻坚", Version: "1", Policy: policy})), 201, "")
	all := map[string]string{"/v1/evidence/{sha256}": "/v1/evidence/" + sum, "/v1/inspections/{id}": "/v1/inspections/" + visit1,
		"/v1/proofs/consistency": "/v1/proofs/consistency?old=1", "/v1/rules/{name}": "/v1/rules/R43",
		"/v1/counties/{code}": "/v1/counties/610902", "/v1/obligations": "/v1/obligations?now=2030-01-01",
		"/v1/subjects/{id}": "/v1/subjects/s-1", "/v1/teams/{id}": "/v1/teams/t-1", "/v1/people/{id}/keys": "/v1/people/p-inspector/keys",
		"/tile/{level}/{n}": fmt.Sprintf("/tile/0/000.p/%d", w.size()), "/tile/entries/{n}": fmt.Sprintf("/tile/entries/000.p/%d", w.size()),
		"/docs/{file}":            "/docs/swagger-ui.css",
		"/v1/campaigns/{id}/plan": "/v1/campaigns/c-1/plan"}
	for _, rt := range routesOf(w) {
		if all[rt.path] == "" && rt.method == "GET" {
			all[rt.path] = parameter.ReplaceAllString(rt.path, "0")
			if strings.HasSuffix(rt.path, "/changes") && !strings.Contains(rt.path, "{") {
				all[rt.path] += "?from=0"
			}
		}
	}
	for _, path := range []string{"/readyz", "/metrics"} { // of the moment
		delete(all, path)
	}
	return all
}

func inflate(t *testing.T, a answer) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What clients, probes and proxies expect of every route that can be read: HEAD with the headers of
// GET, an entity tag and 304 for who has it, gzip for who takes it, and a Vary that says so.
func TestEveryRouteThatIsReadAnswersAsHTTPAsks(t *testing.T) {
	w := newFixture(t)
	w.visit()
	w.arrive()
	tested, compressed, doc := 0, 0, decode[openAPI](w, w.get("", "/openapi.json"))
	for path, target := range readable(w) {
		token := office
		if path == "/tile/entries/{n}" {
			token = "discipline-commission"
		}
		if _, says := doc.Paths[path]["get"].Responses["304"]; !says {
			t.Errorf("the document knows no 304 of %s", path)
		}
		plain := w.get(token, target)
		if plain.StatusCode == 404 && target == parameter.ReplaceAllString(path, "0") {
			continue // of what this fixture does not have
		}
		tested++
		w.want(plain, 200, "")
		tag := plain.Header.Get("Etag")
		if vary := plain.Header.Values("Vary"); tag == "" || !slices.Contains(vary, "Accept-Encoding") || len(plain.body) == 0 ||
			plain.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: tag %q, vary %q, %d bytes", target, tag, vary, len(plain.body))
		}
		for _, have := range []string{tag, "*", `"x", ` + tag, "W/" + strings.TrimPrefix(tag, "W/")} {
			if same := w.get(token, target, "If-None-Match", have); same.StatusCode != 304 || len(same.body) > 0 || same.Header.Get("Etag") != tag ||
				same.Header.Get("Content-Length") != "" {
				t.Errorf("%s with %s: %d, %d bytes, %v", target, have, same.StatusCode, len(same.body), same.Header)
			}
		}
		w.want(w.get(token, target, "If-None-Match", `"other"`), 200, "")
		head := w.do(token, "HEAD", target, "")
		for _, name := range []string{"Content-Type", "Etag", "Vary", "Cache-Control"} {
			if head.StatusCode != 200 || !slices.Equal(head.Header.Values(name), plain.Header.Values(name)) {
				t.Errorf("HEAD %s: %d, %s %q, GET has %q", target, head.StatusCode, name, head.Header[name], plain.Header[name])
			}
		}
		small := w.want(w.get(token, target, "Accept-Encoding", "gzip"), 200, "")
		if len(plain.body) >= leastCompressed && plain.Header.Get("Content-Type") != mediaBytes {
			if compressed++; small.Header.Get("Content-Encoding") != "gzip" || !bytes.Equal(inflate(t, small), plain.body) ||
				len(small.body) > len(plain.body)*3/4 {
				t.Errorf("%s: %v, %d of %d bytes", target, small.Header, len(small.body), len(plain.body))
			}
			w.want(answer{Response: w.get(token, target, "Accept-Encoding", "gzip", "If-None-Match", small.Header.Get("Etag")).Response}, 304, "")
		} else if small.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed: %v", target, small.Header)
		}
		if a := w.get(token, target, "Accept-Encoding", "gzip;q=0"); a.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed for who takes no gzip", target)
		}
	}
	if tested < 25 || compressed < 8 {
		t.Errorf("only %d routes were tested, %d compressed", tested, compressed)
	}
}

func TestANDJSONReplayIsCompressedAndALiveStreamIsNot(t *testing.T) {
	w := newFixture(t)
	w.populate(200)
	plain := w.want(w.get(office, "/v1/events", "Accept", mediaNDJSON), 200, "")
	small := w.want(w.get(office, "/v1/events", "Accept", mediaNDJSON, "Accept-Encoding", "gzip"), 200, "")
	if !bytes.Equal(inflate(t, small), plain.body) || len(small.body) > len(plain.body)/2 ||
		!slices.Contains(small.Header.Values("Vary"), "Accept") {
		t.Errorf("%d of %d bytes, %v", len(small.body), len(plain.body), small.Header)
	}
	live := w.want(w.get(office, "/v1/events?limit=3", "Accept", mediaSSE, "Accept-Encoding", "gzip"), 200, "")
	if n := strings.Count(string(live.body), "\ndata: "); live.Header.Get("Content-Encoding") != "" || n != 3 ||
		live.Header.Get("X-Accel-Buffering") != "no" {
		t.Errorf("%d messages, %v", n, live.Header)
	}
}

func TestTheFormIsTheOneThatAcceptWeighsHighest(t *testing.T) {
	for accept, want := range map[string]string{
		"": mediaJSON, "*/*": mediaJSON, "application/*": mediaJSON, "text/*": mediaSSE, "text/html": "", "text/html, */*;q=0.1": mediaJSON,
		"application/json;q=0": "", "application/json;q=0, */*": mediaNDJSON, "application/json; q=0.2, application/x-ndjson;q=0.3": mediaNDJSON,
		"text/event-stream, application/json": mediaSSE, "application/json, text/event-stream": mediaJSON,
		"application/json, text/plain, */*": mediaJSON,
		"*/*, text/event-stream":            mediaSSE, "*/*;q=0": "", "application/x-ndjson;q=oops, application/json;q=0.1": mediaJSON,
		"Application/X-NDJSON": mediaNDJSON,
		"application/*;q=0.5, text/event-stream;q=0.4, application/json;q=0": mediaNDJSON,
	} {
		if got := accepted([]string{accept}, mediaJSON, mediaNDJSON, mediaSSE); got != want {
			t.Errorf("%q: %q, want %q", accept, got, want)
		}
	}
	w := newFixture(t)
	if a := w.want(w.get(office, "/v1/events", "Accept", "application/json;q=0, application/x-ndjson"), 200,
		""); a.Header.Get("Content-Type") != mediaNDJSON {
		t.Errorf("%v", a.Header)
	}
	w.want(w.get(office, "/v1/events", "Accept", "application/json;q=0"), 406, law.NotAcceptable)
}

func TestAProblemVariesByLanguageAndCoding(t *testing.T) {
	w := newFixture(t)
	a := w.want(w.get(office, "/v1/events?limit=x", "Accept-Language", "zh"), 400, law.InvalidParameter)
	if v := a.Header.Values("Vary"); !slices.Contains(v, "Accept-Language") || !slices.Contains(v, "Accept-Encoding") ||
		a.Header.Get("Content-Language") != "zh-CN" {
		t.Errorf("%v", a.Header)
	}
	if b := w.post(office, "{", "Accept-Language", "zh"); !slices.Equal(b.Header.Values("Vary"), []string{"Accept-Language"}) {
		t.Errorf("%v", b.Header)
	}
}

func TestOptionsAndWrongMethodsNameTheMethodsThereAre(t *testing.T) {
	w := newFixture(t)
	for target, want := range map[string]string{"/v1/events": "GET, HEAD, POST, OPTIONS", "/v1/city": "GET, HEAD, OPTIONS",
		"/v1/evidence/" + strings.Repeat("0", 64): "GET, HEAD, PUT, OPTIONS", "/healthz": "GET, HEAD, OPTIONS"} {
		if a := w.do("", "OPTIONS", target, ""); a.StatusCode != 204 || a.Header.Get("Allow") != want {
			t.Errorf("OPTIONS %s: %d %q", target, a.StatusCode, a.Header.Get("Allow"))
		}
		if a := w.want(w.do("", "DELETE", target, ""), 405, law.MethodNotAllowed); a.Header.Get("Allow") != want {
			t.Errorf("DELETE %s: %q", target, a.Header.Get("Allow"))
		}
	}
	w.want(w.do("", "OPTIONS", "/v1/nothing", ""), 404, law.NotFound)
}

// sized stores a file of n bytes that are all different, and returns it.
func (w *fixture) sized(n int) (sum string, body []byte) {
	w.Helper()
	body = make([]byte, n)
	for i := range body {
		body[i] = byte(i*7 + i>>8*13 + i>>16)
	}
	h := sha256.Sum256(body)
	sum = hex.EncodeToString(h[:])
	w.want(w.do(office, "PUT", "/v1/evidence/"+sum, string(body)), 201, "")
	return sum, body
}

func TestAFileIsSentFromWhereItBrokeOff(t *testing.T) {
	w := newFixture(t, func(c *Config) { c.EvidenceLimit = 8 << 20 })
	for _, n := range []int{1000, 5 << 20} { // read whole before it is sent; checked on its way
		sum, body := w.sized(n)
		target, tag := "/v1/evidence/"+sum, `"`+sum+`"`
		whole := w.want(w.get(office, target), 200, "")
		if whole.Header.Get("Accept-Ranges") != "bytes" || whole.Header.Get("Etag") != tag || !bytes.Equal(whole.body, body) {
			t.Fatalf("%v", whole.Header)
		}
		for spec, want := range map[string][2]int{
			"0-0": {0, 1}, "10-19": {10, 20}, "500-": {500, n}, "-7": {n - 7, n}, fmt.Sprintf("%d-%d", n-1, n+100): {n - 1, n},
			fmt.Sprintf("-%d", n+5): {0, n},
		} {
			a := w.want(w.get(office, target, "Range", "bytes="+spec, "Accept-Encoding", "gzip"), 206, "")
			if !bytes.Equal(a.body, body[want[0]:want[1]]) || a.Header.Get("Content-Range") != fmt.Sprintf("bytes %d-%d/%d", want[0], want[1]-1,
				n) ||
				a.Header.Get("Content-Length") != fmt.Sprint(want[1]-want[0]) || a.Header.Get("Etag") != tag {
				t.Errorf("%s: %d bytes, %v", spec, len(a.body), a.Header)
			}
			w.want(w.get(office, target, "Range", "bytes="+spec, "If-Range", tag), 206, "")
			w.want(w.get(office, target, "Range", "bytes="+spec, "If-Range", `"other"`), 200, "")
			w.want(answer{Response: w.get(office, target, "Range", "bytes="+spec, "If-None-Match", tag).Response}, 304, "")
		}
		for _, ignored := range []string{"bytes=9-3", "bytes=0-1,5-6", "bytes=", "bytes=-", "bytes=a-b", "bytes=--5", "lines=1-2", "bytes"} {
			if a := w.want(w.get(office, target, "Range", ignored), 200, ""); len(a.body) != n {
				t.Errorf("%s: %d bytes", ignored, len(a.body))
			}
		}
		for _, beyond := range []string{fmt.Sprintf("bytes=%d-", n), "bytes=-0"} {
			a := w.want(w.get(office, target, "Range", beyond), 416, law.RangeNotSatisfiable)
			if a.Header.Get("Content-Range") != fmt.Sprintf("bytes */%d", n) {
				t.Errorf("%s: %v", beyond, a.Header)
			}
		}
		if a := w.do(office, "HEAD", target, "", "Range", "bytes=0-1"); a.StatusCode != 200 || a.Header.Get("Content-Length") != fmt.Sprint(n) {
			t.Errorf("HEAD: %d %v", a.StatusCode, a.Header)
		}
	}
}

// A range of a damaged file is cut off before its end, wherever the damage is.
func TestARangeOfADamagedFileIsCutOff(t *testing.T) {
	dir := t.TempDir()
	w := newFixture(t, func(c *Config) {
		files, err := evidence.OpenFiles(dir, evidence.Options{Reserve: -1})
		if err != nil {
			t.Fatal(err)
		}
		c.Evidence, c.EvidenceLimit = files, 8<<20
	})
	server := serve(t, w)
	sum, body := w.sized(5 << 20)
	path := filepath.Join(dir, sum[:2], sum[2:4], sum)
	w.must(os.Chmod(path, 0o600))
	body[4<<20] ^= 1
	w.must(os.WriteFile(path, body, 0o600))
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/v1/evidence/"+sum, nil)
	w.must(err)
	r.Header.Set("Authorization", "Bearer "+office)
	r.Header.Set("Range", "bytes=0-99")
	resp, err := server.Client().Do(r)
	if err == nil {
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
	}
	if err == nil {
		t.Error("the range came whole")
	}
}
