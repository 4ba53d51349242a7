// Package files has what the ledger says of pieces of evidence: that the bytes are there, and that a
// sealed text was erased. Each file has a stream of its own, named by the SHA-256 of its bytes.
package files

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Received states that the bytes of a file are stored. The hash is the id of the stream.
type Received struct {
	SHA256    string `json:"sha256" is:"sha256" zh:"文件哈希" doc:"of the bytes"`
	Size      int64  `json:"size" is:"filed" zh:"文件大小" doc:"of the file"`
	MediaType string `json:"media_type,omitempty" is:"text(100)" zh:"媒体类型" doc:"as the sender named it"`
}

// Erased states that a sealed text was erased: its file is removed on every node and taken no more.
type Erased struct {
	SHA256 string `json:"sha256" is:"sha256" zh:"文件哈希" doc:"of the encrypted file"`
	Ground string `json:"ground" is:"code(erasure-ground)" zh:"理由" doc:"why"`
}

// Kind declares the streams of files and their events.
var Kind = stream.Bare(stream.Kind{
	Name: event.File, Chinese: "证据文件", Doc: "one piece of evidence: that its bytes came, and that it was erased",
	Access:  stream.Open(stream.Everybody),
	Fixed:   true, // the bytes came, or were erased
	Untimed: true, // the ledger has one clock, and no device
},
	stream.Alone((*Received).Judge, event.Type{Name: "evidence-received", Version: 1, Chinese: "证据已收到",
		Rules: []law.Rule{law.R19, law.R72, law.Pillar8}, Append: []event.Role{event.RoleLedger},
		Doc: "The ledger has all bytes of a file, named by an event already or not. The stream is `evidence/` and the hash."}),
	stream.Alone((*Erased).Judge, event.Type{Name: "evidence-erased", Version: 1, Chinese: "证据已删除",
		Rules: []law.Rule{law.Pillar8}, Append: []event.Role{event.RoleSupervisionOffice, event.RoleDisciplineCommission},
		Doc: "A sealed text was erased by a role that may open it. Photos and scans prove the record and are never erased. " +
			"Every node removes the file. Backups do not know of it: see [docs/sealed.md](docs/sealed.md)."}),
)
