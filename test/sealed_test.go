package test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/test/evidencetest"
	"github.com/anjian-ledger/anjian/test/natstest"
)

// What is sealed in this test. Each is looked for in every file.
const (
	tipText    = "举报内容：三号井偷换瓦斯传感器，值班表是假的 CLEAR-ONE"
	tipper     = "举报人王某某，电话 13900001111 CLEAR-TWO"
	servedText = "来信内容：仓库无消防验收 CLEAR-THREE"
)

// sealedTip is what a device says of a tip that it sealed.
type sealedTip struct {
	ID     string
	Index  uint64
	SHA256 string
	Data   map[string]any
	Files  struct{ Content, Reporter []byte }
}

func (d *sealedTip) hash(member string) string {
	return d.Data[member].(map[string]any)["sha256"].(string)
}

// sealedWorld is a ledger of two nodes over one NATS server.
type sealedWorld struct {
	*testing.T
	nats        *natstest.Cluster
	a, b        *server
	master      string
	flags       []string
	office, com *client // of node a
}

func newSealedWorld(t *testing.T) *sealedWorld {
	w := &sealedWorld{T: t, nats: natstest.Start(t, 1, nil), master: filepath.Join(t.TempDir(), "master.key")}
	mustRun(t, "sealing-key", "--new-master", w.master)
	w.flags = []string{"--nats", strings.Join(w.nats.URLs(), ","), "--nats-replicas", "1", "--feed", "--sealing-master", w.master,
		"--log-level",
		"debug"}
	w.a = start(t, t.TempDir(), w.flags...)
	second := t.TempDir()
	keys := filepath.Join(second, "keys")
	must(t, os.Mkdir(keys, 0o700))
	key, err := os.ReadFile(filepath.Join(w.a.dir, "keys", "checkpoint.key"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(keys, "checkpoint.key"), key, 0o600))
	w.b = start(t, second, w.flags...)
	for _, roles := range []string{"supervision-office,discipline-commission", "discipline-commission"} {
		mustRun(t, "sealing-key", "--data", w.a.dir, "--role", roles)
	}
	w.office, w.com = w.a.as("supervision-office"), w.a.as("discipline-commission")
	return w
}

// at is a client of another node with the same token.
func (c *client) at(s *server) *client {
	d := *c
	d.base = s.url
	return &d
}

// device runs the device of a person of the office.
func (w *sealedWorld) device(script string) (tip sealedTip) {
	w.office.append(fact{Type: "person-registered", Subject: "person/liu", Data: map[string]any{
		"name": "刘某", "unit": "emergency-city", "roles": []string{"supervision-office"}}})
	w.office.append(fact{Type: "person-registered", Subject: "person/chen", Data: map[string]any{
		"name": "陈某", "unit": "emergency-city", "roles": []string{"admin"}}})
	liu := w.a.as("supervision-office", "--person", "liu")
	cmd := nodeJS(w.T, "testdata/sealing.mjs", w.a.url, liu.token, "liu", script)
	in, err := cmd.StdinPipe()
	must(w.T, err)
	out, err := cmd.StdoutPipe()
	must(w.T, err)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	must(w.T, cmd.Start())
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	read := func(v any) {
		w.Helper()
		if !lines.Scan() {
			_ = cmd.Wait()
			w.Fatalf("the device stopped: %s", stderr.String())
		}
		must(w.T, json.Unmarshal(lines.Bytes(), v))
	}
	texts, err := json.Marshal(map[string]string{"content": tipText, "reporter": tipper})
	must(w.T, err)
	fmt.Fprintf(in, "%s\n", texts)
	var registration struct{ ID, SHA256 string }
	read(&registration)
	w.a.as("admin", "--person", "chen").append(fact{Type: "key-confirmed", Subject: "person/liu",
		Data: map[string]any{"event": registration.ID, "sha256": registration.SHA256}})
	fmt.Fprintln(in, "confirmed")
	read(&tip)
	must(w.T, cmd.Wait())
	return tip
}

