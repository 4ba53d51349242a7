// Package evaluation is what the inspected party says of how the inspectors came (R38, 不发通知、不打招呼、不听汇报、不用陪同和接待). It is
// said without a person: a one-time code is printed on the notice that hangs at the subject, and the event that says the notice
// hangs there has the code's hash. Who knows the code says once how the visit was.
//
// # The code
//
// A code is 26 characters of Crockford's base32: 130 random bits, so that nobody who reads the hash, in the ledger or a feed,
// finds the code. Its hash is SHA-256 over these characters, in base64url. The stream of an evaluation is named for that hash, so
// a code counts once, on any node; the code itself stands in the event, so that whoever reads the ledger can check it, and is
// worth nothing from then on. A code that is wrong, that was used, or whose visit is not disclosed, is answered alike (R39).
//
// Who prints a notice can read its code. A team that uses it itself takes the word from the party: the party's own attempt is
// refused then, and the answer names the road that is left, a tip. An office that does not want to rely on that gives its teams
// slips with a covered code and its hash; to the ledger they are the same.
package evaluation

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Name is that of the kind.
const Name event.Kind = "evaluation"

// Evaluated is what the party says of the four 不 at a visit.
type Evaluated struct {
	Code          string `json:"code" is:"text(26)" zh:"评价码" doc:"26 characters of Crockford's base32, as on the notice"`
	AdvanceNotice bool   `json:"advance_notice" zh:"是否提前通知" doc:"whether they were told before (R38)"`
	BriefingHeard bool   `json:"briefing_heard" zh:"是否听取汇报" doc:"whether a briefing was asked for (R38)"`
	Accompanied   bool   `json:"accompanied" zh:"是否陪同" doc:"whether somebody had to come along (R38)"`
	Reception     bool   `json:"reception" zh:"是否接待" doc:"whether there was a reception (R38)"`

	Content *event.Sealed `json:"content,omitempty" zh:"内容" doc:"more" opens:"supervision-office discipline-commission enforcement-supervisor"`
}

// alphabet is Crockford's: without I, L, O and U.
const (
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	length   = 26
)

// read are what people write for something else.
var read = strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1")

// Normal returns a code as it counts, whatever its case, with or without blanks and hyphens, and with O for 0, I or L for 1; ok is false
// when it cannot be one.
func Normal(code string) (normal string, ok bool) {
	if len(code) > 4*length {
		return "", false
	}
	normal = read.Replace(strings.ToUpper(code))
	return normal, len(normal) == length && strings.Trim(normal, alphabet) == ""
}

// Hash returns the hash by which a notice and the stream of an evaluation name a code, in base64url; "" of what is none.
func Hash(code string) string {
	if normal, ok := Normal(code); !ok || normal != code {
		return ""
	}
	sum := sha256.Sum256([]byte(code))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// EvaluationCodeNotValid is the code of every answer to a code that is none, or no longer one.
const EvaluationCodeNotValid law.Code = "evaluation-code-not-valid"

var _ = law.Declare(law.OfCourse, law.Text{Code: EvaluationCodeNotValid, Acts: law.Refuses, Rules: []law.Rule{law.R38},
	TitleZH: "评价码无效", Title: "The code is not valid",
	SaysZH: "评价码有误、已使用，或检查组尚未上传告示", Says: "the code is wrong, or was used, or the team has not sent the notice yet",
	RemedyZH: "核对后过一天再试；从未使用过却仍无效的，请举报（POST /v1/tips）",
	Remedy:   "compare it, and try again in a day; if nobody of yours has used it, report that (POST /v1/tips)"})

// NotValid is the answer to a code that is none, or no longer one.
func NotValid() *event.Refusal { return event.Refuse(law.R38, EvaluationCodeNotValid) }

type judgement = stream.Judgement[*State, stream.Ledger]

// Judge: whether the code is valid, package domain knows, who has the visits; it is asked before anything else.
func (d *Evaluated) Judge(*judgement) *event.Refusal { return nil }

// Says returns which of the four 不 were not kept, by the party: codes of the list conduct.
func (d *Evaluated) Says() (list []string) {
	for _, c := range []struct {
		said bool
		code string
	}{{d.AdvanceNotice, "advance-notice"}, {d.BriefingHeard, "briefing"}, {d.Accompanied, "company"}, {d.Reception, "reception"}} {
		if c.said {
			list = append(list, c.code)
		}
	}
	return list
}

// Flag is what the ledger says of it beside the evaluation, where the team does not read it; ok is false when there is nothing to say.
// It is a function of the evaluation alone: what the team itself declared is flagged in the visit.
func (d *Evaluated) Flag(visit string) (f event.Deviation, ok bool) {
	said := d.Says()
	return event.Flagged(law.R38, law.PartySaysOtherwise, law.Str("inspection", visit), law.List("conduct", said)), len(said) > 0
}

// State says that a code was used.
type State struct{}

// Clone returns a copy.
func (s *State) Clone() *State { return &State{} }

// Fold keeps nothing: that the stream is there says it.
func (*Evaluated) Fold(*State, *event.Event) {}

// Kind declares evaluations.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "作风评价", Doc: "what the inspected party says of a visit, by the one-time code of its notice (R38)",
	// N10: who supervises enforcement reads it, and who inspected does not.
	Access: stream.Restricted(event.RoleSupervisionOffice, event.RoleDisciplineCommission, event.RoleEnforcementSupervisor),
	Fixed:  true,                                                                   // nobody corrects the words of another side
	About:  func(stream.Ledger, *event.Event) event.About { return event.About{} }, // package domain has the visit
}, stream.Rules[*State]{},
	stream.First((*Evaluated).Judge, event.Type{Name: "conduct-evaluated", Version: 1, Chinese: "作风评价",
		Doc: "The inspected party says how the inspectors came, without a person, by the one-time code of the notice: POST /v1/evaluations. " +
			"The stream is `evaluation/` and the hash of the code. Each code counts once; the team is shown neither the evaluation nor " +
			"the flag beside it.",
		Rules: []law.Rule{law.R38, law.N10, law.Pillar8}, Append: []event.Role{event.RolePublic}}),
)
