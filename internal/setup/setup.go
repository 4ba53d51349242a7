// Package setup publishes a profile in a ledger, over its HTTP API and as anybody of the office could: what is there
// already is left alone, so that a second run appends nothing.
package setup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/profile"
	"github.com/anjian-ledger/anjian/projections"
)

// Config says what is published where.
type Config struct {
	Client  *client.Client // with a token of the office
	Profile *profile.Profile
	DryRun  bool         // ask what would be answered, and append nothing
	Tell    func(Result) // what became of a file; in the order of the profile
}

// Result is what became of one file.
type Result struct {
	File    string `json:"file"`
	Table   string `json:"table"`
	Name    string `json:"name"` // in Chinese
	Rows    int    `json:"rows"`
	Version uint64 `json:"version,omitempty"` // position of the entry that put it in force; 0 in a dry run of what is new
	New     bool   `json:"new"`               // it was, or would be, published now
}

// Summary counts files.
type Summary struct {
	Published int `json:"published"` // in a dry run: would be
	Unchanged int `json:"unchanged"`
}

// source is the CloudEvents source of what is published.
const source = "urn:anjian:setup"

// Run publishes what differs from what is in force, each file as one append. It stops at the first that the ledger
// refuses: the error names file and line.
func Run(ctx context.Context, c Config) (sum Summary, err error) {
	var fresh []*job
	for _, f := range c.Profile.Files {
		version, same, err := inForce(ctx, c.Client, f)
		if err != nil {
			return sum, err
		}
		j := &job{file: f}
		switch {
		case same:
			sum.Unchanged++
			c.Tell(j.result(version, false))
			continue
		case c.DryRun:
			fresh = append(fresh, j)
			continue
		}
		if err := j.publish(ctx, c.Client); err != nil {
			return sum, err
		}
		sum.Published++
		c.Tell(j.result(j.version, true))
	}
	if err := foretell(ctx, c.Client, fresh); err != nil {
		return sum, err
	}
	for _, j := range fresh {
		sum.Published++
		c.Tell(j.result(0, true))
	}
	return sum, nil
}

// inForce reports whether what a file states is in force already, and since which entry.
func inForce(ctx context.Context, c *client.Client, f *profile.File) (version uint64, same bool, err error) {
	if f.Plan != nil {
		return planInForce(ctx, c, f.Plan)
	}
	var v projections.TableView
	if err := c.Read(ctx, "/v1/tables/"+f.Stream().ID, &v); err != nil {
		return 0, false, fmt.Errorf("setup: the table %s cannot be read: %w", f.Stream().ID, err)
	}
	if f.Rules != nil {
		for _, d := range v.Discipline {
			if d.Content.Version == f.Rules.Version {
				return d.Index, *d.Content == *f.Rules, nil // another text under the same version is refused
			}
		}
		return 0, false, nil
	}
	for _, ed := range v.Editions {
		if !v.BuiltIn && alike(ed.Content, f.Table) {
			return ed.Version, true, nil
		}
	}
	return 0, false, nil
}

// planInForce is [inForce] of a plan.
func planInForce(ctx context.Context, c *client.Client, p *profile.Plan) (version uint64, same bool, err error) {
	var e struct {
		Index uint64 `json:"index"`
		Event struct {
			Data campaign.PlanPublished `json:"data"`
		} `json:"event"`
	}
	err = c.Read(ctx, "/v1/campaigns/"+p.Campaign+"/plan", &e)
	if none, ok := errors.AsType[*client.Problem](err); ok && none.Code == law.NotFound {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("setup: the plan of %s cannot be read: %w", p.Campaign, err)
	}
	return e.Index, alike(&e.Event.Data, &p.PlanPublished), nil
}

// alike reports whether two publications state the same; a list that is left out is an empty one.
func alike[T any](a, b *T) bool {
	x, err1 := json.Marshal(a, json.Deterministic(true))
	y, err2 := json.Marshal(b, json.Deterministic(true))
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// job is a file that is to be published.
type job struct {
	file    *profile.File
	bodies  []profile.Body
	events  [][]byte
	version uint64
}

func (j *job) result(version uint64, isNew bool) Result {
	r := Result{File: j.file.Name, Table: j.file.Stream().ID, Name: "纪律要求", Rows: 1, Version: version, New: isNew}
	if j.file.Plan != nil {
		r.Name = "工作方案"
	}
	if t := j.file.Table; t != nil {
		c, _ := codes.TableOf("code-table").Of(t.Table)
		r.Name, r.Rows = c.Chinese, t.Rows()
	}
	return r
}

// author writes the events of a file.
func (j *job) author() error {
	typ := domain.Catalogue().Newest(j.file.Type())
	j.bodies = j.file.Bodies()
	for i := range j.bodies {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		raw, err := entry.Author(&event.Event{ID: id, Type: typ, Stream: j.file.Stream(), Source: source, Occurred: time.Now().UTC(),
			ExpectedRevision: event.AnyRevision, Data: j.bodies[i].Data})
		if err != nil {
			return fmt.Errorf("setup: %s: %w", j.file.Name, err)
		}
		j.events = append(j.events, raw)
	}
	return nil
}

func (j *job) publish(ctx context.Context, c *client.Client) error {
	if err := j.author(); err != nil {
		return err
	}
	receipts, err := c.AppendBatch(ctx, j.events)
	if err != nil {
		return told(err, []*job{j})
	}
	j.version = receipts[len(receipts)-1].Index
	return nil
}

// Most of one append; see GET /v1/limits.
const (
	mostEvents = 100
	mostBytes  = 250_000
)

// foretell asks what would be answered to all files at once: each is judged on top of those before it. What does not fit
// into one append is not asked: that its files agree with each other, the profile has been checked for.
func foretell(ctx context.Context, c *client.Client, all []*job) error {
	var events [][]byte
	size := 2
	for i, j := range all {
		if err := j.author(); err != nil {
			return err
		}
		for _, e := range j.events {
			size += len(e) + 1
		}
		if size > mostBytes || len(events)+len(j.events) > mostEvents {
			all = all[:i]
			break
		}
		events = append(events, j.events...)
	}
	if len(events) == 0 {
		return nil
	}
	_, err := c.DryRun(ctx, events)
	return told(err, all)
}

// told gives what the ledger refuses its file and line.
func told(err error, all []*job) error {
	p, ok := errors.AsType[*client.Problem](err)
	if !ok || p.Rule == "" {
		return err
	}
	said := p.Faults
	if len(said) == 0 {
		first := 0
		if p.Item != nil {
			first = *p.Item
		}
		said = []client.EventFault{{Item: first, Explanation: p.Explanation}}
	}
	var faults []error
	for i := range said {
		if j, n := find(all, said[i].Item); j != nil {
			faults = append(faults, j.file.Refused(&j.bodies[n], said[i].Code, said[i].Values))
		}
	}
	return errors.Join(append(faults, err)...)
}

// find returns the file and body of an event of an append.
func find(all []*job, item int) (*job, int) {
	for _, j := range all {
		if item < len(j.events) {
			return j, item
		}
		item -= len(j.events)
	}
	return nil, 0
}
