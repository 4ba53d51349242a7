package cluster_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/cluster"
	"github.com/anjian-ledger/anjian/test/natstest"
	"github.com/anjian-ledger/anjian/test/storetest"
)

func TestAConfigurationThatCannotWorkIsRefusedBeforeConnecting(t *testing.T) {
	good := cluster.Config{URLs: []string{"nats://127.0.0.1:1"}, Ledger: "anjian.example/x"}
	for want, change := range map[string]func(*cluster.Config){
		"no server's URL":       func(c *cluster.Config) { c.URLs = nil },
		"no name of the ledger": func(c *cluster.Config) { c.Ledger = "" },
		"name of a stream":      func(c *cluster.Config) { c.Stream = "a.b" },
		"2 replicas":            func(c *cluster.Config) { c.Replicas = 2 },
		"blocks of 5 bytes":     func(c *cluster.Config) { c.MaxBlock = 5 },
		"several ways":          func(c *cluster.Config) { c.User, c.Token = "u", "t" },
		"belong together":       func(c *cluster.Config) { c.Cert = "cert.pem" },
		"nkey seed":             func(c *cluster.Config) { c.NKeySeed = filepath.Join(t.TempDir(), "absent") },
		"connect to nats":       func(*cluster.Config) {},
	} {
		cfg := good
		change(&cfg)
		if _, err := cluster.Open(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("open gives %v, want %q", err, want)
		}
	}
}

func TestTheStreamIsNamedAfterTheLedger(t *testing.T) {
	if got := cluster.StreamName("anjian.example.gov.cn/ankang-2"); got != "ANJIAN_BLOCKS_anjian_example_gov_cn_ankang-2" {
		t.Errorf("the stream is named %s", got)
	}
}

// The stream of a first start that was cut off before it had a key is gone on with; one that has a
// block, or is of another name, is somebody else's.
func TestAnEmptyStreamOfTheNameKeepsItsOrigin(t *testing.T) {
	c := natstest.Start(t, 1, nil)
	open := func(origin string) (string, error) {
		cfg := config(t, c)
		cfg.Replicas, cfg.Ledger, cfg.Create, cfg.Stream = 1, origin, true, "ANJIAN_BLOCKS_same"
		s, err := cluster.Open(t.Context(), cfg)
		if err != nil {
			return "", err
		}
		defer s.Close()
		return s.Origin(), nil
	}
	const first = "anjian.example/x/00000001"
	for _, again := range []string{first, first, "anjian.example/x/00000002"} {
		if got, err := open(again); err != nil || got != first {
			t.Errorf("%s: %q, %v", again, got, err)
		}
	}
	var settings *cluster.SettingsError
	if got, err := open("anjian.example/y/00000003"); !errors.As(err, &settings) {
		t.Errorf("another name: %q, %v", got, err)
	}
	cfg := config(t, c)
	cfg.Replicas, cfg.Ledger, cfg.Stream = 1, first, "ANJIAN_BLOCKS_same"
	s, err := cluster.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Append(t.Context(), storetest.Chain(1, "x")[0]); err != nil {
		t.Fatal(err)
	}
	if got, err := open("anjian.example/x/00000002"); !errors.As(err, &settings) {
		t.Errorf("with a block: %q, %v", got, err)
	}
}

func TestServersWithATooSmallMaxPayloadAreRefused(t *testing.T) {
	c := natstest.Start(t, 1, func(o *server.Options) { o.MaxPayload = 128 << 10 })
	cfg := config(t, c)
	cfg.Replicas = 1
	if _, err := cluster.Open(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "max_payload") {
		t.Errorf("open gives %v", err)
	}
}

