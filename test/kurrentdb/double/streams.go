package double

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// features answers the client's discovery.
type features struct {
	serverfeatures.UnimplementedServerFeaturesServer
}

// GetSupportedMethods implements the ServerFeatures service.
func (features) GetSupportedMethods(context.Context, *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	return &serverfeatures.SupportedMethods{EventStoreServerVersion: "24.10.0"}, nil
}

// streamsService is the Streams service: Append and Read. What the adapter must never call
// (Delete, Tombstone) is not there.
type streamsService struct {
	streams.UnimplementedStreamsServer
	s *Server
}

type trailer interface {
	Context() context.Context
	SetTrailer(metadata.MD)
}

// admit checks the user, if there are any, and takes its time.
func (s *Server) admit(call trailer) error {
	s.mu.Lock()
	delay := s.delay
	if !requiresLeader(call) {
		s.leaderless++
	}
	s.mu.Unlock()
	if s.opts.Username != "" {
		md, _ := metadata.FromIncomingContext(call.Context())
		want := "Basic " + base64.StdEncoding.EncodeToString([]byte(s.opts.Username+":"+s.opts.Password))
		if got := md.Get("authorization"); len(got) != 1 || got[0] != want {
			return status.Error(codes.Unauthenticated, "who are you?")
		}
	}
	return sleep(call.Context(), delay)
}

// lead refuses a call that requires the leader when this server is not.
func (s *Server) lead(call trailer) error {
	s.mu.Lock()
	leader := s.leader
	s.mu.Unlock()
	if leader == nil || !requiresLeader(call) {
		return nil
	}
	host, port, err := net.SplitHostPort(leader.Address())
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	call.SetTrailer(metadata.Pairs("exception", "not-leader", "leader-endpoint-host", host, "leader-endpoint-port", port))
	return status.Error(codes.NotFound, "this node is not the leader")
}

func requiresLeader(call trailer) bool {
	md, _ := metadata.FromIncomingContext(call.Context())
	v := md.Get("requires-leader")
	return len(v) == 1 && v[0] == "true"
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return status.FromContextError(ctx.Err()).Err()
	case <-time.After(d):
		return nil
	}
}

// hang waits for the end of the call.
func hang(ctx context.Context) error {
	<-ctx.Done()
	return status.FromContextError(ctx.Err()).Err()
}

// proposal is one append as received.
type proposal struct {
	stream  string
	options *streams.AppendReq_Options
	events  []Event
}

// Append implements the Streams service.
func (t *streamsService) Append(call streams.Streams_AppendServer) error {
	s := t.s
	if err := s.admit(call); err != nil {
		return err
	}
	p, err := s.receive(call)
	if err != nil {
		return err
	}
	if err := s.lead(call); err != nil {
		return err
	}
	s.mu.Lock()
	s.calls++
	if s.stream(p.stream).tombstoned {
		s.mu.Unlock()
		return deleted(call, p.stream)
	}
	fault := take(&s.appends)
	resp, err := s.perform(p, fault)
	s.mu.Unlock()
	switch {
	case fault == LoseAndHang || fault == StoreAndHang || fault == StoreLate:
		return hang(call.Context())
	case err != nil:
		return err
	}
	return call.SendAndClose(resp)
}

// receive reads the call to its end. Access is checked after the first message and the cap
// meanwhile, as the server does: the client is cut off while it sends.
func (s *Server) receive(call streams.Streams_AppendServer) (*proposal, error) {
	first, err := call.Recv()
	if err != nil || first.GetOptions() == nil {
		return nil, status.Error(codes.InvalidArgument, "no options")
	}
	s.mu.Lock()
	denied := s.denied
	s.mu.Unlock()
	if denied {
		return nil, status.Error(codes.PermissionDenied, "Access Denied")
	}
	p := &proposal{stream: string(first.GetOptions().GetStreamIdentifier().GetStreamName()), options: first.GetOptions()}
	size := 0
	for {
		req, err := call.Recv()
		if errors.Is(err, io.EOF) {
			return p, nil
		}
		if err != nil {
			return nil, err
		}
		m := req.GetProposedMessage()
		id, err := esdb.ParseUUIDFromInt64(m.GetId().GetStructured().GetMostSignificantBits(),
			m.GetId().GetStructured().GetLeastSignificantBits())
		if err != nil {
			return nil, status.Error(codes.InvalidArgument, err.Error())
		}
		e := Event{ID: id, Type: m.GetMetadata()["type"], ContentType: m.GetMetadata()["content-type"], Data: m.GetData(),
			Metadata: m.GetCustomMetadata(), Created: time.Now()}
		if e.Type == "" || e.ContentType == "" {
			return nil, status.Error(codes.InvalidArgument, "required metadata property missing")
		}
		if size += len(e.Data) + len(e.Metadata) + 2*len(e.Type); size > s.opts.MaxAppend {
			call.SetTrailer(metadata.Pairs("exception", "maximum-append-size-exceeded", "maximum-append-size", strconv.Itoa(s.opts.MaxAppend)))
			return nil, status.Errorf(codes.InvalidArgument, "Maximum Append Size of %d Exceeded.", s.opts.MaxAppend)
		}
		p.events = append(p.events, e)
	}
}

