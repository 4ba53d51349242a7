// Package numbering has the numbers of documents: R42, R43. A block of numbers is given to a team in advance, so that what
// it writes offline has its number. Each number is taken once; one that was spoilt is voided, and never used again.
// The number itself stands in the event that bears it.
package numbering

import (
	"strconv"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Name is the kind of the streams, one for each block.
const Name event.Kind = "document"

// The kinds of documents that are numbered.
const (
	SiteRecord = "site-record"
	Order      = "order"
	Decision   = "decision"
)

// BlockIssued gives numbers to a team, or to the whole of an authority.
type BlockIssued struct {
	Team      string `json:"team,omitempty" is:"id" correct:"never" zh:"督查组" doc:"that may use the numbers; left out: all of the authority"`
	Authority string `json:"authority" is:"id" zh:"执法机关" doc:"in whose name the documents are; id in the table of units"`
	Document  string `json:"document" is:"code(document-kind)" correct:"never" zh:"文书种类" doc:"that bears the numbers"`
	Year      int    `json:"year" is:"year" zh:"年度" doc:"in which the documents are written"`
	Series    string `json:"series" is:"text(60)" correct:"never" zh:"文书字号" doc:"what stands before the number, as in 安应急检记〔2019〕"`
	First     int64  `json:"first" is:"document-number" zh:"起始号" doc:"first number of the block"`
	Last      int64  `json:"last" is:"document-number" zh:"终止号" doc:"last number of it"`
}

// Together says what Validate checks.
func (*BlockIssued) Together() string { return "last is not below first" }

// Validate checks what members say together.
func (d *BlockIssued) Validate() error {
	var k event.Checker
	k.That(d.First <= d.Last, "last", law.FaultBelowFirst)
	return k.Err()
}

// NumberVoided takes a number of the block out of use.
type NumberVoided struct {
	Number int64  `json:"number" is:"document-number" zh:"作废号" doc:"of the block"`
	Reason string `json:"reason" is:"lines(1000)" zh:"作废原因" doc:"why it is void"`
}

// State is one block.
type State struct {
	Block  BlockIssued
	Voided []int64 // append-only
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State {
	c := *s
	c.Voided = s.Voided[:len(s.Voided):len(s.Voided)]
	return &c
}

// Carry keeps whose block it is while that is withdrawn.
func (s *State) Carry(old *State) { s.Block.Team = old.Block.Team }

// Apply folds one recorded event.
func (s *State) Apply(e *event.Event) { stream.Fold(s, e) }

func (d *BlockIssued) Fold(s *State, _ *event.Event) { s.Block = *d }

func (d *NumberVoided) Fold(s *State, _ *event.Event) { s.Voided = append(s.Voided, d.Number) }

// Has reports whether a number is of the block.
func (d *BlockIssued) Has(n int64) bool { return d.First <= n && n <= d.Last }

// Parse takes a number as documents bear it apart: what stands before it, and the number itself, with 号 behind or not.
// ok is false when there is none.
func Parse(text string) (series string, n int64, ok bool) {
	text = strings.TrimSuffix(strings.TrimSpace(text), "号")
	at := len(text)
	for at > 0 && text[at-1] >= '0' && text[at-1] <= '9' {
		at--
	}
	n, err := strconv.ParseInt(text[at:], 10, 64)
	return strings.TrimSuffix(text[:at], "第"), n, err == nil
}

var issuers = []event.Role{event.RoleSupervisionOffice}

// Kind declares blocks of numbers and their events.
var Kind = stream.With(stream.Kind{
	Name: Name, Chinese: "文书编号", Doc: "a block of numbers of documents, given to a team in advance",
	Access: stream.Open(stream.OwnTeam),
},
	stream.First((*BlockIssued).Judge, event.Type{Name: "number-block-issued", Version: 1, Chinese: "文书号段发放",
		Doc:   "Numbers of documents were given in advance, so that what is written offline has its number.",
		Rules: []law.Rule{law.R17, law.R42, law.Pillar14}, Append: issuers}),
	stream.Then((*NumberVoided).Judge, event.Type{Name: "number-voided", Version: 1, Chinese: "文书号作废",
		Doc:    "A number was spoilt; it is never used again.",
		Rules:  []law.Rule{law.R42, law.Pillar2},
		Append: []event.Role{event.RoleSupervisionOffice, event.RoleTeamLeader, event.RoleInspector}}),
)
