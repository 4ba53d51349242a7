package domain

import (
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/teamreview"
)

// Teams that find nothing (R63). A window is so many days, each day the one on which a visit began: by occurrence, not by arrival in
// the ledger. Time alone makes it true that in a window with enough visits nothing was found, so a sweep says it, once the window and
// the time for late records are over. Windows of which the ledger speaks share no day. What arrives later still takes it back.

// teamDay is one day of a team's visits.
type teamDay struct {
	team string
	day  obligation.Day
}

// tally is what was done on one day: visits that are seen, and what they found. Imports do not count.
type tally struct{ visits, found int32 }

// blind is what is kept to judge the windows of teams.
type blind struct {
	tallies *table[teamDay, tally]
	days    *table[string, []obligation.Day] // team → days with visits, ascending; replaced, never changed
	teams   *table[struct{}, []string]       // that made visits
	windows *table[string, []window]         // team → those that were flagged; replaced, never changed
	// asked is up to when all windows were judged, and nothing changed since: the next sweep has nothing to do. asking is
	// up to when those of the first teams were.
	asked, asking time.Time
}

// changes notes that windows are to be judged again.
func (b *blind) changes() { b.asked, b.asking = time.Time{}, time.Time{} }

// window is one that was flagged.
type window struct {
	in    event.Stream
	first obligation.Day
	last  obligation.Day
}

func newBlind(s *State) blind {
	return blind{tallies: newTable[teamDay, tally](s), days: newTable[string, []obligation.Day](s),
		teams: newTable[struct{}, []string](s), windows: newTable[string, []window](s)}
}

// share is what a visit adds to the tally of a day.
func share(st *inspection.State) (teamDay, tally) {
	if st == nil || st.Team() == "" || st.Copied() || !st.Seen() {
		return teamDay{}, tally{}
	}
	return teamDay{st.Team(), obligation.DayOf(time.Unix(st.Began(), 0))}, tally{1, int32(st.Found())} //nolint:gosec // far fewer
}

// move takes what a visit added before an event, and adds what it does after it.
func (b *blind) move(at teamDay, was tally, to teamDay, now tally) {
	if at == to && was == now {
		return
	}
	b.changes()
	b.add(at, tally{-was.visits, -was.found})
	b.add(to, now)
}

func (b *blind) add(at teamDay, n tally) {
	if n == (tally{}) {
		return
	}
	t, known := b.tallies.get(at)
	b.tallies.set(at, tally{t.visits + n.visits, t.found + n.found})
	if known {
		return
	}
	days, visited := b.days.get(at.team)
	if !visited {
		all, _ := b.teams.get(struct{}{})
		b.teams.set(struct{}{}, append(slices.Clip(all), at.team))
	}
	i, _ := slices.BinarySearch(days, at.day)
	b.days.set(at.team, slices.Insert(slices.Clone(days), i, at.day))
}

// over returns the tally of some days of a team, both ends included.
func (b *blind) over(id string, first, last obligation.Day) (sum tally) {
	days, _ := b.days.get(id)
	i, _ := slices.BinarySearch(days, first)
	for _, day := range days[i:] {
		if day > last {
			break
		}
		t, _ := b.tallies.get(teamDay{id, day})
		sum.visits, sum.found = sum.visits+t.visits, sum.found+t.found
	}
	return sum
}

// Blind returns what the ledger is to say of teams that found nothing, in entries that are recorded now: which window of
// a team is over without a finding and was not flagged, and which was and should not have been. At most so many; they say nothing
// twice. It is a pure function of the state.
func (s *State) Blind(now time.Time, most int) []event.Consequence {
	out, _ := s.BlindFrom(0, math.MaxInt, now, most)
	return out
}

