package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
)

// While the ledger is being replayed the process is alive, says how far it is, and every other
// answer is a problem as always.
func TestWhileItStartsItIsAliveAndSaysHowFarItIs(t *testing.T) {
	w := newFixture(t)
	front := &Front{}
	server := httptest.NewServer(front)
	defer server.Close()
	ask := func(method, target string, body io.Reader) answer {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+target, body)
		w.must(err)
		r.Header.Set("Accept-Language", "zh")
		resp, err := server.Client().Do(r)
		w.must(err)
		defer resp.Body.Close()
		return w.answers(resp, readAll(resp.Body), "", method, target, "")
	}
	if r := decode[Readiness](w, ask("GET", "/readyz", nil)); r.Starting == nil || *r.Starting != (Starting{}) || r.Ready {
		t.Errorf("%+v", r)
	}
	front.Progress(3, 8)
	if a := ask("GET", "/healthz", nil); a.StatusCode != 200 || string(a.body) != "ok\n" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	a := ask("GET", "/readyz", nil)
	if r := decode[Readiness](w, a); a.StatusCode != 503 || *r.Starting != (Starting{3, 8}) || len(r.Parts) != 1 ||
		a.Header.Get("Retry-After") == "" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if p := decode[Problem](w, w.want(ask("GET", "/v1/city", nil), 503, law.Starting)); p.Detail != "已重放 3 块，共 8 块" {
		t.Errorf("%+v", p)
	}
	began := time.Now()
	w.want(ask("PUT", "/v1/evidence/"+strings.Repeat("0", 64), &zeros{left: 20 << 20}), 503, law.Starting) // and no broken pipe
	if time.Since(began) > lingerTime/2 {
		t.Errorf("it took %v", time.Since(began))
	}
	front.Open(w.Handler)
	if a := ask("GET", "/readyz", nil); a.StatusCode != 200 || strings.Contains(string(a.body), "starting") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}
