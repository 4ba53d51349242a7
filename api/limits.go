package api

import (
	"fmt"
	"runtime"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/internal/sealing"
)

// Allowance is an amount that is spent and comes back with time.
type Allowance struct {
	Burst     int64 `json:"burst" doc:"at once, after a rest"`
	PerSecond int64 `json:"per_second" doc:"comes back in a second; 0: no limit"`
}

// Quota is the most that one token has. What it holds comes back when a request ends; what
// it spends comes back with time.
type Quota struct {
	Requests      int       `json:"requests" doc:"in progress at once, of every kind. 同时进行的请求"`
	Reads         int       `json:"reads" doc:"expensive reads being computed at once. 同时进行的大查询"`
	Streams       int       `json:"streams" doc:"live streams open at once. 实时流"`
	Downloads     int       `json:"downloads" doc:"files and NDJSON replays on their way out at once. 下载"`
	Bodies        int       `json:"bodies" doc:"batches and files on their way in at once. 上传"`
	Line          int       `json:"line" doc:"requests that wait for each of these. 排队"`
	QueueBytes    int64     `json:"queue_bytes" doc:"of its appends that wait to be recorded. 待写入字节"`
	Events        Allowance `json:"events" doc:"events it appends. 追加事件"`
	EvidenceBytes Allowance `json:"evidence_bytes" doc:"of files it uploads. 证据字节"`
}

// Quotas are those of the kinds of callers.
type Quotas struct {
	Office Quota `json:"office" doc:"supervision office, commission, administrators: a quarter of everything is kept for them"`
	Field  Quota `json:"field" doc:"inspectors, leaders, counties, departments and all other roles"`
	Import Quota `json:"import" doc:"importers"`
	Public Quota `json:"public" doc:"all requests without a token together; a tip counts as 30 events"`
}

// DefaultQuotas are made for these: a phone that comes back after ten days without a network
// brings a hundred visits of 55 events and 1.5 GB of photos; an office's page asks for ten
// views at once; an importer brings a million records in a few minutes.
func DefaultQuotas() Quotas {
	return Quotas{
		Office: Quota{Requests: 512, Reads: 16, Streams: 64, Downloads: 32, Bodies: 32, Line: 256, QueueBytes: 8 << 20,
			Events: Allowance{50_000, 1_000}, EvidenceBytes: Allowance{8 << 30, 16 << 20}},
		Field: Quota{Requests: 64, Reads: 2, Streams: 8, Downloads: 4, Bodies: 4, Line: 32, QueueBytes: 1 << 20,
			Events: Allowance{6_000, 10}, EvidenceBytes: Allowance{2 << 30, 1 << 20}},
		Import: Quota{Requests: 64, Reads: 2, Streams: 2, Downloads: 2, Bodies: 8, Line: 32, QueueBytes: 4 << 20,
			Events: Allowance{200_000, 10_000}, EvidenceBytes: Allowance{2 << 30, 1 << 20}},
		Public: Quota{Reads: 4, Bodies: 4, Line: 64, QueueBytes: 256 << 10, Events: Allowance{900, 1}}, // 30 tips, and one each 30 seconds
	}
}

// Unlimited are quotas for measuring: one token may have everything.
func Unlimited() Quotas {
	all := Quota{Requests: 1 << 30, Reads: 1 << 30, Streams: 1 << 30, Downloads: 1 << 30, Bodies: 1 << 30, Line: 1 << 30, QueueBytes: 1 << 50}
	return Quotas{all, all, all, all}
}

// of returns the quota of a class.
func (q *Quotas) of(c class) *Quota {
	switch c {
	case classOffice:
		return &q.Office
	case classImport:
		return &q.Import
	case classPublic:
		return &q.Public
	}
	return &q.Field
}

