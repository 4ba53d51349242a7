package domain

import (
	"cmp"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/stream"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
)

// inspections are the visits.
type inspections struct {
	common
	streams[*inspection.State]
	initial   *table[inspection.Key, []string] // duplicate key (R31) → inspections that claim it; values are replaced, never changed
	ofSubject *table[string, []string]         // subject → its inspections that are seen (R44); likewise
	scene     inspection.Scene
	insteadOf *table[string, string]   // visit → the one in whose place it is entered anew
	anew      *table[string, []string] // and the other way round; values are replaced, never changed
	moved     moved
	judged    *event.Event // last, or being judged
}

func newInspections(s *State, c common) kind {
	k := &inspections{common: c, streams: newStreams(s, inspection.NewState),
		initial: newTable[inspection.Key, []string](s), ofSubject: newTable[string, []string](s),
		insteadOf: newTable[string, string](s),
		anew:      newTable[string, []string](s), moved: moved{layers: &s.layers}}
	s.tables = append(s.tables, &k.moved)
	k.scene.TeamAs, k.scene.Person, k.scene.WorksIn, k.scene.Registered = k.teamAs, k.person, k.worksIn, k.registered
	k.scene.Unit = func(id string) (codetable.Unit, bool) { return s.ofVisit(codetable.Units, k.judged).Unit(id) }
	k.scene.Item = func(id string) (codetable.Item, bool) { return s.ofVisit(codetable.Checklists, k.judged).Item(id) }
	k.scene.Capped = k.capped
	k.scene.Visit, k.scene.Replaced = k.visit, k.replaced
	k.scene.Received = func(sha256 string) *time.Time { return s.files.come(sha256) }
	s.inspections = k
	return k
}

// about: the first event says what the visit is; all others are about the same. A
// start may still name the campaign.
func (k *inspections) about(e *event.Event) event.About {
	a := event.About{Campaign: e.Campaign}
	if st := k.state(e.Stream.ID); st != nil {
		if _, start := e.Data.(*inspection.Started); !start || a.Campaign == "" {
			a.Campaign = st.Campaign()
		}
		a.Subject, a.Team, a.County, a.Sectors = st.Subject(), st.Team(), st.County(), st.Sectors()
		return a
	}
	switch d := e.Data.(type) {
	case *inspection.Reserved:
		a.Subject, a.Team, a.Sectors = d.Subject, d.Team, codes.SectorSet(d.Sector)
	case *inspection.Started:
		a.Subject, a.Team, a.Sectors = d.Subject, d.Team, codes.SectorSet(d.Sector)
	}
	a.County, _ = k.s.subjects.cell(a.Subject)
	return a
}

// allow refuses an event of a visit whose name has not the form of one, a visit that somebody
// of a team begins for another one, and one that is not named after its team, or after the unit
// whose records an import copies ([event.VisitID]). It does not ask whether the id is taken.
func (*inspections) allow(e *event.Event) error {
	owner, named := event.ParseVisitID(e.Stream.ID)
	var whose string
	switch d := e.Data.(type) {
	case *inspection.Reserved:
		whose = d.Team
	case *inspection.Started:
		whose = d.Team
	default:
		if named {
			return nil
		}
		return misnamed(e, e.Actor.Team)
	}
	if whose != "" {
		if r := stream.OtherTeam(e, whose); r != nil {
			return r
		}
	}
	switch {
	case e.Assurance == event.Imported:
		whose = e.Actor.Unit
	case whose == "" && named:
		return nil // of a visit without team the rules say what is wrong
	}
	if named && owner == whose {
		return nil
	}
	return misnamed(e, whose)
}

// misnamed is the refusal of the name of a visit; team is the one it should begin with, if that is
// known.
func misnamed(e *event.Event, team string) *event.Refusal {
	owner := cmp.Or(team, "<team>")
	if e.Assurance == event.Imported {
		owner = cmp.Or(e.Actor.Unit, "<unit>")
	}
	return event.Refuse(law.Pillar14, law.VisitName, law.Str("stream", e.Stream.String()), law.Str("owner", owner))
}

func (k *inspections) knows(id string) bool {
	st := k.state(id)
	return st == nil || k.knowsVisit(st)
}

