package double

// An AppendFault is what goes wrong with one append.
type AppendFault int

// The append faults. "Hang" means that the server never answers: the client's deadline ends
// the call.
const (
	// Pass lets the append through.
	Pass AppendFault = iota
	// WrongRevision refuses the expected revision, whatever it is, and stores nothing.
	WrongRevision
	// LoseAndFail stores nothing and says that the server is unavailable.
	LoseAndFail
	// StoreAndFail stores the events and says that the server is unavailable.
	StoreAndFail
	// LoseAndHang stores nothing and never answers.
	LoseAndHang
	// StoreAndHang stores the events and never answers.
	StoreAndHang
	// StoreLate never answers, and stores the events at [Server.Settle] if their expected
	// revision is still right then, as a request delayed on its way would be.
	StoreLate
	// StoreAndAbort stores the events and reports a timeout within the server.
	StoreAndAbort
	// WrongAck stores the events and acknowledges another revision.
	WrongAck
)

// A ReadFault is what goes wrong with one read.
type ReadFault int

// The read faults.
const (
	// PassRead lets the read through.
	PassRead ReadFault = iota
	// FailRead says that the server is unavailable, after half of the events.
	FailRead
	// HangRead never ends the read, after half of the events.
	HangRead
	// Cut ends the read after half of the events as if there were no more.
	Cut
	// Strange sends a kind of message that the client does not know: it panics.
	Strange
	// BadTrailer reports a deleted stream without its name: the client panics.
	BadTrailer
)

// Next scripts the appends to come, after those scripted already.
func (s *Server) Next(faults ...AppendFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.appends = append(s.appends, faults...)
}

// NextRead scripts the reads to come, after those scripted already.
func (s *Server) NextRead(faults ...ReadFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads = append(s.reads, faults...)
}

// Pending is the number of scripted faults that have not happened: a test ends with 0.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.appends) + len(s.reads)
}

// Settle lets the appends arrive that StoreLate held back.
func (s *Server) Settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, store := range s.late {
		store()
	}
	s.late = nil
}

// take removes the first of a script; the zero value is no fault.
func take[F any](script *[]F) (fault F) {
	if len(*script) > 0 {
		fault, *script = (*script)[0], (*script)[1:]
	}
	return fault
}