// fit refuses quotas under which a file or a batch of the largest size could never be sent: it would be
// answered "later" for ever.
func (q *Quotas) fit(file int64, events int) error {
	for _, of := range []struct {
		class class
		quota *Quota
	}{{classOffice, &q.Office}, {classField, &q.Field}, {classImport, &q.Import}} {
		for _, a := range []struct {
			what  string
			allow Allowance
			need  int64
		}{{"bytes of evidence", of.quota.EvidenceBytes, file}, {"events", of.quota.Events, int64(events)}} {
			if a.allow.PerSecond > 0 && a.allow.Burst < a.need {
				return fmt.Errorf("api: a request may have %d %s, and the quota of %s lets a token send %d at once: lower the limit or raise the quota",
					a.need, a.what, of.class, a.allow.Burst)
			}
		}
	}
	return nil
}

// How long a request waits for its turn before it is turned away. When a whole city
// synchronises in the evening, waiting a moment is better than an error.
const (
	readPatience = 5 * time.Second
	bodyPatience = 10 * time.Second
)

// Deadlines of a transfer, in either direction. It may be slow, as long as it goes on.
const (
	// stallTimeout is how long a transfer may take for leastProgress bytes.
	stallTimeout  = time.Minute
	leastProgress = 1 << 10
	// longestTransfer is the most that any takes, streams apart: a file of the largest size
	// at 2.3 kB/s.
	longestTransfer = 4 * time.Hour
)

// What is read of a body that was refused, so that a client which sends all before it listens
// hears the answer instead of a broken pipe.
const (
	lingerBytes   = 64 << 20
	lingerTime    = 30 * time.Second
	lingerAtOnce  = 128 // requests; a quarter of them the office's
	lingerForEach = 16  // of one token, and of all without one
)

// LimitsAnswer is everything that a client may want to know before it is refused.
type LimitsAnswer struct {
	Append   ledger.Limits     `json:"append"`
	Evidence int64             `json:"evidence_bytes" doc:"most bytes of one file"`
	Sealed   int64             `json:"sealed_bytes" doc:"most bytes of a text that is sealed, in UTF-8"`
	Page     int               `json:"page_entries" doc:"most entries of one page of GET /v1/events"`
	PageSize int               `json:"page_bytes" doc:"a page ends early when it has so many"`
	List     int               `json:"list_lines" doc:"most lines of one page of a search"`
	Totals   Totals            `json:"totals" doc:"of all tokens together"`
	Reserve  float64           `json:"reserve" doc:"part of each total that only the office's roles take"`
	Times    Times             `json:"times"`
	Roles    map[string]string `json:"roles" doc:"the quota of each role, by name"`
	Quotas   Quotas            `json:"quotas" doc:"of one token"`
}

// Totals are what all callers share.
type Totals struct {
	Reads     int `json:"reads"`
	Counting  int `json:"counting" doc:"of the reads: reports and changes being counted, as many as the server has processors"`
	Streams   int `json:"streams"`
	Downloads int `json:"downloads"`
	Bodies    int `json:"bodies"`
	Exports   int `json:"exports" doc:"of registers; one token has one at a time"`
}

// Times are deadlines and waits, in seconds.
type Times struct {
	Header   int `json:"header" doc:"for a request's header to arrive"`
	Stall    int `json:"stall" doc:"for the next stall_bytes of a transfer, in either direction; slower is 408"`
	Progress int `json:"stall_bytes"`
	Transfer int `json:"transfer" doc:"for a whole transfer, streams apart"`
	Read     int `json:"wait_read" doc:"that a read waits for its turn"`
	Counting int `json:"wait_counting" doc:"that a report waits for its turn"`
	Body     int `json:"wait_body" doc:"that a batch or file waits for its turn"`
	Append   int `json:"append" doc:"for an append to be recorded; then 503 outcome-unknown"`
	Views    int `json:"views" doc:"for the views to catch up, and for wait_for"`
	Slowed   int `json:"slowed" doc:"that the answer to a token over its share or quota is held back"`
	Linger   int `json:"linger" doc:"that a refused body is still read, up to linger_bytes"`
	Drained  int `json:"linger_bytes"`
}

