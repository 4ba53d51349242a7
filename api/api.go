// Package api is the HTTP face of the ledger: appends in, receipts, replays, views, evidence
// and proofs out. It judges nothing: who may call a route is the table of package identity,
// what may be appended the rules of package domain, and what an entry is package entry.
//
// # Conventions
//
//   - Tokens travel in Authorization: Bearer only, never in a URL. Every bad token gets the
//     same 401. A row outside the token's scope is 404, as if it did not exist.
//   - Errors are RFC 9457 problem+json with a stable code, whose texts stand in package law; status.go
//     is the one table of statuses, and a problem's type leads to GET /v1/rules.
//   - A 2xx to POST /v1/events is durable and never lost; any other status means that
//     nothing was stored, except 503 outcome-unknown: then the same bytes are sent again.
//   - Answers about the past state position (number of entries reflected), root (Merkle root
//     at that size, base64) and recorded (time of the last of them), so that a printed
//     figure can be asked for again with ?as_of=position and proven.
//   - A node answers with what it has. Where several nodes serve one ledger, ?wait_for=position
//     makes another one wait (5 s at most) until it has what a receipt promised.
//   - A date as a bound of time means the end of that day in Asia/Shanghai (UTC+08:00).
//   - What is limited is shared by token (shares.go), and every number is known beforehand
//     (GET /v1/limits). A transfer may be slow as long as it goes on (transfer.go).
//   - A query is read against the declared schemas of its parameters (query.go): what a route does not
//     declare, an empty value, one given twice and a wrong word are refused, with what there is.
//
// A route is declared once (route.go); the chi router and the OpenAPI 3.1 document are both
// made from that value. Handlers are plain: huma describes them, and is not in their way.
package api

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/sealing"
)

// Ledger is what this package asks of the append path and of the log; *ledger.Ledger has it.
type Ledger interface {
	Append(context.Context, ledger.Request) (ledger.Result, error)
	AppendReceiptProof(dst []byte, index uint64, res *ledger.Result) ([]byte, error)
	CurrentProof(index uint64) ([]byte, error)
	Head() ledger.Head
	Refresh(ctx context.Context) error
	Committed(after uint64) <-chan struct{}
	Owed(ctx context.Context) (rows []*obligation.Row, size uint64, err error)
	OwedIn(ctx context.Context, stream event.Stream) (*obligation.Row, error)
	OwedState() ledger.OwedState
	Now() time.Time
	Entry(ctx context.Context, index uint64) ([]byte, error)
	Entries(ctx context.Context, from, to uint64, fn func(index uint64, raw []byte) error) error
	Prove(index, size uint64) (tlog.RecordProof, error)
	Consistency(old, size uint64) (tlog.TreeProof, error)
	RootAt(size uint64) ([32]byte, error)
	PositionAt(ctx context.Context, t time.Time) (uint64, error)
	RecordedFrom(ctx context.Context, t time.Time) (uint64, error)
	Tile(level int, n uint64, width int) ([]byte, error)
	Bundle(ctx context.Context, n uint64, width int) ([]byte, error)
	VerifierKey() string
	Origin() string
	Received(ctx context.Context, d *files.Received) error
	Health() ledger.Health
	Limits() ledger.Limits
}

// Evidence keeps files by the SHA-256 of their bytes; see evidence.Store.
type Evidence interface {
	Put(ctx context.Context, sha256 string, limit int64, r io.Reader) (created bool, size int64, err error)
	Open(ctx context.Context, sha256 string) (r io.ReadCloser, size int64, err error)
}

// Tokens knows bearer tokens; *identity.Registry does.
type Tokens interface {
	Verify(ctx context.Context, token string) (identity.Claims, error)
	WaitFor(ctx context.Context, size uint64) error
}

// AccessLog records reads of restricted material; *identity.AccessLog does.
type AccessLog interface {
	Record(context.Context, identity.Access) error
	RecordNow(context.Context, identity.Access) error
}

// Config is what the API stands on. Fields without a default are required.
type Config struct {
	Ledger    Ledger
	Projector Projector
	Evidence  Evidence
	Tokens    Tokens
	Keyring   *devicekey.Ring
	Sealing   *sealing.Ring
	Keeper    *sealing.Keeper // opens what is sealed
	AccessLog AccessLog
	Catalogue *event.Catalogue
	Reports   Reports          // nil: this node keeps no report database
	ReportsOf []*report.Report // that can be asked; checked

	Logger  *slog.Logger     // discards when nil
	Now     func() time.Time // time.Now when nil; for keys and heartbeats only
	Metrics func(io.Writer)  // further metrics in the Prometheus text format; may be nil
	// Ready says by part why the node does not serve, and what is red although it does; nil: only
	// the ledger is asked.
	Ready         func() (down, warnings map[string]string)
	Proxies       Proxies       // that are trusted; none
	EvidenceLimit int64         // bytes of one file; 0: the store's own
	MaxReads      int           // expensive reads being computed at once; 32
	MaxStreams    int           // live streams at once; 256
	MaxDownloads  int           // files and replays being sent at once; 256
	MaxBodies     int           // batches and files being received at once; 128
	Quotas        Quotas        // of one token; DefaultQuotas
	Heartbeat     time.Duration // of live streams; 15 s
	Slowdown      time.Duration // of the answer to a token that is over its share or quota; 1 s
	Stall         time.Duration // how long a transfer may stand still; that of NewServer, a minute
}

