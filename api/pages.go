package api

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/anjian-ledger/anjian/domain/law"
)

// pages are the files of the embedded viewer, served as every other answer is: its library would
// send tags and codings of its own.
type pages struct {
	from  http.Handler
	files sync.Map // path to *file; the library has a fixed set of them
}

// file is what a handler answered, kept.
type file struct {
	header http.Header
	status int
	bytes.Buffer
}

func (f *file) Header() http.Header    { return f.header }
func (f *file) WriteHeader(status int) { f.status = status }

func (p *pages) show(c *call) error {
	kept, ok := p.files.Load(c.r.URL.Path)
	if !ok {
		f := &file{header: http.Header{}, status: http.StatusOK}
		plain := c.r.Clone(c.r.Context())
		plain.Method, plain.Header = http.MethodGet, http.Header{}
		if p.from.ServeHTTP(f, plain); f.status != http.StatusOK {
			return fail(law.NotFound, law.Str("name", c.r.URL.Path))
		}
		kept, _ = p.files.LoadOrStore(c.r.URL.Path, f)
	}
	f := kept.(*file)
	c.Header().Set("Content-Security-Policy", viewerCSP)
	c.body(f.header.Get("Content-Type"), f.Bytes())
	return nil
}
