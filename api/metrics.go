package api

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// metricSet counts requests by method and class of status, and problems by code. Its counters are made once, so
// that the hot path neither formats a name nor takes a lock.
type metricSet struct {
	set      *metrics.Set
	requests map[string]*[6]*metrics.Counter // by method, then status/100
	problems sync.Map                        // code to *metrics.Counter
	appends  *metrics.PrometheusHistogram
	reads    *metrics.PrometheusHistogram
}

var measuredMethods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut}

func newMetrics(a *Handler) *metricSet {
	m := &metricSet{set: metrics.NewSet(), requests: map[string]*[6]*metrics.Counter{}}
	for _, method := range append(measuredMethods, "other") {
		var byClass [6]*metrics.Counter
		for class := range byClass {
			byClass[class] = m.set.NewCounter(fmt.Sprintf(`anjian_http_requests_total{method=%q,status="%dxx"}`, method, class))
		}
		m.requests[method] = &byClass
	}
	m.appends = m.set.NewPrometheusHistogram(`anjian_http_duration_seconds{kind="append"}`)
	m.reads = m.set.NewPrometheusHistogram(`anjian_http_duration_seconds{kind="read"}`)
	gauge := func(name string, f func() float64) { m.set.NewGauge(name, f) }
	gauge("anjian_ledger_entries", func() float64 { return float64(a.cfg.Ledger.Head().Size) })
	gauge("anjian_ledger_waiting_appends", func() float64 { return float64(a.cfg.Ledger.Health().Waiting) })
	gauge("anjian_ledger_ready", func() float64 {
		if a.cfg.Ledger.Health().Ready {
			return 1
		}
		return 0
	})
	gauge("anjian_http_reads_running", func() float64 { return float64(a.reads.inUse()) })
	gauge("anjian_http_streams_open", func() float64 { return float64(a.streams.inUse()) })
	gauge("anjian_http_downloads_running", func() float64 { return float64(a.downloads.inUse()) })
	gauge("anjian_http_bodies_running", func() float64 { return float64(a.bodies.inUse()) })
	return m
}

// problem counts one answer that was no success. Codes are a closed set of this program: no client
// can add to them.
func (m *metricSet) problem(code string) {
	if c, ok := m.problems.Load(code); ok {
		c.(*metrics.Counter).Inc()
		return
	}
	c := m.set.GetOrCreateCounter(fmt.Sprintf(`anjian_http_problems_total{code=%q}`, code))
	m.problems.Store(code, c)
	c.Inc()
}

// request counts one finished request.
func (m *metricSet) request(method string, status int, took time.Duration) {
	byClass := m.requests[method]
	if byClass == nil {
		byClass = m.requests["other"]
	}
	byClass[min(max(status/100, 0), 5)].Inc()
	if method == http.MethodPost {
		m.appends.Update(took.Seconds())
	} else {
		m.reads.Update(took.Seconds())
	}
}