// A user that may destroy the stream is told which permissions to take away, and no others.
func TestDestructivePermissionsAreFoundWithoutTryingThem(t *testing.T) {
	t.Parallel()
	deny := func(more ...string) *server.Permissions {
		return &server.Permissions{Publish: &server.SubjectPermission{Deny: more}}
	}
	const api = "$JS.API.STREAM."
	seed, nkey := newUser(t)
	c := natstest.Start(t, 1, func(o *server.Options) {
		o.Users = []*server.User{
			{Username: "all", Password: "x"},
			{Username: "half", Password: "x", Permissions: deny(api+"DELETE.>", api+"PURGE.*", api+"UPDATE.ANJIAN_BLOCKS_other")},
			{Username: "none", Password: "x", Permissions: deny(api+"UPDATE.>", api+"DELETE.>", api+"PURGE.>", api+"RESTORE.>", api+"MSG.DELETE.>")},
			{Username: "listed", Password: "x", Permissions: &server.Permissions{Publish: &server.SubjectPermission{Allow: []string{
				api + "INFO.>", api + "CREATE.>", api + "MSG.GET.>", "anjian.>", "$SYS.REQ.USER.INFO"}}}},
		}
		o.Nkeys = []*server.NkeyUser{{Nkey: nkey, Permissions: deny(api + "*.>")}}
	})
	for user, want := range map[string][]string{
		"all":    {"UPDATE", "DELETE", "PURGE", "RESTORE", "MSG.DELETE"},
		"half":   {"UPDATE", "RESTORE", "MSG.DELETE"},
		"none":   nil,
		"listed": nil,
	} {
		cfg := config(t, c)
		cfg.Replicas, cfg.User, cfg.Password = 1, user, "x"
		s := openCluster(t, cfg)
		defer shut(t, s)
		got := strings.Join(s.Warnings(), "\n")
		for _, m := range []string{"UPDATE", "DELETE", "PURGE", "RESTORE", "MSG.DELETE"} {
			if strings.Contains(got, api+m+"."+s.Stream()) != slices.Contains(want, m) {
				t.Errorf("user %s is told about %s: %s", user, m, got)
			}
		}
	}
	cfg := config(t, c)
	cfg.NKeySeed, cfg.Replicas, cfg.Timeout = seed, 1, 2*time.Second
	if _, err := cluster.Open(t.Context(), cfg); err == nil || errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("a user that may sign in but not ask for the stream gets %v", err)
	}
}

// newUser makes an nkey and returns the file with its seed.
func newUser(t *testing.T) (seedFile, public string) {
	t.Helper()
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	seed, seedErr := pair.Seed()
	public, err = pair.PublicKey()
	seedFile = filepath.Join(t.TempDir(), "user.nk")
	if err := errors.Join(err, seedErr, os.WriteFile(seedFile, seed, 0o600)); err != nil {
		t.Fatal(err)
	}
	return seedFile, public
}

func TestWithoutAServerNothingIsStoredAndItGoesOnWhenOneIsBack(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, nil)
	cfg := config(t, c)
	cfg.Replicas, cfg.Timeout = 1, 500*time.Millisecond
	s := openCluster(t, cfg)
	defer shut(t, s)
	blocks := storetest.Chain(3, "away")
	storetest.MustAppend(t, s, blocks[0])
	c.Kill(0)
	time.Sleep(100 * time.Millisecond) // until the client has noticed
	if err := s.Append(t.Context(), blocks[1]); !errors.Is(err, store.ErrNotStored) {
		t.Errorf("append without a server gives %v", err)
	}
	if _, err := s.Head(t.Context()); err == nil {
		t.Error("there is a head without a server")
	}
	c.Restart(0)
	natstest.Eventually(t, 20*time.Second, "appends go on", func() bool { return s.Append(t.Context(), blocks[1]) == nil })
	storetest.MustAppend(t, s, blocks[2])
	storetest.WantBlocks(t, s, blocks)
}

