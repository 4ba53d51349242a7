// Package sealingkey has the events about the keys for which texts are encrypted (pillar 8). The public
// half stands in the ledger, so that a device can encrypt; the secret half never does. It lies, wrapped by
// a master key, beside the evidence, and is destroyed with the key.
package sealingkey

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/token"
)

// Published states the public half of a key. It begins the stream that is named by the key's id.
type Published struct {
	PublicKey string         `json:"public_key" is:"text(200)" zh:"公钥" doc:"P-256, SubjectPublicKeyInfo in DER, base64url"`
	Roles     []event.Role   `json:"roles" is:"code(role)" many:"1…8 distinct" zh:"可拆封角色" doc:"who may open what is sealed for the key"`
	Matter    string         `json:"matter,omitempty" is:"id" zh:"事项" doc:"of which it is the key: used only where it is named"`
	Wrapped   string         `json:"wrapped" is:"sha256" zh:"私钥文件哈希" doc:"of the file with the wrapped secret half"`
	AskedBy   *token.Process `json:"asked_by" zh:"申请人" doc:"who had the ledger make it, at the machine itself"`
}

// Destroyed ends a key. What was sealed for it is lost for everybody, on every node.
type Destroyed struct {
	Ground string `json:"ground" is:"code(erasure-ground)" zh:"理由" doc:"why"`
}

// Kind declares sealing keys and their events.
var Kind = stream.Of(stream.Kind{
	Name: event.SealingKey, Chinese: "密封密钥", Doc: "a key for which texts are sealed: its publication and its destruction",
	Access:  stream.Open(stream.Everybody), // public halves are no secret
	Fixed:   true,
	Untimed: true, // a key is no fact of the field
}, stream.Rules[*State]{},
	stream.First((*Published).Judge, event.Type{Name: "sealing-key-published", Version: 1, Chinese: "密封公钥公布",
		Rules: []law.Rule{law.Pillar8}, Append: []event.Role{event.RoleLedger},
		Doc: "A key for which texts can be sealed. The stream is `sealing-key/` and the id of the key: the SHA-256 of the DER, base64url."}),
	stream.Then((*Destroyed).Judge, event.Type{Name: "key-destroyed", Version: 1, Chinese: "密封密钥销毁",
		Rules: []law.Rule{law.Pillar8}, Append: []event.Role{event.RoleSupervisionOffice, event.RoleDisciplineCommission},
		Doc: "The secret half of a sealing key was destroyed by a role that may open with it: what was sealed for it opens no more. " +
			"Every node removes its file. Backups do not know of it: see [docs/sealed.md](docs/sealed.md)."}),
)
