package tables

import (
	"reflect"

	"github.com/anjian-ledger/anjian/domain/event"
)

var (
	oneFile   = reflect.TypeFor[event.Evidence]()
	perhaps   = reflect.TypeFor[*event.Evidence]()
	someFiles = reflect.TypeFor[[]event.Evidence]()
)

// evidence returns how many files an entry names in members of its own.
func (f *Fold) evidence(d event.Data) (n int64) {
	v := reflect.Indirect(reflect.ValueOf(d))
	if v.Kind() != reflect.Struct {
		return 0
	}
	t := v.Type()
	fields, known := f.files[t]
	if !known {
		for i := range t.NumField() {
			if of := t.Field(i).Type; of == oneFile || of == perhaps || of == someFiles {
				fields = append(fields, i)
			}
		}
		f.files[t] = fields
	}
	for _, i := range fields {
		switch x := v.Field(i); x.Type() {
		case someFiles:
			n += int64(x.Len())
		case perhaps:
			if !x.IsNil() {
				n++
			}
		default:
			n++
		}
	}
	return n
}
