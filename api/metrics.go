package api

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
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

// families says of each metric of this package what it is: type and help.
var families = map[string][2]string{
	"anjian_http_requests_total":          {"counter", "requests, by method and class of status"},
	"anjian_http_problems_total":          {"counter", "answers that were no success, by code; see /v1/rules"},
	"anjian_http_duration_seconds":        {"histogram", "from a request's header to the end of its answer: appends, and all others"},
	"anjian_ledger_entries":               {"gauge", "entries that are committed"},
	"anjian_ledger_waiting_appends":       {"gauge", "appends in the queue"},
	"anjian_ledger_ready":                 {"gauge", "1: appends are taken"},
	"anjian_obligations_open":             {"gauge", "obligations that are open"},
	"anjian_obligations_overdue":          {"gauge", "of them, those that are overdue by the ledger's clock"},
	"anjian_sweep_passes_total":           {"counter", "sweeps for what is overdue since the start"},
	"anjian_sweep_entries_total":          {"counter", "entries that sweeps added since the start"},
	"anjian_sweep_last_timestamp_seconds": {"gauge", "when the last sweep ended, by the ledger's clock; 0: none did"},
	"anjian_http_reads_running":           {"gauge", "expensive reads being computed"},
	"anjian_http_reports_counted":         {"gauge", "of them, reports and changes whose things are being counted"},
	"anjian_http_streams_open":            {"gauge", "live streams"},
	"anjian_http_downloads_running":       {"gauge", "files and replays on their way out"},
	"anjian_http_exports_running":         {"gauge", "registers on their way out"},
	"anjian_http_bodies_running":          {"gauge", "batches and files on their way in"},
}

// write writes the set in the Prometheus text format, and before each family what it is.
func (m *metricSet) write(w io.Writer) {
	var plain bytes.Buffer
	m.set.WritePrometheus(&plain)
	last := ""
	for line := range bytes.Lines(plain.Bytes()) {
		name := string(line[:bytes.IndexAny(line, "{ ")])
		for _, part := range []string{"_bucket", "_sum", "_count"} {
			name = strings.TrimSuffix(name, part)
		}
		if name != last {
			fmt.Fprintf(w, "# HELP %s %s\n# TYPE %[1]s %[3]s\n", name, families[name][1], families[name][0])
			last = name
		}
		_, _ = w.Write(line) // into memory
	}
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
	gauge("anjian_obligations_open", func() float64 { return float64(a.cfg.Ledger.OwedState().Open) })
	gauge("anjian_obligations_overdue", func() float64 { return float64(a.cfg.Ledger.OwedState().Overdue) })
	gauge("anjian_sweep_passes_total", func() float64 { return float64(a.cfg.Ledger.OwedState().Sweep.Passes) })
	gauge("anjian_sweep_entries_total", func() float64 { return float64(a.cfg.Ledger.OwedState().Sweep.Said) })
	gauge("anjian_sweep_last_timestamp_seconds", func() float64 {
		if last := a.cfg.Ledger.OwedState().Sweep.Last; !last.IsZero() {
			return float64(last.Unix())
		}
		return 0
	})
	gauge("anjian_http_reads_running", func() float64 { return float64(a.reads.inUse()) })
	gauge("anjian_http_reports_counted", func() float64 { return float64(a.counting.inUse()) })
	gauge("anjian_http_streams_open", func() float64 { return float64(a.streams.inUse()) })
	gauge("anjian_http_downloads_running", func() float64 { return float64(a.downloads.inUse()) })
	gauge("anjian_http_exports_running", func() float64 { return float64(a.exports.inUse()) })
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
