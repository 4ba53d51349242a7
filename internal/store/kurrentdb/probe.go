package kurrentdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/anjian-ledger/anjian/internal/store"
)

// refusal returns a *store.RefusedError for an answer that the server will repeat until its
// administrator has changed something, and nil for every other.
func (s *Store) refusal(err error) error {
	says := ""
	switch errorCode(err) {
	case esdb.ErrorCodeAccessDenied:
		says = fmt.Sprintf("the server lets this user not append to stream %s: add it to $w of the stream's access list", s.cfg.Stream)
	case esdb.ErrorCodeUnauthenticated:
		says = "the server does not know this user, or its password is another: correct the connection string"
	case esdb.ErrorCodeStreamDeleted:
		says = fmt.Sprintf("%s: %s", errTombstoned, remedyTombstone)
	}
	switch {
	case says != "":
	case status.Code(err) == codes.InvalidArgument && strings.Contains(err.Error(), "Maximum Append Size"):
		says = s.tooSmall()
	case cutOff(err):
		says = fmt.Sprintf("the server cut the append off: this user may not append to stream %s, or %s", s.cfg.Stream, s.tooSmall())
	default:
		return nil
	}
	return &store.RefusedError{Says: says, Cause: err}
}

func (s *Store) tooSmall() string {
	return fmt.Sprintf("the server's MaxAppendSize is below %d bytes: set it to that, or say what it is when no block is larger",
		s.cfg.MaxAppend)
}

const (
	// probeType is the type of the event that is never stored.
	probeType = "anjian-probe"
	// probeRevision is beyond every revision that a stream can have.
	probeRevision = math.MaxInt64 - 1
)

// Probe implements store.Prober: it sends an append as large as one may be, behind a fence that
// cannot hold, so that nothing is stored.
func (s *Store) Probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	timeout := s.cfg.Timeout
	options := esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(probeRevision), Deadline: &timeout, RequiresLeader: true}
	event := esdb.EventData{EventID: uuid.New(), EventType: probeType, ContentType: esdb.ContentTypeBinary,
		Data: make([]byte, s.cfg.MaxAppend-2*len(probeType))}
	cut := false
	for pause := leastPause; ; pause = min(2*pause, mostPause) {
		_, err := s.request(ctx, s.cfg.Stream, options, []esdb.EventData{event})
		if err == nil {
			return errors.New("kurrentdb: the server took an append that it must refuse")
		}
		if cutOff(err) && !cut { // a server that goes away cuts it off, too
			if _, err := s.readTail(ctx); err != nil {
				return nil
			}
			cut = true
			continue
		}
		if refused := s.refusal(err); refused != nil {
			return refused
		}
		if errorCode(err) != esdb.ErrorCodeNotLeader || sleep(ctx, pause) != nil {
			return nil // the fence has held, or there is no answer to go by
		}
	}
}
