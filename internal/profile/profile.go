// Package profile has what a city states as data before its first visit: its code tables, its rules of discipline and the plan of its
// campaign, as files. Built in is that of Ankang, as of 2019 and as of 2026; another city writes a directory of its own.
//
// Each file DIR/*.json is the body of one event, as GET /v1/tables/{name} shows it under content: of code-table-published,
// of discipline-rules-published where it has no member table, or of campaign-plan-published, with the campaign's id beside it, where
// it has a member policy. Of the holidays there is a file for each year. A table that is larger than one event is cut into parts here.
//
// A profile is checked as a whole before it is given out, by the rules that the ledger has: each fault names its file and
// line.
package profile

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

//go:embed ankang/*.json ankang-2026/*.json
var builtIn embed.FS

// Names are the profiles that are built in.
var Names = []string{"ankang", "ankang-2026"}

// Profile is the tables of a city, in an order in which each finds what it names.
type Profile struct{ Files []*File }

// File is one file: one table, one version of the rules of discipline, or one of a campaign's plan.
type File struct {
	Name  string                     // as it is shown
	Table *codetable.Published       // whole; or
	Rules *codetable.DisciplineRules // or
	Plan  *Plan                      //
	lines map[string]int             // of each value, by its JSON pointer
}

// Stream is the stream of a file's events.
func (f *File) Stream() event.Stream {
	if f.Plan != nil {
		return event.Stream{Kind: event.Campaign, ID: f.Plan.Campaign}
	}
	if f.Rules != nil {
		return event.Stream{Kind: event.Table, ID: codetable.Discipline}
	}
	return event.Stream{Kind: event.Table, ID: f.Table.Table}
}

// Fault is what is wrong with a file.
type Fault struct {
	File    string
	Line    int // from 1
	English string
	Chinese string
}

func (f *Fault) Error() string {
	return fmt.Sprintf("%s:%d: %s / %s", f.File, f.Line, f.English, f.Chinese)
}

// BuiltIn returns a profile that is built in.
func BuiltIn(name string) (*Profile, error) {
	dir, err := FilesOf(name)
	if err != nil {
		return nil, err
	}
	return Read(dir, name)
}

// FilesOf returns the files of a profile that is built in.
func FilesOf(name string) (fs.FS, error) {
	if !slices.Contains(Names, name) {
		return nil, fmt.Errorf("profile: there is no profile %q; built in are %s", name, strings.Join(Names, ", "))
	}
	own, err := fs.Sub(builtIn, name)
	if of := variants[name]; of != "" && err == nil {
		var base fs.FS
		if base, err = fs.Sub(builtIn, of); err == nil {
			return layered{own, base}, nil
		}
	}
	return own, err
}

// Read reads the files *.json of a directory, which is shown as name, and checks them. The error joins a [*Fault] for each
// fault.
func Read(dir fs.FS, name string) (*Profile, error) {
	names, err := fs.Glob(dir, "*.json")
	if err != nil || len(names) == 0 {
		return nil, errors.Join(err, fmt.Errorf("profile: %s has no files *.json", name))
	}
	p := &Profile{}
	var faults []error
	for _, n := range names {
		raw, err := fs.ReadFile(dir, n)
		if err != nil {
			return nil, err
		}
		f, wrong := parse(name+"/"+n, raw)
		faults = append(faults, wrong...)
		p.Files = append(p.Files, f)
	}
	if faults == nil {
		slices.SortStableFunc(p.Files, func(a, b *File) int { return rank(a) - rank(b) })
		faults = p.check()
	}
	if faults != nil {
		return nil, errors.Join(faults...)
	}
	return p, nil
}

// order is that in which tables are published: each names codes of those before it.
var order = []string{codetable.Sectors, codetable.Units, codetable.Committees, codetable.Responsibilities, codetable.Categories,
	codetable.Checklists, codetable.Limits, codetable.Deductions, codetable.Duties, codetable.Holidays, codetable.Discipline}

func rank(f *File) int {
	if f.Plan != nil { // it names items of the checklists
		return len(order)
	}
	return slices.Index(order, f.Stream().ID)
}

// parse reads a file and checks its form.
func parse(name string, raw []byte) (*File, []error) {
	f := &File{Name: name}
	var err error
	if f.lines, err = linesOf(raw); err != nil {
		return f, []error{f.syntax(raw, err)}
	}
	var d any
	switch {
	case f.lines["/table"] > 0:
		f.Table = new(codetable.Published)
		d = f.Table
	case f.lines["/policy"] > 0:
		f.Plan = new(Plan)
		d = f.Plan
	default:
		f.Rules = new(codetable.DisciplineRules)
		d = f.Rules
	}
	if err := json.Unmarshal(raw, d, json.RejectUnknownMembers(true)); err != nil {
		return f, []error{f.syntax(raw, err)}
	}
	if f.Table != nil && f.Table.Part != nil {
		return f, []error{f.at("/part", "state the table whole: it is cut into parts when it is sent", "请写完整的表：发送时自动分部分")}
	}
	var faults []error
	if f.Plan != nil {
		if _, err := event.ParseStream(string(event.Campaign) + "/" + f.Plan.Campaign); err != nil {
			faults = append(faults, f.at("/campaign", "campaign is no id of a stream", "campaign 不是流编号"))
		}
	}
	for _, part := range f.Bodies() {
		if err := field.Check(part.Data); err != nil {
			faults = append(faults, f.faults(err, part.from)...)
		}
	}
	return f, faults
}

// linesOf returns the line of each value of a JSON text, by its pointer.
func linesOf(raw []byte) (map[string]int, error) {
	lines := map[string]int{}
	d := jsontext.NewDecoder(strings.NewReader(string(raw)))
	line, upTo := 1, int64(0)
	for {
		if _, err := d.ReadToken(); err != nil {
			if d.StackDepth() == 0 && len(lines) > 0 && strings.TrimSpace(string(raw[d.InputOffset():])) == "" {
				return lines, nil
			}
			return lines, err
		}
		at := d.InputOffset()
		line += strings.Count(string(raw[upTo:at]), "\n")
		upTo = at
		if pointer := string(d.StackPointer()); lines[pointer] == 0 {
			lines[pointer] = line
		}
	}
}

// syntax is the fault of a text that cannot be read.
func (f *File) syntax(raw []byte, err error) error {
	line := 1
	var syntactic *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case errors.As(err, &semantic) && f.lines[string(semantic.JSONPointer)] > 0:
		line = f.lines[string(semantic.JSONPointer)]
	case errors.As(err, &syntactic):
		line += strings.Count(string(raw[:min(int(syntactic.ByteOffset), len(raw))]), "\n")
	}
	return &Fault{f.Name, line, err.Error(), "不是所要的 JSON"}
}

// at is a fault of a value; where it is not there, of what would hold it.
func (f *File) at(pointer, english, chinese string) error {
	for ; pointer != "" && f.lines[pointer] == 0; pointer = pointer[:strings.LastIndexByte(pointer, '/')] {
		continue
	}
	return &Fault{f.Name, max(f.lines[pointer], 1), english, chinese}
}

// pointer is the JSON pointer of the path of a member, as units.3.county, in a part of a table whose first row is the row
// from of the file.
func pointer(path string, from int) string {
	steps := strings.Split(path, ".")
	if len(steps) > 1 {
		if row, err := strconv.Atoi(steps[1]); err == nil {
			steps[1] = strconv.Itoa(row + from)
		}
	}
	return "/" + strings.Join(steps, "/")
}
