package test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	formats "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tileClient reads C2SP tlog-tiles over HTTP, for x/mod's own verifier.
type tileClient struct {
	*client
	saved int
}

func (c *tileClient) Height() int { return 8 }

func (c *tileClient) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		// tlog's paths name the height, C2SP's do not.
		path := "/tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		status, body, err := c.send("GET", path, nil)
		if err != nil || status != 200 {
			return nil, fmt.Errorf("GET %s: %d %w", path, status, err)
		}
		data[i] = body
	}
	return data, nil
}

func (c *tileClient) SaveTiles(tiles []tlog.Tile, _ [][]byte) { c.saved += len(tiles) }

// checkpoint reads and verifies the newest checkpoint with a library that is not ours.
func checkpoint(t testing.TB, c *client, origin string, v note.Verifier) tlog.Tree {
	t.Helper()
	status, raw := c.do("GET", "/checkpoint", nil)
	if status != 200 {
		t.Fatalf("/checkpoint: %d %s", status, raw)
	}
	cp, _, _, err := formats.ParseCheckpoint(raw, origin, v)
	if err != nil {
		t.Fatalf("checkpoint: %v\n%s", err, raw)
	}
	return tlog.Tree{N: int64(cp.Size), Hash: tlog.Hash(cp.Hash)}
}

// TestAnAuditorProvesEveryEntryFromPublicTiles needs no code of ours: formats checks the
// checkpoint, x/mod the tiles and the proofs.
func TestAnAuditorProvesEveryEntryFromPublicTiles(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	office, everything := s.as("supervision-office"), s.as("discipline-commission")
	fill(office, "a", 300)
	info := s.logInfo()
	v, err := note.NewVerifier(info.VKey)
	if err != nil {
		t.Fatal(err)
	}
	public := s.client("")
	early := checkpoint(t, public, info.Origin, v)
	fill(office, "b", 250)
	tree := checkpoint(t, public, info.Origin, v)
	tiles := &tileClient{client: public}
	hashes := tlog.TileHashReader(tree, tiles)
	entries := replayAll(t, everything)
	if int64(len(entries)) != tree.N {
		t.Fatalf("%d entries, the checkpoint states %d", len(entries), tree.N)
	}
	for i, raw := range entries {
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(i))})
		if err != nil {
			t.Fatalf("entry %d: %v", i, err)
		}
		if leaf[0] != tlog.RecordHash(raw) {
			t.Errorf("entry %d is not the leaf in the tiles", i)
		}
	}
	proof, err := tlog.ProveTree(tree.N, early.N, hashes)
	if err != nil {
		t.Fatal(err)
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, early.N, early.Hash); err != nil {
		t.Errorf("the ledger is not a continuation of what it signed before: %v", err)
	}
	checkServedProofs(t, public, early, tree)
	checkBundles(t, s, entries)
}

// checkServedProofs compares the ledger's own proofs with the checkpoints.
func checkServedProofs(t *testing.T, public *client, early, tree tlog.Tree) {
	t.Helper()
	var c struct{ Path []string }
	public.get(fmt.Sprintf("/v1/proofs/consistency?old=%d&new=%d", early.N, tree.N), &c)
	if err := tlog.CheckTree(decodeHashes(t, c.Path), tree.N, tree.Hash, early.N, early.Hash); err != nil {
		t.Errorf("consistency proof: %v", err)
	}
	var in struct {
		LeafHash string `json:"leaf_hash"`
		Path     []string
	}
	public.get(fmt.Sprintf("/v1/receipts/7?size=%d", tree.N), &in)
	leaf := decodeHashes(t, []string{in.LeafHash})[0]
	if err := tlog.CheckRecord(decodeHashes(t, in.Path), tree.N, tree.Hash, 7, leaf); err != nil {
		t.Errorf("inclusion proof: %v", err)
	}
}

func decodeHashes(t *testing.T, texts []string) []tlog.Hash {
	t.Helper()
	hashes := make([]tlog.Hash, len(texts))
	for i, s := range texts {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil || len(b) != tlog.HashSize {
			t.Fatalf("hash %q: %v", s, err)
		}
		hashes[i] = tlog.Hash(b)
	}
	return hashes
}

// checkBundles reads the entries once more from C2SP entry bundles, which are for roles
// that may have the raw ledger.
func checkBundles(t *testing.T, s *server, entries [][]byte) {
	t.Helper()
	if status, _ := s.client("").do("GET", "/tile/entries/000", nil); status != 401 {
		t.Errorf("entry bundles without a token: %d", status)
	}
	commission := s.as("discipline-commission")
	var got [][]byte
	for n := 0; n*256 < len(entries); n++ {
		path := fmt.Sprintf("/tile/entries/%03d", n)
		if rest := len(entries) - n*256; rest < 256 {
			path += ".p/" + strconv.Itoa(rest)
		}
		status, body := commission.do("GET", path, nil)
		if status != 200 {
			t.Fatalf("GET %s: %d %s", path, status, body)
		}
		for len(body) > 2 {
			size := int(binary.BigEndian.Uint16(body))
			got = append(got, body[2:2+size])
			body = body[2+size:]
		}
	}
	if !bytes.Equal(bytes.Join(got, []byte{'\n'}), bytes.Join(entries, []byte{'\n'})) {
		t.Errorf("the bundles hold %d entries that are not the %d of the replay", len(got), len(entries))
	}
}

// fill appends n enterprises in batches.
func fill(c *client, prefix string, n int) {
	c.t.Helper()
	for at := 0; at < n; at += 50 {
		var events [][]byte
		for i := at; i < min(at+50, n); i++ {
			events = append(events, enterprise(fmt.Sprintf("%s%d", prefix, i)).json())
		}
		c.post(201, batch, batchOf(events...))
	}
}

// TestALiveStreamGoesOnWhereItWasCut also over a restart of the server.
func TestALiveStreamGoesOnWhereItWasCut(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	office := s.as("supervision-office")
	fill(office, "a", 5)
	live := listen(t, office, "")
	live.want(0, 1, 3, 4, 5, 6, 7) // 2 is the issue of the token, which is not for the office to read
	office.append(enterprise("b"))
	live.want(8)
	live.cut()
	office.append(enterprise("c"))
	s.stop()
	s = start(t, s.dir)
	office = s.as("supervision-office")
	office.append(enterprise("d"))
	live = listen(t, office, live.last)
	live.want(9, 11)
	office.append(enterprise("e"))
	live.want(12)
	live.cut()
}

// sse is a connection to the live stream.
type sse struct {
	t     *testing.T
	cut   context.CancelFunc
	lines *bufio.Scanner
	last  string // id of the newest message
}

func listen(t *testing.T, c *client, lastEventID string) *sse {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", c.base+"/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "text/event-stream")
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("live stream: %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	return &sse{t, cancel, lines, lastEventID}
}

// want reads messages and wants the entries with these indexes.
func (s *sse) want(indexes ...int) {
	s.t.Helper()
	for len(indexes) > 0 && s.lines.Scan() {
		if v, ok := strings.CutPrefix(s.lines.Text(), "id: "); ok {
			s.last = v
		}
		if data, ok := strings.CutPrefix(s.lines.Text(), "data: "); ok {
			var e struct{ Index int }
			if err := json.Unmarshal([]byte(data), &e); err != nil || e.Index != indexes[0] {
				s.t.Fatalf("message %s has entry %d, want %d (%v)", s.last, e.Index, indexes[0], err)
			}
			indexes = indexes[1:]
		}
	}
	if len(indexes) > 0 {
		s.t.Fatalf("the stream ended before entry %d: %v", indexes[0], s.lines.Err())
	}
}
