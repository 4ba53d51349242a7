package engines

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
)

// kurrentDriver is the row of KurrentDB: blocks in a stream, and no evidence.
type kurrentDriver struct {
	url, stream string
	maxAppend   int
}

func newKurrentDB() *kurrentDriver { return &kurrentDriver{stream: kurrentdb.DefaultStream} }

func (d *kurrentDriver) schemes() []string {
	return []string{"kurrentdb", "esdb", "kurrentdb+discover", "esdb+discover", "kurrentdb+unix", "esdb+unix"}
}

func (d *kurrentDriver) form() string { return "kurrentdb://… or esdb://…" }

func (d *kurrentDriver) settings() []Setting {
	return []Setting{
		{Name: "kurrentdb", Value: &d.url, Chooses: true,
			Usage: "keep the blocks in KurrentDB: esdb:// or kurrentdb:// connection string (better: in --config or ANJIAN_KURRENTDB)"},
		{Name: "kurrentdb-stream", Usage: "name of the block stream in KurrentDB", Value: &d.stream},
		{Name: "kurrentdb-max-append", Usage: "the server's MaxAppendSize in bytes, where it is not the usual 1048576", Value: &d.maxAppend},
	}
}

func (d *kurrentDriver) check() error { return nil }

func (d *kurrentDriver) chosen(log *slog.Logger) (Engine, error) {
	if d.url == "" {
		return nil, nil
	}
	return d.at(d.url, log)
}

func (d *kurrentDriver) at(uri string, log *slog.Logger) (Engine, error) {
	return KurrentDB(kurrentdb.Config{URL: uri, Stream: d.stream, MaxAppend: d.maxAppend, Logger: log}), nil
}

func (d *kurrentDriver) public(uri string) string { return publicKurrent(uri) }

func publicKurrent(uri string) string {
	head, query, found := cutQuery(uri)
	return joinQuery(withoutUser(head), query, found)
}

func (d *kurrentDriver) fault(err error) Fault {
	if errors.Is(err, kurrentdb.ErrMissing) {
		return Missing
	}
	return None
}

// KurrentDB is an engine in KurrentDB. Whether the stream must be there is filled in when it is
// opened; it is made with its first block.
func KurrentDB(c kurrentdb.Config) Engine { return kurrentEngine{c} }

type kurrentEngine struct{ cfg kurrentdb.Config }

func (kurrentEngine) streamFlag() string { return "--kurrentdb-stream" }
func (kurrentEngine) Feeds() bool        { return false }
func (e kurrentEngine) memo() memo {
	return newMemo("kurrentdb", "kurrentdb", e.Where(), "kurrentdb-stream", e.cfg.Stream, "kurrentdb-max-append", e.cfg.MaxAppend)
}
func (e kurrentEngine) Where() string { return publicKurrent(e.cfg.URL) }

func (e kurrentEngine) Open(ctx context.Context, o Opening) (*Opened, error) {
	c := e.cfg
	c.MustExist, c.Timeout = o.MustExist, cmp.Or(o.Timeout, c.Timeout)
	s, err := kurrentdb.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	out := &Opened{Source: s, Target: s, Store: s, Origin: o.Origin}
	out.later(s.Close)
	return out, nil
}