// BlindFrom is [State.Blind] of some teams only: of those that made visits, the ones from a place on. next is the place to go on from;
// negative: there are no more.
func (s *State) BlindFrom(from, teams int, now time.Time, most int) (out []event.Consequence, next int) {
	hour := now.Truncate(time.Hour)
	if s.blind.asked.Equal(hour) {
		return nil, -1
	}
	if from == 0 {
		s.blind.asking = hour
	}
	all, _ := s.blind.teams.get(struct{}{})
	from = min(from, len(all))
	for i, id := range all[from:] {
		if i == teams {
			return out, from + i
		}
		if out = s.blindTeam(out, id, now); out != nil {
			s.blind.asking = time.Time{}
		}
		if len(out) >= most { // of this one there may be more
			return out[:most], from + i
		}
	}
	if s.blind.asking.Equal(hour) {
		s.blind.asked = hour
	}
	return out, -1
}

// blindTeam adds what is to be said of one team.
func (s *State) blindTeam(out []event.Consequence, id string, now time.Time) []event.Consequence {
	t := s.teams.state(id)
	if t == nil {
		return out
	}
	p := s.policy(t.Campaign)
	if p.ZeroFindingDays <= 0 || p.ZeroFindingInspections <= 0 {
		return out
	}
	said, _ := s.blind.windows.get(id)
	taken := make([]window, 0, len(said))
	for _, w := range said {
		switch sum := s.blind.over(id, w.first, w.last); {
		case !s.stands(w.in):
		case sum.found > 0 || sum.visits < 1: // not by a plan that came later: nobody is measured by what he could not know
			out = s.blindNoMore(out, w.in, t.Campaign)
		default:
			taken = append(taken, w)
		}
	}
	span := obligation.Day(p.ZeroFindingDays) //nolint:gosec // a policy has at most a few hundred
	ended := obligation.DayOf(now.Add(-time.Duration(p.LateSyncHours) * time.Hour))
	days, _ := s.blind.days.get(id)
	for _, last := range days {
		w := window{first: last - span + 1, last: last}
		if last >= ended || slices.ContainsFunc(taken, func(o window) bool { return w.first <= o.last && o.first <= w.last }) {
			continue
		}
		sum := s.blind.over(id, w.first, w.last)
		if int(sum.visits) < p.ZeroFindingInspections || sum.found > 0 {
			continue
		}
		w.in = event.Stream{Kind: teamreview.Name, ID: streamID("zero", id, w.last.String())}
		taken = append(taken, w)
		out = append(out, event.Consequence{Name: "zero-finding-team-flagged", Stream: w.in, Data: &teamreview.Flagged{Team: id,
			From: w.first.String(), To: w.last.String(), Inspections: int(sum.visits), Least: p.ZeroFindingInspections}})
	}
	return out
}

// blindNoMore takes back that a team found nothing. That others were sent because of it stays, and is flagged first: a sweep that is cut
// short says the rest the next time.
func (s *State) blindNoMore(out []event.Consequence, in event.Stream, campaignID string) []event.Consequence {
	said, _ := s.deviations.get(in)
	ground := event.Event{ID: said.Own()[0].ID, About: event.About{Campaign: campaignID}}
	if st, _ := s.kind(in.Kind).kept(in.ID).(*teamreview.State); st != nil {
		out = s.relied(out, in, law.R63, st.Order(), uuid.Nil, &ground)
	}
	return s.close(out, in, &ground)
}

// teamReviews are the reviews of teams.
type teamReviews struct{ *plain }

func newTeamReviews(s *State, c common) kind { return &teamReviews{plainOf(s, c)} }

// fold also keeps which window was flagged, and that the flag may lapse.
func (k *teamReviews) fold(e *event.Event) {
	k.plain.fold(e)
	d, ok := e.Data.(*teamreview.Flagged)
	if !ok {
		return
	}
	k.s.stand(e, law.R63)
	first := obligation.DayOn(d.From)
	last := obligation.DayOn(d.To)
	said, _ := k.s.blind.windows.get(d.Team)
	if !slices.ContainsFunc(said, func(w window) bool { return w.in == e.Stream }) {
		k.s.blind.windows.set(d.Team, append(slices.Clip(said), window{e.Stream, first, last}))
	}
	k.s.blind.changes()
}
