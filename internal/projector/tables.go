package projector

import (
	"context"
	"fmt"
	"slices"

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

// table folds the entries of a table below limit.
func (p *Projector) table(ctx context.Context, name string, limit uint64) (*projections.TableFold, error) {
	p.mu.RLock()
	positions := p.byStream.walk(p.tables[name], limit)
	p.mu.RUnlock()
	fold := projections.NewTableFold(name)
	return fold, p.read(ctx, positions, fold.Apply)
}
