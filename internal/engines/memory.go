package engines

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/durable"
)

// memo is where the blocks of a data directory are, as the directory remembers it in DIR/engine: so
// that a command without flags finds them, and one with other flags is told. It has no secrets:
// addresses without user and password, and of secret files the names.
//
//	{"engine": "nats", "settings": {"nats": ["tls://n1:4222", "tls://n2:4222"], "nats-creds": ["/etc/anjian/anjian.creds"]}}
type memo struct {
	Engine   string              `json:"engine"`             // the first scheme of the engine's URIs
	Settings map[string][]string `json:"settings,omitempty"` // by the name of the flag
}

// newMemo takes pairs of names and values; a value is a string, an int or a []string, and one that
// is empty is left out.
func newMemo(engine string, pairs ...any) memo {
	m := memo{Engine: engine, Settings: map[string][]string{}}
	for i := 0; i < len(pairs); i += 2 {
		var values []string
		switch v := pairs[i+1].(type) {
		case string:
			values = []string{v}
		case int:
			if v != 0 {
				values = []string{strconv.Itoa(v)}
			}
		case []string:
			values = v
		}
		if strings.Join(values, "") != "" {
			m.Settings[pairs[i].(string)] = values
		}
	}
	return m
}

// absolute is the name of a file as any command finds it, wherever it is called.
func absolute(file string) string {
	if path, err := filepath.Abs(file); err == nil && file != "" {
		return path
	}
	return file
}

func (m *memo) isZero() bool { return m.Engine == "" }

// where shows the place to people.
func (m *memo) where() string {
	if address := m.Settings[m.Engine]; len(address) > 0 {
		return strings.Join(address, ",")
	}
	return m.Engine
}

// recall reads what d remembers; zero when it remembers nothing.
func recall(d datadir.Dir) (m memo, err error) {
	b, err := os.ReadFile(d.Engine())
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &m, json.RejectUnknownMembers(true))
	}
	if err != nil {
		return m, fmt.Errorf("%s, which says where the blocks are: %w", d.Engine(), err)
	}
	return m, nil
}

// remember notes in d where its blocks are, durably.
func remember(d datadir.Dir, m memo) error {
	b, err := json.Marshal(m, json.Deterministic(true), jsontext.Multiline(true))
	if err != nil {
		return err
	}
	b = append(b, '\n')
	if have, err := os.ReadFile(d.Engine()); err == nil && bytes.Equal(have, b) {
		return nil
	}
	return durable.WriteFile(d.Engine(), b, durable.FileMode)
}

// archiveMemo is what an archive of the journal remembers: it has no other copy.
var archiveMemo = memo{Engine: journalScheme}

// IsArchive reports whether d is a copy of a journal and nothing else.
func IsArchive(d datadir.Dir) bool {
	m, err := recall(d)
	if err == nil && !m.isZero() {
		return m.Engine == journalScheme && !HasStore(d)
	}
	return d.HasJournal() && !HasStore(d) && !d.HasKey()
}

// keptElsewhere refuses to take the store in d for the ledger's when d remembers that its blocks are in
// another engine: a store that was left behind by a move would be forked by the first append.
func keptElsewhere(d datadir.Dir) error {
	m, err := recall(d)
	if err != nil || m.isZero() || m.Engine == embeddedMemo.Engine || m.Engine == journalScheme {
		return err
	}
	return &datadir.RefusedError{
		Reason:   fmt.Sprintf("%s says that the blocks are in %s", d.Engine(), m.where()),
		Remedy:   "use that engine; to bring the ledger back, run: anjian copy --to embedded:" + string(d),
		ReasonZH: fmt.Sprintf("%s 指明区块存放在 %s", d.Engine(), m.where()),
		RemedyZH: "请使用该存储引擎；若要迁回，请运行 anjian copy --to embedded:" + string(d),
	}
}

// MovedTo notes in the directory p, which the ledger has left, where it went, so that nobody goes on in
// what is left there.
func (p Place) MovedTo(to Place, log *slog.Logger) error {
	if !p.Whole() || to.Local() {
		return nil
	}
	e, err := to.driver.at(to.uri, log)
	if err != nil {
		return err
	}
	return remember(p.Dir, e.memo())
}

// Remember notes, after a copy to p, what p's directory has.
func (p Place) Remember() error {
	switch m, err := recall(p.Dir); {
	case p.Whole():
		return remember(p.Dir, embeddedMemo)
	case err != nil || !m.isZero() || HasStore(p.Dir):
		return err // a node's directory, whose journal was copied to
	}
	return remember(p.Dir, archiveMemo)
}

// Recall chooses the engine that d remembers, unless another is chosen already, and takes from
// there each of its settings that was not given. note tells a person that it did, or that what
// is chosen differs from what d remembers; it is empty when there is nothing to tell.
func (s *Settings) Recall(d datadir.Dir) (note string, err error) {
	m, err := recall(d)
	if err != nil || m.isZero() {
		return "", err
	}
	if chosen := s.chosen(); chosen != nil {
		if is := chosen.name(); m.Engine != journalScheme && (is != m.Engine || !slices.Equal(chosen.address(), m.Settings[is])) {
			note = fmt.Sprintf("%s says that the blocks are in %s; the settings say %s", d.Engine(), m.where(), strings.Join(chosen.address(), ","))
		}
		return note, nil
	}
	if m.Engine == journalScheme || m.Engine == embeddedMemo.Engine {
		return "", nil
	}
	i := slices.IndexFunc(s.drivers, func(d driver) bool { return d.schemes()[0] == m.Engine })
	if i < 0 {
		return "", fmt.Errorf("%s says that the blocks are in %q, which this program does not know", d.Engine(), m.Engine)
	}
	usual := table()[i].settings()
	for j, set := range s.drivers[i].settings() {
		if values, ok := m.Settings[set.Name]; ok {
			if err := set.fill(&usual[j], values); err != nil {
				return "", fmt.Errorf("%s: %s: %w", d.Engine(), set.Name, err)
			}
		}
	}
	return fmt.Sprintf("the blocks are in %s, as %s says (without a user and password that the address may have had)", m.where(), d.Engine()),
		nil
}

// fill sets a setting that has its usual value.
func (set *Setting) fill(usual *Setting, values []string) error {
	switch v := set.Value.(type) {
	case *[]string:
		if len(*v) == 0 {
			*v = values
		}
	case *string:
		if *v == *usual.Value.(*string) {
			*v = strings.Join(values, ",")
		}
	case *int:
		if *v == *usual.Value.(*int) {
			n, err := strconv.Atoi(strings.Join(values, ""))
			*v = n
			return err
		}
	}
	return nil
}

// chosenDriver is a driver that the settings choose.
type chosenDriver struct{ driver }

// chosen is the engine outside of the data directory that the settings choose; nil: none.
func (s *Settings) chosen() *chosenDriver {
	for _, d := range s.drivers {
		for _, set := range d.settings() {
			if set.Chooses && set.given() {
				return &chosenDriver{d}
			}
		}
	}
	return nil
}

func (d *chosenDriver) name() string { return d.schemes()[0] }

// address is what the choosing setting says, without credentials.
func (d *chosenDriver) address() (address []string) {
	for _, set := range d.settings() {
		if !set.Chooses {
			continue
		}
		switch v := set.Value.(type) {
		case *[]string:
			for _, one := range *v {
				address = append(address, d.public(one))
			}
		case *string:
			address = append(address, d.public(*v))
		}
	}
	return address
}
