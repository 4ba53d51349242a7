package translog

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is what a signed checkpoint says. Its text has three lines (C2SP
// tlog-checkpoint):
//
//	anjian.example/ledger                          origin: the name of the signing key
//	1255                                           tree size, decimal
//	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   root hash, base64
//
// Extension lines are allowed by C2SP, but this ledger writes none and accepts none.
type Checkpoint struct {
	Origin string
	Size   uint64
	Root   tlog.Hash
	// Unknown counts signatures of keys the reader does not know, such as witnesses.
	Unknown int
}

// Text returns the text to be signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// ErrCheckpoint is wrapped by every error of [ParseCheckpoint] and [OpenCheckpoint].
var ErrCheckpoint = errors.New("invalid checkpoint")

// ParseCheckpoint parses the text of a checkpoint, without signatures. It accepts what
// [Checkpoint.Text] writes and nothing else.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		return Checkpoint{}, fmt.Errorf("%w: want three lines", ErrCheckpoint)
	}
	size, sizeErr := strconv.ParseUint(lines[1], 10, 63)
	root, rootErr := base64.StdEncoding.Strict().DecodeString(lines[2])
	if sizeErr != nil || rootErr != nil || len(root) != tlog.HashSize || lines[0] == "" || size > maxSize {
		return Checkpoint{}, fmt.Errorf("%w: malformed origin, size or root", ErrCheckpoint)
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: tlog.Hash(root)}
	if c.Text() != text {
		return Checkpoint{}, fmt.Errorf("%w: not in canonical form", ErrCheckpoint)
	}
	return c, nil
}

// OpenCheckpoint verifies a signed checkpoint: v's signature is there and valid, the
// origin is v's name, and no byte could be other than it is. Signatures by unknown keys
// are counted, not judged.
func OpenCheckpoint(msg []byte, v note.Verifier) (Checkpoint, error) {
	n, err := note.Open(msg, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %v", ErrCheckpoint, err)
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != v.Name() {
		return Checkpoint{}, fmt.Errorf("%w: origin %q, want %q", ErrCheckpoint, c.Origin, v.Name())
	}
	if err := checkSignatureLines(string(msg[len(n.Text)+1:]), len(n.Sigs)+len(n.UnverifiedSigs)); err != nil {
		return Checkpoint{}, err
	}
	c.Unknown = len(n.UnverifiedSigs)
	return c, nil
}

// checkSignatureLines refuses what note.Open passes over: repeated signatures, and base64
// whose unused last bits are not zero.
func checkSignatureLines(sigs string, opened int) error {
	if strings.Count(sigs, "\n") != opened {
		return fmt.Errorf("%w: repeated signature", ErrCheckpoint)
	}
	for line := range strings.Lines(sigs) {
		b64 := strings.TrimSuffix(line[strings.LastIndexByte(line, ' ')+1:], "\n")
		if _, err := base64.StdEncoding.Strict().DecodeString(b64); err != nil {
			return fmt.Errorf("%w: signature: %v", ErrCheckpoint, err)
		}
	}
	return nil
}