// knowsVisit reports whether the author may know of a visit: of his own team's, of every disclosed one in his scope, as an approver of
// those in the name of his unit, and of all when he sees everything.
func (k *inspections) knowsVisit(st *inspection.State) bool {
	a := &k.s.author
	switch {
	case !a.bound, a.ofTeam(st.Team()):
		return true
	case a.actor.Role == event.RoleImporter:
		return st.Copied()
	}
	return (st.Disclosed() || k.s.scope().Early(st.Team(), st.InNameOf())) && k.s.scope().Sees(event.Stream{Kind: event.Inspection},
		&event.About{Subject: st.Subject(), County: st.County(), Sectors: st.Sectors(), Team: st.Team()})
}

// within: whether a visit is of the author's team is a rule of inspections.
func (k *inspections) within(e *event.Event) error {
	return k.s.explained(e, k.revision(e.Stream) >= 0)
}

// plan is the one that was in force when the visit began, for the whole visit (R01).
func (k *inspections) plan(e *event.Event) *campaign.Plan {
	first, happened := e.Index, e.Happened().Unix()
	if st := known(k.s, k.state(e.Stream.ID)); st != nil {
		first, happened = st.First()
	}
	return k.s.planOf(e.About.Campaign, first, happened)
}

func (k *inspections) decide(e *event.Event, p *campaign.Policy) ([]event.Deviation, error) {
	return k.judges(e, p, inspection.Decide)
}

// judges shows a visit its campaign, subject, team and duplicate, by e.About.
func (k *inspections) judges(e *event.Event, p *campaign.Policy,
	ask func(*inspection.State, *inspection.Scene, *event.Event) ([]event.Deviation, error)) ([]event.Deviation, error) {
	k.judged = e
	sc := &k.scene
	sc.Clear()
	sc.Policy = p
	if c := k.s.campaigns.state(e.About.Campaign); c != nil {
		sc.CampaignStart, sc.CampaignEnd = c.Period()
	}
	if t := k.s.teams.state(e.About.Team); t != nil {
		sc.Team = teamFacts(t)
	}
	sc.HeldBy = k.claimedBy(e)
	if speaksOfFacts(e) {
		sc.Plan = k.plan(e).Policy
	}
	if _, decides := e.Data.(*casefile.PenaltyDecided); decides || speaksOfFacts(e) {
		first := e.Index
		if st := k.state(e.Stream.ID); st != nil {
			first, _ = st.First()
		}
		sc.Law = k.s.law(first)
	}
	return ask(known(k.s, k.state(e.Stream.ID)), sc, e)
}

func teamFacts(t *team.State) inspection.TeamFacts {
	return inspection.TeamFacts{Known: true, Active: t.Active, Leader: t.Leader, Members: t.Members, Sectors: t.Sectors, Counties: t.Counties}
}

// teamAs is the team of the visit that is judged, as something finds it that is recorded at an index and happened at an instant.
func (k *inspections) teamAs(index uint64, at time.Time) inspection.TeamFacts {
	t := k.s.teams.state(k.judged.About.Team)
	if t == nil {
		return inspection.TeamFacts{}
	}
	return teamFacts(t.As(index, at.Unix()))
}

// registered is what the register says of the subject of the visit that is judged.
func (k *inspections) registered() inspection.SubjectFacts {
	e := k.judged
	facts := k.subjectFacts(e.About.Subject, k.begins(e))
	switch e.Data.(type) {
	// those who come are compared with who supervises (R61)
	case *inspection.Started, *inspection.Joined, event.Correction, *oversight.ApprovalGiven:
		if sub := k.s.subjects.state(e.About.Subject); sub != nil {
			if facts.Departments = sub.Departments; len(facts.Departments) == 0 {
				facts.Departments = responsible(k.s.ofVisit(codetable.Responsibilities, e), k.s.ofVisit(codetable.Units, e), sub.County,
					facts.Sectors)
			}
		}
	}
	return facts
}

// policy is that by which the rules judge a fact of a visit that lies in another stream; nil of an import.
func (k *inspections) policy(e *event.Event) *campaign.Policy {
	if e.Assurance == event.Imported {
		return nil
	}
	return k.plan(e).Policy
}

