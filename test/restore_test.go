package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/natstest"
)

// drill is a machine on which docs/restore.md is followed.
type drill struct {
	*testing.T
	dir    string
	server *server  // nil: none runs
	flags  []string // of the node
	names  []string // of the page, each followed by what it is here
	reader *server  // of serve --read-only
	env    []string // of the commands
}

func newDrill(t *testing.T) *drill {
	d := &drill{T: t, dir: t.TempDir()}
	for _, name := range []string{"/var/lib/anjian", "/mnt/backup", "/mnt/safe"} {
		d.names = append(d.names, name, filepath.Join(d.dir, filepath.Base(name)))
	}
	must(t, os.Mkdir(filepath.Join(d.dir, "safe"), 0o700))
	return d
}

func (d *drill) data() string   { return filepath.Join(d.dir, "anjian") }
func (d *drill) backup() string { return filepath.Join(d.dir, "backup") }

// grow appends some facts and a photo, by a server that is stopped again.
func (d *drill) grow(names ...string) {
	d.Helper()
	s := start(d, d.data(), d.flags...)
	token := strings.TrimSpace(mustRun(d, "token", "--data", d.data(), "--role", "supervision-office"))
	for _, name := range names {
		if status, body := s.client(token).with("Content-Type", oneEvent).do("POST", "/v1/events", enterprise(name).json()); status != 201 {
			d.Fatalf("%d %s", status, body)
		}
	}
	const sum = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" // of "a"
	if status, body := s.client(token).do("PUT", "/v1/evidence/"+sum, []byte("a")); status != 201 && status != 200 {
		d.Fatalf("%d %s", status, body)
	}
	s.stop()
}

// archive makes the backup and puts the key into the safe.
func (d *drill) archive() {
	d.Helper()
	mustRun(d, "copy", "--from", "journal:"+d.data(), "--to", "journal:"+d.backup())
	key, err := os.ReadFile(filepath.Join(d.data(), "keys", "checkpoint.key"))
	must(d, err)
	must(d, os.WriteFile(filepath.Join(d.dir, "safe", "checkpoint.key"), key, 0o600))
}

// follow runs the commands of one section, each to the exit code that the page says.
func (d *drill) follow(section string) {
	d.Helper()
	ran := 0
	for i, block := range strings.Split(section, "```") {
		commands, shell := strings.CutPrefix(block, "sh\n")
		if i%2 == 0 || !shell {
			continue
		}
		for line := range strings.Lines(strings.ReplaceAll(commands, "\\\n", " ")) {
			command, comment, _ := strings.Cut(strings.TrimSpace(line), "#")
			d.run(strings.TrimSpace(command), strings.Contains(comment, "exit code 1"))
			ran++
		}
	}
	if ran == 0 {
		d.Fatal("the section has no commands")
	}
}

func (d *drill) run(command string, fails bool) {
	d.Helper()
	d.Log(command)
	command = strings.NewReplacer(d.names...).Replace(command)
	switch {
	case command == "systemctl stop anjian":
		if d.server != nil {
			d.server.stop()
			d.server = nil
		}
		return
	case command == "systemctl start anjian":
		d.server = start(d, d.data(), "--must-exist")
		return
	case strings.HasPrefix(command, "anjian serve") && !strings.Contains(command, "--check"):
		args := strings.Fields(strings.ReplaceAll(command, "127.0.0.1:8441", "127.0.0.1:0"))
		cmd := exec.Command(anjian, args[1:]...)
		d.reader = begin(d, args[slices.Index(args, "--data")+1], cmd)
		return
	}
	command = strings.ReplaceAll(command, "--check", "--check --listen 127.0.0.1:0")
	if d.reader != nil {
		command = strings.ReplaceAll(command, "http://127.0.0.1:8441", d.reader.url)
	}
	cmd := exec.Command("sh", "-ec", command)
	cmd.Env = append(append(os.Environ(), "PATH="+filepath.Dir(anjian)+string(os.PathListSeparator)+os.Getenv("PATH")), d.env...)
	out, err := cmd.CombinedOutput()
	if (err != nil) != fails {
		d.Fatalf("%s: %v\n%s", command, err, out)
	}
	d.Logf("%s", out)
}