// perform answers an append, with its fault. The caller holds mu.
func (s *Server) perform(p *proposal, fault AppendFault) (*streams.AppendResp, error) {
	switch fault {
	case WrongRevision:
		return wrongRevision(p, s.stream(p.stream)), nil
	case LoseAndFail:
		return nil, status.Error(codes.Unavailable, "server is not ready")
	case LoseAndHang:
		return nil, nil
	case StoreLate:
		s.late = append(s.late, func() { _, _ = s.store(p) }) // who loses the race is seen in the stream
		return nil, nil
	}
	resp, err := s.store(p)
	switch {
	case err != nil:
		return nil, err
	case fault == StoreAndFail:
		return nil, status.Error(codes.Unavailable, "server is shutting down")
	case fault == StoreAndAbort:
		return nil, status.Error(codes.Aborted, "Operation timed out: commit timeout")
	case fault == WrongAck:
		resp.GetSuccess().CurrentRevisionOption = &streams.AppendResp_Success_CurrentRevision{CurrentRevision: 12345}
	}
	return resp, nil
}

// store checks the expected revision and stores the events. The caller holds mu.
func (s *Server) store(p *proposal) (*streams.AppendResp, error) {
	st := s.stream(p.stream)
	last := len(st.events) - 1
	var expected int
	switch o := p.options.GetExpectedStreamRevision().(type) {
	case *streams.AppendReq_Options_NoStream:
		expected = -1
	case *streams.AppendReq_Options_Revision:
		expected = int(o.Revision)
	case *streams.AppendReq_Options_Any:
		if i := slices.IndexFunc(st.events, func(e Event) bool { return len(p.events) > 0 && e.ID == p.events[0].ID }); i >= 0 &&
			repeats(st.events[i:], p.events) {
			return success(i + len(p.events) - 1), nil
		}
		expected = last
	default:
		return nil, status.Error(codes.InvalidArgument, "the double wants an expected revision, or any")
	}
	switch {
	case expected == -1 && st.before > last && last >= 0: // soft-deleted: revisions go on
		expected = last
	case expected < last && repeats(st.events[expected+1:], p.events):
		return success(expected + len(p.events)), nil
	}
	if expected != last {
		return wrongRevision(p, st), nil
	}
	st.events = append(st.events, p.events...)
	return success(len(st.events) - 1), nil
}

// repeats reports whether stored begins with events of the same ids.
func repeats(stored, events []Event) bool {
	if len(stored) < len(events) {
		return false
	}
	for i, e := range events {
		if stored[i].ID != e.ID {
			return false
		}
	}
	return true
}

func success(revision int) *streams.AppendResp {
	return &streams.AppendResp{Result: &streams.AppendResp_Success_{Success: &streams.AppendResp_Success{
		CurrentRevisionOption: &streams.AppendResp_Success_CurrentRevision{CurrentRevision: uint64(revision)},
		PositionOption:        &streams.AppendResp_Success_NoPosition{NoPosition: &shared.Empty{}},
	}}}
}

func wrongRevision(p *proposal, st *stream) *streams.AppendResp {
	w := &streams.AppendResp_WrongExpectedVersion{}
	if last := len(st.events) - 1; last >= 0 {
		w.CurrentRevisionOption = &streams.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: uint64(last)}
	} else {
		w.CurrentRevisionOption = &streams.AppendResp_WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &shared.Empty{}}
	}
	if o, ok := p.options.GetExpectedStreamRevision().(*streams.AppendReq_Options_Revision); ok {
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision{ExpectedRevision: o.Revision}
	} else {
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: &shared.Empty{}}
	}
	return &streams.AppendResp{Result: &streams.AppendResp_WrongExpectedVersion_{WrongExpectedVersion: w}}
}

