package client

import (
	"context"
	"iter"
	"maps"
	"net/url"
)

// Subject is one line of the list of subjects: what the token may see of it.
type Subject struct {
	Subject string `json:"subject"` // id of its stream
	Name    string `json:"name"`    // empty: nobody registered it
	Kind    string `json:"kind"`
	USCC    string `json:"uscc"`
	County  string `json:"county"`
}

// Subjects reads the list of subjects page after page; query has the filters of GET /v1/subjects. After an error, which is the last
// element, the loop is over.
func (c *Client) Subjects(ctx context.Context, query url.Values) iter.Seq2[Subject, error] {
	return func(yield func(Subject, error) bool) {
		q := url.Values{"limit": {"500"}}
		maps.Copy(q, query)
		for {
			var page struct {
				Subjects []Subject `json:"subjects"`
				Next     string    `json:"next"`
			}
			if err := c.call(ctx, get("/v1/subjects?"+q.Encode()), &page); err != nil {
				yield(Subject{}, err)
				return
			}
			for _, s := range page.Subjects {
				if !yield(s, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			q.Set("cursor", page.Next)
		}
	}
}

// SubjectsKnown returns how many subjects the token may see.
func (c *Client) SubjectsKnown(ctx context.Context) (int, error) {
	var page struct {
		Known int `json:"known"`
	}
	err := c.call(ctx, get("/v1/subjects?limit=1"), &page)
	return page.Known, err
}

// Me is what the ledger knows of the token.
type Me struct {
	Role   string `json:"role"`
	Person string `json:"person"`
	Team   string `json:"team"`
	County string `json:"county"`
	Unit   string `json:"unit"`
}

// Me asks whose the token is.
func (c *Client) Me(ctx context.Context) (m Me, err error) {
	return m, c.call(ctx, get("/v1/me"), &m)
}
