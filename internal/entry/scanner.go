package entry

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
)

// scanner reads the fixed members of an entry. After a mismatch bad is set and stays set,
// so that callers check once at the end.
type scanner struct {
	b   []byte
	i   int
	bad bool
}

func (s *scanner) try(lit string) bool {
	if s.bad || len(s.b)-s.i < len(lit) || string(s.b[s.i:s.i+len(lit)]) != lit {
		return false
	}
	s.i += len(lit)
	return true
}

func (s *scanner) lit(lit string) {
	if !s.try(lit) {
		s.bad = true
	}
}

// uint reads a decimal without leading zeros.
func (s *scanner) uint() uint64 {
	j := s.i
	for j < len(s.b) && s.b[j] >= '0' && s.b[j] <= '9' {
		j++
	}
	n, err := strconv.ParseUint(string(s.b[s.i:j]), 10, 64)
	if err != nil || (s.b[s.i] == '0' && j > s.i+1) {
		s.bad = true
		return 0
	}
	s.i = j
	return n
}

// value reads up to the next quote; the alphabet is checked by Entry.Check.
func (s *scanner) value() []byte {
	if s.bad {
		return nil
	}
	n := bytes.IndexByte(s.b[s.i:], '"')
	if n <= 0 {
		s.bad = true
		return nil
	}
	v := s.b[s.i : s.i+n]
	s.i += n
	return v
}

// keep sets v to the text of b, which must be an id. What v has is one, so a text is looked at, and
// memory taken for it, only when it is another.
func keep[T ~string](s *scanner, v *T, b []byte) {
	if string(*v) != string(b) {
		*v = T(b)
		s.bad = s.bad || !event.ValidID(string(*v))
	}
}

// optional reads `"name":"value"` with the comma that separates it; v is empty if it is not there.
func optional[T ~string](s *scanner, name string, v *T) {
	start := s.i
	if s.bad || s.b[s.i-1] != '{' && !s.try(`,`) {
		*v = ""
		return
	}
	if !s.try(`"`) || !s.try(name) || !s.try(`":"`) {
		s.i, *v = start, ""
		return
	}
	keep(s, v, s.value())
	s.lit(`"`)
}

// recorded reads the fixed-width UTC time; only the canonical spelling round-trips.
func (s *scanner) recorded() time.Time {
	t, ok := parseRecorded(s.b[s.i:])
	if s.bad = s.bad || !ok; s.bad {
		return time.Time{}
	}
	s.i += len(RecordedLayout)
	return t
}

func (s *scanner) signature() []byte {
	v := s.value()
	sig, err := base64.RawURLEncoding.Strict().AppendDecode(nil, v)
	if err != nil || len(v) != base64.RawURLEncoding.EncodedLen(len(sig)) { // decoding passes over line ends
		s.bad = true
		return nil
	}
	return sig
}

// about reads the members of "about" and its closing brace.
func (s *scanner) about(a *event.About) {
	optional(s, "campaign", &a.Campaign)
	optional(s, "subject", &a.Subject)
	optional(s, "team", &a.Team)
	optional(s, "county", &a.County)
	before := a.Sectors
	a.Sectors = nil
	if s.try(`,"sectors":["`) || s.b[s.i-1] == '{' && s.try(`"sectors":["`) {
		a.Sectors = s.sectors(before)
	}
	s.lit(`}`)
	s.bad = s.bad || a.IsZero()
}

// sectors reads a list up to its closing bracket, and returns before when it is the same one.
func (s *scanner) sectors(before []string) []string {
	start := s.i
	for n := range before {
		if string(s.value()) != before[n] {
			break
		}
		if s.try(`","`) {
			continue
		}
		if n+1 == len(before) && s.try(`"]`) {
			return before
		}
		break
	}
	var list []string
	s.i = start
	for {
		list = append(list, string(s.value()))
		if !s.try(`","`) {
			break
		}
	}
	s.lit(`"]`)
	s.bad = s.bad || !sectorSet(list)
	return list
}

// actor reads the members of "actor", up to its closing brace.
func (s *scanner) actor(a *event.Actor) {
	optional(s, "person", &a.Person)
	optional(s, "role", &a.Role)
	optional(s, "team", &a.Team)
	optional(s, "county", &a.County)
	optional(s, "unit", &a.Unit)
	a.Token = 0
	if s.try(`,"token":`) {
		a.Token = s.uint()
		s.bad = s.bad || a.Token == 0
	}
}
