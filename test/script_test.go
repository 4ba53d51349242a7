package test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs testdata/script. Beside testscript's own commands there are:
//
//	serve DIR [FLAG…]     start a server; its output is stdout; one at a time
//	shutdown              SIGTERM, and exit code 0 (stop is testscript's: it ends the script)
//	token FLAG…           anjian token; its output, one line, signs the requests that follow
//	revoke FLAG…          anjian token --revoke with the whole token
//	printed ROLE          use the token that serve printed for the role
//	get PATH              GET with the token; the answer is stdout
//	post STATUS FILE      POST /v1/events
//	import FLAG… FILE     anjian import against the server, with the token
//	register FLAG… FILE   anjian import-register, likewise
//	export FLAG…          anjian export --tables, likewise
//	setup FLAG…           anjian setup, once there is a server against it and with the token
//	replace OLD NEW FILE  another text in a file, where it stands first
//	flip FILE OFFSET      flip one bit; in place of the offset, a text that stands once in the file
//	begins FILE PREFIX    FILE begins with the bytes of PREFIX
//	readme HEADING        run what README.md shows under the heading with curl, against the server
//	keep NAME PATTERN     set NAME to the first group of the pattern in stdout
//	for COMMAND…          each answers --help in two languages
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(anjian)+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("G", "$G")
			env.Setenv(noReports, "true")
			env.Values[session{}] = &session{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": scriptServe, "shutdown": scriptStop, "token": scriptToken, "revoke": scriptRevoke, "printed": scriptPrinted, "get": scriptGet,
			"post": scriptPost, "import": scriptImport, "register": scriptRegister, "export": scriptExport, "flip": scriptFlip,
			"begins": scriptBegins, "for": scriptFor, "readme": scriptReadme, "keep": scriptKeep, "setup": scriptSetup, "replace": scriptReplace,
		},
	})
}

// session is what a script's commands share.
type session struct {
	server *server
	token  string
	banner string
}

func sessionOf(ts *testscript.TestScript) *session { return ts.Value(session{}).(*session) }

// scriptT lets the harness report to a script. Its methods that are not overridden are of a
// nil testing.TB and never called.
type scriptT struct {
	testing.TB
	ts *testscript.TestScript
}

func (t scriptT) Helper()                   {}
func (t scriptT) Failed() bool              { return false }
func (t scriptT) Cleanup(f func())          { t.ts.Defer(f) }
func (t scriptT) Fatal(args ...any)         { t.ts.Fatalf("%s", fmt.Sprint(args...)) }
func (t scriptT) Fatalf(f string, a ...any) { t.ts.Fatalf(f, a...) }
func (t scriptT) Error(args ...any)         { t.ts.Fatalf("%s", fmt.Sprint(args...)) }
func (t scriptT) Errorf(f string, a ...any) { t.ts.Fatalf(f, a...) }
func (t scriptT) Logf(f string, a ...any)   { t.ts.Logf(f, a...) }

func scriptServe(ts *testscript.TestScript, _ bool, args []string) {
	s := sessionOf(ts)
	s.server = start(scriptT{ts: ts}, ts.MkAbs(args[0]), args[1:]...)
	s.banner = s.server.banner.String()
	fmt.Fprint(ts.Stdout(), s.banner)
}

func scriptStop(ts *testscript.TestScript, _ bool, _ []string) {
	s := sessionOf(ts).server
	ts.Check(s.cmd.Process.Signal(syscall.SIGTERM))
	ts.Check(s.wait())
}

// scriptRun runs anjian in the script's directory.
func scriptRun(ts *testscript.TestScript, neg bool, args ...string) string {
	cmd := exec.Command(anjian, args...)
	cmd.Dir = ts.MkAbs(".")
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	fmt.Fprint(ts.Stdout(), out.String())
	fmt.Fprint(ts.Stderr(), errs.String())
	if (err != nil) != neg {
		ts.Fatalf("anjian %v: %v\n%s", args, err, errs.String())
	}
	return out.String()
}

func scriptToken(ts *testscript.TestScript, neg bool, args []string) {
	out := scriptRun(ts, neg, append([]string{"token"}, args...)...)
	token, ended := strings.CutSuffix(out, "\n")
	if !ended || strings.ContainsAny(token, " \n") || !strings.HasPrefix(token, "anj1.") || len(token) != 48 {
		ts.Fatalf("anjian token prints more or less than a token: %q", out)
	}
	sessionOf(ts).token = token
}

// scriptRevoke revokes the token of the session by its whole text.
func scriptRevoke(ts *testscript.TestScript, neg bool, args []string) {
	scriptRun(ts, neg, append([]string{"token", "--revoke", sessionOf(ts).token}, args...)...)
}

func scriptPrinted(ts *testscript.TestScript, _ bool, args []string) {
	s := sessionOf(ts)
	if s.token = printed(s.banner, args[0]); s.token == "" {
		ts.Fatalf("serve printed no token for %s", args[0])
	}
}

// printed is the token for a role in what serve prints.
func printed(banner, role string) string {
	for line := range strings.Lines(banner) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == role {
			return f[1]
		}
	}
	return ""
}

