package api

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/anjian-ledger/anjian/domain/law"
)

// answered has what was said through HTTP of what was asked: see [actsOf].
var answered = record{said: map[law.Code]map[string]bool{}, right: map[string]map[law.Code]bool{}}

type record struct {
	sync.Mutex
	said  map[law.Code]map[string]bool // the codes that a test wanted, each with the acts of which it was said
	right map[string]map[law.Code]bool // the acts that were taken, each with the codes that were said of it every time
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

// heard remembers what an answer says that a test wanted.
func heard(a answer) {
	for _, c := range codesIn(a) {
		answered.say(c, a.acts...)
	}
}

// say notes that a code was said of some acts.
func (r *record) say(c law.Code, acts ...string) {
	r.Lock()
	defer r.Unlock()
	if r.said[c] == nil {
		r.said[c] = map[string]bool{}
	}
	for _, act := range acts {
		r.said[c][act] = true
	}
}

// taken remembers what was done, and what was said of it nevertheless.
func taken(a answer) {
	if a.StatusCode >= 400 {
		return
	}
	codes := codesIn(a)
	acts := a.acts
	if len(acts) > 0 && strings.HasPrefix(acts[0], "anjian.") {
		acts = append(slices.Clip(acts), "POST /v1/events") // which is all that is known of what cannot be read
	}
	answered.Lock()
	defer answered.Unlock()
	for _, act := range acts {
		always, before := answered.right[act]
		if !before {
			always = map[law.Code]bool{}
			for _, c := range codes {
				always[c] = true
			}
			answered.right[act] = always
		}
		maps.DeleteFunc(always, func(c law.Code, _ bool) bool { return !slices.Contains(codes, c) })
	}
}

// silent reports whether one of the acts of which a code was said was done, too, without its being said.
func (r *record) silent(c law.Code) bool {
	for act := range r.said[c] {
		if always, done := r.right[act]; done && !always[c] {
			return true
		}
	}
	return false
}

// TestMain compares, when all tests ran, the codes that were answered with those of the law: each is said of something, and the same is
// done without it.
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
	for _, g := range law.Groups() {
		for _, x := range g.Texts {
			of, said := answered.said[x.Code]
			switch why, _ := x.Code.Elsewhere(); {
			case said && why != "":
				fault("%s is answered through HTTP, and the law says that it never is", x.Code)
			case !said && why == "":
				fault("no test wants %s through HTTP", x.Code)
			case said && !answered.silent(x.Code):
				fault("%s is said of %q, and no test does one of these right", x.Code, slices.Sorted(maps.Keys(of)))
			}
		}
	}
	return wrong
}
