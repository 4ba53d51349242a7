package engines

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/evidence/objects"
	"github.com/anjian-ledger/anjian/internal/store/cluster"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
)

// natsDriver is the row of JetStream on NATS servers: blocks in a stream, evidence in a bucket.
type natsDriver struct {
	urls         []string
	stream       string
	prefix       string
	bucket       string
	replicas     int
	creds, nkey  string
	user         string
	passwordFile string
	ca           string
	cert, key    string
}

func newNATS() *natsDriver { return &natsDriver{replicas: cluster.DefaultReplicas} }

func (d *natsDriver) schemes() []string { return []string{"nats", "tls"} }

func (d *natsDriver) form() string { return "nats://…" }

func (d *natsDriver) settings() []Setting {
	return []Setting{
		{Name: "nats", Usage: "keep the blocks in this NATS cluster: nats:// or tls:// URLs of its servers", Value: &d.urls, Chooses: true},
		{Name: "nats-stream", Usage: "name of the block stream (default: ANJIAN_BLOCKS_ and the ledger's name)", Value: &d.stream},
		{Name: "nats-prefix", Usage: "first words of every subject that is published on, blocks and feed (default: anjian)", Value: &d.prefix},
		{Name: "nats-bucket", Usage: "name of the object store bucket with the evidence (default: " + objects.DefaultBucket + ")",
			Value: &d.bucket},
		{Name: "nats-replicas", Usage: "replicas of the block stream: 3 or 5; 1 is for trials", Value: &d.replicas},
		{Name: "nats-creds", Usage: "credentials file of a NATS user (JWT and seed)", Value: &d.creds, Secret: true},
		{Name: "nats-nkey", Usage: "nkey seed file of a NATS user", Value: &d.nkey, Secret: true},
		{Name: "nats-user", Usage: "name of a NATS user", Value: &d.user},
		{Name: "nats-password-file", Usage: "file with the password of --nats-user", Value: &d.passwordFile, Secret: true},
		{Name: "nats-ca", Usage: "PEM file with the CA of the NATS servers (default: the system's)", Value: &d.ca},
		{Name: "nats-cert", Usage: "PEM file with a client certificate for the NATS servers", Value: &d.cert},
		{Name: "nats-key", Usage: "PEM file with the key of --nats-cert", Value: &d.key, Secret: true},
	}
}

func (d *natsDriver) check() error {
	switch {
	case d.user != "" && d.passwordFile == "":
		return errors.New("--nats-user needs --nats-password-file")
	case d.user == "" && d.passwordFile != "":
		return errors.New("--nats-password-file needs --nats-user")
	}
	return nil
}

func (d *natsDriver) chosen(log *slog.Logger) (Engine, error) {
	if len(d.urls) == 0 {
		return nil, nil
	}
	return d.to(d.urls, log)
}

func (d *natsDriver) at(uri string, log *slog.Logger) (Engine, error) {
	return d.to(strings.Split(uri, ","), log)
}

func (d *natsDriver) to(urls []string, log *slog.Logger) (Engine, error) {
	c := cluster.Config{
		URLs: urls, Stream: d.stream, Prefix: d.prefix, Replicas: d.replicas, Logger: log,
		Credentials: d.creds, NKeySeed: d.nkey, User: d.user, CA: d.ca, Cert: d.cert, Key: d.key,
	}
	if d.passwordFile != "" {
		b, err := os.ReadFile(d.passwordFile)
		if err != nil {
			return nil, fmt.Errorf("--nats-password-file: %w", err)
		}
		c.Password = strings.TrimRight(string(b), "\r\n")
	}
	return natsEngine{c, d.bucket, d.passwordFile}, nil
}

func (d *natsDriver) public(uri string) string { return publicNATS(uri) }

func publicNATS(uri string) string {
	head, query, found := cutQuery(uri)
	parts := strings.Split(head, ",")
	for i := range parts {
		parts[i] = withoutUser(parts[i])
	}
	return joinQuery(strings.Join(parts, ","), query, found)
}

