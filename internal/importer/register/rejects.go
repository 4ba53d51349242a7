package register

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// rejectsHeader is the first row of the file of rejects.
var rejectsHeader = []string{"行 row", "列 column", "内容 value", "代码 code", "原因", "处理办法", "reason", "remedy"}

// rejectsFile writes rejects as separated values that a spreadsheet program opens.
type rejectsFile struct{ w *csv.Writer }

func newRejects(w io.Writer) *rejectsFile {
	r := &rejectsFile{csv.NewWriter(w)}
	_ = r.w.Write(append([]string{"\uFEFF" + rejectsHeader[0]}, rejectsHeader[1:]...))
	return r
}

func (f *rejectsFile) write(r *Reject) {
	why, remedy := r.texts()
	_ = f.w.Write([]string{strconv.Itoa(r.Row), r.Column, shown(r.Value), string(r.Cause), why.zh, remedy.zh, why.en, remedy.en})
}

// finish returns the first error of writing.
func (f *rejectsFile) finish() error {
	f.w.Flush()
	return f.w.Error()
}

// mostShown is how much of a value is shown, in bytes.
const mostShown = 300

// shown is a value that no program takes for a formula.
func shown(s string) string {
	if len(s) > mostShown {
		s = strings.ToValidUTF8(s[:mostShown], "") + "…"
	}
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
