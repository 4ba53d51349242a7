package api

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/law"
)

func trusted(t *testing.T, all ...string) Proxies {
	t.Helper()
	p, err := ParseProxies(all)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// from is a request as a peer sends it to a loopback address.
func from(peer string, headers ...string) *http.Request {
	r := httptest.NewRequest("GET", "http://127.0.0.1:8440/metrics", nil)
	r.RemoteAddr = peer
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func TestTheClientIsWhomATrustedProxyNames(t *testing.T) {
	proxies := trusted(t, "127.0.0.1", "::1", "10.1.0.0/16")
	for _, c := range []struct {
		peer    string
		headers []string
		want    string
	}{
		{"203.0.113.7:4000", nil, "203.0.113.7"},
		{"203.0.113.7:4000", []string{"X-Forwarded-For", "198.51.100.1"}, "203.0.113.7"}, // its word is not taken
		{"127.0.0.1:4000", []string{"X-Forwarded-For", "198.51.100.1"}, "198.51.100.1"},
		{"[::1]:4000", []string{"X-Forwarded-For", "6.6.6.6, 198.51.100.1, 10.1.2.3"}, "198.51.100.1"}, // the first is the client's own claim
		{"127.0.0.1:4000", []string{"X-Forwarded-For", "6.6.6.6", "X-Forwarded-For", "198.51.100.1"}, "198.51.100.1"},
		{"127.0.0.1:4000", []string{"X-Forwarded-For", "10.1.2.3"}, "10.1.2.3"},
		{"127.0.0.1:4000", []string{"X-Forwarded-For", "[2001:db8::1]:5000"}, "2001:db8::1"},
		{"127.0.0.1:4000", []string{"X-Forwarded-For", "198.51.100.1:5000"}, "198.51.100.1"},
		{"127.0.0.1:4000", []string{"X-Forwarded-For", "198.51.100.1, unknown"}, "invalid IP"},
		{"127.0.0.1:4000", []string{"Forwarded", `for=6.6.6.6, for="[2001:db8::1]:5000";proto=https, for=10.1.0.9`}, "2001:db8::1"},
		{"127.0.0.1:4000", []string{"Forwarded", "for=6.6.6.6", "X-Forwarded-For", "198.51.100.1"}, "198.51.100.1"},
		{"127.0.0.1:4000", nil, "127.0.0.1"},
		{"[::ffff:127.0.0.1]:4000", []string{"X-Forwarded-For", "198.51.100.1"}, "198.51.100.1"},
	} {
		if got := proxies.client(from(c.peer, c.headers...)).String(); got != c.want {
			t.Errorf("%s %v: %s, want %s", c.peer, c.headers, got, c.want)
		}
	}
	if _, err := ParseProxies([]string{"10.1.0.0/16", "localhost", "10.1.0.0/99"}); err == nil || strings.Count(err.Error(), "CIDR") != 2 {
		t.Errorf("%v", err)
	}
}

// Behind a proxy on the same machine nothing becomes public, whether or not it says what it is.
func TestMetricsStayClosedBehindAProxyOnThisMachine(t *testing.T) {
	w := newFixture(t)
	behind := newFixture(t, func(c *Config) { c.Proxies = trusted(t, "127.0.0.1") })
	ask := func(w *fixture, change func(*http.Request), headers ...string) answer {
		r := from("127.0.0.1:4000", headers...)
		change(r)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		return answer{Response: rec.Result(), body: rec.Body.Bytes()}
	}
	as := func(*http.Request) {}
	w.want(ask(w, as), 200, "")
	w.want(ask(w, func(r *http.Request) { r.Host = "localhost:8440" }), 200, "")
	w.want(ask(w, func(r *http.Request) { r.RemoteAddr, r.Host = "[::1]:4000", "[::1]:8440" }), 200, "")
	for name, change := range map[string]func(*http.Request){
		"nginx with nothing set":   func(r *http.Request) { r.ProtoMinor = 0 },
		"haproxy with nothing set": func(r *http.Request) { r.Host = "anjian.example.gov.cn" },
		"a rebound name":           func(r *http.Request) { r.Host = "evil.example:8440" },
		"from elsewhere":           func(r *http.Request) { r.RemoteAddr = "203.0.113.7:4000" },
	} {
		if a := ask(w, change); a.StatusCode != 401 {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	for _, mark := range marks {
		w.want(ask(w, as, mark, "127.0.0.1"), 401, law.Unauthenticated)
	}
	behind.want(ask(behind, as), 401, law.Unauthenticated)
	behind.want(ask(behind, as, "X-Forwarded-For", "127.0.0.1"), 401, law.Unauthenticated)
	if r := decode[Readiness](behind, behind.want(func() answer {
		return ask(behind, func(r *http.Request) { r.URL.Path = "/readyz" })
	}(), 200, "")); r.Reasons != nil || r.Waiting != nil {
		t.Errorf("%+v", r)
	}
}

func TestLinesAndTheAccessLogNameTheClient(t *testing.T) {
	log := &bytes.Buffer{}
	w := newFixture(t, func(c *Config) {
		c.Proxies = trusted(t, "192.0.2.0/24") // where httptest asks from
		c.Logger = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	w.want(w.get("discipline-commission", "/v1/city", "X-Forwarded-For", "198.51.100.1"), 200, "")
	if !strings.Contains(log.String(), "from=198.51.100.1 ") {
		t.Errorf("%s", log)
	}
	if a := w.access.all; len(a) != 1 || a[0].From != "198.51.100.1" {
		t.Errorf("%+v", a)
	}
}
