package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/anjian-ledger/anjian/api"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/internal/verify"
)

// Options say what to measure.
type Options struct {
	Dir     string        // where to put the files: the disk that is measured
	Writers []int         // numbers of concurrent writers
	Time    time.Duration // of each measurement
	HTTP    bool          // measure over HTTP too
	// Connections is how many clients post at once over HTTP.
	Connections int
	Ballast     func() int // bytes of the heap that the caller never touches: not counted; nil: none
	Log         io.Writer  // one line per measurement as it goes
}

// Report is everything measured in one run.
type Report struct {
	Go       string   `json:"go"`
	Cores    int      `json:"cores"`
	Appends  []Append `json:"appends"`
	Replay   Rate     `json:"replay"` // to typed events, rules' state and all views, roots checked
	Verify   Rate     `json:"verify"` // journal, store and tiles from bytes
	Proofs   Load     `json:"proofs"` // inclusion proof of a random entry, as text
	Memory   Memory   `json:"memory"`
	HTTPBare *Load    `json:"http_bare,omitzero"`  // a bare chi handler that reads the same bodies
	HTTPOne  *Load    `json:"http_one,omitzero"`   // single events, signed with Ed25519
	HTTPP256 *Load    `json:"http_p256,omitzero"`  // single events, signed with P-256
	HTTPTok  *Load    `json:"http_token,omitzero"` // single events, bearer token only
	HTTPMany *Load    `json:"http_batch,omitzero"` // batches; Ops and PerSec count events
}

// Append compares durable appends with the ceiling of the same run.
type Append struct {
	Raw    Load    `json:"raw"`
	Merkle Load    `json:"raw_merkle"`
	Anjian Load    `json:"anjian"`
	Ratio  float64 `json:"ratio_to_merkle"` // rate of anjian / rate of the ceiling
	P50    float64 `json:"p50_to_raw"`      // p50 of anjian / p50 of the raw file
}

// Rate is something done to a whole ledger.
type Rate struct {
	Entries uint64  `json:"entries"`
	Seconds float64 `json:"seconds"`
	PerSec  float64 `json:"per_second"`
}

// Memory is what the process holds once the measured ledger is open, in bytes.
type Memory struct {
	Entries uint64 `json:"entries"`
	Heap    uint64 `json:"heap"` // live after a garbage collection
	Sys     uint64 `json:"sys"`  // taken from the operating system by the Go runtime
}

// Run measures. Everything it writes is below a new directory in o.Dir, removed at the end.
func Run(ctx context.Context, o Options) (r Report, err error) {
	dir, err := os.MkdirTemp(o.Dir, "anjian-bench-")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	r.Go, r.Cores = runtime.Version(), runtime.NumCPU()
	for _, w := range o.Writers {
		a, err := compare(ctx, dir, w, o)
		if err != nil {
			return r, err
		}
		r.Appends = append(r.Appends, a)
	}
	// The last ledger, of most writers, is the one to replay and verify.
	if err := r.whole(ctx, ledgerDir(dir, o.Writers[len(o.Writers)-1]), o); err != nil {
		return r, err
	}
	if o.HTTP {
		err = r.overHTTP(ctx, filepath.Join(dir, "http"), o)
	}
	return r, err
}

func ledgerDir(dir string, writers int) datadir.Dir {
	return datadir.Dir(filepath.Join(dir, fmt.Sprintf("ledger-%d", writers)))
}

func openBench(ctx context.Context, d datadir.Dir) (*node.Node, error) {
	// One token stands for all clients.
	return node.Open(ctx, node.Config{Dir: d, Origin: "anjian.invalid/bench", ScrubEvery: -1,
		API: api.Config{Quotas: api.Unlimited()}})
}

// rounds is how often ceiling and ledger are measured in turn; the best of each counts, so
// that a moment when the machine was busy with others does not decide.
const rounds = 3

func compare(ctx context.Context, dir string, writers int, o Options) (a Append, err error) {
	n, err := openBench(ctx, ledgerDir(dir, writers))
	if err != nil {
		return a, err
	}
	defer func() { err = errors.Join(err, n.Close(context.WithoutCancel(ctx))) }()
	b, err := prepare(ctx, n, writers)
	if err != nil {
		return a, err
	}
	warm, measured := o.Time/8, o.Time/rounds
	for range rounds {
		raw, err := ceiling(dir, false, writers, warm, measured)
		if err != nil {
			return a, err
		}
		merkle, err := ceiling(dir, true, writers, warm, measured)
		if err != nil {
			return a, err
		}
		ours, err := appends(ctx, n, b, writers, warm, measured)
		if err != nil {
			return a, err
		}
		a.Raw, a.Merkle, a.Anjian = better(a.Raw, raw), better(a.Merkle, merkle), better(a.Anjian, ours)
		runtime.GC()
	}
	a.Ratio, a.P50 = a.Anjian.PerSec/a.Merkle.PerSec, a.Anjian.P50/a.Raw.P50
	for _, l := range []Load{a.Raw, a.Merkle, a.Anjian} {
		o.log(l)
	}
	return a, nil
}

