package jetstream_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/anjian-ledger/anjian/internal/store/jetstream"
	"github.com/anjian-ledger/anjian/internal/store/jetstream/natstest"
)

func TestAConfigurationThatCannotWorkIsRefusedBeforeConnecting(t *testing.T) {
	good := jetstream.ClusterConfig{URLs: []string{"nats://127.0.0.1:1"}, Ledger: "anjian.example/x"}
	for want, change := range map[string]func(*jetstream.ClusterConfig){
		"no server's URL":       func(c *jetstream.ClusterConfig) { c.URLs = nil },
		"no name of the ledger": func(c *jetstream.ClusterConfig) { c.Ledger = "" },
		"name of a stream":      func(c *jetstream.ClusterConfig) { c.Stream = "a.b" },
		"2 replicas":            func(c *jetstream.ClusterConfig) { c.Replicas = 2 },
		"blocks of 5 bytes":     func(c *jetstream.ClusterConfig) { c.MaxBlock = 5 },
		"several ways":          func(c *jetstream.ClusterConfig) { c.User, c.Token = "u", "t" },
		"belong together":       func(c *jetstream.ClusterConfig) { c.Cert = "cert.pem" },
		"nkey seed":             func(c *jetstream.ClusterConfig) { c.NKeySeed = filepath.Join(t.TempDir(), "absent") },
		"connect to nats":       func(*jetstream.ClusterConfig) {},
	} {
		cfg := good
		change(&cfg)
		if _, err := jetstream.OpenCluster(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("open gives %v, want %q", err, want)
		}
	}
}

func TestTheStreamIsNamedAfterTheLedger(t *testing.T) {
	if got := jetstream.StreamName("anjian.example.gov.cn/ankang-2"); got != "ANJIAN_BLOCKS_anjian_example_gov_cn_ankang-2" {
		t.Errorf("the stream is named %s", got)
	}
}

func TestServersWithATooSmallMaxPayloadAreRefused(t *testing.T) {
	c := natstest.Start(t, 1, func(o *server.Options) { o.MaxPayload = 128 << 10 })
	cfg := config(t, c)
	cfg.Replicas = 1
	if _, err := jetstream.OpenCluster(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "max_payload") {
		t.Errorf("open gives %v", err)
	}
}

// A user that may destroy the stream is told which permissions to take away, and no others.
func TestDestructivePermissionsAreFoundWithoutTryingThem(t *testing.T) {
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
	if _, err := jetstream.OpenCluster(t.Context(), cfg); err == nil || errors.Is(err, nats.ErrAuthorization) {
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
