package entry

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/event"
)

// wire is the member order in which this program authors CloudEvents: type before data, so
// that readers decode the body in one pass.
type wire struct {
	SpecVersion      string         `json:"specversion"`
	ID               string         `json:"id"`
	Source           string         `json:"source"`
	Type             string         `json:"type"`
	Subject          string         `json:"subject"`
	Time             string         `json:"time"`
	TimePrecision    string         `json:"timeprecision,omitempty"`
	Campaign         string         `json:"campaign,omitempty"`
	CausationID      string         `json:"causationid,omitempty"`
	OriginID         string         `json:"originid,omitempty"`
	ExpectedRevision *int64         `json:"expectedrevision,omitempty"`
	Ledger           string         `json:"ledger,omitempty"`
	KeySeq           *uint32        `json:"keyseq,omitempty"`
	KeyPrev          string         `json:"keyprev,omitempty"`
	Data             jsontext.Value `json:"data"`
}

// Author writes e as CloudEvents 1.0 JSON on one line, as the importers, the simulator and
// the ledger itself do. Same event, same bytes.
func Author(e *event.Event) ([]byte, error) {
	data, err := json.Marshal(e.Data, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("author %s: %w", e.Type, err)
	}
	w := wire{
		SpecVersion: "1.0", ID: e.ID.String(), Source: e.Source, Type: e.Type.String(), Subject: e.Stream.String(),
		Time: e.Occurred.UTC().Format(time.RFC3339Nano), TimePrecision: e.Precision.String(),
		Campaign: e.Campaign, CausationID: e.Causation, OriginID: e.OriginID, Data: data,
	}
	if e.Precision != event.Exact {
		w.Time = e.Occurred.In(event.Beijing).Format(time.RFC3339)
	}
	w.Ledger, w.KeyPrev = e.Link.Ledger, e.Link.Prev
	if e.Link.Key != "" {
		w.KeySeq = &e.Link.Seq
	}
	if e.ExpectedRevision != event.AnyRevision {
		w.ExpectedRevision = &e.ExpectedRevision
	}
	return json.Marshal(w)
}
