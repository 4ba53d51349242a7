package entry

import (
	"bytes"
	"encoding/base64"
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
	n, rest, ok := cutUint(s.b[s.i:])
	s.bad = s.bad || !ok
	s.i = len(s.b) - len(rest)
	return n
}

// value reads up to the next end; the alphabet is for the caller to check.
func (s *scanner) value(end byte) []byte {
	if s.bad {
		return nil
	}
	n := bytes.IndexByte(s.b[s.i:], end)
	if n <= 0 {
		s.bad = true
		return nil
	}
	v := s.b[s.i : s.i+n]
	s.i += n
	return v
}

// readID reads a text, which must be an id, and the end behind it, which no id has. What v has is an id,
// so a text is looked at, and memory taken for it, only when it is another.
func readID[T ~string](s *scanner, v *T, end string) {
	if b := s.value(end[0]); string(b) != string(*v) {
		*v = T(b)
		s.bad = s.bad || !event.ValidID(string(*v))
	}
	s.lit(end)
}

// optional reads a member that opens with `"name":"`, with the comma that separates it; v is empty if
// it is not there.
func optional[T ~string](s *scanner, opening string, v *T) {
	start := s.i
	if s.bad || s.b[s.i-1] != '{' && !s.try(`,`) || !s.try(opening) {
		s.i, *v = start, ""
		return
	}
	readID(s, v, `"`)
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
	v := s.value('"')
	sig, err := base64.RawURLEncoding.Strict().AppendDecode(nil, v)
	if err != nil || len(v) != base64.RawURLEncoding.EncodedLen(len(sig)) { // decoding passes over line ends
		s.bad = true
		return nil
	}
	return sig
}

// about reads the members of "about" and its closing brace.
func (s *scanner) about(a *event.About) {
	optional(s, `"campaign":"`, &a.Campaign)
	optional(s, `"subject":"`, &a.Subject)
	optional(s, `"team":"`, &a.Team)
	optional(s, `"county":"`, &a.County)
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
	if s.same(before) {
		return before
	}
	var list []string
	s.i = start
	for {
		list = append(list, string(s.value('"')))
		if !s.try(`","`) {
			break
		}
	}
	s.lit(`"]`)
	s.bad = s.bad || !sectorSet(list)
	return list
}

// same reads a list up to its closing bracket, and reports whether it is this one.
func (s *scanner) same(list []string) bool {
	end := `","`
	for n, x := range list {
		if n+1 == len(list) {
			end = `"]`
		}
		if !s.try(x) || !s.try(end) {
			return false
		}
	}
	return len(list) > 0
}

// actor reads the members of "actor", up to its closing brace.
func (s *scanner) actor(a *event.Actor) {
	optional(s, `"person":"`, &a.Person)
	optional(s, `"role":"`, &a.Role)
	optional(s, `"team":"`, &a.Team)
	optional(s, `"county":"`, &a.County)
	optional(s, `"unit":"`, &a.Unit)
	a.Token = 0
	if s.try(`,"token":`) {
		a.Token = s.uint()
		s.bad = s.bad || a.Token == 0
	}
}
