package api

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/identity"
)

// Stored is the answer to a file that was put.
type Stored struct {
	SHA256  string `json:"sha256"`
	Size    int64  `json:"size" doc:"bytes"`
	Created bool   `json:"created" doc:"false: it was there already"`
}

func (a *Handler) evidenceRoutes(d *document) []*route {
	hash := []*huma.Param{pathParam("sha256", "64 lower-case hexadecimal digits")}
	file := map[string]*huma.Schema{mediaBytes: binary()}
	codes := []law.Code{law.NotFound, law.InvalidParameter, law.FileErased}
	return []*route{
		{method: "PUT", path: "/v1/evidence/{sha256}", id: "put-evidence", tag: "evidence", need: identity.WriteEvidence,
			summary: "Store a photo, scan or recording under its SHA-256", chinese: "上传证据",
			doc: "Streamed and verified: what does not have the hash is not kept. 200 instead of 201 when it was there already. " +
				"With Expect: 100-continue a refusal comes before the file is sent.",
			params: hash, body: file, status: 201, answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(Stored{})},
			codes: []law.Code{law.InvalidParameter, law.HashMismatch, law.FileTooLarge, law.UnreadableBody, law.TooSlow, law.OverQuota, law.Busy,
				law.ReadOnly, law.ReadOnlyStart, law.NoSpace, law.DiskFailure, law.FileErased}, handle: a.putEvidence},
		{method: "GET", path: "/v1/evidence/{sha256}", id: "get-evidence", tag: "evidence", need: identity.ReadEvidence,
			summary: "The bytes, if an entry that the caller may see names them or he uploaded them", chinese: "下载证据",
			doc:    "If-None-Match with the ETag, the quoted hash, is answered 304 without the bytes; Range with one range of bytes 206 with these.",
			params: hash, answers: file, ranges: true, codes: append(slices.Clone(codes), law.TooManyReads, law.RangeNotSatisfiable),
			handle: a.getEvidence},
		{method: "HEAD", path: "/v1/evidence/{sha256}", id: "head-evidence", tag: "evidence", need: identity.ReadEvidence,
			summary: "Whether the bytes are there", chinese: "证据是否存在", params: hash, answers: file, codes: codes,
			costly: true, handle: a.headEvidence}, // what is small is read whole and verified
	}
}

func (a *Handler) putEvidence(c *call) error {
	sum := c.path("sha256")
	if !event.ValidSHA256(sum) {
		return evidenceError(evidence.ErrInvalidHash)
	}
	limit := a.cfg.EvidenceLimit
	if c.r.ContentLength > limit {
		return fail(law.FileTooLarge, law.Int("size", c.r.ContentLength), law.Int("most_bytes", a.cfg.EvidenceLimit))
	}
	s, err := a.bodies.take(c.r.Context(), &c.who)
	if err != nil {
		return err
	}
	defer s.free()
	reckoned, allowance := c.r.ContentLength, c.who.quota.EvidenceBytes
	if reckoned < 0 { // it does not say
		reckoned = limit
	}
	if wait := c.who.evidence.spend(time.Since(a.started), reckoned, allowance); wait > 0 {
		return overQuota("upload-bytes", allowance, wait)
	}
	stored, err := a.keep(c, sum, limit, c.r.Body, c.r.Header.Get("Content-Type"))
	c.who.evidence.refund(reckoned-min(c.in.got, reckoned), allowance)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if stored.Created {
		status = http.StatusCreated
	}
	return c.jsonAs(status, stored)
}

// keep stores a file and has the ledger record that it came, before its sender is told.
func (a *Handler) keep(c *call, sum string, limit int64, r io.Reader, mediaType string) (Stored, error) {
	created, size, err := a.cfg.Evidence.Put(c.r.Context(), sum, limit, r)
	switch {
	case errors.Is(err, evidence.ErrTooLarge):
		return Stored{}, fail(law.FileTooLarge, law.Int("most_bytes", a.cfg.EvidenceLimit))
	case err != nil:
		return Stored{}, a.fileError(err, sum)
	}
	if err := a.cfg.Ledger.Received(c.r.Context(), &files.Received{SHA256: sum, Size: size, MediaType: plainType(mediaType)}); err != nil {
		return Stored{}, err
	}
	if sum, ok := hash(sum); ok {
		a.uploads.add(c, sum)
	}
	return Stored{SHA256: sum, Size: size, Created: created}, nil
}

// plainType is a media type as the ledger states it: without parameters, and nothing where it says nothing.
func plainType(header string) string {
	t, _, err := mime.ParseMediaType(header)
	if err != nil || t == mediaBytes || len(t) > maxMediaType {
		return ""
	}
	return t
}

// maxMediaType is the longest media type that the ledger states, in bytes.
const maxMediaType = 100

