package engines

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/internal/datadir"
)

// Place is where a ledger's blocks are, as a URI:
//
//	embedded:DIR            store (and journal) of a data directory
//	journal:DIR             journal of a data directory
//	nats://HOST[,HOST…]     block stream on NATS servers, tls:// too
//	kurrentdb://…, esdb://… block stream in KurrentDB
type Place struct {
	uri    string
	Dir    datadir.Dir // of embedded and journal; empty: servers
	driver driver      // nil: a journal
}

// journalScheme is the scheme of an archive.
const journalScheme = "journal"

// Place finds the place that a URI names.
func (s *Settings) Place(uri string) (Place, error) {
	scheme, rest, _ := strings.Cut(uri, ":")
	scheme = strings.ToLower(scheme)
	p := Place{uri: uri}
	i := slices.IndexFunc(s.drivers, func(d driver) bool { return slices.Contains(d.schemes(), scheme) })
	if i < 0 && scheme != journalScheme { // the text may hold a password: it is not repeated
		var forms []string
		for _, d := range s.drivers {
			forms = append(forms, d.form())
		}
		forms = slices.Insert(forms, 1, journalScheme+":DIR") // beside the other directory
		return p, fmt.Errorf("scheme %q: want %s", scheme, strings.Join(forms, ", "))
	}
	if i >= 0 {
		p.driver = s.drivers[i]
	}
	if _, local := p.driver.(*embeddedDriver); local || p.driver == nil {
		if p.Dir = datadir.Dir(rest); rest == "" {
			return p, fmt.Errorf("%s: names no data directory", uri)
		}
	}
	return p, nil
}

// Local reports whether the place is a data directory.
func (p Place) Local() bool { return p.Dir != "" }

// Whole reports whether the place is a data directory with a store, which has a journal too.
func (p Place) Whole() bool { return p.Local() && p.driver != nil }

// Public is the URI without credentials, as it is recorded and shown.
func (p Place) Public() string {
	if p.Local() {
		return p.uri
	}
	return p.driver.public(p.uri)
}

// Open opens the place: as a target, blocks will be appended, and an empty place is made. A data
// directory is locked, except for reading its journal, which may go on beside a server.
func (p Place) Open(ctx context.Context, origin string, target bool, log *slog.Logger) (*Opened, error) {
	var e Engine = journalEngine{p.Dir}
	var err error
	if p.driver != nil {
		e, err = p.driver.at(p.uri, log)
	}
	var o *Opened
	if err == nil {
		o, err = e.Open(ctx, Opening{Origin: origin, Create: target, MustExist: !target})
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Public(), err)
	}
	if !target {
		o.Target = nil
	}
	return o, nil
}

// cutQuery cuts the query off a URI; one that may hold a part of a password is cut off for good.
func cutQuery(uri string) (head, query string, found bool) {
	head, query, found = strings.Cut(uri, "?")
	if strings.Contains(query, "@") { // of a password, perhaps
		return uri, "", false
	}
	return head, query, found
}

func joinQuery(head, query string, found bool) string {
	if found {
		return head + "?" + query
	}
	return head
}

// withoutUser leaves out what stands before the last @ of an address.
func withoutUser(address string) string {
	before, _, scheme := strings.Cut(address, "://")
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address
	}
	if address = address[at+1:]; scheme {
		return before + "://" + address
	}
	return address
}
