package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/binding"
	cloudevent "github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	"github.com/google/uuid"
)

// fromSDK makes an event as a client with the official SDK does.
func fromSDK(w *fixture, id string) cloudevent.Event {
	e := cloudevent.New()
	e.SetID(uuid.NewString())
	e.SetSource("urn:device:7")
	e.SetType("anjian.subject-registered.v1")
	e.SetSubject("subject/" + id)
	e.SetTime(time.Now().Add(-time.Minute))
	e.SetExtension("campaignnote", "百日攻坚 100%")
	w.must(e.SetData("application/json", map[string]any{
		"kind": "enterprise", "name": "安康某某矿业", "region": "610902", "sectors": []string{"MINE"}, "discovery": "register"}))
	return e
}

func TestTheOfficialSDKIsUnderstoodInEveryMode(t *testing.T) {
	w := newFixture(t)
	server := serve(t, w)
	send := func(r *http.Request, err error) Receipts {
		t.Helper()
		w.must(err)
		r.Header.Set("Authorization", "Bearer "+office)
		resp, err := server.Client().Do(r)
		w.must(err)
		defer resp.Body.Close()
		return decode[Receipts](w, w.want(answer{Response: resp, body: readAll(resp.Body)}, 201, ""))
	}
	single := func(mode func(*http.Request, cloudevent.Event) error, id string) (cloudevent.Event, Receipts) {
		e := fromSDK(w, id)
		r, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/v1/events", nil)
		w.must(err)
		w.must(mode(r, e))
		return e, send(r, nil)
	}
	check := func(e cloudevent.Event, r Receipt) {
		t.Helper()
		raw, err := w.ledger.Entry(t.Context(), r.Index)
		w.must(err)
		var stored struct {
			Assurance string
			Event     cloudevent.Event
		}
		w.must(json.Unmarshal(raw, &stored))
		if r.ID != e.ID() || stored.Event.Source() != e.Source() || stored.Event.Extensions()["campaignnote"] != e.Extensions()["campaignnote"] ||
			!stored.Event.Time().Equal(e.Time()) || stored.Assurance != "token" {
			t.Errorf("sent %v, stored %s", e, raw)
		}
	}

	e, got := single(func(r *http.Request, e cloudevent.Event) error {
		return cehttp.WriteRequest(binding.WithForceStructured(t.Context()), (*binding.EventMessage)(&e), r)
	}, "structured")
	check(e, got.Receipts[0])
	e, got = single(func(r *http.Request, e cloudevent.Event) error {
		return cehttp.WriteRequest(binding.WithForceBinary(t.Context()), (*binding.EventMessage)(&e), r)
	}, "binary")
	check(e, got.Receipts[0])
	batch := []cloudevent.Event{fromSDK(w, "b-1"), fromSDK(w, "b-2")}
	got = send(cehttp.NewHTTPRequestFromEvents(t.Context(), server.URL+"/v1/events", batch))
	check(batch[0], got.Receipts[0])
	check(batch[1], got.Receipts[1])
}

func TestAResendInBinaryModeHasTheSameBytes(t *testing.T) {
	w := newFixture(t)
	id := uuid.NewString()
	body := `{"kind":"enterprise","name":"某某","region":"610902","sectors":["MINE"],"discovery":"register"}`
	headers := []string{"Content-Type", mediaJSON, "Ce-Specversion", "1.0", "Ce-Id", id, "Ce-Source", "urn:test", "Ce-Type",
		"anjian.subject-registered.v1",
		"Ce-Subject", "subject/s-1", "Ce-Time", "2019-12-02T09:30:00+08:00"}
	w.want(w.do(office, "POST", "/v1/events", body, headers...), 201, "")
	w.want(w.do(office, "POST", "/v1/events", body, headers...), 200, "")
	raw, err := w.ledger.Entry(t.Context(), w.size()-2) // the last one flags it as late
	w.must(err)
	if !bytes.Contains(raw, []byte(`"datacontenttype":"application/json"`)) {
		t.Errorf("the content type is not an attribute of %s", raw)
	}
	// An Integer is spelled in decimals.
	revision := func(n string) []string {
		h := slices.Clone(headers)
		h[slices.Index(h, "Ce-Id")+1], h[slices.Index(h, "Ce-Type")+1] = uuid.NewString(), "anjian.subject-status-recorded.v1"
		return append(h, "Ce-Expectedrevision", n)
	}
	status := `{"production":"normal"}`
	w.want(w.do(office, "POST", "/v1/events", status, revision("7")...), 409, "wrong-revision")
	w.want(w.do(office, "POST", "/v1/events", status, revision("1")...), 201, "")
	for _, n := range []string{"1.0", "x", "1,\"campaign\":\"c\"", "[1]", ""} {
		w.want(w.do(office, "POST", "/v1/events", status, revision(n)...), 422, "invalid-attribute")
	}
	size := w.size()
	// A body that would close data and go on with attributes of its own.
	w.want(w.do(office, "POST", "/v1/events", body+`,"campaign":"c-1"`, headers...), 400, "malformed-json")
	w.want(w.do(office, "POST", "/v1/events", body, append(headers, "Ce-Data", "{}")...), 422, "invalid-attribute")
	w.want(w.do(office, "POST", "/v1/events", body, append(headers, "Ce-Id", uuid.NewString())...), 422, "invalid-attribute")
	w.want(w.do(office, "POST", "/v1/events", body, append(headers, "Ce-", "x")...), 422, "invalid-attribute")
	w.want(w.do(office, "POST", "/v1/events", body, append(headers, "Ce-Note", "%ff")...), 422, "invalid-attribute")
	if w.size() != size {
		t.Errorf("%d entries, had %d", w.size(), size)
	}
}
