package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
)

// engine says which external engine keeps the blocks, and how to sign in to it. Without NATS
// and KurrentDB they are in the data directory.
type engine struct {
	nats         []string
	stream       string
	replicas     int
	creds, nkey  string
	user         string
	passwordFile string
	ca           string
	cert, key    string

	kurrentdb       string
	kurrentdbStream string
}

// addSignIn adds the flags that `copy` needs too: its URIs name the servers.
func (e *engine) addSignIn(f *pflag.FlagSet) {
	f.StringVar(&e.stream, "nats-stream", "", "name of the block stream (default: ANJIAN_BLOCKS_ and the ledger's name)")
	f.IntVar(&e.replicas, "nats-replicas", jetstream.DefaultReplicas, "replicas of the block stream: 3 or 5; 1 is for trials")
	f.StringVar(&e.creds, "nats-creds", "", "credentials file of a NATS user (JWT and seed)")
	f.StringVar(&e.nkey, "nats-nkey", "", "nkey seed file of a NATS user")
	f.StringVar(&e.user, "nats-user", "", "name of a NATS user")
	f.StringVar(&e.passwordFile, "nats-password-file", "", "file with the password of --nats-user")
	f.StringVar(&e.ca, "nats-ca", "", "PEM file with the CA of the NATS servers (default: the system's)")
	f.StringVar(&e.cert, "nats-cert", "", "PEM file with a client certificate for the NATS servers")
	f.StringVar(&e.key, "nats-key", "", "PEM file with the key of --nats-cert")
	f.StringVar(&e.kurrentdbStream, "kurrentdb-stream", kurrentdb.DefaultStream, "name of the block stream in KurrentDB")
}

// addTo adds all flags, for commands that work on a node.
func (e *engine) addTo(f *pflag.FlagSet) {
	f.StringSliceVar(&e.nats, "nats", nil, "keep the blocks in this NATS cluster: nats:// or tls:// URLs of its servers")
	f.StringVar(&e.kurrentdb, "kurrentdb", "", "keep the blocks in KurrentDB: esdb:// or kurrentdb:// connection string (better: in --config or ANJIAN_KURRENTDB)")
	e.addSignIn(f)
}

// external reports whether the blocks are kept outside the data directory.
func (e *engine) external() bool { return len(e.nats) > 0 || e.kurrentdb != "" }

// config is the engine as a node opens it.
func (e *engine) config(log *slog.Logger) (c node.StoreConfig, err error) {
	if err := e.check(); err != nil {
		return c, err
	}
	if e.kurrentdb != "" {
		k := e.kurrent(e.kurrentdb, false, log)
		c.KurrentDB = &k
	}
	if len(e.nats) > 0 {
		n, err := e.cluster(e.nats, "", false, log)
		if err != nil {
			return c, err
		}
		c.NATS = &n
	}
	return c, nil
}

// open opens the external engine for reading a ledger that must be there.
func (e *engine) open(ctx context.Context, origin string, log *slog.Logger) (store.Store, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	if e.kurrentdb != "" {
		return kurrentdb.Open(ctx, e.kurrent(e.kurrentdb, true, log))
	}
	c, err := e.cluster(e.nats, origin, false, log)
	if err != nil {
		return nil, err
	}
	return jetstream.OpenCluster(ctx, c)
}

// check finds contradictions that need no connection.
func (e *engine) check() error {
	switch {
	case len(e.nats) > 0 && e.kurrentdb != "":
		return errors.New("--nats and --kurrentdb exclude each other")
	case e.user != "" && e.passwordFile == "":
		return errors.New("--nats-user needs --nats-password-file")
	case e.user == "" && e.passwordFile != "":
		return errors.New("--nats-password-file needs --nats-user")
	}
	return nil
}

// cluster is how to reach the block stream of a ledger on NATS servers. The stream is made
// only for a new ledger.
func (e *engine) cluster(urls []string, origin string, create bool, log *slog.Logger) (jetstream.ClusterConfig, error) {
	c := jetstream.ClusterConfig{
		URLs: urls, Ledger: origin, Stream: e.stream, Create: create, Replicas: e.replicas, Logger: log,
		Credentials: e.creds, NKeySeed: e.nkey, User: e.user, CA: e.ca, Cert: e.cert, Key: e.key,
	}
	if e.passwordFile != "" {
		b, err := os.ReadFile(e.passwordFile)
		if err != nil {
			return c, fmt.Errorf("--nats-password-file: %w", err)
		}
		c.Password = strings.TrimRight(string(b), "\r\n")
	}
	return c, nil
}

// kurrent is how to reach the block stream in KurrentDB.
func (e *engine) kurrent(url string, mustExist bool, log *slog.Logger) kurrentdb.Config {
	return kurrentdb.Config{URL: url, Stream: e.kurrentdbStream, MustExist: mustExist, Logger: log}
}
