package sealing_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/sealing"
	"github.com/anjian-ledger/anjian/test/needs"
)

const text = "举报人：王某，电话 139…\n第二行"

func place() sealing.Place {
	return sealing.Place{Origin: "anjian.example/1a2b3c4d", Event: "0198f3c2-7a10-7000-8000-000000000001", Member: "content"}
}

func secret(t *testing.T) sealing.Secret {
	t.Helper()
	s, err := sealing.NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestATextOpensInItsPlaceAndNowhereElse(t *testing.T) {
	s, at := secret(t), place()
	file, said, err := s.Public().Seal(at, text)
	if err != nil || said.Size != int64(len(file)) || said.To != s.Public().ID {
		t.Fatalf("%+v, %v", said, err)
	}
	if bytes.Contains(file, []byte("王某")) {
		t.Error("the file has the text")
	}
	if got, err := s.Open(at, &said, file); err != nil || got != text {
		t.Errorf("%q, %v", got, err)
	}
	again, other, _ := s.Public().Seal(at, text)
	if other.Commit == said.Commit || bytes.Equal(again, file) {
		t.Error("the same text is known again")
	}
	for name, elsewhere := range map[string]sealing.Place{
		"another ledger": {Origin: "anjian.example/ffffffff", Event: at.Event, Member: at.Member},
		"another event":  {Origin: at.Origin, Event: uuid.NewString(), Member: at.Member},
		"another member": {Origin: at.Origin, Event: at.Event, Member: "reporter"},
	} {
		if _, err := s.Open(elsewhere, &said, file); !errors.Is(err, sealing.ErrNotOpened) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range file { // each byte counts
		bad := bytes.Clone(file)
		bad[i] ^= 1
		if _, err := s.Open(at, &said, bad); !errors.Is(err, sealing.ErrNotOpened) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	if _, err := secret(t).Open(at, &said, file); !errors.Is(err, sealing.ErrNotOpened) {
		t.Errorf("another key: %v", err)
	}
	if _, err := s.Open(at, &said, file[:10]); !errors.Is(err, sealing.ErrNotOpened) {
		t.Errorf("a short file: %v", err)
	}
	if _, err := s.Open(at, &other, file); !errors.Is(err, sealing.ErrCommit) {
		t.Errorf("a commitment to another text: %v", err)
	}
}

// corrected is a correction of a fact with a sealed text.
type corrected struct{ event.Correction }

func (corrected) Corrects() (fact, replaces event.Ref) {
	return event.Ref{Event: place().Event}, event.Ref{}
}

func TestACorrectionCarriesASealedTextOver(t *testing.T) {
	s := secret(t)
	fact := &event.Event{ID: uuid.MustParse(place().Event)}
	if got := sealing.PlaceOf(place().Origin, fact, "content"); got != place() {
		t.Errorf("in the fact: %+v", got)
	}
	file, said, err := s.Public().Seal(place(), text)
	if err != nil {
		t.Fatal(err)
	}
	correction := &event.Event{ID: uuid.New(), Data: corrected{}}
	if got, err := s.Open(sealing.PlaceOf(place().Origin, correction, "tip_received.content"), &said, file); err != nil || got != text {
		t.Errorf("in its correction: %q, %v", got, err)
	}
}

func TestWhatIsSealed(t *testing.T) {
	p := secret(t).Public()
	for name, bad := range map[string]string{"nothing": "", "no UTF-8": "a\xff", "too long": strings.Repeat("a", sealing.MaxText+1)} {
		if _, _, err := p.Seal(place(), bad); !errors.Is(err, sealing.ErrNoText) {
			t.Errorf("%s: %v", name, err)
		}
	}
	file, said, err := p.Seal(place(), strings.Repeat("a", sealing.MaxText))
	if err != nil || len(file) != event.MaxSealed || said.Size != event.MaxSealed {
		t.Errorf("the longest text: %d bytes, %v", len(file), err)
	}
	if _, err := sealing.ParsePublic("AAAA"); err == nil {
		t.Error("no key is taken for one")
	}
}

// vector is what both sides of the test below exchange.
type vector struct {
	PKCS8, PublicKey, File string // base64; the second base64url SPKI
	Place                  struct{ Origin, Event, Member string }
	Text                   string
	Sealed                 event.Sealed
}

// TestWebCryptoSealsAndOpensTheSame: the script of docs/sealed.md, in Node, whose WebCrypto is that of a browser.
func TestWebCryptoSealsAndOpensTheSame(t *testing.T) {
	node := needs.Program(t, "node")
	page, err := os.ReadFile("../../docs/sealed.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(page), "```js\n")
	code, _, closed := strings.Cut(code, "```")
	if !closed || strings.Count(code, "\n") > 60 {
		t.Fatalf("the page has no script of at most 60 lines: %d", strings.Count(code, "\n"))
	}
	dir := t.TempDir()
	for name, content := range map[string]string{"seal.mjs": code, "main.mjs": both} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(in vector, command string) (out vector) {
		t.Helper()
		cmd := exec.Command(node, "--no-warnings", filepath.Join(dir, "main.mjs"), command)
		b, _ := json.Marshal(in)
		cmd.Stdin = bytes.NewReader(b)
		answer, err := cmd.CombinedOutput()
		if err != nil || json.Unmarshal(answer, &out) != nil {
			t.Fatalf("%s: %v\n%s", command, err, answer)
		}
		return out
	}
	at := place()
	v := vector{Text: text}
	v.Place.Origin, v.Place.Event, v.Place.Member = at.Origin, at.Event, at.Member

	// a browser seals, Go opens
	s := secret(t)
	v.PublicKey = s.SPKI()
	out := run(v, "seal")
	file, _ := base64.StdEncoding.DecodeString(out.File)
	if got, err := s.Open(at, &out.Sealed, file); err != nil || got != text || out.Sealed.To != s.Public().ID ||
		out.Sealed.Size != int64(len(file)) {
		t.Errorf("%q, %v, %+v", got, err, out.Sealed)
	}

	// a browser makes a key, Go seals, the browser opens
	theirs := run(vector{}, "key")
	public, err := sealing.ParsePublic(theirs.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	file, said, err := public.Seal(at, text)
	if err != nil {
		t.Fatal(err)
	}
	v.PKCS8, v.PublicKey, v.File = theirs.PKCS8, theirs.PublicKey, base64.StdEncoding.EncodeToString(file)
	if back := run(v, "open"); back.Text != text || back.Sealed.Commit != said.Commit {
		t.Errorf("%+v", back)
	}
	v.Place.Member = "reporter"
	if back := run(v, "open"); back.Text != "does not open" {
		t.Errorf("in another place: %+v", back)
	}
}

const both = `
import { seal, open } from './seal.mjs';
import { readFileSync } from 'node:fs';
const v = JSON.parse(readFileSync(0)), { subtle } = globalThis.crypto, P256 = { name: 'ECDH', namedCurve: 'P-256' };
const place = v.Place && { origin: v.Place.Origin, event: v.Place.Event, member: v.Place.Member };
const out = {};
switch (process.argv[2]) {
  case 'key': {
    const pair = await subtle.generateKey(P256, true, ['deriveBits']);
    out.PKCS8 = Buffer.from(await subtle.exportKey('pkcs8', pair.privateKey)).toString('base64');
    out.PublicKey = Buffer.from(await subtle.exportKey('spki', pair.publicKey)).toString('base64url');
    break;
  }
  case 'seal': {
    const { file, sealed } = await seal(v.PublicKey, place, v.Text);
    out.File = Buffer.from(file).toString('base64');
    out.Sealed = sealed;
    break;
  }
  case 'open':
    try {
      const key = await subtle.importKey('pkcs8', Buffer.from(v.PKCS8, 'base64'), P256, false, ['deriveBits']);
      const { text, commit } = await open(key, v.PublicKey, place, new Uint8Array(Buffer.from(v.File, 'base64')));
      out.Text = text;
      out.Sealed = { commit };
    } catch (e) {
      out.Text = 'does not open';
    }
}
console.log(JSON.stringify(out));
`
