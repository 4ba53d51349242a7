package engines_test

import (
	"os"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/store/cluster"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/natstest"
)

// remembers opens copies in d with an engine, and returns what d remembers then.
func remembers(t *testing.T, d datadir.Dir, e engines.Engine) string {
	t.Helper()
	c, err := engines.OpenCopies(t.Context(), engines.CopiesConfig{Dir: d, Engine: e, Wish: datadir.Wish{Origin: "anjian.test/memory"}})
	if err == nil {
		err = c.Close()
	}
	b, e2 := os.ReadFile(d.Engine())
	if err != nil || e2 != nil {
		t.Fatal(err, e2)
	}
	return string(b)
}

// set gives settings by name, as flags would.
func set(t *testing.T, s *engines.Settings, name, value string) {
	t.Helper()
	for _, one := range s.List() {
		if one.Name != name {
			continue
		}
		switch v := one.Value.(type) {
		case *string:
			*v = value
		case *[]string:
			*v = strings.Split(value, ",")
		}
		return
	}
	t.Fatalf("there is no setting %s", name)
}

func TestADirectoryRemembersItsEngineWithoutSecrets(t *testing.T) {
	nats := natstest.Start(t, 1, nil)
	withUser := strings.Replace(nats.URLs()[0], "nats://", "nats://user:geheim@", 1)
	kurrent := double.New(double.Options{})
	if err := kurrent.Start("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(kurrent.Stop)
	kurrentUser := strings.Replace(kurrent.URL(), "://", "://user:geheim@", 1)
	for name, c := range map[string]struct {
		engine       engines.Engine
		flag, differ string
	}{
		"nats":      {engines.NATS(cluster.Config{URLs: []string{withUser}, Replicas: 1}), "nats", "nats://127.0.0.1:1"},
		"kurrentdb": {engines.KurrentDB(kurrentdb.Config{URL: kurrentUser, Insecure: true, Stream: "mine"}), "kurrentdb", "esdb://127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			d := datadir.Dir(t.TempDir())
			if memo := remembers(t, d, c.engine); strings.Contains(memo, "geheim") || strings.Contains(memo, "user") ||
				!strings.Contains(memo, `"`+name+`"`) {
				t.Errorf("it remembers %s", memo)
			}
			s := engines.NewSettings()
			note, err := s.Recall(d)
			e, err2 := s.Engine(nil)
			if err != nil || err2 != nil || e == nil || !strings.Contains(note, name) || e.Where() != c.engine.Where() {
				t.Errorf("recalled %v, %q, %v, %v", e, note, err, err2)
			}
			s = engines.NewSettings()
			set(t, s, c.flag, c.differ)
			if note, err = s.Recall(d); err != nil || !strings.Contains(note, "the settings say "+c.differ) {
				t.Errorf("another place: %q, %v", note, err)
			}
		})
	}
	d := datadir.Dir(t.TempDir())
	if memo := remembers(t, d, nil); !strings.Contains(memo, `"embedded"`) {
		t.Error(memo)
	}
	s := engines.NewSettings()
	if note, err := s.Recall(d); note != "" || err != nil || s.External() {
		t.Errorf("%q, %v", note, err)
	}
	if err := os.WriteFile(d.Engine(), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := engines.NewSettings().Recall(d); err == nil {
		t.Error("what cannot be read is taken for nothing")
	}
}