func (c *Config) setDefaults() {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.MaxReads == 0 {
		c.MaxReads = 32
	}
	if c.MaxStreams == 0 {
		c.MaxStreams = 256
	}
	if c.MaxDownloads == 0 {
		c.MaxDownloads = 256
	}
	if c.MaxBodies == 0 {
		c.MaxBodies = 128
	}
	if c.Quotas == (Quotas{}) {
		c.Quotas = DefaultQuotas()
	}
	if c.Slowdown == 0 {
		c.Slowdown = time.Second
	}
	if c.Stall == 0 {
		c.Stall = stallTimeout
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = 15 * time.Second
	}
}

// Handler serves the API. It is safe for concurrent use.
type Handler struct {
	cfg     Config
	log     *slog.Logger
	mux     *chi.Mux
	metrics *metricSet

	compressed http.HandlerFunc // serveCall, compressed

	// What callers share; see shares.go.
	reads, counting, streams, downloads, bodies, exports, lingering *pool
	queue                                                           queueShare
	accounts                                                        accounts
	slowed                                                          atomic.Int64 // refusals that wait
	appendLimits                                                    ledger.Limits
	started                                                         time.Time
	uploads                                                         uploads

	// The description, and the catalogue at /v1/types. Encoding them takes longer than all else of a start: the first who asks
	// waits for it.
	openAPIJSON, openAPIYAML, types func() ([]byte, error)

	index []byte            // the page at /
	rule  map[string][]byte // what /v1/rules answers, whole under ""

	stopOnce sync.Once
	stopping chan struct{} // closed by Stop
}

// New makes the handler. It fails only on a defect of this program: a document that cannot
// be encoded.
func New(cfg Config) (*Handler, error) {
	cfg.setDefaults()
	a := &Handler{
		cfg: cfg, log: cfg.Logger, mux: chi.NewRouter(), started: time.Now(),
		stopping: make(chan struct{}),
	}
	var err error
	if a.compressed, err = compressor(http.HandlerFunc(a.serveCall)); err != nil {
		return nil, err
	}
	a.makePools()
	if err := a.cfg.Quotas.fit(a.cfg.EvidenceLimit, a.appendLimits.BatchEvents); err != nil {
		return nil, err
	}
	a.mux.Use(middleware.GetHead) // what can be got can be asked for without its body
	a.metrics = newMetrics(a)
	doc := newDocument()
	if err := a.encodeRules(); err != nil {
		return nil, err
	}
	routes := a.routes(doc)
	for _, rt := range routes {
		if rt.waits {
			rt.params, rt.codes = append(slices.Clone(rt.params), waitParam), append(slices.Clone(rt.codes), law.InvalidParameter, law.ViewsBehind,
				law.PositionNotHere)
		}
		doc.add(rt)
		a.mux.Method(rt.method, rt.pattern(), a.serve(rt))
	}
	a.mux.NotFound(a.serve(&route{handle: func(c *call) error {
		return fail(law.NotFound, law.Str("name", c.r.URL.Path))
	}, anyQuery: true}))
	a.mux.MethodNotAllowed(a.serve(&route{handle: a.methodNotAllowed, anyQuery: true}))
	a.index = indexPage(routes)
	a.openAPIJSON, a.openAPIYAML, a.types = sync.OnceValues(doc.encode), sync.OnceValues(a.encodeYAML), sync.OnceValues(a.encodeTypes)
	return a, nil
}

func (a *Handler) routes(doc *document) []*route {
	var all []*route
	for _, group := range [][]*route{
		a.eventRoutes(doc), a.viewRoutes(doc), a.listRoutes(doc), a.obligationRoutes(doc), a.reportRoutes(doc), a.changesRoutes(doc),
		a.registerRoutes(doc), a.proofRoutes(doc), a.tileRoutes(), a.evidenceRoutes(doc),
		a.sealedRoutes(doc), a.tipRoutes(doc), a.evaluationRoutes(doc),
		a.typeRoutes(), a.ruleRoutes(doc), a.meRoutes(doc), a.limitRoutes(doc), a.healthRoutes(doc), a.documentRoutes(), a.indexRoutes(),
	} {
		all = append(all, group...)
	}
	return all
}

// Stop ends the live streams, whose clients resume elsewhere; other requests go on.
func (a *Handler) Stop() { a.stopOnce.Do(func() { close(a.stopping) }) }

// methodNotAllowed names the methods that there are (RFC 9110 §15.5.6); who asks with OPTIONS wants
// to know no more (§9.3.7).
func (a *Handler) methodNotAllowed(c *call) error {
	var allow []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut} {
		found := m
		if m == http.MethodHead {
			found = http.MethodGet
		}
		if a.mux.Match(chi.NewRouteContext(), found, c.r.URL.Path) {
			allow = append(allow, m)
		}
	}
	allow = append(allow, http.MethodOptions)
	c.Header().Set("Allow", strings.Join(allow, ", "))
	if c.r.Method == http.MethodOptions {
		c.WriteHeader(http.StatusNoContent)
		return nil
	}
	return fail(law.MethodNotAllowed, law.Str("method", c.r.Method), law.Str("path", c.r.URL.Path), law.List("allowed", allow))
}

// Timeouts of the server. Transfers extend those of body and answer as they go: transfer.go.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	// maxHeader holds the signatures of a full batch: 1000 of 87 bytes.
	maxHeader = 160 << 10
)

// NewServer makes a server with the API's limits for h, which may be a [Handler] or stand
// before one. The caller listens and serves, and calls [Handler.Stop] before Shutdown.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: stallTimeout, WriteTimeout: stallTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader,
		ConnContext:    boundBuffer,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// sendBuffer is the kernel's buffer of one connection, in bytes (Linux takes twice as much).
// Left to itself it grows to megabytes, and a slow client's progress is not seen for minutes.
const sendBuffer = 128 << 10

func boundBuffer(ctx context.Context, conn net.Conn) context.Context {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer) // it works without, too
	}
	return ctx
}
