package field

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Check checks a body, a pointer to a struct, against its declaration, and then what its Validate
// says of members together. It allocates nothing when all is well. The error names every fault, by
// the path of the member, with what it has and what it may have.
func Check(d event.Data) error {
	if _, ok := d.(*event.Unreadable); ok {
		return nil // nothing is known that could be checked
	}
	return ShapeOf(d).Check(d)
}

// Check is [Check] of a body of this shape.
func (s *Shape) Check(d event.Data) error {
	var w walk
	w.object(s, reflect.ValueOf(d).Elem())
	if len(w.faults) == 0 {
		return nil
	}
	return w.faults
}

// walk collects the faults of a body.
type walk struct{ faults event.Faults }

func (w *walk) fault(f law.Fault, values ...law.Value) {
	w.faults = append(w.faults, event.Fault{Fault: f, Values: law.Collect(values...)})
}

// add adds what a check of one value says.
func (w *walk) add(err error) {
	if err == nil {
		return
	}
	if f, ok := errors.AsType[*event.Fault](err); ok {
		w.faults = append(w.faults, *f)
	}
}

// bounds are the values of a range.
func bounds[T int | int64](least, most T, unit string) []law.Value {
	return []law.Value{law.Int("least", least), law.Int("most", most), law.Str("unit", unit)}
}

// under puts a member's name before the paths of the faults from n on.
func (w *walk) under(name string, n int) {
	for i := n; i < len(w.faults); i++ {
		if p := &w.faults[i].Path; *p == "" {
			*p = name
		} else {
			*p = name + "." + *p
		}
	}
}

func (w *walk) object(s *Shape, v reflect.Value) {
	for i := range s.Fields {
		f := &s.Fields[i]
		if f.str && f.Shape.text(v.Field(f.index).String()) == nil { // as most members are
			continue
		}
		n := len(w.faults)
		w.member(f, f.in(v))
		w.under(f.Name, n)
	}
	if s.unknown != nil {
		w.unknown(s, v)
	}
	if s.Together == "" {
		return
	}
	if err := v.Addr().Interface().(interface{ Validate() error }).Validate(); err != nil {
		w.together(err)
	}
}

// together adds what a Validate says.
func (w *walk) together(err error) {
	if more, ok := errors.AsType[event.Faults](err); ok {
		w.faults = append(w.faults, more...)
	}
}

func (w *walk) member(f *Field, v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			if f.Required {
				w.fault(law.FaultRequired)
			}
			return
		}
		v = v.Elem()
	}
	w.value(f.Shape, v)
}

func (w *walk) value(s *Shape, v reflect.Value) {
	switch s.Form {
	case Object:
		w.object(s, v)
	case List:
		w.list(s, v)
	case Map:
		w.entries(s, v)
	case Values:
		w.values(*v.Addr().Interface().(*law.Values))
	case Boolean:
	case Integer:
		w.integer(s, v)
	case Number:
		if x := v.Float(); x < s.Low || x > s.High || x != x {
			w.fault(law.FaultRange, law.Uncut("value", Decimal(x)), law.Uncut("least", Decimal(s.Low)), law.Uncut("most", Decimal(s.High)),
				law.Str("unit", s.Unit))
		}
	case Instant:
		w.instant(s, v.Addr().Interface().(*time.Time))
	default:
		w.add(s.text(v.String()))
	}
}

// Decimal writes a number as people do.
func Decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func (w *walk) integer(s *Shape, v reflect.Value) {
	var n int64
	if v.CanInt() {
		n = v.Int()
	} else {
		n = int64(min(v.Uint(), math.MaxInt64))
	}
	if n == 0 && s.Empty {
		return
	}
	if n < s.Least || n > s.Most {
		w.fault(law.FaultRange, append(bounds(s.Least, s.Most, s.Unit), law.Int("value", n))...)
	}
}

func (w *walk) instant(s *Shape, t *time.Time) {
	switch y := t.UTC().Year(); {
	case t.IsZero() && s.Empty:
	case t.IsZero():
		w.fault(law.FaultRequired)
	case y < event.MinYear || y > s.LastYear:
		w.fault(law.FaultYear, append(bounds(event.MinYear, s.LastYear, ""), law.Int("value", y))...)
	}
}