// begins is when the visit of an event began, or by now does.
func (k *inspections) begins(e *event.Event) time.Time {
	if st := k.state(e.Stream.ID); st != nil && st.Began() != 0 {
		return time.Unix(st.Began(), 0)
	}
	return e.Occurred
}

// subjectFacts is what the rules of visits want to know of a subject, for a visit that begins at an instant.
func (k *inspections) subjectFacts(id string, at time.Time) inspection.SubjectFacts {
	sub := k.s.subjects.state(id)
	if sub == nil {
		return inspection.SubjectFacts{}
	}
	return inspection.SubjectFacts{Known: true, Kind: sub.Kind, County: sub.County, Sectors: sub.SectorsAt(at),
		Risks: sub.Risks(at), End: sub.End()}
}

// worksIn is the flag of work that is seen in a holiday at the subject of the visit that is judged, by an entry at an index; ok is false
// where there is nothing to say. The calendars are those that were known when the visit began.
func (k *inspections) worksIn(id string, at time.Time, index uint64) (flag event.Deviation, ok bool) {
	sub := k.s.subjects.state(id)
	if sub == nil {
		return flag, false
	}
	return sub.WorksIn(id, k.s.holidayBefore(at, k.first(k.judged)), at, index)
}

// claimedBy returns another inspection that claims the duplicate key of the visit that e reserves,
// and of which the author may know, "" when none (R31).
func (k *inspections) claimedBy(e *event.Event) string {
	d, ok := e.Data.(*inspection.Reserved)
	if !ok {
		return ""
	}
	about := &e.About
	key, ok := inspection.DuplicateKey(k.s.policy(about.Campaign), about.Campaign, about.Subject, d.Sector, d.VisitType)
	if !ok {
		return ""
	}
	for _, id := range k.s.rivals(key) {
		st := k.state(id)
		if id != e.Stream.ID && k.knowsVisit(st) && k.s.subjects.oneAt(st.Subject(), about.Subject, e.Occurred.Unix(), nil) {
			return id
		}
	}
	return ""
}

// person is what is known of somebody who comes on the visit that is judged, for what happened at an instant.
func (k *inspections) person(id string, at time.Time) inspection.PersonFacts {
	p := k.s.persons.state(id)
	if p == nil {
		return inspection.PersonFacts{}
	}
	f := inspection.PersonFacts{Known: true, Trained: p.Trained, Certificate: p.Certificate, Until: p.Until, HomeUnit: p.HomeAt(at)}
	f.Excepted = p.Excepted(f.HomeUnit, k.visitedAt(k.judged.About.Subject, at))
	return f
}

// visitedAt is what somebody inspects who visits a subject at an instant.
func (k *inspections) visitedAt(subject string, at time.Time) person.Visited {
	v := person.Visited{Subject: subject, At: at}
	if sub := k.s.subjects.state(subject); sub != nil {
		v.County, v.Sectors = sub.County, sub.SectorsAt(at)
	}
	return v
}

// first is the index of the first entry of the visit of an event.
func (k *inspections) first(e *event.Event) uint64 {
	if st := k.state(e.Stream.ID); st != nil {
		first, _ := st.First()
		return first
	}
	return e.Index
}

// restates looks at the scene that decide has filled. A correction of when the visit began may have another plan judge it.
func (k *inspections) restates(e *event.Event, p *campaign.Policy) event.Restated {
	st := known(k.s, k.state(e.Stream.ID))
	asked := inspection.Asked(st, p, e)
	if asked == 0 && !inspection.ToldLate(st, e) {
		return event.Restated{}
	}
	k.scene.Calendars = k.s.calendars()
	after := k.after(e)
	if first, happened := after.First(); speaksOfFacts(e) {
		p = k.s.planOf(after.Campaign(), first, happened).Policy
	}
	k.scene.Judged = after.JudgedBy(k.s.campaigns.state(after.Campaign()))
	return inspection.Restate(asked, st, after, &k.scene, p, e)
}

// log is what is kept of a visit's facts.
func (k *inspections) log(id string) *facts.Log {
	if st := k.state(id); st != nil {
		return st.Log()
	}
	return new(facts.Log)
}

