package mappings

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/importer"
)

// parseDay parses YYYY-MM-DD as midnight UTC.
func parseDay(column, s string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 {
		return time.Time{}, fmt.Errorf("%s: %q is no date YYYY-MM-DD from 1900 on", column, s)
	}
	return t, nil
}

// parseMinor parses a decimal amount with at most two decimals into minor units, exactly.
// A blank is 0 and not stated.
func parseMinor(column, s string) (amount int64, stated bool, err error) {
	if s == "" {
		return 0, false, nil
	}
	whole, decimals, _ := strings.Cut(s, ".")
	if whole == "" || len(decimals) > 2 || strings.HasSuffix(s, ".") || strings.Trim(whole+decimals, "0123456789") != "" {
		return 0, false, fmt.Errorf("%s: %q is no amount such as 1234.50", column, s)
	}
	amount, err = strconv.ParseInt(whole+(decimals + "00")[:2], 10, 64)
	if err != nil || amount > event.Amounts.Max {
		return 0, false, fmt.Errorf("%s: %q is too large", column, s)
	}
	return amount, true, nil
}

// parsePlace makes a place of two coordinates, or nil when they are not stated as numbers
// on the globe; the terms themselves are kept in the source map. Toronto and Chicago publish
// longitude and latitude of WGS-84.
func parsePlace(lat, lon string) *event.Place {
	y, err1 := strconv.ParseFloat(lat, 64)
	x, err2 := strconv.ParseFloat(lon, 64)
	p := &event.Place{Lat: y, Lon: x, Datum: "WGS-84"}
	if err1 != nil || err2 != nil || field.Check(p) != nil {
		return nil
	}
	return p
}

// noLevel is said of a finding that its source does not grade.
var noLevel = event.Unknown{"level"}

// unknownOfVisit says what of a visit the source leaves open: it is named, never filled in.
func unknownOfVisit(team, visitType string) event.Unknown {
	u := event.Unknown{"inspectors"}
	if team == "" {
		u = append(u, "team")
	}
	if visitType == "" {
		u = append(u, "visit_type")
	}
	return u
}

// unknownOfPlace says what of a subject's place the source does not know; no source has regions of
// this city.
func unknownOfPlace(address string, place *event.Place) event.Unknown {
	u := event.Unknown{"region"}
	if address == "" {
		u = append(u, "address")
	}
	if place == nil {
		u = append(u, "place")
	}
	return u
}

// oneLine makes the name of a thing of a field that spans lines; the field as it was written is
// kept in the source map.
var oneLine = strings.NewReplacer("\n", " ", "\t", " ").Replace

// checkLine wants a field to be one line of text of at most limit characters.
func checkLine(column, s string, limit int) error {
	return columnError(column, event.CheckLength(oneLine(s), false, limit))
}

// checkLines is checkLine for text of several lines.
func checkLines(column, s string, limit int) error {
	return columnError(column, event.CheckLength(s, true, limit))
}

func columnError(column string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", column, err)
	}
	return nil
}

// digest is the beginning of the SHA-256 of fields in order, as 2×n hexadecimal digits.
func digest(n int, fields ...string) string {
	h := sha256.New()
	for _, f := range fields {
		fmt.Fprintf(h, "%d:%s", len(f), f)
	}
	return hex.EncodeToString(h.Sum(nil)[:n])
}

// slug makes the readable part of an id: lower-case letters and digits joined by hyphens.
func slug(s string) string {
	parts := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	out := strings.Join(parts, "-")
	return strings.TrimSuffix(out[:min(len(out), 40)], "-")
}

// streamID joins a prefix and a source's own id to a stream id.
func streamID(prefix, column, id string) (string, error) {
	s := prefix + "-" + id
	if id == "" || !event.ValidID(s) {
		return "", fmt.Errorf("%s: %q can be no id: want 1 to %d characters of A-Z a-z 0-9 . _ -", column, id, event.MaxStreamID-len(prefix)-1)
	}
	return s, nil
}

// maxOrigin leaves room for the number of a thing within the record, in bytes.
const maxOrigin = entry.MaxOriginID - 32

// originOf returns what the source calls a record, as originid says it: its columns, with a slash
// between them. The first one must not be blank.
func originOf(r importer.Record, columns ...string) (string, error) {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = oneLine(r.Get(c))
	}
	s := strings.Join(parts, "/")
	if parts[0] == "" {
		return "", missing(columns[0])
	}
	if err := event.CheckText(s, false); err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(columns, ", "), err)
	}
	if len(s) > maxOrigin {
		return "", fmt.Errorf("%s: %d bytes, at most %d", strings.Join(columns, ", "), len(s), maxOrigin)
	}
	return s, nil
}

func missing(column string) error { return fmt.Errorf("%s: missing", column) }

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
