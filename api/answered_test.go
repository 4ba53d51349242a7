package api

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/anjian-ledger/anjian/domain/law"
)

// answered has the codes that a test of this package wanted through HTTP: of problems, and of
// flags beside what was appended.
var answered sync.Map

// unanswered lists the codes that no test here wants through HTTP yet, one a line. Those that HTTP
// never answers say so themselves: [law.Code.Elsewhere].
const unanswered = "testdata/unanswered.txt"

var update = flag.Bool("update", false, "write "+unanswered)

// heard remembers what an answer says.
func heard(a answer) {
	var said struct {
		Code     law.Code
		Open     []struct{ Code law.Code } // of a gate
		Faults   []struct{ Code law.Code } // of a batch
		Receipts []struct{ Deviations []struct{ Code law.Code } }
	}
	if json.Unmarshal(a.body, &said) != nil {
		return
	}
	if a.StatusCode >= 400 {
		answered.Store(said.Code, true)
		for _, o := range append(said.Open, said.Faults...) {
			answered.Store(o.Code, true)
		}
	}
	for _, r := range said.Receipts {
		for _, d := range r.Deviations {
			answered.Store(d.Code, true)
		}
	}
}

// TestMain compares, when all tests ran, the codes that were answered with those of the law.
func TestMain(m *testing.M) {
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

func compareAnswered() int {
	b, err := os.ReadFile(unanswered)
	if err != nil && !*update {
		fmt.Println(err)
		return 1
	}
	var silent []string
	for _, g := range law.Groups() {
		for _, x := range g.Texts {
			_, ok := answered.Load(x.Code)
			switch why, _ := x.Code.Elsewhere(); {
			case ok && why != "":
				fmt.Printf("%s is answered through HTTP, and the law says that it never is\n", x.Code)
				return 1
			case !ok && why == "":
				silent = append(silent, string(x.Code))
			}
		}
	}
	slices.Sort(silent)
	if *update {
		if err := os.WriteFile(unanswered, []byte(strings.Join(silent, "\n")+"\n"), 0o644); err != nil {
			fmt.Println(err)
			return 1
		}
	} else if listed := strings.Fields(string(b)); !slices.Equal(listed, silent) {
		for _, c := range silent {
			if !slices.Contains(listed, c) {
				fmt.Printf("no test wants %s through HTTP any more\n", c)
			}
		}
		for _, c := range listed {
			if !slices.Contains(silent, c) {
				fmt.Printf("a test wants %s through HTTP now: take it out of %s (go test ./api -update)\n", c, unanswered)
			}
		}
		return 1
	}
	return 0
}
