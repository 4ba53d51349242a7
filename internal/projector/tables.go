package projector

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/anjian-ledger/anjian/projections"
)

// Tables answers for all code tables of the city, which are open to everybody.
func (p *Projector) Tables(ctx context.Context, q Query) (projections.TableList, error) {
	list := projections.TableList{Tables: []projections.TableLine{}}
	ask, err := p.openly(q)
	if err != nil {
		return list, err
	}
	for _, name := range projections.TableNames() {
		fold, err := p.table(ctx, name, ask.at)
		if err != nil {
			return list, err
		}
		list.Tables = append(list.Tables, fold.View().TableLine)
	}
	list.Head, err = p.head(&ask)
	return list, err
}

// Table answers for one code table of the city.
func (p *Projector) Table(ctx context.Context, name string, q Query) (projections.TableView, error) {
	if !slices.Contains(projections.TableNames(), name) {
		return projections.TableView{}, fmt.Errorf("table %q: %w", name, ErrNotFound)
	}
	ask, err := p.openly(q)
	if err != nil {
		return projections.TableView{}, err
	}
	fold, err := p.table(ctx, name, ask.at)
	if err != nil {
		return projections.TableView{}, err
	}
	v := fold.View()
	v.Head, err = p.head(&ask)
	return v, err
}

func (p *Projector) openly(q Query) (question, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.askAnyTime(q)
}

// tableCache has the newest fold of each table: visits ask for them, and they change a few times a year.
type tableCache struct {
	mu   sync.Mutex
	fold map[string]folded
}

// folded is a table as of its last entry. Nobody changes the fold.
type folded struct {
	last link
	fold *projections.TableFold
}

// table folds the entries of a table below limit. The caller must not change the fold.
func (p *Projector) table(ctx context.Context, name string, limit uint64) (*projections.TableFold, error) {
	p.mu.RLock()
	last := p.tables[name]
	positions := p.byStream.walk(last, limit)
	p.mu.RUnlock()
	newest := last == 0 || last.position() < limit
	c := &p.cache
	c.mu.Lock()
	have := c.fold[name]
	c.mu.Unlock()
	if newest && have.fold != nil && have.last == last {
		return have.fold, nil
	}
	fold := projections.NewTableFold(name)
	if err := p.read(ctx, positions, fold.Apply); err != nil {
		return nil, err
	}
	if newest {
		c.mu.Lock()
		c.fold[name] = folded{last, fold}
		c.mu.Unlock()
	}
	return fold, nil
}
