package numbering

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Scene is what the rest of the ledger says when an event of a block is judged.
type Scene struct {
	TeamKnown func(id string) bool
	Own       string // id of the block
	// Taken returns the block that has a number of another one, "" when none.
	Taken func(d *BlockIssued) (stream string)
	// Borne reports whether a document bears a number.
	Borne func(document, series string, n int64) bool
	j     judgement // of the event being judged
}

type judgement = stream.Judgement[*State, *Scene]

// The codes of numbers.
const (
	NumbersTaken      law.Code = "numbers-taken"
	NumberOfNoBlock   law.Code = "number-of-no-block"
	NumberVoidAlready law.Code = "number-void-already"
	NumberBorne       law.Code = "number-borne"

	NumberOutsideBlock law.Code = "number-outside-block"
	NumberTwice        law.Code = "number-twice"
	NumberIsVoid       law.Code = "number-is-void"
)

// OfDocuments reports whether a code says what is wrong with the number of a document. It is said in the stream of that, and lapses there.
func OfDocuments(c law.Code) bool {
	return c == NumberOutsideBlock || c == NumberTwice || c == NumberIsVoid
}

var _ = []bool{
	law.Declare(law.OfRecord, law.Text{Code: NumbersTaken, Acts: law.Refuses, Rules: []law.Rule{law.R42},
		TitleZH: "号段已发放", Title: "The numbers are given already",
		SaysZH: "{series}{first} 至 {last} 与号段 {block} 重叠", Says: "{series}{first} to {last} overlaps with block {block}",
		RemedyZH: "写明未发放的号段", Remedy: "state numbers that no block has"}),
	law.Declare(law.OfRecord, law.Text{Code: NumberOfNoBlock, Acts: law.Refuses, Rules: []law.Rule{law.R42},
		TitleZH: "该号不在号段内", Title: "The number is not of the block",
		SaysZH: "号段为 {first} 至 {last}，没有 {number}", Says: "the block has {first} to {last}, and not {number}",
		RemedyZH: "写明号段内的号", Remedy: "state a number of the block"}),
	law.Declare(law.OfRecord, law.Text{Code: NumberVoidAlready, Acts: law.Refuses, Rules: []law.Rule{law.R42},
		TitleZH: "该号已作废", Title: "The number is void already",
		SaysZH: "{series}{number} 已作废", Says: "{series}{number} is void already",
		RemedyZH: "无须再做", Remedy: "nothing is left to do"}),
	law.Declare(law.OfRecord, law.Text{Code: NumberBorne, Acts: law.Refuses, Rules: []law.Rule{law.R42},
		TitleZH: "已有文书使用该号", Title: "A document bears the number",
		SaysZH: "已有文书使用 {series}{number}", Says: "a document bears {series}{number}",
		RemedyZH: "更正或撤回该文书，不作废编号", Remedy: "correct or withdraw the document; its number is not voided"}),
	law.Declare(law.OfRecord, law.Text{Code: NumberOutsideBlock, Acts: law.Flags, Rules: []law.Rule{law.R42},
		TitleZH: "文书号不在号段内", Title: "The number is of no block of the team",
		SaysZH:   "{document:document-kind}的编号 {number_text} 不在督查组 {team} 的号段内",
		Says:     "the number {number_text} of the {document:document-kind} is of no block that team {team} was given for that year",
		RemedyZH: "说明原因；以后使用发放的号段", Remedy: "explain it; take numbers of the block that was given"}),
	law.Declare(law.OfRecord, law.Text{Code: NumberTwice, Acts: law.Flags, Rules: []law.Rule{law.R42},
		TitleZH: "文书号重复", Title: "The number is borne twice",
		SaysZH:   "督查组 {team} 已有{document:document-kind}使用编号 {number_text}",
		Says:     "another {document:document-kind} of team {team} bears the number {number_text}",
		RemedyZH: "说明原因，或更正写错的编号", Remedy: "explain it, or correct the number that is wrong"}),
	law.Declare(law.OfRecord, law.Text{Code: NumberIsVoid, Acts: law.Flags, Rules: []law.Rule{law.R42},
		TitleZH: "使用已作废的文书号", Title: "The number is void",
		SaysZH:   "{document:document-kind}使用了已作废的编号 {number_text}",
		Says:     "the {document:document-kind} bears the number {number_text}, which is void",
		RemedyZH: "说明原因；作废的编号不再使用", Remedy: "explain it; a void number is never used again"}),
}

// Decide judges one event of a block's stream; st is nil when the stream is new. The error is an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	switch _, issued := e.Data.(*BlockIssued); {
	case issued && st != nil:
		return nil, stream.Taken(e)
	case !issued && st == nil:
		return nil, stream.NotBegun(e, []string{"number-block-issued"})
	}
	return stream.Decide(&sc.j, st, sc, e)
}

// Judge: numbers are given once (R42), to a team that there is.
func (d *BlockIssued) Judge(j *judgement) *event.Refusal {
	if d.Team != "" && !j.Scene.TeamKnown(d.Team) {
		return event.Refuse(law.R17, law.UnknownTeam, law.Str("team", d.Team))
	}
	if block := j.Scene.Taken(d); block != "" {
		return event.Refuse(law.R42, NumbersTaken, law.Str("series", d.Series), law.Int("first", d.First), law.Int("last", d.Last),
			law.Str("block", block))
	}
	return nil
}

// Judge: a number of the block, once, and none that a document bears (R42).
func (d *NumberVoided) Judge(j *judgement) *event.Refusal {
	b := &j.State.Block
	switch {
	case !b.Has(d.Number):
		return event.Refuse(law.R42, NumberOfNoBlock, law.Int("first", b.First), law.Int("last", b.Last), law.Int("number", d.Number))
	case slices.Contains(j.State.Voided, d.Number):
		return event.Refuse(law.R42, NumberVoidAlready, law.Str("series", b.Series), law.Int("number", d.Number))
	case j.Scene.Borne(b.Document, b.Series, d.Number):
		return event.Refuse(law.R42, NumberBorne, law.Str("series", b.Series), law.Int("number", d.Number))
	}
	return nil
}
