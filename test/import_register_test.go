package test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
)

var registerRows = flag.Int("register-rows", 2000, "how many rows the register has that is imported")

// TestARegisterOfManyRows imports one, dry, for good and once more, and prints how long each takes and the most memory that the program
// takes. What is new once is equal afterwards.
func TestARegisterOfManyRows(t *testing.T) {
	t.Parallel()
	n := *registerRows
	s := start(t, t.TempDir(), "--no-report-database=false")
	token := strings.TrimSpace(mustRun(t, "token", "--data", s.dir, "--role", "importer", "--unit", "register"))
	var rows strings.Builder
	rows.WriteString("企业名称,统一社会信用代码,行业领域,县区,地址,规模\n")
	for i := range n {
		fmt.Fprintf(&rows, "安康第%d矿业有限公司,%s,矿山,汉滨区,汉滨区东路%d号,大型\n", i, codes.SyntheticUSCC("610902", i), i)
	}
	file := filepath.Join(t.TempDir(), "名录.csv")
	must(t, os.WriteFile(file, []byte(rows.String()), 0o600))
	for _, pass := range []struct {
		name       string
		flags      []string
		new, equal int
	}{
		{"dry run", nil, n, 0},
		{"for good", []string{"--apply"}, n, 0},
		{"again", []string{"--apply"}, 0, n},
	} {
		cmd := exec.Command(anjian, append(append([]string{"import-register", "--server", s.url, "--token", token}, pass.flags...), file)...)
		began := time.Now()
		out, err := cmd.Output()
		took := time.Since(began)
		must(t, err)
		var sum struct{ Rows, New, Equal int }
		must(t, json.Unmarshal(out, &sum))
		if sum.Rows != n || sum.New != pass.new || sum.Equal != pass.equal {
			t.Errorf("%s: %+v", pass.name, sum)
		}
		used, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		t.Logf("%s of %d rows: %.1f s, %d MiB at most", pass.name, n, took.Seconds(), used.Maxrss>>10)
	}
}