func better(a, b Load) Load {
	if a.PerSec > b.PerSec {
		return a
	}
	return b
}

func (o *Options) log(l Load) {
	fmt.Fprintf(o.Log, "%-18s %4d writers %9.0f/s  p50 %7.3f ms  p99 %8.3f ms\n", l.Name, l.Writers, l.PerSec, l.P50, l.P99)
}

// whole measures what is done to a whole ledger.
func (r *Report) whole(ctx context.Context, d datadir.Dir, o Options) (err error) {
	began := time.Now()
	n, err := openBench(ctx, d)
	if err != nil {
		return err
	}
	r.Replay = rate(n.Ledger.Head().Size, began)
	defer func() { err = errors.Join(err, n.Close(context.WithoutCancel(ctx))) }()
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	ballast := uint64(0)
	if o.Ballast != nil {
		ballast = uint64(o.Ballast())
	}
	r.Memory = Memory{Entries: r.Replay.Entries, Heap: m.HeapAlloc - ballast, Sys: m.Sys - ballast}
	r.Proofs, err = drive("proof", 1, o.Time/10, o.Time/5, func(_ int, rnd *rand.Rand) error {
		_, err := n.Ledger.CurrentProof(rnd.Uint64N(r.Replay.Entries))
		return err
	})
	if err != nil {
		return err
	}
	verifier, err := d.Verifier()
	if err != nil {
		return err
	}
	began = time.Now()
	report, err := verify.Run(ctx, verify.Sources{
		Journal: func(fn func(uint64, []byte) error) error {
			_, err := journal.Walk(ctx, d.Journal(), fn)
			return err
		},
		Store: func(fn func(uint64, []byte) error) error {
			_, err := msgfile.Scan(d.Store(), fn)
			return err
		},
		Tiles: translog.Dir(d.Tiles()),
	}, verify.Options{Verifier: verifier, InFlight: true})
	if err == nil && !report.OK {
		err = fmt.Errorf("verify: %v", report.Problems)
	}
	r.Verify = rate(report.Entries, began)
	fmt.Fprintf(o.Log, "replay %.0f entries/s, verify %.0f entries/s, heap %d MiB at %d entries\n", r.Replay.PerSec, r.Verify.PerSec,
		r.Memory.Heap>>20, r.Replay.Entries)
	return err
}

func rate(entries uint64, began time.Time) Rate {
	s := time.Since(began).Seconds()
	return Rate{entries, s, float64(entries) / s}
}

// Print writes the report as tables.
func (r *Report) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%s, %d cores; best of %d rounds in turn\n\n", r.Go, r.Cores, rounds)
	fmt.Fprintln(t, "writers\traw file\t+ Merkle\tanjian\tof Merkle\tp50 ms\traw p50\tp50 ratio\tp99 ms\t")
	for _, a := range r.Appends {
		fmt.Fprintf(t, "%d\t%.0f/s\t%.0f/s\t%.0f/s\t%.2f\t%.3f\t%.3f\t%.2f\t%.2f\t\n",
			a.Anjian.Writers, a.Raw.PerSec, a.Merkle.PerSec, a.Anjian.PerSec, a.Ratio, a.Anjian.P50, a.Raw.P50, a.P50, a.Anjian.P99)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nreplay   %9.0f entries/s over %d entries, to typed events, rules and all views\n", r.Replay.PerSec, r.Replay.Entries)
	fmt.Fprintf(w, "verify   %9.0f entries/s, journal, store and tiles from bytes\n", r.Verify.PerSec)
	fmt.Fprintf(w, "proof    %9.3f ms p50, %.3f ms p99, of a random entry\n", r.Proofs.P50, r.Proofs.P99)
	fmt.Fprintf(w, "memory   %9d MiB live, %d MiB taken, at %d entries\n", r.Memory.Heap>>20, r.Memory.Sys>>20, r.Memory.Entries)
	for _, l := range slices.DeleteFunc([]*Load{r.HTTPBare, r.HTTPTok, r.HTTPOne, r.HTTPP256, r.HTTPMany}, func(l *Load) bool {
		return l == nil
	}) {
		fmt.Fprintf(w, "%-28s %9.0f events/s  p50 %.3f ms  p99 %.3f ms\n", l.Name, l.PerSec, l.P50, l.P99)
	}
	return nil
}
