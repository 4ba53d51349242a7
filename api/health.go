package api

import (
	"bytes"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/identity"
)

// Readiness says whether the ledger takes appends and its views answer, and if not, which
// parts are in the way. Why they are is told to the machine itself and to roles that may
// read health: reasons name files.
type Readiness struct {
	Ready    bool              `json:"ready"`
	ReadOnly bool              `json:"read_only" doc:"a copy is damaged: reads go on, appends wait for repair"`
	Parts    []string          `json:"parts" doc:"parts that are red: not ready, or in doubt, as a clock that is not relied on although appends are taken"`
	Reasons  map[string]string `json:"reasons,omitempty" doc:"by part: why"`
	Position uint64            `json:"position"`
	Waiting  *int64            `json:"waiting,omitempty" doc:"appends in the queue"`
	Starting *Starting         `json:"starting,omitempty" doc:"while the ledger is being replayed: how far it is"`
	// What no release ever accepted stops nothing; whoever looks here should know of it.
	Malformed      uint64  `json:"malformed,omitempty" doc:"entries whose event is malformed and counts for nothing"`
	FirstMalformed *uint64 `json:"first_malformed,omitempty" doc:"index of the first of them"`
}

func (a *Handler) healthRoutes(d *document) []*route {
	ok := map[string]*huma.Schema{mediaText: text()}
	ready := map[string]*huma.Schema{mediaJSON: d.schemaOf(Readiness{})}
	return []*route{
		{method: "GET", path: "/healthz", id: "healthz", tag: "about", summary: "The process answers, from its first moment on", chinese: "存活检查", answers: ok,
			handle: func(c *call) error { c.body(mediaText, []byte(alive)); return nil }},
		{method: "GET", path: "/readyz", id: "readyz", tag: "about", summary: "Appends are taken and views are up to date", chinese: "就绪检查",
			doc: "200 when ready, 503 with the same body when not. A part can be red although the node is ready: " +
				"parts names it, such as clock while the machine's clock is not relied on.", answers: ready, down: ready, handle: a.readyz},
		{method: "GET", path: "/metrics", id: "metrics", tag: "about", summary: "Prometheus metrics", chinese: "监控指标",
			doc: "For the machine itself, and for roles that may read metrics.", answers: ok, codes: []law.Code{law.Unauthenticated, law.Forbidden}, handle: a.metricsText},
	}
}

// readyz differs from every other route: its 503 carries the readiness, which monitors read.
func (a *Handler) readyz(c *call) error {
	h := a.cfg.Ledger.Health()
	down, reasons := h.Reasons, map[string]string{}
	maps.Copy(reasons, h.Warnings)
	if a.cfg.Ready != nil {
		var warnings map[string]string
		down, warnings = a.cfg.Ready()
		maps.Copy(reasons, warnings)
	}
	maps.Copy(reasons, down)
	r := Readiness{
		Ready: h.Ready && len(down) == 0, ReadOnly: h.ReadOnly,
		Parts: slices.Sorted(maps.Keys(reasons)), Position: h.Size,
	}
	if r.Malformed = h.Malformed; r.Malformed > 0 {
		r.FirstMalformed = &h.FirstMalformed
	}
	if r.Parts == nil {
		r.Parts = []string{}
	}
	if a.privileged(c.r, identity.ReadHealth) {
		r.Reasons, r.Waiting = reasons, &h.Waiting
	}
	if r.Ready {
		return c.json(r)
	}
	c.Header().Set("Retry-After", "5")
	return c.jsonAs(http.StatusServiceUnavailable, r)
}

func (a *Handler) metricsText(c *call) error {
	if !a.privileged(c.r, identity.ReadMetrics) {
		if _, err := a.authenticate(c.r); err != nil {
			return err
		}
		return fail(law.Forbidden, law.Str("role", c.claims.Role), law.Str("operation", "GET /metrics"))
	}
	var b bytes.Buffer
	a.metrics.write(&b)
	if a.cfg.Metrics != nil {
		a.cfg.Metrics(&b)
	}
	c.body("text/plain; version=0.0.4; charset=utf-8", b.Bytes())
	return nil
}
