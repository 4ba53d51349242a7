package domain

import (
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// evidenceFiles are the streams of single pieces of evidence, and the visits that wait for their bytes.
type evidenceFiles struct {
	*plain
	of *table[string, file] // by SHA-256
	// come, from the top and of what is durable, says when the bytes of a file came, or it was erased.
	come, comeDurably inspection.Received
}

// file is one piece of evidence: no more than must be kept, as there are many.
type file struct {
	revision int64    // -1: some visits wait for it
	ended    int64    // when its bytes came, or it was erased, microseconds since 1970; 0: neither
	waiting  []string // visits; replaced, never changed
	erased   bool
}

func newEvidenceFiles(s *State, c common) kind {
	k := &evidenceFiles{plain: plainOf(s, c), of: newTable[string, file](s)}
	at := func(get func(string) (file, bool)) inspection.Received {
		return func(sha256 string) *time.Time {
			f, _ := get(sha256)
			if f.ended == 0 {
				return nil
			}
			at := time.UnixMicro(f.ended).UTC()
			return &at
		}
	}
	k.come, k.comeDurably = at(k.of.get), at(k.of.durable)
	s.files = k
	return k
}

// about: that a file is there is about nothing.
func (*evidenceFiles) about(*event.Event) event.About { return event.About{} }

func (k *evidenceFiles) revision(of event.Stream) int64 {
	if f, known := k.of.get(of.ID); known {
		return f.revision
	}
	return -1
}

func (k *evidenceFiles) decide(e *event.Event, p *campaign.Policy) ([]event.Deviation, error) {
	if d, ok := e.Data.(*files.Erased); ok && !k.s.sealingKeys.may(d.SHA256, e.Actor.Role) {
		return nil, files.NotSealed(d.SHA256, e.Actor.Role)
	}
	if f, _ := k.of.get(e.Stream.ID); f.erased {
		return nil, files.Already()
	}
	return k.plain.decide(e, p)
}

// fold also tells the visits that wait for the bytes.
func (k *evidenceFiles) fold(e *event.Event) {
	f, known := k.of.get(e.Stream.ID)
	if !known {
		f.revision = -1
	}
	f.revision++
	_, erases := e.Data.(*files.Erased)
	f.erased = f.erased || erases
	if f.ended == 0 {
		f.ended = e.Recorded.UnixMicro()
	}
	waiting := f.waiting
	f.waiting = nil
	k.of.set(e.Stream.ID, f)
	for _, visit := range waiting {
		k.s.inspections.moved.move(visit)
	}
}

// awaits keeps that a visit waits for the bytes of what its facts name, where its plan asks for them.
func (k *evidenceFiles) awaits(visit string, st *inspection.State) {
	if st == nil {
		return
	}
	first, happened := st.First()
	if k.s.planOf(st.Campaign(), first, happened).Policy.EvidenceHours == nil {
		return
	}
	st.Named(func(sha256 string) {
		f, known := k.of.get(sha256)
		if f.ended != 0 || slices.Contains(f.waiting, visit) {
			return
		}
		if !known {
			f.revision, sha256 = -1, strings.Clone(sha256)
		}
		f.waiting = append(slices.Clip(f.waiting), visit)
		k.of.set(sha256, f)
	})
}

// received says which bytes of evidence are there.
func (s *State) received(from vantage) inspection.Received {
	if from.durable {
		return s.files.comeDurably
	}
	return s.files.come
}
