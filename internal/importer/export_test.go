package importer

import (
	"context"
	"strings"
	"time"
)

// Sleeping has c wait by sleep.
func (c *Client) Sleeping(sleep func(context.Context, time.Duration) error) { c.sleep = sleep }

// Patient has c try again for as long as d.
func (c *Client) Patient(d time.Duration) { c.patience = d }

// ReadText is [Read] of a text as the one file of m's first kind.
func ReadText(m Mapping, text string) (*Dataset, Summary, error) {
	a, err := newAuthor(m.Format)
	if err != nil {
		return nil, Summary{}, err
	}
	rep := newReport(nil)
	tab, err := readTable("f.csv", strings.NewReader(text), m.Kinds, rep)
	if err != nil {
		return nil, rep.summary(), err
	}
	return m.Map(a, [][]*Table{{tab}}, rep), rep.summary(), nil
}
