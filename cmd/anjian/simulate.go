package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/sealing"
	"github.com/anjian-ledger/anjian/internal/simulate"
)

func newSimulate() *cobra.Command {
	var size, start, origin string
	c := simulate.Config{Live: true}
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Append a deterministic synthetic campaign / 生成模拟专项行动",
		Long: `Appends a synthetic campaign of Ankang (10 counties, 3 zones), in Chinese, every name marked
as simulated, through the same append path as everyone else. Its people register keys and sign
what they write (Ed25519; the keys follow from the seed and are no secret); a new ledger gets sealing
keys, for tips and the like. The same seed, size
and start give the same events, in the same ledger the same bytes. Sizes: small (4 thousand
events), city (440 thousand), province (8 million). The server must not be running on the
directory. Running it again adds nothing.`,
		Example: "  anjian simulate --data ./demo --size city --seed 7",
		Args:    cobra.NoArgs,
	}
	dir := dataFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&size, "size", "small", "small, city or province")
	f.Uint64Var(&c.Seed, "seed", 1, "seed of everything that chance decides")
	f.StringVar(&start, "start", "2019-12-02", "first day of the campaign, in Asia/Shanghai")
	f.StringVar(&c.Profile, "profile", "ankang", "whose plan the campaign has: ankang, by the law of 2019, or ankang-2026, by that of today")
	f.BoolVar(&c.Aftermath, "aftermath", false, "also what comes in the three years after, with which the commission's sealing key ends")
	f.StringVar(&origin, "origin", "anjian.invalid/simulated", "name of a new ledger on its checkpoints")
	_ = cmd.RegisterFlagCompletionFunc("size", cobra.FixedCompletions([]string{"small", "city", "province"},
		cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		day, err := time.ParseInLocation(time.DateOnly, start, event.Beijing)
		if err != nil {
			return fmt.Errorf("--start: %w", err)
		}
		c.Size, c.Base = simulate.Size(strings.ToLower(size)), day
		if datadir.Dir(*dir).Exists() {
			origin = "" // the ledger has its name
		}
		n, err := node.Open(cmd.Context(), node.Config{Dir: datadir.Dir(*dir), Origin: origin, Logger: newLogger(os.Stderr, slog.LevelWarn),
			ScrubEvery: -1})
		if err != nil {
			return err
		}
		sum, err := campaignSummary{}, makeSealingKeys(cmd.Context(), n)
		if err == nil {
			sum, err = runCampaign(cmd.Context(), n, c, time.Time{})
		}
		if err := errors.Join(err, n.Close(context.WithoutCancel(cmd.Context()))); err != nil {
			return err
		}
		if err := json.MarshalWrite(cmd.OutOrStdout(), sum); err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout())
		return err
	}
	return cmd
}

type campaignSummary struct {
	Events         int `json:"events"`
	Appended       int `json:"appended"`
	AlreadyPresent int `json:"already_present"`
	Flagged        int `json:"flagged"`
}

// runCampaign appends a campaign, request by request, in its order, signed and sealed for this ledger, as far as it has come at
// a time; zero: to its end.
func runCampaign(ctx context.Context, n *node.Node, c simulate.Config, until time.Time) (s campaignSummary, err error) {
	b := bearers{n: n, known: map[event.Actor]event.Actor{}, noted: map[uuid.UUID]uint64{}}
	c.Origin, c.Keys, c.Ledger = n.Ledger.Origin(), sealingKeys(n), &b
	g, err := simulate.Campaign(c)
	if err != nil {
		return s, err
	}
	bar := newProgress(int64(c.Size.Events()), "simulate")
	defer func() { _ = bar.Close() }()
	for r := range g.Requests() {
		if !until.IsZero() && r.Recorded.After(until) {
			break
		}
		raw, err := r.Bytes()
		if err != nil {
			return s, err
		}
		items := make([]ledger.Item, len(raw))
		for i := range raw {
			items[i] = ledger.Item{Bytes: raw[i], Event: r.Events[i]}
			if r.Signatures != nil {
				items[i].Signature = r.Signatures[i]
			}
		}
		actor, err := b.actor(ctx, g, r.Actor)
		if err != nil {
			return s, fmt.Errorf("a token for %s %s: %w", r.Actor.Role, r.Actor.Person, err)
		}
		res, err := n.Ledger.Append(ctx, ledger.Request{Actor: actor, Items: items})
		if err != nil {
			return s, fmt.Errorf("event %d of the campaign: %w", s.Events, err)
		}
		if err := b.store(ctx, r.Files); err != nil {
			return s, err
		}
		s.Events += len(items)
		for _, receipt := range res.Receipts {
			if r.Noted {
				b.noted[receipt.EventID] = receipt.Index
			}
			if receipt.AlreadyPresent {
				s.AlreadyPresent++
			} else {
				s.Appended++
			}
			s.Flagged += len(receipt.Deviations)
		}
		_ = bar.Add(len(items))
	}
	return s, nil
}

// sealingKeys are the first keys of a ledger that the office and the commission open with, and the commission alone: the same whenever
// a campaign is loaded.
func sealingKeys(n *node.Node) (keys simulate.Keys) {
	first := func(roles ...event.Role) string {
		for _, k := range n.Sealing.Keys() {
			if k.Destroyed == nil && k.Matter == "" && slices.Equal(slices.Sorted(slices.Values(k.Roles)), roles) {
				return k.PublicKey
			}
		}
		return ""
	}
	keys.Commission = first(event.RoleDisciplineCommission)
	keys.Office = first(event.RoleDisciplineCommission, event.RoleSupervisionOffice)
	return keys
}