func (k *inspections) entails(e *event.Event) []event.Consequence {
	return slices.Concat(k.s.entailed(e), k.s.listsVisit(e), k.s.doubts(e), k.s.reliedOnVisit(e), k.capsAgain(e), k.carries(e))
}

// fold also keeps for which bytes of evidence the visit waits, and tells its cases of which decisions it has copies.
func (k *inspections) fold(e *event.Event) {
	k.folds(e)
	k.decides(e)
	k.replaces(e)
	switch e.Data.(type) {
	case *inspection.Started, *inspection.Joined, *inspection.Attempted, event.Correction:
		if e.Assurance != event.Imported { // of which nothing is said
			k.isBeside(e, e.Data)
		}
	}
	if inspection.BearsEvidence(e.Data) || speaksOfFacts(e) {
		k.s.files.awaits(e.Stream.ID, k.state(e.Stream.ID))
	}
}

// folds also keeps the duplicate keys (R31) and the seen visits of each subject (R44), and lets a closed visit
// forget what it may.
func (k *inspections) folds(e *event.Event) {
	if inspection.Moves(e) {
		k.moved.move(e.Stream.ID)
	}
	if k.is.Troubles(e.Data) {
		at, was := share(k.state(e.Stream.ID))
		defer func() {
			to, now := share(k.state(e.Stream.ID))
			k.s.blind.move(at, was, to, now)
		}()
	}
	claims := false
	switch d := e.Data.(type) {
	case *inspection.Reserved, *inspection.Started, *inspection.Released, *inspection.Attempted, event.Correction, *oversight.ApprovalGiven:
		claims = true
	case *inspection.Arrived, *inspection.RecordSigned, *inspection.SignatureRefused, *inspection.Closed:
	case *oversight.DeviationFlagged:
		k.apply(e)
		return
	case *inspection.NoticePosted:
		k.s.evaluations.posted(e.Stream.ID, d)
		k.apply(e)
		return
	default:
		k.forgets(k.apply(e))
		return
	}
	id := e.Stream.ID
	defer func() { k.came(id, k.state(id)) }()
	seen := false
	if st := k.state(id); st != nil {
		if seen = st.Seen(); claims {
			k.giveUp(st, id)
		}
	}
	st := k.apply(e)
	k.forgets(st)
	if claims {
		if key, ok := st.Claims(k.s.policy(st.Campaign())); ok {
			k.initial.set(key, with(k.initial, key, id))
		}
	}
	switch {
	case st.Seen() && !seen:
		k.ofSubject.set(st.Subject(), with(k.ofSubject, st.Subject(), id))
	case seen && !st.Seen():
		k.ofSubject.set(st.Subject(), without(k.ofSubject, st.Subject(), id))
	}
}

// forgets lets a visit that is closed forget what it may. Its state is the judge's own.
func (k *inspections) forgets(st *inspection.State) {
	if st == nil || !st.Closed() || st.Forgot() {
		return
	}
	st.Forget(k.terms(st, vantage{}))
}

// giveUp frees the keys that a visit claims. A later plan may have changed the form of the key
// since it was taken, so both forms are looked at.
func (k *inspections) giveUp(st *inspection.State, id string) {
	for i := range duplicateForms {
		if key, ok := st.Claims(&duplicateForms[i]); ok {
			if holders, _ := k.initial.get(key); slices.Contains(holders, id) {
				k.initial.set(key, without(k.initial, key, id))
			}
		}
	}
}

var duplicateForms = [...]campaign.Policy{{DuplicateKey: "subject-sector"}, {DuplicateKey: "subject"}}

// with returns the list under a key and id; the lists themselves are never changed.
func with[K comparable](t *table[K, []string], key K, id string) []string {
	list, _ := t.get(key)
	if slices.Contains(list, id) {
		return list
	}
	return append(slices.Clip(list), id)
}

// without returns the list under a key less id.
func without[K comparable](t *table[K, []string], key K, id string) []string {
	list, _ := t.get(key)
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return x == id })
}

// speaksOfFacts reports whether an event may change which version of another counts.
func speaksOfFacts(e *event.Event) bool {
	switch e.Data.(type) {
	case event.Correction, *oversight.ApprovalGiven:
		return true
	}
	return false
}