// A stream that was made again under a running node is shorter than what the node knows.
func TestAStreamThatLostItsEndIsDamage(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, nil)
	cfg := config(t, c)
	cfg.Replicas, cfg.Timeout = 1, time.Second
	s := openCluster(t, cfg)
	defer shut(t, s)
	storetest.MustAppend(t, s, storetest.Chain(3, "lost")...)
	if err := c.JetStream().DeleteStream(t.Context(), s.Stream()); err != nil {
		t.Fatal(err)
	}
	natstest.Eventually(t, 20*time.Second, "an empty stream is made", func() bool {
		again, err := cluster.Open(t.Context(), cfg) // the server may still be clearing the old one away
		if err != nil {
			return false
		}
		shut(t, again)
		return true
	})
	var damage *store.DamageError
	if _, err := s.Head(t.Context()); !errors.As(err, &damage) || damage.Block != 1 {
		t.Errorf("head gives %v", err)
	}
}

func TestServersAndClientsShowEachOtherCertificates(t *testing.T) {
	ca, cert, key := certificates(t)
	c := natstest.Start(t, 1, func(o *server.Options) {
		conf, err := server.GenTLSConfig(&server.TLSConfigOpts{CertFile: cert, KeyFile: key, CaFile: ca, Verify: true})
		if err != nil {
			t.Error(err)
			return
		}
		o.TLSConfig, o.TLSVerify, o.TLS, o.TLSTimeout, o.Authorization = conf, true, true, 5, "token"
	})
	cfg := config(t, c)
	cfg.URLs = []string{strings.Replace(c.URLs()[0], "nats://", "tls://", 1)}
	cfg.Replicas, cfg.Token, cfg.CA, cfg.Cert, cfg.Key = 1, "token", ca, cert, key
	s := openCluster(t, cfg)
	defer shut(t, s)
	storetest.MustAppend(t, s, storetest.Next(nil, "over TLS"))
	for what, change := range map[string]func(*cluster.Config){
		"a server of an unknown authority": func(c *cluster.Config) { c.CA = "" },
		"a client without certificate":     func(c *cluster.Config) { c.Cert, c.Key = "", "" },
		"a wrong token":                    func(c *cluster.Config) { c.Token = "wrong" },
		"a CA file that is not there":      func(c *cluster.Config) { c.CA += ".absent" },
	} {
		other := cfg
		change(&other)
		if _, err := cluster.Open(t.Context(), other); err == nil {
			t.Errorf("%s is accepted", what)
		}
	}
}

// certificates makes an authority and one certificate for both sides on loopback.
func certificates(t *testing.T) (ca, cert, key string) {
	t.Helper()
	now := time.Now()
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "loopback"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	caPublic, caPrivate, err1 := ed25519.GenerateKey(nil)
	public, private, err2 := ed25519.GenerateKey(nil)
	caDER, err3 := x509.CreateCertificate(nil, authority, authority, caPublic, caPrivate)
	leafDER, err4 := x509.CreateCertificate(nil, leaf, authority, public, caPrivate)
	keyDER, err5 := x509.MarshalPKCS8PrivateKey(private)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("ca.pem", "CERTIFICATE", caDER), write("cert.pem", "CERTIFICATE", leafDER), write("key.pem", "PRIVATE KEY", keyDER)
}

// A ledger that begins while its servers are still starting waits for them.
func TestANewLedgerWaitsForServersThatAreStillStarting(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 3, nil)
	away := 0
	if c.Server(0).JetStreamIsLeader() {
		away = 1
	}
	c.Kill(away)
	n := 0
	natstest.Eventually(t, 20*time.Second, "the others know that one is away", func() bool {
		impatient := config(t, c)
		n++
		impatient.Timeout, impatient.Ledger = time.Second, fmt.Sprintf("%s-%d", impatient.Ledger, n)
		s, err := cluster.Open(t.Context(), impatient)
		if err == nil {
			shut(t, s)
		}
		return err != nil && strings.Contains(err.Error(), "with 3 replicas")
	})
	time.AfterFunc(time.Second, func() { c.Restart(away) })
	s := openCluster(t, config(t, c))
	defer shut(t, s)
	storetest.MustAppend(t, s, storetest.Chain(2, "begun")...)
}