// fileError is evidenceError of a file that may have been erased, with the entry that did so.
func (a *Handler) fileError(err error, sum string) error {
	if !errors.Is(err, evidence.ErrErased) {
		return evidenceError(err)
	}
	var values []law.Value
	if at, ok := a.cfg.Sealing.Erased(sum); ok {
		values = append(values, law.Int("entry", at))
	}
	return fail(law.FileErased, values...)
}

// downloadPart is what a download sends between two looks at its token, in bytes.
const downloadPart = 64 << 10

// getEvidence sends the bytes, or a range of them, as a download of no particular type: nothing
// that was put here may run in a browser.
func (a *Handler) getEvidence(c *call) error {
	s, err := a.downloads.take(c.r.Context(), &c.who)
	if err != nil {
		return err
	}
	defer s.free()
	return a.openEvidence(c, func(r io.Reader) error {
		c.long(false)
		part := make([]byte, downloadPart)
		for {
			if _, err := a.authenticate(c.r); err != nil { // it may have been revoked meanwhile
				return err
			}
			n, err := r.Read(part)
			if _, err := c.Write(part[:n]); err != nil {
				return err
			}
			if err == io.EOF {
				return nil
			} else if err != nil {
				return err // damage found at the end cuts the transfer off
			}
		}
	})
}

func (a *Handler) headEvidence(c *call) error {
	return a.openEvidence(c, func(io.Reader) error { return nil })
}

func (a *Handler) openEvidence(c *call, send func(io.Reader) error) error {
	sum := c.path("sha256")
	if err := a.mayOpen(c, sum); err != nil {
		return err
	}
	r, size, err := a.cfg.Evidence.Open(c.r.Context(), sum)
	if err != nil {
		return a.fileError(err, sum)
	}
	defer r.Close()
	tag := `"` + sum + `"` // strong: these bytes and no others
	if c.unchanged(tag) {
		return nil
	}
	h := c.Header()
	h.Set("Accept-Ranges", "bytes")
	from, length, ranged, wrong := byteRange(c.r, tag, size)
	status, of := http.StatusOK, strconv.FormatInt(size, 10)
	switch {
	case wrong:
		h.Set("Content-Range", "bytes */"+of)
		return fail(law.RangeNotSatisfiable, law.Int("size", size))
	case ranged:
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%s", from, from+length-1, of))
		status = http.StatusPartialContent
	}
	h.Set("Content-Type", mediaBytes)
	h.Set("Content-Length", strconv.FormatInt(length, 10))
	h.Set("Content-Disposition", `attachment; filename="`+sum+`"`)
	c.WriteHeader(status)
	return send(&section{r, from, length})
}

// section reads a range of a file. Its last part comes when all of the file has been read, and its
// hash is right: who has received a range has received the right bytes.
type section struct {
	r          io.Reader
	skip, left int64 // bytes
}

// Read implements io.Reader.
func (s *section) Read(p []byte) (int, error) {
	if s.skip > 0 {
		n, err := io.CopyN(io.Discard, s.r, s.skip)
		if s.skip -= n; err != nil {
			return 0, err
		}
	}
	if s.left == 0 {
		return 0, io.EOF
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	if s.left -= int64(n); s.left > 0 || err != nil {
		return n, err
	}
	if _, err := io.Copy(io.Discard, s.r); err != nil {
		return 0, err
	}
	return n, io.EOF
}

// mayOpen answers for a file that the caller may not read as for one that is not there.
func (a *Handler) mayOpen(c *call, sha256 string) error {
	sum, ok := hash(sha256)
	if !ok {
		return evidenceError(evidence.ErrInvalidHash)
	}
	if err := a.ready(c); err != nil {
		return err
	}
	may, err := a.viewer(c).seesFile(sum)
	if err != nil {
		return err
	}
	if !may {
		return evidenceError(evidence.ErrNotFound)
	}
	return nil
}

// hash reads the SHA-256 of a file.
func hash(s string) (sum [32]byte, ok bool) {
	if !event.ValidSHA256(s) {
		return sum, false
	}
	_, err := hex.Decode(sum[:], []byte(s))
	return sum, err == nil
}

// evidenceError gives the errors of package evidence their codes.
func evidenceError(err error) error {
	for _, m := range [...]struct {
		err  error
		code law.Code
	}{
		{evidence.ErrMismatch, law.HashMismatch}, {evidence.ErrNoSpace, law.NoSpace}, {evidence.ErrNotFound, law.NotFound},
		{evidence.ErrReadOnly, law.ReadOnlyStart},
	} {
		if errors.Is(err, m.err) {
			return &fault{code: m.code, cause: err}
		}
	}
	if errors.Is(err, evidence.ErrInvalidHash) {
		return invalid("sha256", "sha256-hex")
	}
	var slow *fault
	if errors.As(err, &slow) || errors.Is(err, io.ErrUnexpectedEOF) {
		return bodyError(err)
	}
	return err
}
