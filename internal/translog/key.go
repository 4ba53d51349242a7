package translog

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// Key signs checkpoints with Ed25519. Its file holds one line in the signer format of
// package note: PRIVATE+KEY+<origin>+<hash>+<base64>. It is safe for concurrent use.
type Key struct {
	signer   note.Signer
	verifier note.Verifier
	private  string
	public   string
}

// NewKey makes a key in memory. origin names the log for good, as a schema-less URL such
// as anjian.example/ledger, without spaces or plus signs.
func NewKey(origin string) (*Key, error) {
	private, _, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, err
	}
	return parseKey(private)
}

// originDigits is how many random hexadecimal digits end the origin of a ledger.
const originDigits = 8

// NewOrigin returns the origin of a new ledger: its chosen name, "/" and eight random hexadecimal
// digits. What is signed for one ledger then counts in no other of the same name.
func NewOrigin(name string) string {
	var b [originDigits / 2]byte
	_, _ = rand.Read(b[:]) // never fails
	return name + "/" + hex.EncodeToString(b[:])
}

// OriginName returns the chosen name in an origin; all of it when it has no digits behind it.
func OriginName(origin string) string {
	i := len(origin) - originDigits - 1
	if i < 1 || origin[i] != '/' {
		return origin
	}
	if _, err := hex.DecodeString(origin[i+1:]); err != nil {
		return origin
	}
	return origin[:i]
}

// parseKey reads a key in note's signer format and derives its public half.
func parseKey(private string) (*Key, error) {
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, fmt.Errorf("translog: key: %w", err)
	}
	// Neither name nor hash has a plus sign, the base64 after them may.
	fields := strings.SplitN(private, "+", 5)
	data, err := base64.StdEncoding.Strict().DecodeString(fields[len(fields)-1])
	if err != nil {
		return nil, fmt.Errorf("translog: key: %w", err)
	}
	seed := data[1:] // after the algorithm, which NewSigner has checked
	public, err := note.NewEd25519VerifierKey(signer.Name(), ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	if err != nil {
		return nil, fmt.Errorf("translog: key: %w", err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return nil, fmt.Errorf("translog: key: %w", err)
	}
	return &Key{signer, verifier, private, public}, nil
}

// LoadOrCreateKey reads the key file at path, or makes a key for origin and writes it,
// durably and with mode 0600, before it returns. It refuses a file that others may read
// and a key of another origin.
func LoadOrCreateKey(path, origin string) (*Key, error) {
	key, err := LoadKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = createKey(path, origin)
		if errors.Is(err, fs.ErrExist) { // somebody was faster
			key, err = LoadKey(path)
		}
	}
	if err != nil {
		return nil, err
	}
	if key.Origin() != origin {
		return nil, fmt.Errorf("translog: %s is the key of %q, not of %q", path, key.Origin(), origin)
	}
	return key, nil
}

// LoadKey reads the key file at path. It refuses a file that others may read. The error
// wraps fs.ErrNotExist when there is none.
func LoadKey(path string) (*Key, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("translog: %s has mode %v; a private key must be a file with mode 0600", path, info.Mode())
	}
	if info.Size() > maxKeyFile {
		return nil, fmt.Errorf("translog: %s is no key file: %d bytes", path, info.Size())
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, err
	}
	line, ok := strings.CutSuffix(string(data), "\n")
	if !ok || strings.Contains(line, "\n") {
		return nil, fmt.Errorf("translog: %s is no key file: want one line", path)
	}
	return parseKey(line)
}

const maxKeyFile = 4096

// createKey makes the file appear whole or not at all, and never replaces one.
func createKey(path, origin string) (*Key, error) {
	key, err := NewKey(origin)
	if err != nil {
		return nil, err
	}
	if err := durable.MkdirAll(filepath.Dir(path), durable.DirMode); err != nil {
		return nil, err
	}
	return key, durable.Create(path, []byte(key.private+"\n"), durable.FileMode)
}

// ErrNoSecret means that a key has only its public half.
var ErrNoSecret = errors.New("translog: the key has no secret half: it signs nothing")

// PublicKey is the public half of a key, in note's text form, as a key that signs nothing.
func PublicKey(vkey string) (*Key, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("translog: key: %w", err)
	}
	return &Key{verifier: verifier, public: vkey}, nil
}

// Origin returns the name of the log.
func (k *Key) Origin() string { return k.verifier.Name() }

// Verifier returns the public half.
func (k *Key) Verifier() note.Verifier { return k.verifier }

// VerifierKey returns the public half in note's text form, to be published:
// <origin>+<hash>+<base64>. note.NewVerifier reads it.
func (k *Key) VerifierKey() string { return k.public }

// Sign returns the signed checkpoint over a size and root, or [ErrNoSecret].
func (k *Key) Sign(size uint64, root tlog.Hash) ([]byte, error) {
	if k.signer == nil {
		return nil, ErrNoSecret
	}
	text := Checkpoint{Origin: k.Origin(), Size: size, Root: root}.Text()
	return note.Sign(&note.Note{Text: text}, k.signer)
}