// count checks the number of elements; n is what there is.
func (w *walk) count(s *Shape, n int) {
	switch {
	case n < int(s.Least) && n == 0:
		w.fault(law.FaultTooFew, bounds(s.Least, s.Most, "")...)
	case n < int(s.Least) || n > int(s.Most):
		w.fault(law.FaultTooMany, law.Int("count", n), law.Int("most", s.Most))
	}
}

func (w *walk) list(s *Shape, v reflect.Value) {
	if n := v.Len(); n > 0 || !s.Empty {
		w.count(s, n)
	}
	for i := range v.Len() {
		n := len(w.faults)
		w.value(s.Item, v.Index(i))
		if len(w.faults) > n {
			w.under(strconv.Itoa(i), n)
		}
	}
	if !s.Distinct || v.Len() < 2 {
		return
	}
	for i := range v.Len() {
		for j := range i {
			if x := v.Index(i).String(); x == v.Index(j).String() {
				w.fault(law.FaultTwice, law.Quote("value", x))
				break
			}
		}
	}
}

// entries checks a map. Maps of texts, which every imported event has, are walked without reflection.
func (w *walk) entries(s *Shape, v reflect.Value) {
	w.count(s, v.Len())
	if v.Len() == 0 {
		return
	}
	var texts map[string]string
	switch m := v.Addr().Interface().(type) {
	case *event.Source:
		texts = *m
	case *map[string]string:
		texts = *m
	default:
		for it := v.MapRange(); it.Next(); {
			n := len(w.faults)
			w.value(s.Key, it.Key())
			w.value(s.Item, it.Value())
			if len(w.faults) > n {
				w.under(strconv.Quote(clip(it.Key().String())), n)
			}
		}
		return
	}
	for name, x := range texts {
		n := len(w.faults)
		w.add(s.Key.text(name))
		w.under("name", n)
		w.add(s.Item.text(x))
		if len(w.faults) > n {
			w.under(strconv.Quote(clip(name)), n)
		}
	}
}

// values checks number, names and sizes of what a flag compared.
func (w *walk) values(all law.Values) {
	if len(all) > law.MaxValues {
		w.fault(law.FaultTooMany, law.Int("count", len(all)), law.Int("most", law.MaxValues))
	}
	for _, v := range all {
		n := len(w.faults)
		if v.Name == "" || len(v.Name) > law.MaxName || strings.Trim(v.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			w.fault(law.FaultNotName, law.Int("most", law.MaxName))
		}
		switch x := v.Any().(type) {
		case string:
			w.line(x, law.MaxText)
		case int64:
			if x < event.Values.Min || x > event.Values.Max {
				w.fault(law.FaultRange, append(bounds(event.Values.Min, event.Values.Max, ""), law.Int("value", x))...)
			}
		case []string:
			if len(x) == 0 || len(x) > law.MaxList {
				w.fault(law.FaultTooMany, law.Int("count", len(x)), law.Int("most", law.MaxList))
			}
			for _, s := range x {
				w.line(s, law.MaxItem)
			}
		}
		w.under(clip(v.Name), n)
	}
}

// line checks a text of a value.
func (w *walk) line(s string, most int64) {
	w.add(event.CheckLength(s, true, int(most)))
	if s == "" {
		w.fault(law.FaultRequired)
	}
}

// clip shortens what a message quotes.
func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}

