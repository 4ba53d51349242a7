package register

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/internal/importer/sheet"
)

// Reject is one reason why a row is not imported.
type Reject struct {
	Row    int    // of the file, from 1
	Column string // its header; empty: the row as a whole
	Value  string // of the cell
	Cause  Cause
	Detail said // of what the cause says
}

// Why and Remedy are what is said of it, in Chinese and English.
func (r *Reject) texts() (why, remedy said) {
	c := causes[r.Cause]
	return said{strings.ReplaceAll(c.why.zh, "{}", r.Detail.zh), strings.ReplaceAll(c.why.en, "{}", r.Detail.en)}, c.remedy
}

// same is a detail that is the same in both languages.
func same(s string) said { return said{s, s} }

// reader turns rows into subjects.
type reader struct {
	Mapping
	columns []column
	year    int // of the register's day: a county's name is that of the code in force
	row     int
	rejects []Reject
}

func (r *reader) reject(c column, value string, cause Cause, detail said) {
	r.rejects = append(r.rejects, Reject{Row: r.row, Column: c.header, Value: value, Cause: cause, Detail: detail})
}

// noted are the causes of cells whose text nobody wrote.
var noted = map[sheet.Note]Cause{sheet.Formula: IsFormula, sheet.Merged: IsMerged, sheet.Rounded: Digits, sheet.Failed: IsError,
	sheet.TooLong: IsLong}

// read returns the subject that a row states, or nil and why not. It lists all that is wrong with the row.
func (r *reader) read(row sheet.Row) (*subject.Registered, []Reject) {
	r.row, r.rejects = row.Number, nil
	if row.Fault != "" {
		r.reject(column{}, "", Cause(row.Fault), said{})
		return nil, r.rejects
	}
	d := &subject.Registered{Discovery: "register"}
	for i, cell := range row.Cells {
		switch {
		case i >= len(r.columns):
			if strings.TrimSpace(cell.Text) != "" {
				r.reject(column{}, cell.Text, TooWide, said{})
				return nil, r.rejects
			}
		case r.columns[i].target == toNothing:
		case cell.Note != "":
			r.reject(r.columns[i], cell.Text, noted[cell.Note], same(cell.Text))
		default:
			r.take(d, r.columns[i], cell.Text)
		}
	}
	r.complete(d)
	if len(r.rejects) == 0 {
		r.check(d)
	}
	if len(r.rejects) > 0 {
		return nil, r.rejects
	}
	return d, nil
}

// take takes over one cell.
func (r *reader) take(d *subject.Registered, c column, cell string) {
	value := text(cell)
	if value == "" {
		return
	}
	switch c.target {
	case toName:
		d.Name = value
	case toUSCC:
		d.USCC = code(value)
		r.digits(c, value)
	case toReason:
		d.USCCReason = value
	case toAddress:
		d.Address = value
	case toIndustry:
		d.Industry = code(value)
	case toKind:
		d.Kind = r.one(c, value)
	case toOwnership:
		d.Ownership = r.one(c, value)
	case toSize:
		d.Size = r.one(c, value)
	case toVenue:
		d.VenueType = r.one(c, value)
	case toSectors:
		d.Sectors = r.many(c, value)
	case toRisks:
		d.RiskClasses = r.many(c, value)
	case toRegion:
		d.Region = r.region(c, value)
	case toDepartments:
		d.Departments = split(narrow(value))
	case toSource:
		if d.Source == nil {
			d.Source = event.Source{}
		}
		d.Source[c.header] = value
	default:
		if d.OtherIDs == nil {
			d.OtherIDs = map[string]string{}
		}
		d.OtherIDs[strings.TrimPrefix(c.target, toOther)] = narrow(value)
		r.digits(c, value)
	}
}

// digits rejects a code of which a program has made a number.
func (r *reader) digits(c column, value string) {
	if scientific.MatchString(code(value)) {
		r.reject(c, value, Digits, said{})
	}
}

// one is the code of a word of a table.
func (r *reader) one(c column, word string) string {
	found, ok := r.lookup(c.target, word)
	if !ok {
		r.reject(c, word, NoSuchWord, same(word))
	}
	return found
}

// many are the codes of several words. A word may have in it what divides others (卫生、养老), so the whole is looked for first.
func (r *reader) many(c column, words string) (list []string) {
	if found, ok := r.lookup(c.target, words); ok {
		return []string{found}
	}
	for _, word := range split(words) {
		found, ok := r.lookup(c.target, word)
		switch {
		case !ok:
			r.reject(c, words, NoSuchWord, same(word))
			return nil
		case !slices.Contains(list, found):
			list = append(list, found)
		}
	}
	return list
}

func split(s string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、，,;；|/\\ ", r) }),
		func(w string) bool { return w == "" })
}

