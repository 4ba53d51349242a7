package test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/formats/proof"
	merkleproof "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/test/eventtest"
	"github.com/anjian-ledger/anjian/test/needs"
)

// nodeJS runs a script in Node, whose WebCrypto is that of a phone's browser.
func nodeJS(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	return exec.Command(needs.Program(t, "node"), append([]string{"--no-warnings"}, args...)...)
}

// verifyScript writes the JavaScript of the page "verify it yourself", and nothing else, to a file.
func verifyScript(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../docs/verify-it-yourself.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, ok := strings.Cut(string(page), "```js\n")
	code, _, closed := strings.Cut(code, "```")
	if !ok || !closed || strings.Count(code, "\n") > 60 {
		t.Fatalf("the page has no script of at most 60 lines: %d", strings.Count(code, "\n"))
	}
	path := filepath.Join(t.TempDir(), "verify.mjs")
	if err := os.WriteFile(path, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// verifies runs the page's script on a receipt.
func verifies(t *testing.T, script, receipt string, more ...string) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "receipt.txt")
	if err := os.WriteFile(path, []byte(receipt), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := nodeJS(t, append([]string{script, path}, more...)...).CombinedOutput()
	return string(out), err
}

// A phone registers its key on a ledger and sends a visit that it signed offline, with WebCrypto alone; the
// receipts are verified by a C2SP reader that is not ours and by the page "verify it yourself".
func TestAPhoneRegistersItsKeyAndItsReceiptsProveByThemselves(t *testing.T) {
	t.Parallel()
	c := newCampaign(t)
	script := verifyScript(t)
	for _, suite := range []string{"ecdsa-p256-sha256", "ed25519"} {
		t.Run(suite, func(t *testing.T) {
			spki, receipts := c.phone(t, suite)
			for _, receipt := range []string{receipts[0], receipts[len(receipts)-1]} {
				entry := checkedByOthers(t, c.logInfo().VKey, receipt)
				if !strings.Contains(entry, `"assurance":"signed"`) {
					t.Errorf("entry %s", entry)
				}
				if out, err := verifies(t, script, receipt, c.logInfo().VKey, spki); err != nil || !strings.Contains(out, "signed by its author") {
					t.Errorf("the page's script: %s%v", out, err)
				}
				newer := fmt.Sprintf("/v1/entries/%s/receipt", regexp.MustCompile(`"index":(\d+)`).FindStringSubmatch(entry)[1])
				_, text := c.office.do("GET", newer, nil)
				if out, err := verifies(t, script, string(text), c.logInfo().VKey); err != nil {
					t.Errorf("a newer receipt: %s%v", out, err)
				}
				for name, bad := range map[string]string{
					"another fact":   strings.Replace(receipt, `"production"`, `"productiom"`, 1),
					"another index":  regexp.MustCompile(`(?m)^index \d+`).ReplaceAllString(receipt, "index 0"),
					"another size":   strings.Replace(receipt, "\n\n"+c.logInfo().Origin+"\n", "\n\n"+c.logInfo().Origin+"\n1", 1),
					"no proof":       entry,
					"an entry alone": entry + "\n",
				} {
					if bad == receipt {
						continue
					}
					if out, err := verifies(t, script, bad, c.logInfo().VKey); err == nil {
						t.Errorf("%s is verified: %s", name, out)
					}
				}
			}
		})
	}
	c.stop()
	if v := verifyDir(t, c.dir); !v.OK || v.Signed == 0 {
		t.Errorf("%+v", v)
	}
}

// phone runs the phone of inspector ma, and has the office confirm its key.
func (c *campaignOn) phone(t *testing.T, suite string) (spki string, receipts []string) {
	t.Helper()
	var events []map[string]any
	for _, raw := range c.visit(eventtest.Visit("t1", "phone "+suite), []byte("photo "+suite)) {
		var e map[string]any
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		delete(e, "id") // the phone makes its own
		delete(e, "source")
		events = append(events, e)
	}
	cmd := nodeJS(t, "testdata/phone.mjs", c.url, c.ma.token, "ma", suite)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	read := func(v any) {
		t.Helper()
		if !lines.Scan() {
			_ = cmd.Wait()
			t.Fatalf("the phone stopped: %s", stderr.String())
		}
		if err := json.Unmarshal(lines.Bytes(), v); err != nil {
			t.Fatal(err)
		}
	}
	visit, err := json.Marshal(events)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(in, "%s\n", visit)
	var registration struct{ ID, SHA256, SPKI string }
	read(&registration)
	c.office.append(fact{Type: "key-confirmed", Subject: "person/ma",
		Data: map[string]any{"event": registration.ID, "sha256": registration.SHA256}})
	fmt.Fprintln(in, "confirmed")
	read(&receipts)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	return registration.SPKI, receipts
}

// checkedByOthers verifies a receipt with transparency-dev's reader, its checkpoint parser and its
// Merkle proofs, and returns the entry.
func checkedByOthers(t *testing.T, vkey, receipt string) string {
	t.Helper()
	entry, text, _ := strings.Cut(receipt, "\n")
	var p proof.TLogProof
	if err := p.Unmarshal([]byte(text)); err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	cp, _, _, err := log.ParseCheckpoint(p.Checkpoint, v.Name(), v)
	if err != nil {
		t.Fatal(err)
	}
	path := make([][]byte, len(p.Hashes))
	for i := range p.Hashes {
		path[i] = p.Hashes[i][:]
	}
	leaf := rfc6962.DefaultHasher.HashLeaf([]byte(entry))
	if err := merkleproof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, cp.Size, leaf, path, cp.Hash); err != nil {
		t.Error(err)
	}
	return entry
}

// WebCrypto lies between us and crypto/ed25519 on every vector of package devicekey: it takes what we take,
// and nothing that crypto/ed25519 does not. What it may take and we do not are keys that are not of prime
// order or not canonical, which we refuse when they are registered, and an R of small order: Node 20
// (OpenSSL 3.0) takes all that crypto/ed25519 takes, and a later one that rejects them passes, too.
func TestWebCryptoTakesTheSignaturesThatWeTake(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../internal/devicekey/testdata/ed25519vectors.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct{ Flags []string }
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	cmd := nodeJS(t, "testdata/ed25519.mjs")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(raw), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	if err := json.Unmarshal(out, &said); err != nil || len(said) != len(vectors) || len(said) == 0 {
		t.Fatalf("%d vectors, %d answers, %v", len(vectors), len(said), err)
	}
	more := 0
	for i, v := range vectors {
		ours := len(v.Flags) == 0
		library := !slices.Contains(v.Flags, "LowOrderResidue") && !slices.Contains(v.Flags, "NonCanonicalR")
		holds := said[i] == "holds"
		if ours && !holds || holds && !library {
			t.Errorf("vector %d, %v: WebCrypto says: %s", i, v.Flags, said[i])
		}
		if holds && !ours {
			more++
		}
	}
	t.Logf("WebCrypto takes %d signatures that we do not", more)
}
