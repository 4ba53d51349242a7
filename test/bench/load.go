package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Load is the outcome of a closed loop: each of Writers goroutines does one operation after
// another.
type Load struct {
	Name    string  `json:"name"`
	Writers int     `json:"writers"`
	Ops     int64   `json:"ops"`
	Seconds float64 `json:"seconds"`
	PerSec  float64 `json:"per_second"`
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
	Max     float64 `json:"max_ms"`
	Errors  int64   `json:"errors"`
}

// drive runs op from writers goroutines, after a warm-up, for the given time. op is given
// the writer's number and its own random source.
func drive(name string, writers int, warm, measured time.Duration, op func(writer int, r *rand.Rand) error) (Load, error) {
	var stop, count atomic.Bool
	var errs atomic.Int64
	var first atomic.Pointer[error]
	latencies := make([][]time.Duration, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(rand.Uint64(), uint64(w)))
			for !stop.Load() {
				counted := count.Load()
				began := time.Now()
				if err := op(w, r); err != nil {
					first.CompareAndSwap(nil, &err)
					if errs.Add(1) > 100 {
						return
					}
					continue
				}
				if counted && !stop.Load() {
					latencies[w] = append(latencies[w], time.Since(began))
				}
			}
		})
	}
	time.Sleep(warm)
	count.Store(true)
	began := time.Now()
	time.Sleep(measured)
	stop.Store(true)
	took := time.Since(began)
	wg.Wait()
	all := slices.Concat(latencies...)
	slices.Sort(all)
	l := Load{Name: name, Writers: writers, Ops: int64(len(all)), Seconds: took.Seconds(), Errors: errs.Load()}
	l.PerSec = float64(l.Ops) / l.Seconds
	l.P50, l.P99, l.Max = quantile(all, 0.5), quantile(all, 0.99), quantile(all, 1)
	if e := first.Load(); e != nil {
		return l, fmt.Errorf("%s with %d writers: %w", name, writers, *e)
	}
	return l, nil
}

// quantile returns the q-th quantile of sorted durations in milliseconds.
func quantile(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := min(int(q*float64(len(sorted))), len(sorted)-1)
	return float64(sorted[i].Microseconds()) / 1000
}
