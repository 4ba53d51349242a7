package node

import (
	"context"
	"sync"

	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/sealing"
)

// openSealing puts what entries have erased out of reach, and begins to remove it, also what was erased
// while the node was down. A node that was started for reading removes nothing.
func (n *Node) openSealing(ctx context.Context, files evidence.Store) {
	n.Evidence = evidence.Watch(evidence.Guard(files, n.Sealing.Gone))
	n.Keeper = &sealing.Keeper{Origin: n.Ledger.Origin(), Files: n.Evidence, Master: n.cfg.Sealing}
	n.eraser = &sealing.Eraser{Ring: n.Sealing, Files: files}
	if n.cfg.ReadOnly {
		return
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { n.eraser.Run(life) })
	n.stop = func() { end(); running.Wait() }
}
