package projector_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/internal/projector"
)

var scale = flag.Int("events", 200_000, "size of the ledger in benchmarks and in TestMemoryAndLatency")

// campaign makes the entries of a campaign without keeping them: a visit has ten entries,
// a subject eight visits, a team two hundred.
type campaign struct {
	made uint64
}

const visitLen = 10

func (c *campaign) at(i uint64) *event.Event {
	visit := i / visitLen
	subj := visit * 7919 % max(1, uint64(*scale)/(8*visitLen))
	crew := visit * 31 % max(1, uint64(*scale)/(200*visitLen))
	e := &event.Event{
		Index: i, Recorded: epoch.Add(time.Duration(i) * time.Second), Occurred: epoch.Add(time.Duration(i) * time.Second),
		Actor: event.Actor{Person: "P1"}, Assurance: event.Signed, Type: &benchType,
		About: event.About{Campaign: "C1", Subject: fmt.Sprintf("subject-%028d", subj), Team: fmt.Sprintf("team-%05d", crew),
			County: fmt.Sprintf("6109%02d", 21+subj%10), Sectors: fire},
		Revision: i % visitLen,
	}
	e.Stream = event.Stream{Kind: event.Inspection, ID: fmt.Sprintf("%s.0198f3c2-0000-7000-8000-%012d", e.About.Team, visit)}
	finding := fmt.Sprintf("0198f3c2-0001-7000-8000-%012d", i-i%visitLen)
	switch i % visitLen {
	case 0:
		if visit%8 == 0 {
			e.Stream = event.Stream{Kind: event.Subject, ID: e.About.Subject}
			e.Data = &subject.Registered{Kind: "enterprise", Name: fmt.Sprintf("安康市第%d化工有限公司", subj), USCC: fmt.Sprintf("91610900%010d", subj),
				Sectors: []string{"FIRE", "INDTRADE"}}
		} else if visit%50 == 1 {
			e.Stream = event.Stream{Kind: event.Team, ID: e.About.Team}
			e.Data = &team.Formed{Name: "第" + e.About.Team + "督查组", Kind: "comprehensive"}
		} else {
			e.Data = &inspection.Reserved{Sector: "FIRE", VisitType: "initial"}
		}
	case 1:
		e.Data = &inspection.Started{Sector: "FIRE", VisitType: "initial"}
	case 2:
		e.Data = &inspection.FindingRecorded{Finding: finding, Description: "灭火器过期", Level: "general"}
	case 3:
		e.Data = &inspection.FindingRecorded{Finding: finding + "b", Description: "通道堵塞", Level: "major"}
	case 4:
		e.Data = &inspection.FixedOnSite{Finding: finding}
	case 5:
		e.Data = &casefile.PenaltyDecided{Penalty: "X", Kind: "fine", Findings: []string{finding},
			Fine: &event.Money{Currency: "CNY", Amount: 50000}, Final: true}
	case 6:
		e.Data = &inspection.Arrived{}
	default:
		e.Data = &inspection.CheckAnswered{Item: "E-1", Answer: "yes"}
	}
	return e
}

var fire = []string{"FIRE"}

var benchType = event.Type{Name: "some-type", Version: 1, Discloses: true}

func (c *campaign) config() projector.Config {
	return projector.Config{
		Read: func(_ context.Context, indexes []uint64, fn func(*event.Event) error) error {
			for _, i := range indexes {
				if err := fn(c.at(i)); err != nil {
					return err
				}
			}
			return nil
		},
		RootAt:     func(uint64) (string, error) { return "root", nil },
		RecordedAt: func(size uint64) (time.Time, error) { return c.at(size - 1).Recorded, nil },
	}
}

// next makes the next n entries.
func (c *campaign) next(n int) []*event.Event {
	events := make([]*event.Event, n)
	for k := range events {
		events[k] = c.at(c.made)
		c.made++
	}
	return events
}

// BenchmarkApply measures one entry, folded in blocks of 100 into a ledger of -events entries.
func BenchmarkApply(b *testing.B) {
	c := &campaign{}
	p := projector.New(c.config())
	for range *scale / 1000 {
		p.Apply(c.next(1000))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += 1000 {
		b.StopTimer()
		events := c.next(1000)
		b.StartTimer()
		for block := range slices.Chunk(events, 100) {
			p.Apply(block)
		}
	}
}

// TestMemoryAndLatency logs what the projector costs at -events entries. It fails above the
// projector's share of the memory target: 150 bytes an entry.
func TestMemoryAndLatency(t *testing.T) {
	if testing.Short() {
		t.Skip("folds -events entries")
	}
	ctx := context.Background()
	before := heap()
	c := &campaign{}
	p := projector.New(c.config())
	var folding time.Duration
	for range *scale / 1000 {
		events := c.next(1000)
		start := time.Now()
		p.Apply(events)
		folding += time.Since(start)
	}
	per := float64(heap()-before) / float64(*scale)
	t.Logf("%d entries: %.1f bytes and %.0f ns an entry", *scale, per, float64(folding.Nanoseconds())/float64(*scale))
	if per > 150 {
		t.Errorf("%.1f bytes an entry", per)
	}
	r := rand.New(rand.NewPCG(1, 2))
	measure := func(view string, ask func(q projector.Query) error) {
		var took []time.Duration
		for range 500 {
			at := 1 + r.Uint64N(uint64(*scale))
			start := time.Now()
			_ = ask(projector.Query{For: office, AsOf: &at}) // the id may not be known yet
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		t.Logf("%s as of a random position: p50 %v, p99 %v", view, took[250], took[495])
	}
	pick := func() event.About { return c.at(r.Uint64N(uint64(*scale))).About }
	measure("subject", func(q projector.Query) error { _, err := p.Subject(ctx, pick().Subject, q); return err })
	measure("team", func(q projector.Query) error { _, err := p.Team(ctx, pick().Team, q); return err })
	measure("county", func(q projector.Query) error { _, err := p.County(ctx, pick().County, q); return err })
	measure("city", func(q projector.Query) error { _, err := p.City(ctx, q); return err })
	runtime.KeepAlive(p)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
