package field

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// shapes holds the shape of every Go type that was asked for.
var shapes sync.Map // reflect.Type → *Shape

// ShapeOf returns the shape of a body, a pointer to a struct. It panics when the declaration is
// wrong, which package domain tells of every type.
func ShapeOf(d event.Data) *Shape {
	s, err := shapeOf(reflect.TypeOf(d).Elem())
	if err != nil {
		panic(err)
	}
	return s
}

func shapeOf(t reflect.Type) (*Shape, error) {
	if s, ok := shapes.Load(t); ok {
		return s.(*Shape), nil
	}
	s, err := declared(t)
	if err != nil {
		return nil, fmt.Errorf("body %s: %w", t, err)
	}
	kept, _ := shapes.LoadOrStore(t, s)
	return kept.(*Shape), nil
}

// declared reads the declaration of a struct.
func declared(t reflect.Type) (*Shape, error) {
	if t.Kind() != reflect.Struct {
		return nil, errors.New("want a struct")
	}
	s := &Shape{Form: Object, Type: t.String(), body: t, named: -1}
	if v, ok := reflect.New(t).Interface().(interface{ Together() string }); ok {
		s.Together = v.Together()
	}
	if t.NumField() > 64 || reflect.PointerTo(t).Implements(validates) != (s.Together != "") {
		return nil, errors.New("more than 64 members, or a Validate that no Together tells of")
	}
	for i := range t.NumField() {
		if t.Field(i).Type == contentsType {
			contents, err := contentsOf(t, i)
			if err != nil {
				return nil, err
			}
			for k := range contents {
				s.seals = append(s.seals, sealsOfContent(&contents[k])...)
			}
			s.Fields, s.embedded = append(s.Fields, contents...), i
			continue
		}
		f, err := member(t.Field(i))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Field(i).Name, err)
		}
		f.index = i
		opens, err := opensOf(t.Field(i))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Field(i).Name, err)
		}
		if opens != nil {
			f.Doc += "; opened by: " + strings.ReplaceAll(strings.Join(strings.Fields(t.Field(i).Tag.Get("opens")), ", "), "-", " ")
		}
		seals, err := sealsOf(&f, opens)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Field(i).Name, err)
		}
		s.seals = append(s.seals, seals...)
		if f.Required {
			s.Required |= 1 << i
		}
		s.Fields = append(s.Fields, f)
		if t.Field(i).Type == reflect.TypeFor[event.Unknown]() {
			s.named = i
		}
	}
	s.files, s.wire = s.filesOf(), wireOf(t, s.Fields)
	if s.named >= 0 {
		if err := s.unknowns(t); err != nil {
			return nil, err
		}
	}
	for i := range s.Fields {
		f := &s.Fields[i]
		if !f.keepsOf(t.Field(f.index).Type.Kind()) {
			continue
		}
		if s.parts[Whole] |= 1 << i; f.Correct != "freely" {
			s.parts[Essence] |= 1 << i
		}
	}
	return s, nil
}

// unknowns declares which members the member unknown may name.
func (s *Shape) unknowns(t reflect.Type) (err error) {
	if s.unknown, err = unknownMembers(t, s, "", nil); err != nil {
		return err
	}
	table := codes.NewTable("", "")
	for _, m := range s.unknown {
		table.Codes = append(table.Codes, codes.Code{Code: m.name})
	}
	s.Fields[s.named].Shape = &Shape{Form: List, Most: int64(len(s.unknown)), Distinct: true, Empty: true,
		Item: &Shape{Form: CodeOf, Table: codes.NewTable("", "未知项", table.Codes...)}}
	return nil
}

var validates = reflect.TypeFor[interface{ Validate() error }]()

