package objects_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/evidence/objects"
)

// group answers for a stream as a group does that has just elected: the first request of each
// kind is lost, the second one meets no leader.
type group struct {
	config *natsjs.StreamConfig // nil: no such stream
	asked  map[string]int
}

func (g *group) answer(m *nats.Msg) {
	kind := strings.Split(m.Subject, ".")[3]
	g.asked[kind]++
	type failure struct {
		Code        int    `json:"code"`
		ErrorCode   int    `json:"err_code"`
		Description string `json:"description"`
	}
	var reply struct {
		Type   string               `json:"type"`
		Error  *failure             `json:"error,omitempty"`
		Config *natsjs.StreamConfig `json:"config,omitempty"`
	}
	reply.Type = "io.nats.jetstream.api.v1.stream_" + strings.ToLower(kind) + "_response"
	switch g.asked[kind] {
	case 1:
		return
	case 2:
		reply.Error = &failure{503, 10008, "JetStream system temporarily unavailable"}
	default:
		if kind == "CREATE" {
			g.config = new(natsjs.StreamConfig)
			_ = json.Unmarshal(m.Data, g.config)
		}
		if reply.Config = g.config; g.config == nil {
			reply.Error = &failure{404, 10059, "stream not found"}
		}
	}
	b, _ := json.Marshal(reply)
	_ = m.Respond(b)
}

// electing returns a connection to a server on which g answers.
func electing(t *testing.T, g *group) *nats.Conn {
	t.Helper()
	srv, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	go srv.Start()
	t.Cleanup(srv.Shutdown)
	if !srv.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	g.asked = map[string]int{}
	for _, answer := range []nats.MsgHandler{g.answer, nil} {
		nc, err := nats.Connect(srv.ClientURL())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		if answer == nil {
			return nc
		}
		if _, err := nc.Subscribe("$JS.API.STREAM.>", answer); err != nil {
			t.Fatal(err)
		}
		if _, err := nc.Subscribe("$O.>", func(m *nats.Msg) { // the stream itself, which is asked whether it listens
			_ = m.Respond([]byte(`{"error":{"code":400,"err_code":10060,"description":"expected stream does not match"}}`))
		}); err != nil {
			t.Fatal(err)
		}
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	return nil
}

// TestOpeningABucketDoesNotWaitForAnAnswerThatWillNotCome: a request that was lost in an
// election is sent again soon, and long before the whole patience is used up.
func TestOpeningABucketDoesNotWaitForAnAnswerThatWillNotCome(t *testing.T) {
	g := &group{}
	began := time.Now()
	if _, err := objects.Open(t.Context(), objects.Config{Conn: electing(t, g), Ledger: origin, Create: true}); err != nil {
		t.Fatalf("after %v: %v", time.Since(began), err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if g.config == nil || g.config.Name != "OBJ_"+objects.DefaultBucket || g.asked["CREATE"] != 3 {
		t.Errorf("asked %v, made %+v", g.asked, g.config)
	}
	g = &group{}
	if _, err := objects.Open(t.Context(), objects.Config{Conn: electing(t, g), Ledger: origin}); !errors.Is(err, objects.ErrMissing) ||
		g.asked["CREATE"] > 0 {
		t.Errorf("a bucket that must exist: %v, asked %v", err, g.asked)
	}
}

// TestOpeningABucketGivesUpInTheEnd with what the last answer was.
func TestOpeningABucketGivesUpInTheEnd(t *testing.T) {
	nc := electing(t, &group{})
	if _, err := nc.Subscribe("$JS.API.STREAM.INFO.OBJ_MUTE", func(*nats.Msg) {}); err != nil {
		t.Fatal(err)
	}
	_, err := objects.Open(t.Context(), objects.Config{Conn: nc, Ledger: origin, Bucket: "MUTE", Timeout: 300 * time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "deadline") {
		t.Errorf("open gives %v", err)
	}
}
