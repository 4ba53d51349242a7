package client

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
)

// Problem is an answer of the server that is no success (RFC 9457). Decide by Code, show Detail.
type Problem struct {
	Explanation
	Event      string        `json:"event"`    // id of the event that it is about, where it is about one
	Item       *int          `json:"item"`     // of a batch: the position of that event, from 0
	Faults     []EventFault  `json:"faults"`   // of a batch: every event that is refused
	Unjudged   int           `json:"unjudged"` // of a batch: events that build on refused ones
	Instance   string        `json:"instance"` // with the request's id, for the operator
	RetryAfter time.Duration `json:"-"`        // what the server asks for; 0 when it does not
}

// Explanation is what is said of a fault.
type Explanation struct {
	Title  string       `json:"title"`
	Status int          `json:"status"` // of HTTP
	Detail string       `json:"detail"` // for people, in the language that the client asks for
	Code   law.Code     `json:"code"`   // stable; empty when the answer came from something that is no ledger
	Rule   string       `json:"rule"`   // that refused: R43, pillar 1 …
	Values law.Values   `json:"values"` // what was compared
	Fields []FieldFault `json:"fields"` // of an event whose form is wrong: each member that is
	Open   []OpenItem   `json:"open"`   // of a gate: all that it waits for
	Remedy string       `json:"remedy"` // what to do, for people
}

// EventFault is what is wrong with one event of a batch.
type EventFault struct {
	Item  int    `json:"item"` // position in the batch, from 0
	Event string `json:"event"`
	Explanation
}

// FieldFault is what is wrong with one member of an event.
type FieldFault struct {
	Field  string     `json:"field"` // its path: subject, data.region; empty: the event as a whole
	Fault  law.Fault  `json:"fault"`
	Values law.Values `json:"values"`
	Detail string     `json:"detail"`
}

// OpenItem is one thing that a gate waits for.
type OpenItem struct {
	Code   law.Code   `json:"code"`
	Rules  []string   `json:"rules"`
	Values law.Values `json:"values"`
	Detail string     `json:"detail"`
	Remedy string     `json:"remedy"`
}

// Error says status, code, what is wrong and what to do.
func (p *Problem) Error() string {
	text := strconv.Itoa(p.Status) + " " + http.StatusText(p.Status)
	if p.Code != "" {
		text += ", " + string(p.Code)
	}
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	if p.Remedy != "" {
		text += "; " + p.Remedy
	}
	return text
}

// Passing reports whether the same request may be answered otherwise later: the server is busy, away
// or not able to tell the outcome. A full ledger stays full, and a node without report database gets none by waiting.
func (p *Problem) Passing() bool {
	passes := p.Status == http.StatusTooManyRequests || p.Status >= http.StatusInternalServerError
	return passes && p.Code != law.Full && p.Code != law.NoReports
}

// maxQuoted is how much is quoted of an answer that is no problem, in bytes.
const maxQuoted = 300

// problemOf reads an answer that is no success, and closes it.
func problemOf(res *http.Response) *Problem {
	defer res.Body.Close()
	p := &Problem{}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil || json.Unmarshal(body, p) != nil {
		p = &Problem{Explanation: Explanation{Detail: string(body[:min(len(body), maxQuoted)])}}
	}
	if p.Status = res.StatusCode; p.Detail == "" {
		p.Detail = p.Title
	}
	p.RetryAfter = retryAfter(res.Header.Get("Retry-After"))
	return p
}