// opens wants what a role is told that opens a member of an entry.
func (w *sealedWorld) opens(c *client, index uint64, member, want string) {
	w.Helper()
	status, body := c.do("GET", fmt.Sprintf("/v1/entries/%d/sealed/%s/open", index, member), nil)
	var opened struct{ Text, Code string }
	must(w.T, json.Unmarshal(body, &opened))
	if got := opened.Text + opened.Code; got != want || (status == 200) != (opened.Text != "") {
		w.Errorf("%s: %d %s, want %s", member, status, body, want)
	}
}

// erase appends evidence-erased.
func (w *sealedWorld) erase(c *client, sha256 string) receipt {
	return c.append(fact{Type: "evidence-erased", Subject: "evidence/" + sha256,
		Data: map[string]any{"sha256": sha256, "ground": "consent-withdrawn"}})
}

// nowhere wants bytes in none of the files, but where one is allowed.
func (w *sealedWorld) nowhere(what string, b []byte, allowed string, dirs ...string) {
	w.Helper()
	for _, path := range evidencetest.Holding(w.T, b, dirs...) {
		if allowed == "" || !strings.Contains(path, allowed) {
			w.Errorf("%s stands in %s", what, path)
		}
	}
}

func (w *sealedWorld) verify(s *server) (r struct {
	OK       bool
	Signed   uint64
	Problems []struct{ Where, What string }
	Evidence struct {
		Present uint64
		Erased  []struct {
			SHA256 string
			Entry  uint64
			Key    bool
		}
	}
},
) {
	w.Helper()
	out, _, _ := command(w.T, "verify", "--data", s.dir, "--nats", strings.Join(w.nats.URLs(), ","), "--nats-replicas", "1", "--evidence",
		"--json")
	must(w.T, json.Unmarshal([]byte(out), &r))
	return r
}

