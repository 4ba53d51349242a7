package api

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// immutable lets caches keep what can never change.
const immutable = "public, max-age=31536000, immutable"

func (a *Handler) tileRoutes() []*route {
	rest := pathParam("n", "tile number in groups of three digits, x before all but the last; .p/W for a partial tile")
	return []*route{
		{method: "GET", path: "/checkpoint", id: "checkpoint", tag: "tiles", summary: "Newest signed checkpoint (C2SP tlog-checkpoint)",
			chinese: "最新签名检查点",
			answers: map[string]*huma.Schema{mediaText: text()}, codes: []law.Code{law.NotFound}, handle: a.checkpoint},
		{method: "GET", path: "/tile/{level}/{n}", wildcard: "n", id: "tile", tag: "tiles", summary: "Hash tile (C2SP tlog-tiles)",
			chinese: "哈希瓦片",
			params:  []*huma.Param{pathParam("level", "0…5"), rest},
			answers: map[string]*huma.Schema{mediaBytes: binary()}, codes: []law.Code{law.NotFound}, handle: a.tile},
		{method: "GET", path: "/tile/entries/{n}", wildcard: "n", id: "bundle", tag: "tiles", need: identity.ReadBundles,
			summary: "Entry bundle (C2SP tlog-tiles)", chinese: "条目包", params: []*huma.Param{rest}, costly: true,
			answers: map[string]*huma.Schema{mediaBytes: binary()}, codes: []law.Code{law.NotFound}, handle: a.bundle},
	}
}

func (a *Handler) checkpoint(c *call) error {
	cp := a.cfg.Ledger.Head().Checkpoint
	if cp == nil {
		return fail(law.NotFound)
	}
	c.Header().Set("Access-Control-Allow-Origin", "*")
	c.body(mediaText, cp)
	return nil
}

func (a *Handler) tile(c *call) error {
	level, err := strconv.Atoi(c.path("level"))
	n, width, ok := parseTileNumber(c.path("*"))
	if err != nil || level < 0 || level > maxTileLevel || strconv.Itoa(level) != c.path("level") || !ok {
		return errNoTile
	}
	data, err := a.cfg.Ledger.Tile(level, n, width)
	return a.sendTile(c, data, err, width, "public")
}

func (a *Handler) bundle(c *call) error {
	n, width, ok := parseTileNumber(c.path("*"))
	if !ok {
		return errNoTile
	}
	data, err := a.cfg.Ledger.Bundle(c.r.Context(), n, width)
	return a.sendTile(c, data, err, width, "private")
}

var errNoTile = fail(law.NotFound)

// sendTile sends a tile. A full one never changes; bundles are only for who asked.
func (a *Handler) sendTile(c *call, data []byte, err error, width int, visibility string) error {
	switch {
	case errors.Is(err, translog.ErrNotPublished), errors.Is(err, ledger.ErrNotFound):
		return errNoTile
	case err != nil:
		return err
	}
	h := c.Header()
	if visibility == "public" {
		h.Set("Access-Control-Allow-Origin", "*")
		if width == translog.TileWidth {
			h.Set("Cache-Control", immutable)
		}
	}
	c.body(mediaBytes, data)
	return nil
}

// Bounds of a tile's number, in groups, and level: 2^53 entries need no more.
const (
	maxTileDigits = 5
	maxTileLevel  = 5
)

// parseTileNumber reads the number and width of a tile in the one spelling of C2SP
// tlog-tiles: groups of three digits, x before all but the last, no leading zero groups,
// and .p/W with W from 1 to 255 for a partial tile.
func parseTileNumber(s string) (n uint64, width int, ok bool) {
	width = translog.TileWidth
	s, w, partial := strings.Cut(s, ".p/")
	if partial {
		var err error
		if width, err = strconv.Atoi(w); err != nil || width < 1 || width >= translog.TileWidth || strconv.Itoa(width) != w {
			return 0, 0, false
		}
	}
	groups := strings.Split(s, "/")
	if len(groups) > maxTileDigits {
		return 0, 0, false
	}
	for i, g := range groups {
		digits, x := strings.CutPrefix(g, "x")
		if x != (i < len(groups)-1) || len(digits) != 3 || strings.Trim(digits, "0123456789") != "" {
			return 0, 0, false
		}
		v, _ := strconv.Atoi(digits) // three digits
		if n = n*1000 + uint64(v); i == 0 && v == 0 && len(groups) > 1 {
			return 0, 0, false
		}
	}
	return n, width, true
}

// checkpointSize returns the second line of a checkpoint of our own: its tree size.
func checkpointSize(checkpoint []byte) (uint64, error) {
	lines := bytes.SplitN(checkpoint, []byte{'\n'}, 3)
	if len(lines) < 3 {
		return 0, fmt.Errorf("checkpoint of %d bytes has no size", len(checkpoint))
	}
	return strconv.ParseUint(string(lines[1]), 10, 63)
}
