package client

import (
	"context"
	"net/url"
	"time"
)

// Duty is something that somebody owes and has not done.
type Duty struct {
	Stream    string    `json:"stream"`
	Kind      string    `json:"kind"`
	Owner     string    `json:"owner"`
	Rule      string    `json:"rule"`
	Event     string    `json:"event"` // id of the event since which it is owed
	Item      string    `json:"item"`
	Due       time.Time `json:"due"` // zero: nobody states a limit
	Overdue   bool      `json:"overdue"`
	Escalated bool      `json:"escalated"`
	HoldsUp   []string  `json:"holds_up"` // signing, closing
	Campaign  string    `json:"campaign"`
	Subject   string    `json:"subject"`
	Team      string    `json:"team"`
	County    string    `json:"county"`
	Hidden    bool      `json:"hidden"` // of a visit that is not disclosed
}

// Worklist is a page of what is open, by due time.
type Worklist struct {
	Position uint64    `json:"position"`
	Now      time.Time `json:"now"` // by which overdue is told
	Duties   []Duty    `json:"obligations"`
	Open     int       `json:"open"`    // all that the filters leave
	Overdue  int       `json:"overdue"` // of them
	Next     string    `json:"next"`    // cursor of the next page; empty after the last
}

// Worklist asks what is owed and open, as far as the token may know of it. query has the filters of GET /v1/obligations
// (owner, team, county, kind, stream, due_before), now, limit, and the cursor of the page before.
func (c *Client) Worklist(ctx context.Context, query url.Values) (w Worklist, err error) {
	return w, c.call(ctx, get("/v1/obligations?"+query.Encode()), &w)
}
