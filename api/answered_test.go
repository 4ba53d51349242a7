package api

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/anjian-ledger/anjian/domain/law"
)

// requests are what the tests asked through HTTP, and what was answered.
var requests struct {
	sync.Mutex
	all []*ask
}

// ask is one request and what was said of it.
type ask struct {
	test    string   // in which it was asked
	acts    []string // what was asked: see [actsOf]
	members members  // of which it consists
	codes   []law.Code
	taken   bool // it was not refused
	wanted  bool // the test wanted the codes
}

// actsOf is what a request asks: to append events of some types, or else its method and what of its path names no thing. A dry run asks
// nothing.
func actsOf(method, target, body string) []string {
	path, _, _ := strings.Cut(target, "?")
	if strings.HasSuffix(path, "/dry-run") {
		return nil
	}
	type event struct{ Type string }
	var one event
	var batch []event
	if method == "POST" && path == "/v1/events" && (json.Unmarshal([]byte(body), &batch) == nil || json.Unmarshal([]byte(body), &one) == nil) {
		var types []string
		for _, e := range append(batch, one) {
			if e.Type != "" && !slices.Contains(types, e.Type) {
				types = append(types, e.Type)
			}
		}
		if types != nil {
			return types
		}
	}
	if method != "POST" && method != "PUT" { // what nobody answers is to be read
		method = "GET"
	}
	parts := strings.SplitN(path, "/", 4)
	return []string{method + " " + strings.Join(parts[:min(len(parts), 3)], "/")}
}

// codesIn are the codes that an answer bears: of its problem, of what a gate waits for, of a batch, and of flags.
func codesIn(a answer) (codes []law.Code) {
	type coded struct{ Code law.Code }
	var said struct {
		Code         law.Code
		Open, Faults []coded
		Receipts     []struct{ Deviations []coded }
	}
	if json.Unmarshal(a.body, &said) != nil {
		return nil
	}
	var all []coded
	if a.StatusCode >= 400 {
		all = slices.Concat([]coded{{said.Code}}, said.Open, said.Faults)
	}
	for _, r := range said.Receipts {
		all = append(all, r.Deviations...)
	}
	for _, c := range all {
		codes = append(codes, c.Code)
	}
	return codes
}

// answers notes what is answered to a request.
func (w *fixture) answers(resp *http.Response, body []byte, token, method, target, sent string, headers ...string) answer {
	test, _, _ := strings.Cut(w.Name(), "/")
	a := answer{resp, body, &ask{test: test, acts: actsOf(method, target, sent), taken: resp.StatusCode < 400}}
	if a.asked.acts == nil {
		return a
	}
	a.asked.members, a.asked.codes = membersOf(token, method, target, sent, headers), codesIn(a)
	requests.Lock()
	defer requests.Unlock()
	requests.all = append(requests.all, a.asked)
	return a
}

// heard remembers that a test wanted what an answer says.
func heard(a answer) {
	if a.asked != nil {
		a.asked.wanted = true
	}
}

// TestMain compares, when all tests ran, the codes that were answered with those of the law: each is said of something, and the same is
// done right without it.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // hundreds of small servers: a tenth of the time went into what they leave
	exit := m.Run()
	for _, partial := range []string{"test.run", "test.skip", "test.list", "test.bench", "test.fuzz"} {
		if flag.Lookup(partial).Value.String() != "" {
			os.Exit(exit)
		}
	}
	if exit == 0 {
		exit = compareAnswered()
	}
	os.Exit(exit)
}

func compareAnswered() (wrong int) {
	fault := func(format string, values ...any) {
		fmt.Printf(format+"\n", values...)
		wrong = 1
	}
	loose := strings.Fields(looser)
	if len(loose) > mostLooser {
		fault("%d codes have no twin, want at most %d", len(loose), mostLooser)
	}
	for _, g := range law.Groups() {
		for _, x := range g.Texts {
			t := twinOf(x.Code)
			listed := slices.Contains(loose, string(x.Code))
			switch why, _ := x.Code.Elsewhere(); {
			case t.wrong != nil && why != "":
				fault("%s is answered through HTTP, and the law says that it never is", x.Code)
			case why != "":
			case t.wrong == nil:
				fault("no test wants %s through HTTP", x.Code)
			case listed && t.close():
				fault("%s has a twin in %s: take it from the list of those that have none", x.Code, t.wrong.test)
			case listed && !silent(x.Code):
				fault("%s is said of %q, and no test does one of these right", x.Code, t.wrong.acts)
			case !listed && !t.close():
				fault("%s is said in %s of %q, and the same is not done right: what is closest differs in %q", x.Code, t.wrong.test,
					t.wrong.acts, t.differing)
			}
		}
	}
	return wrong
}
