package ledger

// peers is what the sequencer does because of the other nodes that write to its store: [alone]
// where it has the store for itself, [shared] where several nodes keep one ledger. It is called
// by the sequencer's goroutine only.
type peers interface {
	// look takes over what the others have written, unless a block is in flight, and has the
	// store's answers. The sequencer looks before it judges, and whenever it is woken.
	look()
	// overtaken takes over the block of another writer that has the number of this node's lost one.
	overtaken()
	// refuse answers p with a refusal, once it is sure that the state it was judged on was the
	// newest at some time since p came.
	refuse(p *pending, err error)
	// ask asks the store what is needed for the refusals that could not be answered.
	ask()
	// busy reports whether a request waits for the store's answer.
	busy() bool
	// durable is told of each block of this node, when no block is in flight any more.
	durable(b *batch)
	// yields reports whether the block that fills waits, because it is the others' turn.
	yields() bool
}

// alone is for a store that nobody else writes to.
type alone struct{ s *sequencer }

func (alone) look()        {}
func (alone) ask()         {}
func (alone) busy() bool   { return false }
func (alone) yields() bool { return false }

func (a alone) refuse(p *pending, err error) { a.s.l.answer(p, outcome{err: err}) }

// overtaken happens to a node that only believes that it is alone: the store's fence has told.
func (a alone) overtaken() { _ = a.s.l.catchUp(a.s.fold) } // an error has stopped appends

// durable seals what fills before the answers wake a crowd that would keep the committer from a core.
func (a alone) durable(*batch) {
	if a.s.filling != nil {
		a.s.seal()
	}
}
