package projector

import (
	"encoding/hex"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/person"
)

// files knows which entries name a file, by its SHA-256.
type files struct {
	last map[[32]byte]link // place in all, plus one, of the newest entry that names the file
	all  []naming
}

type naming struct {
	at     uint32
	before link // place in all, plus one, of the one before
}

func newFiles() files { return files{last: map[[32]byte]link{}} }

// file notes the files that an entry names.
func (p *Projector) file(e *event.Event) {
	eachFile(e.Data, func(sha256 string) {
		var sum [32]byte
		if len(sha256) != 2*len(sum) {
			return
		}
		if _, err := hex.Decode(sum[:], []byte(sha256)); err != nil {
			return
		}
		p.evidence.all = append(p.evidence.all, naming{uint32(e.Index), p.evidence.last[sum]})
		p.evidence.last[sum] = link(len(p.evidence.all))
	})
}

// Naming returns the indexes of the entries that name a file, newest first.
func (p *Projector) Naming(sum [32]byte) []uint64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var out []uint64
	for l := p.evidence.last[sum]; l != 0; {
		n := p.evidence.all[l-1]
		out = append(out, uint64(n.at))
		l = n.before
	}
	return out
}

// eachFile calls fn with the SHA-256 of every file that a body names.
func eachFile(d event.Data, fn func(sha256 string)) {
	list := func(files []event.Evidence) {
		for i := range files {
			fn(files[i].SHA256)
		}
	}
	switch d := d.(type) {
	case *inspection.Attempted:
		list(d.Evidence)
	case *inspection.NoticePosted:
		fn(d.Photo.SHA256)
	case *inspection.FindingRecorded:
		list(d.Evidence)
	case *inspection.FactCorrected:
		if d.Finding != nil {
			list(d.Finding.Evidence)
		}
	case *inspection.EvidenceAttached:
		list(d.Evidence)
	case *inspection.FixedOnSite:
		if d.Photo != nil {
			fn(d.Photo.SHA256)
		}
	case *inspection.RecordSigned:
		fn(d.DocumentHash)
	case *inspection.SignatureRefused:
		fn(d.DocumentHash)
	case *inspection.CopyDelivered:
		fn(d.DocumentHash)
	case *campaign.PlanPublished:
		fn(d.DocumentHash)
	case *person.RulesAcknowledged:
		fn(d.DocumentHash)
	}
}
