package api

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// instant answers appends at once, so that what is left is the cost of HTTP.
type instant struct {
	Ledger
	res ledger.Result
}

func (i instant) Append(ctx context.Context, r ledger.Request) (ledger.Result, error) {
	return i.res, nil
}

// BenchmarkAppendOverHTTP compares the handler, without the ledger's own work, with a bare
// chi handler that reads the same body, without sockets.
func BenchmarkAppendOverHTTP(b *testing.B) {
	w := newFixture(b, func(c *Config) { c.Quotas = Unlimited() })
	body := w.subject("s-1")
	e, err := entry.ParseEvent([]byte(body), w.cat)
	w.must(err)
	bearer := w.tokens.known[office]
	res, err := w.ledger.Append(b.Context(), ledger.Request{Actor: bearer.Actor(), Items: []ledger.Item{{Bytes: []byte(body), Event: e}}})
	w.must(err)
	w.faults.Ledger = instant{w.ledger, res}
	bare := chi.NewRouter()
	bare.Post("/v1/events", func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		rw.WriteHeader(http.StatusCreated)
	})
	for name, h := range map[string]http.Handler{"bare": bare, "api": w.Handler} {
		b.Run(name, func(b *testing.B) { post(b, h, body) })
		b.Run(name+"-sockets", func(b *testing.B) { postAll(b, h, body) })
	}
}

func request(url, body string) *http.Request {
	r := httptest.NewRequest("POST", url, strings.NewReader(body))
	r.RequestURI = ""
	r.Header["Authorization"] = []string{"Bearer " + office}
	r.Header["Content-Type"] = []string{mediaEvent}
	return r
}

func post(b *testing.B, h http.Handler, body string) {
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), request("/v1/events", body))
	}
}

// postAll posts over 128 connections.
func postAll(b *testing.B, h http.Handler, body string) {
	server := httptest.NewServer(h)
	defer server.Close()
	client := server.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 256
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			resp, err := client.Do(request(server.URL+"/v1/events", body))
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
}
