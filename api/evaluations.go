package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// What the inspected party says of a visit, without a token and without a person, by the one-time code of the notice (R38). The code
// stands in the event and nowhere else: package evaluation says why that is sound.

// PublicEvaluation is an evaluation by who has the code: texts that the server seals, or what a device has sealed.
type PublicEvaluation struct {
	ID            string `json:"id,omitempty" doc:"a UUID of version 4 or 7, which the client makes: sent again, it is the same evaluation"`
	Code          string `json:"code,omitempty" doc:"of the notice, in whatever case, with or without blanks and hyphens"`
	AdvanceNotice *bool  `json:"advance_notice,omitempty" doc:"whether they were told before"`
	BriefingHeard *bool  `json:"briefing_heard,omitempty" doc:"whether a briefing was asked for"`
	Accompanied   *bool  `json:"accompanied,omitempty" doc:"whether somebody had to come along"`
	Reception     *bool  `json:"reception,omitempty" doc:"whether there was a reception"`
	Content       string `json:"content,omitempty" doc:"anything else; for the office and the commission"`

	Event jsontext.Value `json:"event,omitempty" doc:"instead: the event conduct-evaluated, as /docs/sealed says"`
	Files []string       `json:"files,omitempty" doc:"the sealed file that the event names, in base64 (RFC 4648, 4)"`
}

// EvaluationReceived is all that who evaluates is told.
type EvaluationReceived struct {
	Evaluation string `json:"evaluation" doc:"by which to ask about it"`
	Notice     string `json:"notice,omitempty" doc:"that the server has seen the text, when it sealed one"`
}

func (a *Handler) evaluationRoutes(d *document) []*route {
	return []*route{{
		method: "POST", path: "/v1/evaluations", id: "evaluate", tag: "sealed", summary: "Say how the inspectors came, by the code of the notice",
		chinese: "作风评价",
		doc: "A code counts once. One that is wrong, that was used, or whose notice the team has not sent yet is answered alike. The text is " +
			"sealed for the office and the commission; no address is kept or logged. All who have no token share the quota public, and an " +
			"evaluation counts as 30 events.",
		body: map[string]*huma.Schema{mediaJSON: d.schemaOf(PublicEvaluation{})}, status: http.StatusCreated,
		answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(EvaluationReceived{})},
		codes:   append([]law.Code{law.InvalidEvaluation, evaluation.EvaluationCodeNotValid}, publicCodes...),
		handle:  a.evaluate,
	}}
}

func (a *Handler) evaluate(c *call) error {
	var in PublicEvaluation
	e, err := a.take(c, &in, law.InvalidEvaluation, func() ([]byte, []sealedFile, error) {
		if in.Event == nil {
			return a.sealEvaluation(&in)
		}
		files, ok := decoded(in.Files)
		if in.ID+in.Code+in.Content != "" || !ok {
			return nil, nil, fail(law.InvalidEvaluation, law.Str("fault", "tip-files"))
		}
		return in.Event, files, nil
	}, fitsEvaluation)
	if err != nil {
		return err
	}
	out := EvaluationReceived{Evaluation: e.ID.String()}
	if in.Event == nil && in.Content != "" {
		out.Notice = notice[speak(c, c.r)]
	}
	return c.jsonAs(http.StatusCreated, out)
}

// sealEvaluation makes the event of an evaluation whose text the server seals.
func (a *Handler) sealEvaluation(in *PublicEvaluation) (raw []byte, files []sealedFile, err error) {
	id, ok := event.ParseUUID(in.ID)
	code, form := evaluation.Normal(in.Code)
	switch {
	case !ok || in.Code == "" || in.AdvanceNotice == nil || in.BriefingHeard == nil || in.Accompanied == nil || in.Reception == nil:
		return nil, nil, fail(law.InvalidEvaluation, law.Str("fault", "evaluation-members"))
	case !form: // a slip of the pen is a wrong code
		return nil, nil, evaluation.NotValid()
	}
	d := &evaluation.Evaluated{Code: code, AdvanceNotice: *in.AdvanceNotice, BriefingHeard: *in.BriefingHeard, Accompanied: *in.Accompanied,
		Reception: *in.Reception}
	if in.Content != "" {
		var file sealedFile
		if d.Content, file, err = a.sealPublic(d, id, "content", in.Content, law.InvalidEvaluation); err != nil {
			return nil, nil, err
		}
		files = append(files, file)
	}
	raw, err = a.author(id, "conduct-evaluated", event.Stream{Kind: evaluation.Name, ID: evaluation.Hash(code)}, d)
	return raw, files, err
}

// fitsEvaluation refuses what is no evaluation of somebody without a token: another type, a stream that is not named for the code, a
// signature that nobody could know, or other files than those that the event names.
func fitsEvaluation(e *event.Event, files []sealedFile) error {
	d, ok := e.Data.(*evaluation.Evaluated)
	switch {
	case !ok || e.Stream.Kind != evaluation.Name || e.Stream.ID != evaluation.Hash(d.Code) || e.Link.Key != "":
		return fail(law.InvalidEvaluation, law.Str("fault", "evaluation-event"))
	case !named(d, files):
		return fail(law.InvalidEvaluation, law.Str("fault", "tip-files"))
	}
	return nil
}