// lookup finds the code of a word: that of the mapping file, else the code itself, or its Chinese name.
func (r *reader) lookup(target, word string) (string, bool) {
	f := folded(word)
	if found, ok := r.Values[target][f]; ok {
		return found, true
	}
	for _, c := range tableOf(target).Codes {
		if f == strings.ToLower(c.Code) || f == folded(c.Chinese) || target == toSize && f == c.Chinese+"企业" {
			return c.Code, true
		}
	}
	return "", false
}

// region is the code of a county by its name, with or without what stands above it and what it is, or any code in this city.
func (r *reader) region(c column, value string) string {
	f := folded(value)
	if found, ok := r.Values[toRegion][f]; ok {
		return found
	}
	if codes.IsRegion(f) {
		return f
	}
	for _, prefix := range []string{"陕西省", "安康市", "安康"} {
		f = strings.TrimPrefix(f, prefix)
	}
	for _, area := range codes.Counties() {
		if area.In(r.year) && bare(f) == bare(strings.TrimPrefix(area.Chinese, "安康")) {
			return area.Code
		}
	}
	r.reject(c, value, NoSuchRegion, same(value))
	return ""
}

// bare is the name of a county without what it is: 旬阳县 became 旬阳市.
func bare(name string) string {
	for _, kind := range []string{"技术产业开发区", "示范区", "生态旅游区", "区", "县", "市"} {
		if s, ok := strings.CutSuffix(name, kind); ok && len(s) >= len("汉滨") {
			return s
		}
	}
	return name
}

// complete sets the defaults, and lists what is missing.
func (r *reader) complete(d *subject.Registered) {
	set := func(into *string, target string) {
		if *into == "" {
			*into = r.Defaults[target]
		}
	}
	set(&d.Kind, toKind)
	set(&d.Region, toRegion)
	set(&d.Ownership, toOwnership)
	set(&d.Size, toSize)
	set(&d.VenueType, toVenue)
	if d.Kind == "" {
		d.Kind = "enterprise"
	}
	if s := r.Defaults[toSectors]; len(d.Sectors) == 0 && s != "" {
		d.Sectors = []string{s}
	}
	if s := r.Defaults[toRisks]; len(d.RiskClasses) == 0 && s != "" {
		d.RiskClasses = []string{s}
	}
	r.needs(d.Name == "", toName, said{"名称", "the name"})
	r.needs(d.Region == "", toRegion, said{"县区", "the county"})
	r.needs(len(d.Sectors) == 0, toSectors, said{"行业领域", "the sector"})
}

// needs lists a member that is missing, where its column has not been listed already.
func (r *reader) needs(missing bool, target string, what said) {
	c := r.column(target)
	if missing && !slices.ContainsFunc(r.rejects, func(x Reject) bool { return x.Column == c.header && c.header != "" }) {
		r.reject(c, "", Required, what)
	}
}

func (r *reader) column(target string) column {
	i := slices.IndexFunc(r.columns, func(c column) bool { return c.target == target })
	if i < 0 {
		return column{target: target}
	}
	return r.columns[i]
}

// check lists what the ledger would not take: a credit code that is wrong and not explained, and members beyond their bounds.
func (r *reader) check(d *subject.Registered) {
	var wrong codes.USCCCheckError
	switch err := codes.CheckUSCC(d.USCC); {
	case d.USCC == "" || err == nil:
		d.USCCReason = ""
	case d.USCCReason != "":
	case errors.As(err, &wrong):
		place, want := string(rune('0'+wrong.Place/10))+string(rune('0'+wrong.Place%10)), string(wrong.Want)
		r.reject(r.column(toUSCC), d.USCC, USCCCheck, said{"第 " + place + " 位应为 " + want, "position " + place + " should be " + want})
	default:
		r.reject(r.column(toUSCC), d.USCC, NoUSCCForm, said{})
	}
	faults, ok := errors.AsType[event.Faults](field.Check(d))
	if !ok {
		return
	}
	for _, f := range faults {
		target, _, _ := strings.Cut(f.Path, ".")
		target, _, _ = strings.Cut(target, "[")
		r.reject(r.column(target), "", Invalid, said{f.Says(law.InChinese), f.Says(law.InEnglish)})
	}
}

// place is where a subject without a credit code is looked for: its name and its county.
func place(name, region string) string { return folded(name) + "\n" + codes.CountyOf(region) }

// nameOf is the id of the stream of a new subject: of its credit code, or of its name and county.
func nameOf(d *subject.Registered) string {
	if codes.ValidUSCC(d.USCC) {
		return "uscc-" + strings.ToLower(d.USCC)
	}
	sum := sha256.Sum256([]byte(place(d.Name, d.Region) + "\n" + d.USCC))
	return "register-" + hex.EncodeToString(sum[:12])
}