// TestSealedTextsStandNowhereAndDisappear is the road of a sealed text over two nodes: a device seals and signs, a role opens,
// an erasure holds on every node, also on one that was down. After each step every file of both nodes and of
// the NATS server is searched for the texts, clear and encrypted.
func TestSealedTextsStandNowhereAndDisappear(t *testing.T) {
	t.Parallel()
	w := newSealedWorld(t)
	script := filepath.Join(t.TempDir(), "seal.mjs")
	page, err := os.ReadFile("../docs/sealed.md")
	must(t, err)
	_, code, _ := strings.Cut(string(page), "```js\n")
	code, _, _ = strings.Cut(code, "```")
	must(t, os.WriteFile(script, []byte(code), 0o600))
	tip := w.device(script)

	// by the route, for who cannot encrypt
	served := sealedTip{ID: "0198f3c2-7a10-4000-8000-00000000abcd", Data: map[string]any{"channel": "letter", "violation": "other"}}
	request, err := json.Marshal(map[string]string{"event": served.ID, "type": "anjian.tip-received.v1", "member": "content",
		"text": servedText})
	must(t, err)
	status, body := w.office.with("Content-Type", "application/json").do("POST", "/v1/sealed", request)
	var sealed map[string]any
	must(t, json.Unmarshal(body, &sealed))
	if status != 201 || sealed["notice"] == "" {
		t.Fatalf("%d %s", status, body)
	}
	delete(sealed, "notice")
	served.Data["content"] = sealed
	served.Index = w.office.append(fact{ID: served.ID, Type: "tip-received", Subject: "tip/letter-1", Data: served.Data}).Index
	status, file := w.office.do("GET", "/v1/evidence/"+served.hash("content"), nil)
	if served.Files.Content = file; status != 200 {
		t.Fatalf("%d %s", status, file)
	}

	for _, node := range []*server{w.a, w.b} { // both open
		w.opens(w.office.at(node), tip.Index, "content", tipText)
		w.opens(w.com.at(node), tip.Index, "reporter", tipper)
		w.opens(w.office.at(node), tip.Index, "reporter", "sealed-not-for-you")
		w.opens(w.com.at(node), served.Index, "content", servedText)
		w.opens(w.office.at(node), served.Index, "reporter", "not-found")
	}
	// An envelope that another event names does not open there.
	moved := w.office.append(fact{Type: "tip-received", Subject: "tip/moved", Data: map[string]any{"channel": "other", "violation": "other",
		"content": tip.Data["content"]}})
	w.opens(w.office, moved.Index, "content", "sealed-not-opened")
	if r := w.verify(w.a); !r.OK || r.Signed != 2 || r.Evidence.Present != 5 || len(r.Evidence.Erased) != 0 {
		t.Errorf("before: %+v", r)
	}
	exported := filepath.Join(w.a.dir, "exported.ndjson")
	mustRun(t, "export", "--data", w.a.dir, "--out", exported)
	all := []string{w.a.dir, w.b.dir, w.nats.Dir(0)}
	clear := map[string][]byte{"content": []byte("CLEAR-ONE"), "reporter": []byte("CLEAR-TWO"), "letter": []byte("CLEAR-THREE"),
		"a phone number": []byte("13900001111")}
	boxes := map[string][]byte{"content": tip.Files.Content, "reporter": tip.Files.Reporter, "letter": served.Files.Content}
	search := func(allowed string) {
		t.Helper()
		for what, b := range clear {
			w.nowhere("the clear "+what, b, "", all...)
			for _, s := range []*server{w.a, w.b} {
				if strings.Contains(s.log.String(), string(b)) {
					t.Errorf("the log has the clear %s", what)
				}
			}
		}
		for what, b := range boxes {
			w.nowhere("the encrypted "+what, b[65:], allowed, all...)
		}
	}
	search("OBJ_ANJIAN_EVIDENCE")
	for what, b := range boxes {
		if evidencetest.Holding(t, b[65:], all...) == nil {
			t.Fatalf("the encrypted %s is in no file: this test cannot find anything", what)
		}
	}
	w.logged(w.a, tip.ID)

	// Node b is down while both ways of erasing are used.
	w.b.stop()
	erased := w.erase(w.office, tip.hash("content"))
	key := tip.Data["reporter"].(map[string]any)["to"].(string)
	destroyed := w.com.append(fact{Type: "key-destroyed", Subject: "sealing-key/" + key, Data: map[string]any{"ground": "purpose-achieved"}})
	w.erase(w.com, tip.hash("reporter"))
	w.opens(w.office, tip.Index, "content", "sealed-gone")
	w.opens(w.com, tip.Index, "reporter", "sealed-gone")
	w.b = start(t, w.b.dir, w.flags...)
	w.opens(w.office.at(w.b), tip.Index, "content", "sealed-gone")
	w.opens(w.com.at(w.b), tip.Index, "reporter", "sealed-gone")
	w.opens(w.com.at(w.b), served.Index, "content", servedText)
	// who still has the file cannot bring it back
	for _, node := range []*server{w.a, w.b} {
		if status, body := w.office.at(node).do("PUT", "/v1/evidence/"+tip.hash("content"), tip.Files.Content); status != 410 {
			t.Errorf("what was erased is taken again: %d %s", status, body)
		}
	}
	delete(boxes, "letter") // it is still there
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if r := w.verify(w.a); r.OK {
			break
		}
	}
	search("") // in no file at all, purged blocks of the bucket included
	for _, node := range []*server{w.a, w.b} {
		r := w.verify(node)
		if !r.OK || r.Signed != 2 || len(r.Evidence.Erased) != 3 || r.Evidence.Erased[0].Entry != erased.Index ||
			r.Evidence.Erased[0].SHA256 != tip.hash("content") || r.Evidence.Erased[1].Entry != destroyed.Index || !r.Evidence.Erased[1].Key {
			t.Errorf("after: %+v", r)
		}
	}
}

// logged wants each opening in the access log of a node.
func (w *sealedWorld) logged(s *server, id string) {
	w.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "access", "*.ndjson"))
	must(w.T, err)
	var lines []byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		must(w.T, err)
		lines = append(lines, b...)
	}
	for _, member := range []string{"content", "reporter"} {
		if !bytes.Contains(lines, []byte("open tip/"+id+" "+member+" of "+id)) {
			w.Errorf("the opening of %s is not in the access log:\n%s", member, lines)
		}
	}
}
