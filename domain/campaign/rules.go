package campaign

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Scene is what the other campaigns say when an event of one is judged.
type Scene struct {
	// Parent returns the parent of a campaign, "" when it has none or is not in this ledger:
	// a province's campaign (省级百日集中整治) may be named without being known here.
	Parent func(id string) string
	j      judgement // of the event being judged
}

// maxDepth bounds the walk up the hierarchy of campaigns.
const maxDepth = 16

// fact is an event of a campaign: it judges and folds itself.
type fact interface {
	event.Data
	judge(*judgement) *event.Refusal
	fold(*State, *event.Event)
}

// declare declares the type of a body.
func declare[T any, F interface {
	*T
	fact
}](t event.Type) *event.Type {
	t.Kind, t.New = event.Campaign, func() event.Data { return F(new(T)) }
	return &t
}

// Judges reports whether [Decide] knows an event by its body.
func Judges(d event.Data) bool {
	_, ok := d.(fact)
	return ok
}

// judgement is one event before the rules. It lies in its scene, to spare an allocation.
type judgement struct {
	st    *State // nil: the stream is new
	sc    *Scene
	e     *event.Event
	flags []event.Deviation
}

// Decide judges one event of a campaign's stream; st is nil when the stream is new. The error
// is an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if e.Campaign != "" && e.Campaign != e.Stream.ID {
		return nil, event.Refuse(law.R01, law.CampaignMismatch, "an event of campaign %s names campaign %s", e.Stream.ID, e.Campaign)
	}
	if _, plan := e.Data.(*PlanPublished); st == nil && !plan {
		return nil, event.Refuse(law.R01, law.UnknownCampaign, "campaign %s has no plan", e.Stream.ID)
	}
	d, ok := e.Data.(fact)
	if !ok {
		return nil, event.Elsewhere(e)
	}
	j := &sc.j
	*j = judgement{st: st, sc: sc, e: e}
	if r := d.judge(j); r != nil {
		return nil, r
	}
	return j.flags, nil
}

// judge: every version of the plan is published once, before the campaign has ended (R01).
func (d *PlanPublished) judge(j *judgement) *event.Refusal {
	if least := d.Policy.MinInspectors; least < legalInspectors {
		return event.Refuse(law.R42, law.PlanBelowTheLaw,
			"the plan asks for %d inspectors; the law asks for %d (%s)", least, legalInspectors, law.PenaltyOfficers).
			Advise(fmt.Sprintf("state min_inspectors of %d or more", legalInspectors))
	}
	j.flags = drops(&d.Policy)
	st := j.st
	if st == nil {
		return nil
	}
	if slices.Contains(st.Versions, d.Version) {
		return event.Refuse(law.R01, law.PlanVersionPublished, "version %s of the plan is already published", d.Version)
	}
	if !st.EndedAt.IsZero() {
		return event.Refuse(law.R48, law.CampaignEnded, "the campaign ended on %s", st.EndedAt.Format(time.DateOnly))
	}
	return nil
}

// legalInspectors is how many officers the law asks for, in every text of it.
const legalInspectors = 2

// drops flags what a plan leaves out of the speech's own lists: recipients of the record (R43),
// sections (R35), and items (R27, R32, R33, R34). It may add to them.
func drops(p *Policy) (flags []event.Deviation) {
	full := DefaultPolicy()
	check := func(code law.Code, rule law.Rule, what string, want, have []string) {
		var left []string
		for _, w := range want {
			if !slices.Contains(have, w) {
				left = append(left, w)
			}
		}
		if left != nil {
			flags = append(flags, event.Deviation{Code: code, Rule: rule,
				Detail: fmt.Sprintf("the plan drops %s: %s", what, strings.Join(left, ", "))})
		}
	}
	check(law.PlanDropsCopies, law.R43, "recipients of the site record", full.Copies, p.Copies)
	check(law.PlanDropsSections, law.R35, "sections", full.RequiredSections, p.RequiredSections)
	for _, profile := range []struct {
		name string
		rule law.Rule
	}{{"enterprise", law.R33}, {"government-unit", law.R32}, {"high-risk", law.R34}} {
		check(law.PlanDropsItems, profile.rule, profile.name+" items", full.RequiredItems[profile.name], p.RequiredItems[profile.name])
	}
	return flags
}

// judge: once, and not below itself (R03, R48).
func (d *Started) judge(j *judgement) *event.Refusal {
	st, id := j.st, j.e.Stream.ID
	if st.Started() {
		return event.Refuse(law.R48, law.CampaignAlreadyStarted,
			"the campaign started for %s to %s", st.Start.Format(time.DateOnly), st.End.Format(time.DateOnly))
	}
	parent := d.Parent
	for depth := 0; parent != "" && depth < maxDepth; depth++ {
		if parent == id {
			return event.Refuse(law.R03, law.CampaignBelowItself, "campaign %s would be its own parent", id)
		}
		parent = j.sc.Parent(parent)
	}
	j.flags = implausible(j.e, d)
	return nil
}

// implausible flags a period that is taken for a slip of the pen (R48): a campaign lasts a month,
// and is announced in the year of its start.
func implausible(e *event.Event, d *Started) []event.Deviation {
	const year = 366 * 24 * time.Hour
	if away := d.Start.Sub(e.Occurred).Abs(); away <= year && d.End.Sub(d.Start) <= 2*year {
		return nil
	}
	return []event.Deviation{{Code: law.CampaignPeriodImplausible, Rule: law.R48,
		Detail: fmt.Sprintf("stated on %s: from %s to %s", e.Day(), d.Start.Format(time.DateOnly), d.End.Format(time.DateOnly))}}
}

// judge: once, after the start (R48).
func (d *Ended) judge(j *judgement) *event.Refusal {
	st, e := j.st, j.e
	if !st.Started() {
		return event.Refuse(law.R48, law.CampaignNotStarted, "campaign %s has not started", e.Stream.ID)
	}
	if !st.EndedAt.IsZero() {
		return event.Refuse(law.R48, law.CampaignEnded, "the campaign ended on %s", st.EndedAt.Format(time.DateOnly))
	}
	if e.Occurred.Before(st.Start) {
		return event.Refuse(law.R48, law.CampaignEndedBeforeStart,
			"the end %s lies before the start %s", e.Occurred.Format(time.RFC3339), st.Start.Format(time.RFC3339))
	}
	return nil
}