// deleted is the answer for a tombstoned stream.
func deleted(call trailer, name string) error {
	call.SetTrailer(metadata.Pairs("exception", "stream-deleted", "stream-name", name))
	return status.Errorf(codes.FailedPrecondition, "Event stream '%s' is deleted.", name)
}

// Read implements the Streams service: one stream, forwards or backwards, with a count.
func (t *streamsService) Read(req *streams.ReadReq, call streams.Streams_ReadServer) error {
	s := t.s
	if err := s.admit(call); err != nil {
		return err
	}
	if err := s.lead(call); err != nil {
		return err
	}
	o := req.GetOptions()
	if o.GetStream() == nil || o.GetSubscription() != nil {
		return status.Error(codes.Unimplemented, "the double reads one stream")
	}
	name := string(o.GetStream().GetStreamIdentifier().GetStreamName())
	s.mu.Lock()
	fault := take(&s.reads)
	st := s.stream(name)
	tombstoned, events := st.tombstoned, st.visible(o)
	s.mu.Unlock()
	switch {
	case fault == Strange:
		return call.Send(&streams.ReadResp{Content: &streams.ReadResp_CaughtUp_{CaughtUp: &streams.ReadResp_CaughtUp{}}})
	case fault == BadTrailer:
		call.SetTrailer(metadata.Pairs("exception", "stream-deleted"))
		return status.Error(codes.FailedPrecondition, "deleted")
	case tombstoned:
		return deleted(call, name)
	case events == nil:
		return call.Send(&streams.ReadResp{Content: &streams.ReadResp_StreamNotFound_{
			StreamNotFound: &streams.ReadResp_StreamNotFound{StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(name)}}}})
	}
	return deliver(call, events, fault)
}

// deliver sends the events, or half of them before the fault.
func deliver(call streams.Streams_ReadServer, events []*streams.ReadResp, fault ReadFault) error {
	if fault != PassRead {
		events = events[:len(events)/2]
	}
	for _, e := range events {
		if err := call.Send(e); err != nil {
			return err
		}
	}
	switch fault {
	case FailRead:
		return status.Error(codes.Unavailable, "server is shutting down")
	case HangRead:
		return hang(call.Context())
	}
	return nil
}

// visible returns the events a read delivers, nil when the stream is not found.
func (st *stream) visible(o *streams.ReadReq_Options) []*streams.ReadResp {
	if st.before >= len(st.events) {
		return nil
	}
	last := len(st.events) - 1
	step, at := 1, 0
	if o.GetReadDirection() == streams.ReadReq_Options_Backwards {
		step, at = -1, last
	}
	if r, ok := o.GetStream().GetRevisionOption().(*streams.ReadReq_Options_StreamOptions_Revision); ok {
		at = int(r.Revision)
	}
	if step < 0 {
		at = min(at, last)
	}
	found := []*streams.ReadResp{}
	for ; at >= st.before && at <= last && uint64(len(found)) < o.GetCount(); at += step {
		if e := &st.events[at]; !e.missing {
			found = append(found, e.wire(string(o.GetStream().GetStreamIdentifier().GetStreamName()), at))
		}
	}
	return found
}

// wire is the event as a read delivers it.
func (e *Event) wire(name string, revision int) *streams.ReadResp {
	return &streams.ReadResp{Content: &streams.ReadResp_Event{Event: &streams.ReadResp_ReadEvent{
		Event: &streams.ReadResp_ReadEvent_RecordedEvent{
			Id:               protoUUID(e.ID),
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(name)},
			StreamRevision:   uint64(revision),
			Metadata: map[string]string{
				"type": e.Type, "content-type": e.ContentType,
				"created": fmt.Sprint(e.Created.UnixNano() / 100), // .NET ticks since 1970, as the client wants them
			},
			CustomMetadata: e.Metadata,
			Data:           e.Data,
		},
		Position: &streams.ReadResp_ReadEvent_NoPosition{NoPosition: &shared.Empty{}},
	}}}
}

func protoUUID(id uuid.UUID) *shared.UUID {
	most, least := esdb.UUIDAsInt64(id)
	return &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{MostSignificantBits: most,
		LeastSignificantBits: least}}}
}