func scriptGet(ts *testscript.TestScript, neg bool, args []string) {
	s := sessionOf(ts)
	status, body := s.server.client(s.token).do("GET", args[0], nil)
	_, _ = ts.Stdout().Write(body)
	if (status != 200) != neg {
		ts.Fatalf("GET %s: %d %s", args[0], status, body)
	}
}

func scriptPost(ts *testscript.TestScript, _ bool, args []string) {
	s := sessionOf(ts)
	event := strings.TrimSpace(ts.ReadFile(args[1]))
	status, body := s.server.client(s.token).with("Content-Type", oneEvent).do("POST", "/v1/events", []byte(event))
	_, _ = ts.Stdout().Write(body)
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("POST: %d %s, want %s", status, body, args[0])
	}
}

func scriptSetup(ts *testscript.TestScript, neg bool, args []string) {
	if s := sessionOf(ts); s.server != nil {
		args = append([]string{"--server", s.server.url, "--token", s.token}, args...)
	}
	scriptRun(ts, neg, append([]string{"setup"}, args...)...)
}

func scriptReplace(ts *testscript.TestScript, _ bool, args []string) {
	file := ts.MkAbs(args[2])
	b, err := os.ReadFile(file)
	ts.Check(err)
	if !strings.Contains(string(b), args[0]) {
		ts.Fatalf("%s has no %s", file, args[0])
	}
	ts.Check(os.WriteFile(file, []byte(strings.Replace(string(b), args[0], args[1], 1)), 0o600))
}

func scriptImport(ts *testscript.TestScript, neg bool, args []string) {
	s := sessionOf(ts)
	scriptRun(ts, neg, append([]string{"import", "--server", s.server.url, "--token", s.token}, args...)...)
}

func scriptRegister(ts *testscript.TestScript, neg bool, args []string) {
	s := sessionOf(ts)
	scriptRun(ts, neg, append([]string{"import-register", "--server", s.server.url, "--token", s.token}, args...)...)
}

func scriptExport(ts *testscript.TestScript, neg bool, args []string) {
	s := sessionOf(ts)
	scriptRun(ts, neg, append([]string{"export", "--server", s.server.url, "--token", s.token}, args...)...)
}

func scriptFlip(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	b, err := os.ReadFile(path)
	ts.Check(err)
	offset, err := strconv.Atoi(args[1])
	if err != nil {
		if n := bytes.Count(b, []byte(args[1])); n != 1 {
			ts.Fatalf("%s stands %d times in %s", args[1], n, path)
		}
		offset = bytes.Index(b, []byte(args[1]))
	} else if strings.HasSuffix(path, ".ndjson") { // of the next entry, and not of a line that closes a block
		offset += bytes.Index(b[offset:], []byte("\n{\"v\":1,\"index\":")) + 100
	}
	b[offset] ^= 0x01
	ts.Check(os.WriteFile(path, b, 0o600))
}

func scriptBegins(ts *testscript.TestScript, neg bool, args []string) {
	if strings.HasPrefix(ts.ReadFile(args[0]), ts.ReadFile(args[1])) == neg {
		ts.Fatalf("%s and %s differ", args[0], args[1])
	}
}

// scriptReadme runs the blocks of shell commands under a heading of README.md that use curl, as they
// stand there but for the address, in the script's directory and with the token of the session.
// An answer that is no success ends it.
func scriptReadme(ts *testscript.TestScript, _ bool, args []string) {
	readme, err := os.ReadFile("../README.md")
	ts.Check(err)
	_, section, found := strings.Cut(string(readme), "\n## "+args[0])
	section, _, _ = strings.Cut(section, "\n## ")
	if !found {
		ts.Fatalf("README.md has no heading %s", args[0])
	}
	s, ran := sessionOf(ts), 0
	home := ts.MkAbs("home")
	ts.Check(os.MkdirAll(home, 0o700))
	ts.Check(os.WriteFile(filepath.Join(home, ".curlrc"), []byte("fail-with-body\nsilent\nshow-error\nwrite-out = \"\\n\"\n"), 0o600))
	for i, block := range strings.Split(section, "```") {
		commands, shell := strings.CutPrefix(block, "sh\n")
		if i%2 == 0 || !shell || !strings.Contains(commands, "curl ") {
			continue
		}
		cmd := exec.Command("sh", "-ec", strings.ReplaceAll(commands, "http://127.0.0.1:8440", s.server.url))
		cmd.Dir, cmd.Env = ts.MkAbs("."), append(os.Environ(), "HOME="+home, "CURL_HOME="+home, "TOKEN="+s.token)
		out, err := cmd.CombinedOutput()
		_, _ = ts.Stdout().Write(out)
		if err != nil {
			ts.Fatalf("README.md, %s: %v\n%s\n%s", args[0], err, commands, out)
		}
		ran++
	}
	if ran == 0 {
		ts.Fatalf("README.md shows no curl under %s", args[0])
	}
}

func scriptKeep(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) < 2 {
		ts.Fatalf("stdout has no %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

func scriptFor(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		out := scriptRun(ts, false, name, "--help")
		if !strings.Contains(out, "Usage:\n  anjian "+name) || !strings.Contains(out, "Flags:") {
			ts.Fatalf("anjian %s --help: %s", name, out)
		}
		if all := scriptRun(ts, false, "--help"); !strings.Contains(all, "\n  "+name) {
			ts.Fatalf("anjian --help does not list %s", name)
		}
	}
}
