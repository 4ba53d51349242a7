package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// engine is one run of the embedded server with our own connection to it.
type engine struct {
	srv    *server.Server
	nc     *nats.Conn
	stream *stream
}

// serverOptions states every setting that a default would get wrong for a ledger. It opens no port.
func serverOptions(cfg *Config) *server.Options {
	return &server.Options{
		ServerName:             "anjian",
		DontListen:             true,
		NoSigs:                 true,
		JetStream:              true,
		DisableJetStreamBanner: true,
		StoreDir:               cfg.Dir,
		SyncAlways:             true,
		SyncInterval:           time.Minute, // for what SyncAlways leaves out: consumer states
		JetStreamMaxStore:      cfg.MaxStore,
		JetStreamMaxMemory:     64 << 20,
		MaxPayload:             int32(maxMessage(cfg.MaxBlock) + 4096),
	}
}

// startEngine runs a server on cfg.Dir and connects to it. onStuck is called, on any
// goroutine, when the server says that it failed to store a message.
func startEngine(ctx context.Context, cfg *Config, onStuck func()) (e *engine, err error) {
	srv, err := server.NewServer(serverOptions(cfg))
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	e = &engine{srv: srv}
	defer func() {
		if err != nil {
			e.stop()
		}
	}()
	logger := &serverLog{log: cfg.Logger, onStuck: onStuck, fatal: make(chan struct{})}
	srv.SetLoggerV2(logger, false, false, false)
	go srv.Start()
	if err := awaitReady(ctx, srv, logger); err != nil {
		return nil, err
	}
	if e.nc, err = nats.Connect("", nats.InProcessServer(srv), nats.Name("anjian block store"), nats.NoReconnect(),
		immediateWrites()); err != nil {
		return nil, fmt.Errorf("jetstream: connect in process: %w", err)
	}
	if e.stream, err = newStream(e.nc, cfg.MaxBlock, cfg.Timeout); err != nil {
		return nil, err
	}
	return e, nil
}

// awaitReady waits until the server has recovered its files, however long that takes.
func awaitReady(ctx context.Context, srv *server.Server, log *serverLog) error {
	for !srv.ReadyForConnections(50*time.Millisecond) || !srv.JetStreamEnabled() {
		select {
		case <-log.fatal:
			return fmt.Errorf("jetstream: the server does not start: %w", log.fatalErr)
		case <-ctx.Done():
			return fmt.Errorf("jetstream: the server does not start: %w", ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

// stop ends the server and waits until it has closed its files.
func (e *engine) stop() {
	if e.nc != nil {
		e.nc.Close()
	}
	e.srv.Shutdown()
	e.srv.WaitForShutdown()
}

// serverLog hands the server's log on to slog and listens for what it tells nobody else:
// after a failed write it stops storing and publishers see a timeout.
type serverLog struct {
	log      *slog.Logger
	onStuck  func()
	once     sync.Once
	fatalErr error         // set before fatal is closed
	fatal    chan struct{} // closed by the first fatal message
}

// stuckMessages are parts of messages of nats-server 2.15.2 that mean "no more writes".
// Should a later version reword them, the timeout of an append finds the same, later.
var stuckMessages = []string{"JetStream failed to store a msg", "Critical write error", "JetStream out of", "disabling JetStream"}

func (l *serverLog) watch(msg string) {
	for _, m := range stuckMessages {
		if strings.Contains(msg, m) {
			l.onStuck()
			return
		}
	}
}

// Noticef implements server.Logger.
func (l *serverLog) Noticef(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }

// Debugf implements server.Logger.
func (l *serverLog) Debugf(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }

// Tracef implements server.Logger.
func (l *serverLog) Tracef(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }

// Warnf implements server.Logger.
func (l *serverLog) Warnf(format string, v ...any) {
	msg := fmt.Sprintf(format, v...)
	l.watch(msg)
	l.log.Warn(msg)
}

// Errorf implements server.Logger.
func (l *serverLog) Errorf(format string, v ...any) {
	msg := fmt.Sprintf(format, v...)
	l.watch(msg)
	l.log.Error(msg)
}

// Fatalf implements server.Logger. It does not end the process: the start fails instead.
func (l *serverLog) Fatalf(format string, v ...any) {
	msg := fmt.Sprintf(format, v...)
	l.log.Error(msg)
	l.once.Do(func() {
		l.fatalErr = errors.New(msg)
		close(l.fatal)
	})
}