// member reads the tags of one field.
func member(sf reflect.StructField) (Field, error) {
	tag := sf.Tag.Get
	name, options, _ := strings.Cut(tag("json"), ",")
	f := Field{Name: name, Chinese: tag("zh"), Doc: tag("doc"), Required: !strings.Contains(options, "omit"), Unknown: tag("unknown"),
		Correct: tag("correct")}
	t := sf.Type
	switch t {
	case reflect.TypeFor[event.Source]():
		f.Chinese, f.Doc = "来源原文", "the terms of an imported record as its authors wrote them, by column"
		f.Shape = &Shape{Form: Map, Most: 40, Empty: true, Key: &Shape{Form: Text, Most: 100},
			Item: &Shape{Form: Lines, Most: 4000, Empty: true}}
	case reflect.TypeFor[law.Values]():
		f.Shape = &Shape{Form: Values, Most: law.MaxValues, Empty: true}
	case reflect.TypeFor[event.Unknown]():
		f.Chinese, f.Doc = "未知项", "the members that the source does not know, instead of a value"
	default:
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		var err error
		if f.Shape, err = valueOf(t, sf.Tag); err != nil {
			return f, err
		}
		// Structs are shared, lists may be empty in any case, and of a pointer nil is what was left out.
		if !f.Required && f.Shape.Form != Object && sf.Type.Kind() != reflect.Pointer {
			f.Shape.Empty = true
		}
	}
	if !slices.Contains([]string{"", "never", "freely"}, f.Correct) {
		return f, fmt.Errorf("correct:%q: not understood", f.Correct)
	}
	if f.Name == "" || sf.Anonymous || f.Chinese == "" || f.Doc == "" {
		return f, errors.New("want the tags json, zh and doc")
	}
	return f, nil
}

func valueOf(t reflect.Type, tag reflect.StructTag) (*Shape, error) {
	is, many := tag.Get("is"), tag.Get("many")
	switch t.Kind() {
	case reflect.Slice:
		item, err := scalar(t.Elem(), is)
		if err != nil {
			return nil, err
		}
		return listOf(item, many)
	case reflect.Map:
		key, err := scalar(t.Key(), tag.Get("key"))
		if err != nil {
			return nil, err
		}
		item, err := valueOf(t.Elem(), reflect.StructTag(fmt.Sprintf("is:%q many:%q", is, tag.Get("each"))))
		if err != nil {
			return nil, err
		}
		s, err := listOf(item, many)
		if err == nil {
			s.Form, s.Key = Map, key
		}
		return s, err
	}
	return scalar(t, is)
}

func listOf(item *Shape, many string) (*Shape, error) {
	s := &Shape{Form: List, Item: item}
	bounds, distinct := strings.CutSuffix(many, " distinct")
	s.Distinct = distinct
	if _, err := fmt.Sscanf(bounds, "%d…%d", &s.Least, &s.Most); err != nil {
		return nil, fmt.Errorf("many:%q: want least…most", many)
	}
	if codes := item.Table; distinct && codes != nil && s.Most > int64(len(codes.List())) {
		return nil, fmt.Errorf("many:%q: there are only %d codes", many, len(codes.List()))
	}
	return s, nil
}

// forms are the strings without a parameter.
var forms = map[string]Form{"id": ID, "event-id": EventID, "sha256": SHA256, "hash": Hash, "region": Region, "date": Date, "origin": Origin}

// scalar reads what the tag is says of a Go type.
func scalar(t reflect.Type, is string) (*Shape, error) {
	s := new(Shape)
	is, s.Empty = strings.CutSuffix(is, " or empty")
	word, arg, _ := strings.Cut(strings.TrimSuffix(is, ")"), "(")
	n, _ := strconv.ParseInt(arg, 10, 64)
	kind := t.Kind()
	switch {
	case t == reflect.TypeFor[time.Time]():
		s.Form, s.LastYear = Instant, lastYear
		if n > 0 {
			s.LastYear = int(n)
		}
		return s, want(word == "time", is)
	case kind == reflect.Struct:
		return shapeOf(t)
	case kind == reflect.Bool:
		s.Form = Boolean
		return s, want(is == "", is)
	case kind == reflect.Float64:
		s.Form = Number
		_, err := fmt.Sscanf(arg, "%g…%g %s", &s.Low, &s.High, &s.Unit)
		return s, want(word == "number" && err == nil, is)
	case kind >= reflect.Int && kind <= reflect.Uint64:
		i := slices.IndexFunc(event.Ranges, func(r event.Range) bool { return r.Name == is })
		if i < 0 {
			return nil, want(false, is)
		}
		s.Form, s.Least, s.Most, s.Unit = Integer, event.Ranges[i].Min, event.Ranges[i].Max, event.Ranges[i].Unit
		return s, nil
	case kind != reflect.String:
		return nil, fmt.Errorf("no member has the Go type %s", t)
	case word == "text", word == "lines":
		s.Form, s.Most = map[string]Form{"text": Text, "lines": Lines}[word], n
		return s, want(n > 0, is)
	case word == "code":
		s.Form, s.Table = CodeOf, event.CodeTable(arg)
		return s, want(s.Table != nil, is)
	}
	s.Form = forms[word]
	return s, want(s.Form != 0 && arg == "", is)
}

func want(ok bool, is string) error {
	if !ok {
		return fmt.Errorf("is:%q: not understood; see package field", is)
	}
	return nil
}
