package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/tip"
)

// What people report without a token (R73): a tip names nothing that is registered, and is answered with its own name alone.

// PublicTip is a tip of somebody without a token: texts that the server seals, or what a device has sealed.
type PublicTip struct {
	ID        string `json:"id,omitempty" doc:"a UUID of version 4 or 7, which the client makes: sent again, it is the same tip"`
	Violation string `json:"violation,omitempty" doc:"what it is about: a code of violation"`
	Content   string `json:"content,omitempty" doc:"what is reported, with the place; for the office and the commission"`
	Reporter  string `json:"reporter,omitempty" doc:"who reports, and how to be reached; for the commission alone"`

	Event jsontext.Value `json:"event,omitempty" doc:"instead: the event tip-received, as /docs/sealed says; its stream is tip/ and its id"`
	Files []string       `json:"files,omitempty" doc:"the sealed files that the event names, in base64 (RFC 4648, 4)"`
}

// TipReceived is all that who reports is told.
type TipReceived struct {
	Tip    string `json:"tip" doc:"by which to ask about it"`
	Notice string `json:"notice,omitempty" doc:"that the server has seen the texts, when it sealed them"`
}

func (a *Handler) tipRoutes(d *document) []*route {
	return []*route{{
		method: "POST", path: "/v1/tips", id: "report", tag: "sealed", summary: "Report something, without a token", chinese: "群众举报",
		doc: "The texts are sealed for the office and the commission, and who reports for the commission alone; nothing of them, and no " +
			"address, is kept or logged. A device that can encrypt sends what it sealed. All who have no token share the quota public, and a tip " +
			"counts as 30 events. The answer tells nothing of what is recorded.",
		body: map[string]*huma.Schema{mediaJSON: d.schemaOf(PublicTip{})}, status: http.StatusCreated,
		answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(TipReceived{})},
		codes:   append([]law.Code{law.InvalidTip}, publicCodes...),
		handle:  a.report,
	}}
}

func (a *Handler) report(c *call) error {
	var in PublicTip
	e, err := a.take(c, &in, law.InvalidTip, func() (raw []byte, files []sealedFile, err error) {
		if in.Event == nil {
			return a.sealTip(&in)
		}
		if in.ID+in.Violation+in.Content+in.Reporter != "" {
			return nil, nil, fail(law.InvalidTip, law.Str("fault", "tip-members"))
		}
		files, ok := decoded(in.Files)
		if !ok {
			return nil, nil, fail(law.InvalidTip, law.Str("fault", "tip-files"))
		}
		return in.Event, files, nil
	}, fitsTip)
	if err != nil {
		return err
	}
	out := TipReceived{Tip: e.ID.String()}
	if in.Event == nil {
		out.Notice = notice[speak(c, c.r)]
	}
	return c.jsonAs(http.StatusCreated, out)
}

// sealTip makes the event of a tip whose texts the server seals.
func (a *Handler) sealTip(in *PublicTip) (raw []byte, files []sealedFile, err error) {
	id, ok := event.ParseUUID(in.ID)
	if !ok || in.Content == "" {
		return nil, nil, fail(law.InvalidTip, law.Str("fault", "tip-members"))
	}
	d := &tip.Received{Channel: "online", Violation: in.Violation}
	said, file, err := a.sealPublic(d, id, "content", in.Content, law.InvalidTip)
	if err != nil {
		return nil, nil, err
	}
	d.Content, files = *said, append(files, file)
	if in.Reporter != "" {
		if d.Reporter, file, err = a.sealPublic(d, id, "reporter", in.Reporter, law.InvalidTip); err != nil {
			return nil, nil, err
		}
		files = append(files, file)
	}
	raw, err = a.author(id, "tip-received", event.Stream{Kind: tip.Name, ID: id.String()}, d)
	return raw, files, err
}

// fitsTip refuses what is no tip of somebody without a token: another type, a stream of another name, a signature that nobody could
// know, or other files than those that the event names.
func fitsTip(e *event.Event, files []sealedFile) error {
	_, ok := e.Data.(*tip.Received)
	switch {
	case !ok || e.Stream != (event.Stream{Kind: tip.Name, ID: e.ID.String()}) || e.Link.Key != "":
		return fail(law.InvalidTip, law.Str("fault", "tip-event"))
	case !named(e.Data, files):
		return fail(law.InvalidTip, law.Str("fault", "tip-files"))
	}
	return nil
}
