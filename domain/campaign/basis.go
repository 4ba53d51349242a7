package campaign

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// The basis of a campaign: R03, 以中省百日集中整治行动为契机. 「中省」 is two levels, central and provincial, and there may be
// several documents of each, also after the start.

// Linked names a document, or a campaign of a higher level, on which the campaign rests.
type Linked struct {
	Level    string `json:"level" is:"code(basis-level)" zh:"层级" doc:"of whom the document or campaign is"`
	Document string `json:"document" is:"text(300)" zh:"依据" doc:"title of the document, or of the higher campaign"`
	Number   string `json:"number,omitempty" is:"text(100)" zh:"文号" doc:"of the document"`
	Campaign string `json:"campaign,omitempty" is:"id" zh:"上级行动" doc:"of the higher campaign; it may lie in another ledger"`
}

// LinkStands is the refusal of a link that is there.
const LinkStands law.Code = "link-stands"

var _ = law.Declare(law.OfCampaigns, law.Text{Code: LinkStands, Acts: law.Refuses, Rules: []law.Rule{law.R03},
	TitleZH: "该依据已登记", Title: "The link is there",
	SaysZH: "行动 {campaign} 已登记依据：{document}", Says: "campaign {campaign} rests on {document} already",
	RemedyZH: "无须再做；另一依据写明其名称或文号", Remedy: "nothing is left to do; another basis has another title or number"})

var linked = stream.Then((*Linked).Judge, event.Type{Name: "campaign-linked", Version: 1, Chinese: "行动依据登记",
	Doc:   "A document or a higher campaign on which the campaign rests; there may be several, also after the start.",
	Rules: []law.Rule{law.R03, law.R13}, Append: office})

// Judge: not to itself, and each once (R03).
func (d *Linked) Judge(j *judgement) *event.Refusal {
	id := j.Event.Stream.ID
	switch {
	case d.Campaign == id:
		return event.Refuse(law.R03, law.CampaignBelowItself, law.Str("campaign", id))
	case slices.Contains(j.State.Links, *d):
		return event.Refuse(law.R03, LinkStands, law.Str("campaign", id), law.Str("document", d.Document))
	}
	return nil
}

func (d *Linked) Fold(s *State, _ *event.Event) { s.Links = append(s.Links, *d) }
