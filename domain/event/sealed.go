package event

import "unicode/utf8"

// MaxSealed is the largest file of a sealed text, in bytes: 64 KiB.
const MaxSealed = 64 << 10

// minSealed is the smallest: a point of P-256, 32 random bytes and a character, encrypted, and a tag.
const minSealed = 65 + 32 + 1 + 16

// Sealed names a text that must be able to disappear (pillar 8). The text is encrypted for the
// holders of a sealing key, and the file is evidence: the event has its hash, and nothing of it enters
// the ledger. Package sealing says how it is encrypted, and for which place in which event.
//
// The member that has this type says in its tag opens which roles may open it: a key that other roles
// may use is refused there.
type Sealed struct {
	SHA256 string `json:"sha256" is:"sha256" zh:"密文哈希" doc:"of the encrypted file, which is sent by PUT /v1/evidence"`
	Size   int64  `json:"size" is:"sealed" zh:"密文大小" doc:"of the encrypted file"`
	To     string `json:"to" is:"hash" zh:"加密公钥" doc:"id of the sealing key that it is encrypted for"`
	Commit string `json:"commit" is:"sha256" zh:"原文承诺" doc:"SHA-256 of what was encrypted: 32 random bytes, then the text in UTF-8"`
}

// SealedText reports whether s may be sealed: some UTF-8.
func SealedText(s string) bool { return s != "" && utf8.ValidString(s) }
