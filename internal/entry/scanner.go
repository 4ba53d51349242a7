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
func (s *scanner) value() string {
	if s.bad {
		return ""
	}
	n := bytes.IndexByte(s.b[s.i:], '"')
	if n <= 0 {
		s.bad = true
		return ""
	}
	v := string(s.b[s.i : s.i+n])
	s.i += n
	return v
}

// member reads `"name":"value"` with the comma that separates it, if it is there.
func (s *scanner) member(name string, v *string) {
	start := s.i
	if s.bad || s.i == 0 {
		return
	}
	if s.b[s.i-1] != '{' && !s.try(`,`) {
		return
	}
	if !s.try(`"`) || !s.try(name) || !s.try(`":"`) {
		s.i = start
		return
	}
	*v = s.value()
	s.lit(`"`)
}

// recorded reads the fixed-width UTC time; only the canonical spelling round-trips.
func (s *scanner) recorded() time.Time {
	if s.bad || len(s.b)-s.i < len(recordedLayout) {
		s.bad = true
		return time.Time{}
	}
	v := s.b[s.i : s.i+len(recordedLayout)]
	t, err := time.Parse(recordedLayout, string(v))
	if err != nil || v[len("2006-01-02T15:04:05")] != '.' { // time.Parse takes a comma as well
		s.bad = true
		return time.Time{}
	}
	s.i += len(v)
	return t
}

func (s *scanner) signature() []byte {
	v := s.value()
	sig, err := base64.RawURLEncoding.Strict().DecodeString(v)
	if err != nil || len(v) != base64.RawURLEncoding.EncodedLen(len(sig)) { // decoding passes over line ends
		s.bad = true
		return nil
	}
	return sig
}

// about reads the members of "about" and its closing brace.
func (s *scanner) about(a *event.About) {
	s.member("campaign", &a.Campaign)
	s.member("subject", &a.Subject)
	s.member("team", &a.Team)
	s.member("county", &a.County)
	if s.try(`,"sectors":["`) || s.b[s.i-1] == '{' && s.try(`"sectors":["`) {
		for {
			a.Sectors = append(a.Sectors, s.value())
			if !s.try(`","`) {
				break
			}
		}
		s.lit(`"]`)
	}
	s.lit(`}`)
	s.bad = s.bad || a.IsZero()
}

// actor reads the members of "actor", up to its closing brace.
func (s *scanner) actor(a *event.Actor) {
	var role string
	s.member("person", &a.Person)
	s.member("role", &role)
	s.member("team", &a.Team)
	s.member("county", &a.County)
	s.member("unit", &a.Unit)
	if s.try(`,"token":`) {
		a.Token = s.uint()
		s.bad = s.bad || a.Token == 0
	}
	a.Role = event.Role(role)
}