func (d *natsDriver) fault(err error) Fault {
	var settings *cluster.SettingsError
	switch {
	case errors.Is(err, jetstream.ErrMissing):
		return Missing
	case errors.As(err, &settings):
		return Unfit
	}
	return None
}

// NATS is an engine on NATS servers. The ledger's name and whether a stream may be made are
// filled in when it is opened.
func NATS(c cluster.Config) Engine { return natsEngine{cfg: c} }

type natsEngine struct {
	cfg          cluster.Config
	bucket       string
	passwordFile string
}

func (natsEngine) streamFlag() string { return "--nats-stream" }
func (natsEngine) Feeds() bool        { return true }
func (e natsEngine) memo() memo {
	c := &e.cfg
	var urls []string
	for _, url := range c.URLs {
		urls = append(urls, publicNATS(url))
	}
	return newMemo("nats", "nats", urls, "nats-stream", c.Stream, "nats-prefix", c.Prefix, "nats-bucket", e.bucket, "nats-replicas",
		c.Replicas,
		"nats-creds", absolute(c.Credentials), "nats-nkey", absolute(c.NKeySeed), "nats-user", c.User, "nats-password-file",
		absolute(e.passwordFile),
		"nats-ca", absolute(c.CA), "nats-cert", absolute(c.Cert), "nats-key", absolute(c.Key))
}
func (e natsEngine) Where() string { return publicNATS(strings.Join(e.cfg.URLs, ",")) }

// noLedger is the name of no ledger: its stream is always missing.
const noLedger = "anjian.invalid/none"

func (e natsEngine) Open(ctx context.Context, o Opening) (*Opened, error) {
	c := e.cfg
	c.Ledger, c.Create, c.Timeout = cmp.Or(o.Origin, noLedger), c.Create || o.Create, cmp.Or(o.Timeout, c.Timeout)
	c.Look = o.Look || o.Create
	s, err := cluster.Open(ctx, c)
	if errors.Is(err, jetstream.ErrMissing) && o.Create {
		if foreign := bucketIsFree(ctx, c, e.bucket); foreign != nil {
			return nil, foreign
		}
		if !o.Look {
			c.Look = false
			s, err = cluster.Open(ctx, c)
		}
	}
	if err != nil {
		return nil, err
	}
	out := &Opened{Source: s, Target: s, Store: s, Origin: s.Origin(), Replicas: s.Replicas(), Prefix: c.Prefix, Warnings: s.Warnings()}
	out.later(s.Close)
	out.Connect = func(part string) (*cluster.Conn, error) {
		nc, err := s.ConnectAs("anjian " + part)
		if err == nil {
			out.later(func() error { nc.Close(); return nil })
		}
		return nc, err
	}
	out.Evidence = func(ctx context.Context, part string, create bool) (evidence.Store, error) {
		nc, err := out.Connect(part)
		if err != nil {
			return nil, err
		}
		b, err := objects.Open(ctx, objects.Config{Conn: nc, Ledger: s.Origin(), Bucket: e.bucket, Create: create, Replicas: s.Replicas()})
		if errors.Is(err, objects.ErrMissing) {
			return nil, nil // no node has run there yet
		}
		if err != nil {
			return nil, err
		}
		return b, nil
	}
	return out, nil
}

// bucketIsFree returns an error when a new ledger would find the evidence of another one there:
// before a stream is made for it.
func bucketIsFree(ctx context.Context, c cluster.Config, bucket string) error {
	nc, err := cluster.Dial(c)
	if err != nil {
		return err
	}
	defer nc.Close()
	_, err = objects.Open(ctx, objects.Config{Conn: nc, Ledger: c.Ledger, Bucket: bucket, Replicas: c.Replicas})
	if errors.Is(err, objects.ErrForeign) {
		return err
	}
	return nil // missing as a rule; everything else is told when it is made
}
