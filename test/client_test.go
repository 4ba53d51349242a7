package test

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	anjianclient "github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/internal/devicekey"
)

// dial makes a client of package client, which verifies every receipt.
func dial(t *testing.T, s *server, token string) *anjianclient.Client {
	t.Helper()
	plain, err := anjianclient.New(anjianclient.Config{URL: s.url})
	must(t, err)
	log, err := plain.Log(t.Context())
	must(t, err)
	c, err := anjianclient.New(anjianclient.Config{URL: s.url, Token: token, VerifierKey: log.VerifierKey, Language: "zh"})
	must(t, err)
	return c
}

// TestTheClientPackageSpeaksToALedger: what it documents, against the binary.
func TestTheClientPackageSpeaksToALedger(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	defer s.stop()
	ctx := t.Context()
	office := dial(t, s, s.as("supervision-office").token)

	one := enterprise("c-1").json()
	first, err := office.Append(ctx, append([]byte("\n"), one...)) // white space around it is not the event
	must(t, err)
	again, err := office.Append(ctx, one)
	must(t, err)
	if first.AlreadyPresent || !again.AlreadyPresent || again.Index != first.Index || first.Stream != "subject/c-1" {
		t.Errorf("%+v, then %+v", first, again)
	}
	good := [][]byte{enterprise("c-2").json(), enterprise("c-3").json()}
	told, err := office.DryRun(ctx, good)
	must(t, err)
	receipts, err := office.AppendBatch(ctx, good)
	must(t, err)
	if len(told) != 2 || len(receipts) != 2 || told[1].ID != receipts[1].ID || told[1].Revision != receipts[1].Revision {
		t.Errorf("%+v, then %+v", told, receipts)
	}
	_, err = office.AppendBatch(ctx, [][]byte{enterprise("c-4").json(), enterprise("c-2").json(),
		bytes.Replace(enterprise("c-5").json(), []byte("610902"), []byte("1"), 1)})
	p, ok := errors.AsType[*anjianclient.Problem](err)
	if !ok || len(p.Faults) != 2 || p.Code != law.SubjectAlreadyRegistered || p.Faults[1].Item != 2 ||
		p.Faults[1].Fields[0].Field != "data.region" ||
		!strings.Contains(p.Faults[1].Detail, "区划") {
		t.Errorf("%v", err)
	}

	// a device
	_, err = office.Append(ctx, fact{Type: "person-registered", Subject: "person/ma", Data: map[string]any{
		"name": "马某", "unit": "emergency-city", "roles": []string{"inspector"}}}.json())
	must(t, err)
	_, err = office.Append(ctx, fact{Type: "team-formed", Subject: "team/t1",
		Data: map[string]any{"name": "第一督查组", "kind": "comprehensive"}}.json())
	must(t, err)
	log, err := office.Log(ctx)
	must(t, err)
	device, err := devicekey.NewP256Signer(log.Origin)
	must(t, err)
	sign := func(name string, d event.Data) anjianclient.Signed {
		raw, sig, err := device.Sign(&event.Event{ID: uuid.New(), Type: domain.Catalogue().Newest(name),
			Stream:   event.Stream{Kind: event.Person, ID: "ma"},
			Occurred: time.Now(), ExpectedRevision: event.AnyRevision, Data: d})
		must(t, err)
		return anjianclient.Signed{Event: raw, Signature: sig}
	}
	ma := dial(t, s, s.as("inspector", "--person", "ma", "--team", "t1").token)
	signed, err := ma.AppendSigned(ctx, []anjianclient.Signed{
		sign("key-registered", device.Registration("phone")),
		sign("discipline-rules-acknowledged", &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)})})
	must(t, err)
	if len(signed) != 2 || signed[0].Key != device.Key.ID {
		t.Errorf("%+v", signed)
	}

	// evidence
	photo := bytes.Repeat([]byte("photo"), 100_000)
	sum, created, err := office.Upload(ctx, bytes.NewReader(photo), int64(len(photo)))
	must(t, err)
	_, twice, err := office.Upload(ctx, bytes.NewReader(photo), int64(len(photo)))
	must(t, err)
	var back bytes.Buffer
	if must(t, office.Download(ctx, sum, &back)); !created || twice || !bytes.Equal(back.Bytes(), photo) {
		t.Errorf("created %v, again %v, %d bytes back", created, twice, back.Len())
	}

	// reading and proving
	var streams []string
	for e, err := range office.Entries(ctx, url.Values{"type": {"subject-registered"}, "limit": {"2"}}) {
		must(t, err)
		streams = append(streams, e.Stream)
	}
	if strings.Join(streams, " ") != "subject/c-1 subject/c-2 subject/c-3" {
		t.Errorf("%v", streams)
	}
	e, err := office.Entry(ctx, first.Index)
	must(t, err)
	text, err := office.Receipt(ctx, first.Index)
	must(t, err)
	line, index, size, err := anjianclient.VerifyReceipt(log.VerifierKey, text)
	if err != nil || index != first.Index || !bytes.Equal(line, e.Line) || size <= log.Position-1 {
		t.Errorf("%d under %d, %v", index, size, err)
	}
	if _, _, _, err := anjianclient.VerifyReceipt(log.VerifierKey, strings.Replace(text, "c-1", "c-2", 1)); err == nil {
		t.Error("a receipt of another entry verifies")
	}
	// A server that answers under another key is found out.
	other := start(t, t.TempDir())
	defer other.stop()
	strange, err := anjianclient.New(anjianclient.Config{URL: other.url, Token: other.as("supervision-office").token,
		VerifierKey: log.VerifierKey})
	must(t, err)
	if _, err := strange.Append(ctx, enterprise("c-9").json()); err == nil || !strings.Contains(err.Error(), "receipt") {
		t.Errorf("a receipt under another key is taken: %v", err)
	}
}

// TestADryRunOfAnImportAppendsNothing, and then the import does what it said.
func TestADryRunOfAnImportAppendsNothing(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	defer s.stop()
	file := "testdata/chicago_sample_inspections.csv"
	before := s.logInfo().Position
	dry := importFiles(t, s, "chicago", "--dry-run", file, "testdata/chicago_sample_items.csv")
	if at := s.logInfo().Position; at != before+1 || dry.Appended == 0 { // the importer's token
		t.Errorf("%+v, %d entries, had %d", dry, at, before)
	}
	if sum := importFiles(t, s, "chicago", file, "testdata/chicago_sample_items.csv"); sum != dry {
		t.Errorf("%+v, the dry run said %+v", sum, dry)
	}
}