// text checks a string of any form.
func (s *Shape) text(x string) error {
	if x == "" && s.Empty {
		return nil
	}
	switch s.Form {
	case Text, Lines:
		return s.plain(x)
	case ID:
		if !event.ValidID(x) {
			return event.NewFault(law.FaultNotID, law.Quote("value", x), law.Int("most", event.MaxStreamID))
		}
	case EventID:
		if _, ok := event.ParseUUID(x); !ok {
			return event.NewFault(law.FaultNotUUID, law.Quote("value", x))
		}
	case SHA256:
		if !event.ValidSHA256(x) {
			return event.NewFault(law.FaultNotSHA256)
		}
	case Hash:
		if !event.ValidHash(x) {
			return event.NewFault(law.FaultNotHash)
		}
	case CodeOf:
		if !s.Table.Allows(x) {
			return notCode(x, s.Table)
		}
	case Region:
		if !codes.IsRegion(x) {
			return event.NewFault(law.FaultNotRegion, law.Quote("value", x))
		}
	case Date:
		if t, err := time.Parse(time.DateOnly, x); err != nil || t.Year() < event.MinYear || t.Year() > lastYear {
			return event.NewFault(law.FaultNotDate, append(bounds(event.MinYear, lastYear, ""), law.Quote("value", x))...)
		}
	case Origin:
		if !event.ValidOrigin(x) {
			return event.NewFault(law.FaultNotOrigin, law.Quote("value", x), law.Int("most", event.MaxOrigin))
		}
	}
	return nil
}

// plain checks free text. What is required has at least one visible character.
func (s *Shape) plain(x string) error {
	err := event.CheckLength(x, s.Form == Lines, int(s.Most))
	switch {
	case err != nil:
		return err
	case x == "":
		return event.NewFault(law.FaultRequired)
	case !s.Empty && !event.Visible(x):
		return event.NewFault(law.FaultVisible)
	}
	return nil
}

// notCode says which codes there are, the first of them when they are many.
func notCode(x string, t *codes.Table) error {
	if len(t.Codes) > 15 {
		return event.NewFault(law.FaultNotCode, law.Quote("value", x), law.Str("table", t.Name), law.Str("table_zh", t.Chinese),
			law.Str("example", t.Codes[0].Code))
	}
	return event.NewFault(law.FaultNotCode, law.Quote("value", x), law.List("codes", t.List()))
}

// unknownMember is a member that unknown may name.
type unknownMember struct {
	name     string
	index    []int // of its field
	required bool  // it must be stated or named
	when     []int // of another field: only where it has the value
	value    string
}

// unknownMembers reads the tags unknown of a struct and of the structs within it that have no
// member unknown of their own.
func unknownMembers(t reflect.Type, s *Shape, prefix string, index []int) ([]unknownMember, error) {
	var all []unknownMember
	for _, f := range s.Fields {
		at := append(slices.Clone(index), f.index)
		if sub := t.Field(f.index).Type; sub.Kind() == reflect.Struct && f.Shape != nil && f.Shape.Form == Object && f.Shape.named < 0 {
			within, err := unknownMembers(sub, f.Shape, f.Name+".", at)
			if err != nil {
				return nil, err
			}
			all = append(all, within...)
		}
		if f.Unknown == "" {
			continue
		}
		m := unknownMember{name: prefix + f.Name, index: at, required: f.Unknown != "optional"}
		rule, condition, conditional := strings.Cut(f.Unknown, " for ")
		name, value, _ := strings.Cut(condition, " ")
		i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name })
		if !slices.Contains([]string{"optional", "required", "imported"}, rule) || conditional && (i < 0 || value == "") {
			return nil, fmt.Errorf("%s: unknown:%q: not understood", f.Name, f.Unknown)
		}
		if conditional {
			m.when, m.value = append(slices.Clone(index), i), value
		}
		all = append(all, m)
	}
	return all, nil
}

// unknown checks that every member is stated or, where it is not, may be and is named in unknown;
// and that none is both.
func (w *walk) unknown(s *Shape, v reflect.Value) {
	list := *v.Field(s.named).Addr().Interface().(*event.Unknown)
	for i := range s.unknown {
		m := &s.unknown[i]
		switch stated, has := isStated(v.FieldByIndex(m.index)), list.Has(m.name); {
		case stated && has:
			w.faults = append(w.faults, event.Fault{Path: s.Fields[s.named].Name, Fault: law.FaultBoth,
				Values: law.Collect(law.Str("member", m.name))})
		case !stated && !has && m.required && (m.when == nil || v.FieldByIndex(m.when).String() == m.value):
			w.faults = append(w.faults, event.Fault{Path: m.name, Fault: law.FaultUnstated})
		}
	}
}

func isStated(v reflect.Value) bool {
	if k := v.Kind(); k == reflect.Slice || k == reflect.Map {
		return v.Len() > 0
	}
	return !v.IsZero()
}
