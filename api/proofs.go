package api

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// Inclusion proves that an entry is in the tree of some size (RFC 6962 §2.1.1).
type Inclusion struct {
	Index    uint64   `json:"index"`
	Position uint64   `json:"position" doc:"tree size that the path leads to"`
	Root     string   `json:"root" doc:"base64"`
	LeafHash string   `json:"leaf_hash" doc:"base64"`
	Path     []string `json:"path" doc:"audit path, leaf side first, base64"`
	Proof    string   `json:"proof,omitempty" doc:"C2SP tlog-proof with the newest signed checkpoint; absent with size"`
}

// Consistency proves that a tree is a prefix of a later one (RFC 6962 §2.1.2).
type Consistency struct {
	Old     uint64   `json:"old"`
	New     uint64   `json:"new"`
	OldRoot string   `json:"old_root" doc:"base64"`
	NewRoot string   `json:"new_root" doc:"base64"`
	Path    []string `json:"path" doc:"base64"`
}

// LogInfo is what a verifier needs to know of the log before anything else.
type LogInfo struct {
	Origin      string `json:"origin" doc:"name of the log, first line of every checkpoint"`
	VerifierKey string `json:"vkey" doc:"C2SP note verifier key"`
	Position    uint64 `json:"position" doc:"entries"`
	Root        string `json:"root" doc:"base64"`
	Recorded    string `json:"recorded,omitempty" format:"date-time"`
}

func (a *Handler) proofRoutes(d *document) []*route {
	json := func(body any) map[string]*huma.Schema {
		return map[string]*huma.Schema{mediaJSON: d.schemaOf(body)}
	}
	return []*route{
		{method: "GET", path: "/v1/log", id: "log", tag: "proofs", summary: "The log's name, key and size", chinese: "日志信息",
			answers: json(LogInfo{}), handle: a.logInfo},
		{method: "GET", path: "/v1/receipts/{index}", id: "receipt", tag: "proofs", summary: "Inclusion proof of an entry", chinese: "收据（包含证明）",
			doc: "Hashes only, so it is public. Without size the proof is the C2SP text with the newest signed checkpoint.",
			params: []*huma.Param{pathParam("index", "position in the ledger, from 0"),
				queryParam("size", "Tree size to prove against. 树大小", number(maxPosition))},
			answers: json(Inclusion{}), codes: []law.Code{law.NotFound, law.InvalidParameter}, costly: true, handle: a.receipt},
		{method: "GET", path: "/v1/proofs/consistency", id: "consistency", tag: "proofs", summary: "Consistency proof between two sizes",
			chinese: "一致性证明",
			params: []*huma.Param{queryParam("old", "Smaller size. 旧大小", number(maxPosition)),
				queryParam("new", "Larger size; the newest when absent. 新大小", number(maxPosition))},
			answers: json(Consistency{}), codes: []law.Code{law.NotFound, law.InvalidParameter}, costly: true, handle: a.consistency},
	}
}

func (a *Handler) logInfo(c *call) error {
	head := a.cfg.Ledger.Head()
	info := LogInfo{Origin: a.cfg.Ledger.Origin(), VerifierKey: a.cfg.Ledger.VerifierKey(), Position: head.Size, Root: b64(head.Root)}
	if !head.Recorded.IsZero() {
		info.Recorded = head.Recorded.UTC().Format(entry.RecordedLayout)
	}
	return c.json(info)
}

// entry answers with the stored bytes of one entry.
func (a *Handler) entry(c *call) error {
	_, raw, err := a.visibleEntry(c)
	if err != nil {
		return err
	}
	c.body(mediaJSON, raw)
	return nil
}

// entryReceipt answers with an entry and its proof under the newest checkpoint, as one text.
func (a *Handler) entryReceipt(c *call) error {
	index, raw, err := a.visibleEntry(c)
	if err != nil {
		return err
	}
	proof, err := a.cfg.Ledger.CurrentProof(index)
	if err != nil {
		return err
	}
	c.body(mediaText, append(append(bytes.Clone(raw), '\n'), proof...))
	return nil
}

// visibleEntry returns the entry that the path names, if the caller may see it.
func (a *Handler) visibleEntry(c *call) (index uint64, raw []byte, err error) {
	if index, err = c.index(); err != nil {
		return 0, nil, err
	}
	v, en, raw, err := a.seen(c, index)
	if err != nil {
		return 0, nil, err
	}
	if err := v.show(&en); err != nil {
		return 0, nil, err
	}
	return index, raw, nil
}

// seen returns an entry that the caller may know of, and what he is shown of it.
func (a *Handler) seen(c *call, index uint64) (v *viewer, en entry.Entry, raw []byte, err error) {
	if raw, err = a.cfg.Ledger.Entry(c.r.Context(), index); err != nil {
		return nil, en, nil, err
	}
	en, err = entry.Parse(raw) // of a newer form only the index is known
	if err != nil && !errors.Is(err, entry.ErrNewer) {
		return nil, en, nil, err
	}
	if err := a.ready(c); err != nil {
		return nil, en, nil, err
	}
	v = a.viewer(c)
	if _, sees := v.since(&en); !sees && !v.own(&en) {
		return nil, en, nil, ledger.ErrNotFound
	}
	return v, en, raw, nil
}

func (c *call) index() (uint64, error) {
	n, err := strconv.ParseUint(c.path("index"), 10, 53)
	if err != nil {
		return 0, invalid("index", "whole-number")
	}
	return n, nil
}

func (a *Handler) receipt(c *call) error {
	index, err := c.index()
	if err != nil {
		return err
	}
	size, err := c.uint("size", a.cfg.Ledger.Head().Size, maxPosition)
	if err != nil {
		return err
	}
	raw, err := a.cfg.Ledger.Entry(c.r.Context(), index)
	if err != nil {
		return err
	}
	in := Inclusion{Index: index, Position: size, LeafHash: b64(translog.LeafHash(raw))}
	if !c.query.Has("size") {
		proof, err := a.cfg.Ledger.CurrentProof(index)
		if err != nil {
			return err
		}
		r, err := translog.ParseReceipt(proof)
		if err != nil {
			return err
		}
		in.Proof = string(proof)
		if in.Position, err = checkpointSize(r.Checkpoint); err != nil {
			return err
		}
	}
	path, err := a.cfg.Ledger.Prove(index, in.Position)
	if err != nil {
		return err
	}
	root, err := a.cfg.Ledger.RootAt(in.Position)
	if err != nil {
		return err
	}
	in.Root, in.Path = b64(root), b64s(path)
	return c.json(in)
}

func (a *Handler) consistency(c *call) error {
	newest := a.cfg.Ledger.Head().Size
	old, err := c.uint("old", 0, maxPosition)
	if err != nil {
		return err
	}
	size, err := c.uint("new", newest, maxPosition)
	if err != nil {
		return err
	}
	if old > size {
		return invalid("old", "not-above-new")
	}
	proof, err := a.cfg.Ledger.Consistency(old, size)
	if err != nil {
		return err
	}
	oldRoot, err := a.cfg.Ledger.RootAt(old)
	if err != nil {
		return err
	}
	newRoot, err := a.cfg.Ledger.RootAt(size)
	if err != nil {
		return err
	}
	return c.json(Consistency{Old: old, New: size, OldRoot: b64(oldRoot), NewRoot: b64(newRoot), Path: b64s(proof)})
}

func b64[H ~[32]byte](h H) string { return base64.StdEncoding.EncodeToString(h[:]) }

func b64s(path []tlog.Hash) []string {
	out := make([]string, len(path))
	for i, h := range path {
		out[i] = b64(h)
	}
	return out
}
