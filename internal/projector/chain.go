package projector

// link points to a position; 0 points nowhere. Positions stay below 2³²-1.
type link uint32

func linkTo(position uint64) link { return link(position + 1) }

func (l link) position() uint64 { return uint64(l) - 1 }

const chunkLen = 1 << 16

// chain links every position to an earlier one. Chunks never move, and what has been added
// never changes, so a copy of the chain made under the projector's lock may be walked
// without it.
type chain struct{ chunks []*[chunkLen]link }

// add appends the link of a position; positions are added in order from 0.
func (c *chain) add(position uint64, previous link) {
	if position%chunkLen == 0 {
		c.chunks = append(c.chunks, new([chunkLen]link))
	}
	c.chunks[position/chunkLen][position%chunkLen] = previous
}

// walk returns the positions below limit that are reached from last, ascending.
func (c chain) walk(last link, limit uint64) []uint64 {
	n := 0
	for l := last; l != 0; l = c.previous(l) {
		if l.position() < limit {
			n++
		}
	}
	out := make([]uint64, n)
	for l := last; n > 0; l = c.previous(l) {
		if l.position() < limit {
			n--
			out[n] = l.position()
		}
	}
	return out
}

func (c chain) previous(l link) link {
	return c.chunks[l.position()/chunkLen][l.position()%chunkLen]
}
