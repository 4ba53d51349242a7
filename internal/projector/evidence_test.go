package projector

import (
	"reflect"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	evidence "github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/token"
)

// Evidence follows the entries that name it, so no body may name a file unseen.
func TestEveryFileThatABodyNamesIsKnown(t *testing.T) {
	named := 0
	for _, typ := range domain.Catalogue().All() {
		body := typ.New()
		want := fill(reflect.ValueOf(body).Elem(), "")
		got := 0
		EachFile(body, func(string) { got++ })
		if got != want {
			t.Errorf("%s names %d files, EachFile finds %d", typ, want, got)
		}
		named += want
	}
	if named == 0 {
		t.Error("no body names a file")
	}
}

// fill gives every list one element and every pointer a value, and counts the hashes of files.
func fill(v reflect.Value, name string) (files int) {
	switch v.Type() {
	case reflect.TypeFor[event.Evidence]():
		return 1
	case reflect.TypeFor[token.Issued](), // the hash of a token
		// open to all: who sees that a file is there may not read it for that
		reflect.TypeFor[evidence.Received](), reflect.TypeFor[evidence.Erased]():
		return 0
	}
	switch v.Kind() {
	case reflect.Struct:
		if v.FieldByName("Event").IsValid() && v.FieldByName("SHA256").IsValid() {
			return 0 // the hash of an event
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				files += fill(v.Field(i), strings.Split(f.Tag.Get("json"), ",")[0])
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		files = fill(v.Index(0), name)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		files = fill(v.Elem(), name)
	case reflect.String:
		if strings.HasSuffix(name, "sha256") {
			files = 1
		}
	}
	return files
}