// TestTheRestorePageIsTrue: every command of docs/restore.md is run on a machine where that has
// happened of which its section speaks, and the ledger goes on afterwards.
func TestTheRestorePageIsTrue(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts some twenty servers")
	}
	page, err := os.ReadFile("../docs/restore.md")
	must(t, err)
	happened := map[string]func(*drill){
		"1": func(d *drill) { d.grow("a"); d.server = start(d, d.data()) },
		"2": func(d *drill) { d.grow("a"); d.archive() },
		"3": func(d *drill) { d.grow("a"); d.archive(); must(d, os.RemoveAll(d.data())) },
		"4": func(d *drill) {
			d.grow("a", "b")
			d.archive()
			flipIn(d, filepath.Join(d.data(), "journal", "00000000000000000001.ndjson"))
		},
		"5": func(d *drill) { onTrialNATS(d) },
		"6": func(d *drill) {
			s := onTrialKurrentDB(d)
			events := s.Events(kurrentdb.DefaultStream)
			end := len(events) - 2
			for ; events[end].Type != "anjian-block"; end-- {
			}
			s.Lose(kurrentdb.DefaultStream, uint64(end+1))
		},
		"7": func(d *drill) { onTrialKurrentDB(d).Tombstone(kurrentdb.DefaultStream) },
	}
	for _, section := range strings.Split(string(page), "\n## ")[1:] {
		number, _, _ := strings.Cut(section, " ")
		if happened[number] == nil {
			t.Errorf("nothing is known of section %s", number)
			continue
		}
		t.Run(number, func(t *testing.T) {
			d := newDrill(t)
			happened[number](d)
			d.follow(section)
			if d.reader != nil {
				if status, body := d.reader.client("").with("Content-Type", oneEvent).do("POST", "/v1/events",
					enterprise("late").json()); status == 201 {
					t.Errorf("a drill took an append: %s", body)
				}
				d.reader.stop()
			}
			if d.server != nil {
				d.server.stop()
			}
			if number == "7" {
				d.flags = append(d.flags, "--kurrentdb-stream", "anjian-ledger-2")
			}
			if number != "2" {
				d.grow("afterwards")
			}
		})
		delete(happened, number)
	}
	if len(happened) > 0 {
		t.Errorf("%d sections are gone", len(happened))
	}
}

// flipIn flips a bit in the middle of a file.
func flipIn(d *drill, path string) {
	b, err := os.ReadFile(path)
	must(d, err)
	b[len(b)/2] ^= 1
	must(d, os.WriteFile(path, b, 0o600))
}

// onTrialNATS is a node on NATS whose stream is that of an old backup.
func onTrialNATS(d *drill) {
	c := natstest.Start(d.T, 1, nil)
	url := strings.Join(c.URLs(), ",")
	d.names = append(d.names, "nats://n1:4222,nats://n2:4222,nats://n3:4222", url)
	d.env = []string{"ANJIAN_NATS_REPLICAS=1"}
	d.flags = []string{"--nats", url, "--nats-replicas", "1"}
	d.grow("a")
	d.archive()
	d.grow("b")
	names := c.JetStream().StreamNames(d.Context())
	for name := range names.Name() {
		if strings.HasPrefix(name, "ANJIAN_BLOCKS_") {
			must(d, c.JetStream().DeleteStream(d.Context(), name))
		}
	}
	must(d, names.Err())
	mustRun(d, "copy", "--from", "journal:"+d.backup(), "--to", url, "--nats-replicas", "1")
}

func onTrialKurrentDB(d *drill) *double.Server {
	s := double.New(double.Options{})
	must(d, s.Start("tcp", "127.0.0.1:0"))
	d.Cleanup(s.Stop)
	d.names = append(d.names, "kurrentdb://kdb1:2113?tls=true", s.URL())
	d.flags = []string{"--kurrentdb", s.URL()}
	d.grow("a", "b")
	return s
}
