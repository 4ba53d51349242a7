package kurrentdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/internal/entry"
)

// What nodes say to each other of the time are events of a stream beside that of the blocks: KurrentDB has no requests. A node that
// starts asks there, and each that is there answers. Nobody says anything in between, so that a ledger that runs for a month writes
// nothing. Who is there is told by the words themselves: a node says that it answers, and that it ends; of one that was killed the
// first who asks in vain says it. The server's times of the events are not used: its clock may be wrong, too.
const (
	clocksSuffix = "-clocks" // of the stream's name, behind that of the blocks

	clockTells = "anjian-clock-tells" // a node answers from here on
	clockAsked = "anjian-clock-asked" // the event's id is that of the question
	clockTold  = "anjian-clock-told"  // the answer of a node to a question
	clockEnds  = "anjian-clock-ends"  // a node does not answer any more
)

// How long and how often nodes look for each other's words.
const (
	askFor     = 3 * time.Second // in all: one that hangs is there and does not answer
	askEvery   = 50 * time.Millisecond
	tellEvery  = 500 * time.Millisecond
	clockWords = 512 // the newest are read: each question has an answer of each node
)

// clockWord is the data of these events.
type clockWord struct {
	Node     uuid.UUID `json:"node,omitzero"` // new with each start
	Question uuid.UUID `json:"question,omitzero"`
	Time     string    `json:"time,omitempty"` // of an answer, as in entries; left out: the node does not rely on its clock
}

func (s *Store) clocksStream() string { return s.cfg.Stream + clocksSuffix }

// say appends one word and returns its revision.
func (s *Store) say(ctx context.Context, id uuid.UUID, typ string, w clockWord) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	data, err := json.Marshal(w)
	if err != nil {
		return 0, err
	}
	timeout := s.cfg.Timeout
	options := esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}, Deadline: &timeout, RequiresLeader: true}
	return s.request(ctx, s.clocksStream(), options,
		[]esdb.EventData{{EventID: id, EventType: typ, ContentType: esdb.ContentTypeJson, Data: data}})
}

// heard calls fn with the words from a revision on, and returns that of the next.
func (s *Store) heard(ctx context.Context, from uint64, fn func(typ string, id uuid.UUID, w clockWord)) (uint64, error) {
	events, err := s.eventsOf(ctx, s.clocksStream(), esdb.ReadStreamOptions{Direction: esdb.Forwards, From: esdb.Revision(from)}, clockWords)
	if errorCode(err) == esdb.ErrorCodeResourceNotFound { // an administrator has emptied it: revisions go on
		return from, nil
	}
	if err != nil {
		return from, err
	}
	for _, e := range events {
		from = e.EventNumber + 1
		var w clockWord
		if json.Unmarshal(e.Data, &w) == nil { // of somebody else, who is not answered
			fn(e.EventType, e.EventID, w)
		}
	}
	return from, nil
}

// AskTime implements store.Clocks.
func (s *Store) AskTime(ctx context.Context) (told []time.Time, err error) {
	question := uuid.New()
	at, err := s.say(ctx, question, clockAsked, clockWord{})
	if err != nil {
		return nil, s.unasked(ctx, err)
	}
	there, err := s.tellers(ctx)
	if err != nil {
		return nil, fmt.Errorf("kurrentdb: ask for the time: %w", err)
	}
	waiting, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	for from := at + 1; len(there) > 0; {
		from, err = s.heard(ctx, from, func(typ string, _ uuid.UUID, w clockWord) {
			switch {
			case typ == clockEnds, typ == clockTold && w.Question == question:
				delete(there, w.Node)
			}
			if typ != clockTold || w.Question != question {
				return
			}
			if t, err := time.Parse(entry.RecordedLayout, w.Time); err == nil {
				told = append(told, t)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("kurrentdb: ask for the time: %w", err)
		}
		if len(there) > 0 && sleep(waiting, askEvery) != nil {
			break
		}
	}
	for node := range there { // so that the next one who starts does not wait for it
		s.cfg.Logger.Warn("block store: another node seems to be there and does not tell the time", "stream", s.clocksStream(), "node", node)
		if _, err := s.say(ctx, uuid.New(), clockEnds, clockWord{Node: node}); err != nil {
			return told, nil // it will be waited for again
		}
	}
	return told, nil
}

// tellers are the nodes that answer, by their newest words.
func (s *Store) tellers(ctx context.Context) (map[uuid.UUID]bool, error) {
	events, err := s.eventsOf(ctx, s.clocksStream(), esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, clockWords)
	if err != nil {
		return nil, err
	}
	known, there := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, e := range events {
		var w clockWord
		if json.Unmarshal(e.Data, &w) != nil || w.Node == uuid.Nil || known[w.Node] {
			continue
		}
		if known[w.Node] = true; e.EventType == clockTells || e.EventType == clockTold {
			there[w.Node] = true
		}
	}
	return there, nil
}

// unasked is why nobody could be asked; nil where nobody ever can before an administrator has changed something: then a node starts as
// one that is alone.
func (s *Store) unasked(ctx context.Context, err error) error {
	refused := s.refusal(err)
	if refused != nil && cutOff(err) { // a server that goes away cuts it off, too
		if _, err := s.readTail(ctx); err != nil {
			refused = nil
		}
	}
	if refused == nil {
		return fmt.Errorf("kurrentdb: ask for the time: %w", err)
	}
	s.cfg.Logger.Warn("block store: the other nodes cannot be asked for the time: this user has to read and write the stream",
		"stream", s.clocksStream(), "error", err)
	return nil
}

// TellTime implements store.Clocks.
func (s *Store) TellTime(ctx context.Context, read func() (now time.Time, sure bool)) error {
	node := uuid.New()
	at, err := s.say(ctx, uuid.New(), clockTells, clockWord{Node: node})
	for from := at + 1; err == nil && sleep(ctx, tellEvery) == nil; {
		from, err = s.answers(ctx, node, from, read)
	}
	if ctx.Err() == nil && !s.conn.closed() {
		return fmt.Errorf("kurrentdb: tell the time: %w", err)
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), askFor)
	defer cancel()
	if _, err := s.say(ending, uuid.New(), clockEnds, clockWord{Node: node}); err != nil && !s.conn.closed() {
		s.cfg.Logger.Debug("block store: who asks for the time waits for this node until somebody says that it has ended", "error", err)
	}
	return nil
}

// answers answers the questions from a revision on, and says again that the node is there where somebody has asked it in vain.
func (s *Store) answers(ctx context.Context, node uuid.UUID, from uint64, read func() (now time.Time, sure bool)) (uint64, error) {
	var failed error
	next, err := s.heard(ctx, from, func(typ string, id uuid.UUID, w clockWord) {
		var err error
		switch {
		case typ == clockAsked:
			w := clockWord{Node: node, Question: id}
			if now, sure := read(); sure {
				w.Time = string(entry.AppendRecorded(nil, now.UTC()))
			}
			_, err = s.say(ctx, uuid.New(), clockTold, w)
		case typ == clockEnds && w.Node == node:
			_, err = s.say(ctx, uuid.New(), clockTells, clockWord{Node: node})
		}
		failed = errors.Join(failed, err)
	})
	return next, errors.Join(err, failed)
}
