package objects

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/evidence"
)

// The answers to a piece that is there already, or on its way (nats-server, server/errors.json).
const (
	codeWrongLast    = 10071
	codeWrongLastNow = 10164
)

// eraseTime bounds one try to erase a file.
const eraseTime = time.Minute

// ownPiece is the id of the piece of a file that has one.
func ownPiece(sum string) string { return "one-" + sum }

// description is the subject of what describes a file.
func (s *Store) description(sum string) string {
	return "$O." + s.cfg.Bucket + ".M." + base64.URLEncoding.EncodeToString([]byte(sum))
}

// putPiece stores a file of one piece: the piece, once, and its description.
func (s *Store) putPiece(ctx context.Context, sum string, b []byte) error {
	if len(b) > 0 {
		if err := s.piece(ctx, sum, b); err != nil {
			return err
		}
	}
	digest := sha256.Sum256(b)
	info := natsjs.ObjectInfo{
		ObjectMeta: natsjs.ObjectMeta{Name: sum, Opts: &natsjs.ObjectMetaOptions{ChunkSize: chunkSize}},
		Bucket:     s.cfg.Bucket, NUID: ownPiece(sum), Size: uint64(len(b)),
		Digest: "SHA-256=" + base64.URLEncoding.EncodeToString(digest[:]),
	}
	if len(b) > 0 {
		info.Chunks = 1
	}
	return s.describeAs(ctx, sum, &info)
}

// describeAs replaces the description of a file.
func (s *Store) describeAs(ctx context.Context, sum string, info *natsjs.ObjectInfo) error {
	data, err := json.Marshal(info)
	if err != nil {
		return err
	}
	m := &nats.Msg{Subject: s.description(sum), Data: data, Header: nats.Header{natsjs.MsgRollup: {natsjs.MsgRollupSubject}}}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	return attempts(ctx, answerTime, func(ctx context.Context) error {
		_, err := s.js.PublishMsg(ctx, m)
		return err
	})
}

// piece stores the only piece of a file. One that is there, and is not right, is overwritten first.
func (s *Store) piece(ctx context.Context, sum string, b []byte) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	subject := s.pieces(ownPiece(sum))
	for {
		err := attempts(ctx, answerTime, func(ctx context.Context) error {
			_, err := s.js.Publish(ctx, subject, b, natsjs.WithExpectLastSequencePerSubject(0))
			return err
		})
		var api *natsjs.APIError
		if !errors.As(err, &api) || api.ErrorCode != codeWrongLast && api.ErrorCode != codeWrongLastNow {
			return err
		}
		there, getErr := s.ask(ctx, func(ctx context.Context) (*natsjs.RawStreamMsg, error) {
			return s.stream.GetLastMsgForSubject(ctx, subject)
		})
		switch {
		case getErr == nil && bytes.Equal(there.Data, b):
			return nil
		case getErr == nil:
			getErr = s.wipe(ctx, subject)
		case errors.Is(getErr, natsjs.ErrMsgNotFound): // one is on its way, or has just been removed
			getErr = nil
		}
		if getErr != nil {
			return getErr
		}
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return fmt.Errorf("objects: %w", errors.Join(ctx.Err(), err))
		}
	}
}

// Erase implements evidence.Store. Every piece is overwritten in the files of the servers, which a purge does not
// do, before the description goes. In a cluster the servers' log of changes has the pieces until it is compacted,
// which they do by themselves; docs/sealed.md says what that means.
func (s *Store) Erase(ctx context.Context, sum string) error {
	ctx, cancel := context.WithTimeout(ctx, eraseTime) // what is left then, the next try goes on with
	defer cancel()
	info, err := s.describe(ctx, sum)
	switch {
	case errors.Is(err, evidence.ErrInvalidHash):
		return err
	case errors.Is(err, evidence.ErrNotFound): // a piece may be there that was never described
		return s.wipe(ctx, s.pieces(ownPiece(sum)))
	case err != nil && !errors.Is(err, evidence.ErrDamaged):
		return err
	}
	for _, id := range []string{info.NUID, ownPiece(sum)} {
		if id == "" {
			continue
		}
		if err := s.wipe(ctx, s.pieces(id)); err != nil {
			return err
		}
	}
	info.Name, info.Bucket, info.Deleted = sum, s.cfg.Bucket, true
	info.Size, info.Chunks, info.Digest = 0, 0, ""
	return s.describeAs(ctx, sum, &info)
}

// wipe overwrites and removes the messages of a subject.
func (s *Store) wipe(ctx context.Context, subject string) error {
	for {
		msg, err := s.ask(ctx, func(ctx context.Context) (*natsjs.RawStreamMsg, error) {
			return s.stream.GetLastMsgForSubject(ctx, subject)
		})
		switch {
		case errors.Is(err, natsjs.ErrMsgNotFound):
			return nil
		case err != nil:
			return err
		}
		if err := s.wipeOne(ctx, subject, msg.Sequence); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return fmt.Errorf("objects: erase: %w", ctx.Err())
		}
	}
}

// wipeOne returns when a message is gone, whoever removed it.
func (s *Store) wipeOne(ctx context.Context, subject string, seq uint64) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	for {
		failed := attempts(ctx, answerTime, func(ctx context.Context) error { return s.stream.SecureDeleteMsg(ctx, seq) })
		there, err := s.ask(ctx, func(ctx context.Context) (*natsjs.RawStreamMsg, error) { return s.stream.GetMsg(ctx, seq) })
		switch {
		case errors.Is(err, natsjs.ErrMsgNotFound), err == nil && there.Subject != subject:
			return nil
		case err != nil:
			return err
		}
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return fmt.Errorf("objects: erase: %w", errors.Join(ctx.Err(), failed))
		}
	}
}