// isNew reports whether a ledger has no more than ledger-created and rules-adopted.
func isNew(n *node.Node) bool { return n.Ledger.Head().Size <= 2 }

// makeSealingKeys makes these keys for a new ledger, and a master key where it has none.
func makeSealingKeys(ctx context.Context, n *node.Node) error {
	if !isNew(n) {
		return nil
	}
	if n.Keeper.Master == nil {
		path := filepath.Join(n.Dir.Keys(), masterName)
		if err := sealing.CreateMaster(path); err != nil {
			return err
		}
		master, err := masterOf(n.Dir, path)
		if err != nil {
			return err
		}
		n.Keeper.Master = master
	}
	for _, roles := range [][]event.Role{{event.RoleDisciplineCommission, event.RoleSupervisionOffice}, {event.RoleDisciplineCommission}} {
		if _, err := n.PublishSealingKey(ctx, n.Keeper, roles, "", identity.Self()); err != nil {
			return err
		}
	}
	return nil
}

// bearers are the actors of a campaign with their tokens, and what they remember of the ledger.
type bearers struct {
	n     *node.Node
	known map[event.Actor]event.Actor
	noted map[uuid.UUID]uint64
}

// Behind implements [simulate.Ledger].
func (b *bearers) Behind(id uuid.UUID) (position uint64, root [32]byte, err error) {
	index, ok := b.noted[id]
	if !ok {
		return 0, root, fmt.Errorf("event %s was not appended in this run", id)
	}
	root, err = b.n.Ledger.RootAt(index + 1)
	return index + 1, root, err
}

// store keeps sealed texts as evidence; what an earlier run has stored, and its people have erased, stays erased.
func (b *bearers) store(ctx context.Context, sealed [][]byte) error {
	for _, file := range sealed {
		hash := sha256.Sum256(file)
		sum := hex.EncodeToString(hash[:])
		_, size, err := b.n.Evidence.Put(ctx, sum, event.MaxSealed, bytes.NewReader(file))
		if err == nil {
			err = b.n.Ledger.Received(ctx, &files.Received{SHA256: sum, Size: size})
		}
		if err != nil && !errors.Is(err, evidence.ErrErased) {
			return fmt.Errorf("a sealed text of the campaign: %w", err)
		}
	}
	return nil
}

// simulatedFor is how long the tokens of a campaign are valid: nobody has them.
const simulatedFor = 100 * 365 * 24 * time.Hour

// actor returns a with its token, which is issued when an earlier run has not done so.
func (b *bearers) actor(ctx context.Context, g *simulate.Generator, a event.Actor) (event.Actor, error) {
	if a.Role == event.RolePublic { // who has none
		return a, nil
	}
	if have, ok := b.known[a]; ok {
		return have, nil
	}
	d := g.Token(a)
	if c, ok := b.n.Tokens.ByHash(d.SHA256); ok {
		b.known[a] = c.Actor()
		return c.Actor(), nil
	}
	d.AskedBy, d.Expires = identity.Self(), b.n.Now().Add(simulatedFor).UTC().Truncate(time.Second)
	have, err := b.n.Record(ctx, d)
	if err == nil {
		b.known[a] = have
	}
	return have, err
}

// sampleActors are people of the sample, so that tokens can be given out for them.
type sampleActors struct{ team, leader, inspector, unit, officer, approver, subject string }

// sampleDays is how many days of the campaign of a sample are over: all of its visits, and little of the time after them.
const sampleDays = 28

// loadSample fills an empty ledger with a campaign of which today is a day, and finds people of a campaign to act as, also of one that
// was loaded on another day.
func loadSample(ctx context.Context, n *node.Node, wanted bool, log *slog.Logger) (a sampleActors, err error) {
	if !wanted {
		return a, nil
	}
	now := time.Now().In(event.Beijing)
	base := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, event.Beijing).AddDate(0, 0, -sampleDays)
	c := simulate.Config{Seed: 1, Size: simulate.Small, Base: base, Live: true}
	if !isNew(n) {
		log.Info("the ledger is not empty: no sample is loaded")
	} else if err := makeSealingKeys(ctx, n); err != nil {
		return a, fmt.Errorf("the sample: %w", err)
	} else if _, err := runCampaign(ctx, n, c, now); err != nil {
		return a, fmt.Errorf("the sample: %w", err)
	}
	if err := n.Tokens.WaitFor(ctx, n.Ledger.Head().Size); err != nil {
		return a, err
	}
	for _, t := range n.Tokens.All() {
		switch {
		case t.Role == event.RoleInspectedParty && a.subject == "":
			a.subject = t.Subject
		case !strings.HasPrefix(t.Person, simulate.Prefix):
		case t.Role == event.RoleOfficer && a.officer == "":
			a.unit, a.officer = t.Unit, t.Person
		case t.Role == event.RoleApprover && t.Unit == a.unit && a.approver == "":
			a.approver = t.Person
		case t.Role == event.RoleTeamLeader && a.leader == "":
			a.team, a.leader = t.Team, t.Person
		case t.Role == event.RoleInspector && t.Team == a.team && a.inspector == "":
			a.inspector = t.Person
		}
	}
	return a, nil
}
