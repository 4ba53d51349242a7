// Package core is a ledger with what is folded from its entries: views, tokens, device keys. It is
// put together here and nowhere else: package node adds what a directory and a network bring, and
// tests take it as it is, over a store in memory.
package core

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/internal/sealing"
)

// Core is an open ledger with its readers.
type Core struct {
	Ledger    *ledger.Ledger
	Projector *projector.Projector
	Tokens    *identity.Registry
	Keyring   *devicekey.Ring
	Sealing   *sealing.Ring
	Catalogue *event.Catalogue
}

// Open opens a ledger. Catalogue and Folds of lc are filled in; folds that are there already come
// behind the core's own.
func Open(ctx context.Context, lc ledger.Config) (*Core, error) {
	c := &Core{Keyring: &devicekey.Ring{}, Sealing: sealing.NewRing(), Catalogue: domain.Catalogue()}
	c.Tokens = identity.NewRegistry(func() time.Time { return c.Ledger.Now() }) // asked once the ledger is open
	c.Projector = projector.New(projector.Config{Read: c.read, RootAt: c.rootAt, RecordedAt: c.recordedAt})
	lc.Catalogue = c.Catalogue
	// Who waits for the tokens finds the keys there, and who waits for the views all of them.
	own := []func([]*event.Event){c.Keyring.Apply, c.Sealing.Apply, c.Tokens.Apply, c.Projector.Apply}
	lc.Folds = append(own, lc.Folds...)
	var err error
	if c.Ledger, err = ledger.Open(ctx, lc); err != nil {
		return nil, err
	}
	var refresh func(context.Context) error
	if lc.Shared {
		refresh = c.Ledger.Refresh
	}
	c.Tokens.Follow(func() uint64 { return c.Ledger.Head().Size }, refresh)
	return c, nil
}

// Close commits what waits and stops; ctx bounds the wait. Store and journal stay open.
func (c *Core) Close(ctx context.Context) error { return c.Ledger.Close(ctx) }

// Now is the time by which tokens end.
func (c *Core) Now() time.Time { return c.Ledger.Now() }

// Record appends token-issued as an entry of the ledger's own, and returns once this node accepts
// the token. Only its hash is known here.
func (c *Core) Record(ctx context.Context, d *token.Issued) (event.Actor, error) {
	a, err := c.Ledger.Issue(ctx, d)
	if err == nil {
		err = c.Tokens.WaitFor(ctx, a.Token+1)
	}
	return a, err
}

// Issue makes a token for this process to hand out, records its issue, and returns it with the
// actor under which its bearer appends. SHA256, AskedBy and Expires of d are filled in.
func (c *Core) Issue(ctx context.Context, d token.Issued, ttl time.Duration) (identity.Token, event.Actor, error) {
	t := identity.NewToken()
	d.SHA256, d.AskedBy, d.Expires = t.SHA256(), identity.Self(), c.Now().Add(ttl).UTC().Truncate(time.Second)
	a, err := c.Record(ctx, &d)
	return t, a, err
}

// Revoke records that a token no longer counts, and returns once this node refuses it. One that is
// revoked already stays so, by its first revocation.
func (c *Core) Revoke(ctx context.Context, t identity.Claims, reason string, by *token.Process) (already bool, err error) {
	if t.Revoked {
		return true, nil
	}
	stream := event.Stream{Kind: event.Tokens, ID: t.Event.String()}
	refused := c.Ledger.Revoke(ctx, stream, &token.Revoked{Token: t.Token, Reason: reason, AskedBy: by})
	if err := c.Tokens.WaitFor(ctx, c.Ledger.Head().Size); err != nil {
		return false, errors.Join(refused, err)
	}
	if refused != nil && errors.Is(c.Tokens.Check(t.Token), identity.ErrRevokedToken) { // somebody else was faster
		return true, nil
	}
	return false, refused
}

// PublishSealingKey appends sealing-key-published for a key whose secret half k has just made, and returns
// once this node knows it.
func (c *Core) PublishSealingKey(ctx context.Context, k *sealing.Keeper, roles []event.Role, matter string, by *token.Process) (
	sealing.Key, error,
) {
	id, d, err := k.New(ctx, roles, matter)
	if err != nil {
		return sealing.Key{}, err
	}
	d.AskedBy = by
	position, err := c.Ledger.PublishSealingKey(ctx, id, d)
	if err == nil {
		err = c.Tokens.WaitFor(ctx, position) // which are folded after the sealing keys
	}
	key, _ := c.Sealing.Lookup(id)
	return key, err
}

// read delivers the entries at ascending indexes to the projector.
func (c *Core) read(ctx context.Context, indexes []uint64, fn func(*event.Event) error) error {
	for _, i := range indexes {
		if err := ctx.Err(); err != nil {
			return err
		}
		raw, err := c.Ledger.Entry(ctx, i)
		if err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		e, err := entry.Decode(raw, c.Catalogue)
		if err != nil {
			return err
		}
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

// ReportSource is the ledger as the report database reads it, behind everybody else.
func (c *Core) ReportSource() reportdb.Config {
	return reportdb.Config{
		Origin: c.Ledger.Origin(), RootAt: c.rootAt, Read: c.read, Committed: c.Ledger.Committed,
		Size: func() uint64 { return c.Ledger.Head().Size },
		Range: func(ctx context.Context, from, to uint64, fn func(*event.Event) error) error {
			return c.Ledger.Entries(ctx, from, to, func(_ uint64, raw []byte) error {
				e, err := entry.Decode(raw, c.Catalogue)
				if err != nil {
					return err
				}
				return fn(e)
			})
		},
	}
}

func (c *Core) rootAt(size uint64) (string, error) {
	root, err := c.Ledger.RootAt(size)
	return base64.StdEncoding.EncodeToString(root[:]), err
}

func (c *Core) recordedAt(size uint64) (time.Time, error) { return c.Ledger.RecordedAt(size) }