// limitRoutes describe GET /v1/limits. It is public: a client needs the numbers before it has
// a token, they are the same for everybody, and they tell nothing of what is recorded.
func (a *Handler) limitRoutes(d *document) []*route {
	return []*route{{
		method: "GET", path: "/v1/limits", id: "limits", tag: "about", summary: "What a request may have, and a token", chinese: "限额",
		doc: "None of these numbers depends on what the rules say about an event. A large upload should send Expect: 100-continue, " +
			"so that a refusal comes before the body; without it a bounded rest of a refused body is read, and then the connection closes.",
		answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(LimitsAnswer{})},
		handle:  func(c *call) error { return c.json(a.limits()) },
	}}
}

func (a *Handler) limits() LimitsAnswer {
	seconds := func(d time.Duration) int { return int(d / time.Second) }
	roles := map[string]string{}
	for _, r := range event.Roles {
		roles[string(r)] = string(classOf(r))
	}
	return LimitsAnswer{
		Append: a.appendLimits, Evidence: a.cfg.EvidenceLimit, Sealed: sealing.MaxText, Page: maxPage, PageSize: maxPageBytes,
		List: projector.MaxLimit,
		Totals: Totals{Reads: a.reads.size, Counting: a.counting.size, Streams: a.streams.size,
			Downloads: a.downloads.size, Bodies: a.bodies.size,
			Exports: a.exports.size},
		Reserve: 0.25, Roles: roles, Quotas: a.cfg.Quotas,
		Times: Times{
			Header: seconds(headerTimeout), Stall: seconds(a.cfg.Stall), Progress: leastProgress, Transfer: seconds(longestTransfer),
			Read: seconds(readPatience), Counting: seconds(reportTime), Body: seconds(bodyPatience),
			Append: seconds(appendTimeout), Views: seconds(viewWait),
			Slowed: seconds(a.cfg.Slowdown),
			Linger: seconds(lingerTime), Drained: lingerBytes,
		},
	}
}

// countingMost is how many reports are counted at a time: as many as there are processors, since each takes memory, and no more than
// leave the report database places for lists and for numbers of answers.
func countingMost() int { return min(runtime.NumCPU(), reportdb.AtOnce/2) }

// makePools makes what is shared.
func (a *Handler) makePools() {
	a.reads = newPool("expensive-reads", a.cfg.MaxReads, readPatience, law.TooManyReads, func(q *Quota) int { return q.Reads })
	counting := countingMost()
	a.counting = newPool("counted-reports", counting, reportTime, law.TooManyReads, func(*Quota) int { return counting })
	a.streams = newPool("live-streams", a.cfg.MaxStreams, 0, law.TooManyReads, func(q *Quota) int { return q.Streams })
	a.downloads = newPool("downloads", a.cfg.MaxDownloads, readPatience, law.TooManyReads, func(q *Quota) int { return q.Downloads })
	a.bodies = newPool("large-bodies", a.cfg.MaxBodies, bodyPatience, law.Busy, func(q *Quota) int { return q.Bodies })
	a.exports = newPool("exports", exportsAtOnce, readPatience, law.TooManyReads, func(*Quota) int { return exportsOfToken })
	a.lingering = newPool("refused-bodies", lingerAtOnce, 0, law.Busy, func(*Quota) int { return lingerForEach })
	a.accounts = accounts{all: map[string]*account{}}
	a.appendLimits = a.cfg.Ledger.Limits()
	a.queue = queueShare{most: a.appendLimits.QueueBytes - a.appendLimits.QueueBytes/4}
	if a.cfg.EvidenceLimit == 0 {
		a.cfg.EvidenceLimit = evidence.DefaultLimit
	}
}

// callerOf is who shares what c asks for.
func (a *Handler) callerOf(c *call) caller {
	key, kind := shareKey(c), classOf(c.claims.Role)
	return caller{key: key, office: kind == classOffice, quota: a.cfg.Quotas.of(kind), account: a.accounts.of(key, time.Since(a.started))}
}
