// Package field is the declaration of the members of events' bodies: what each is called, what it
// means, which values it may have. Parser, schemas and documents are fed by it.
//
// A member of a body is declared by the tags of its struct field, once for parser, schemas and
// documents:
//
//	json     its name; omitempty or omitzero where it may be left out
//	zh, doc  its Chinese name; what it means, one phrase
//	is       which values it may have:
//	         text(200)       one line of at most 200 characters
//	         lines(2000)     text of several lines
//	         id              an identifier, see [event.ValidID]; "id or empty" for a name of a map
//	         event-id        a UUID
//	         sha256, hash    64 hexadecimal digits; 43 characters of base64url
//	         code(sector)    a code of a table, by name
//	         region          a region of this city
//	         date            YYYY-MM-DD
//	         time            an instant, 1900…2200; time(9999) with another last year
//	         people          of an integer: one of [event.Ranges], by name
//	         number(-90…90 degrees)
//	         origin          of a ledger
//	many     of a list or map: least and most elements, "1…500"; "1…500 distinct"
//	key      of a map: which names
//	each     of a map of lists: as many, of each list
//	unknown  see [event.Unknown]
//	opens    of an [event.Sealed]: which roles may open it, "supervision-office discipline-commission"
//	correct  never: what the body is about, and what others know it by; a correction leaves it as it is
//	         freely: it describes; a correction of nothing else needs nobody's yes, see package facts
//
// In a list or map, is speaks of the elements. Structs have the declarations of their own fields,
// booleans and [law.Values] need no is, and [event.Source] and [event.Unknown] are declared here.
package field

import (
	"reflect"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// Form is the form of a JSON value in a body.
type Form uint8

// The forms. All from Text to Origin are strings in JSON.
const (
	Object Form = iota + 1
	List
	Map    // an object whose names are not fixed
	Values // what a flag compared: an object of texts, integers and lists of texts, see [law.Values]
	Boolean
	Integer
	Number
	Text    // one line
	Lines   // text of several lines
	ID      // see [event.ValidID]
	EventID // a UUID in canonical lower-case form
	SHA256  // 64 lower-case hexadecimal digits
	Hash    // a SHA-256 in base64url without padding
	CodeOf  // a code of a table
	Region  // a region of this city, 6, 9 or 12 digits
	Date    // YYYY-MM-DD
	Instant // a time of RFC 3339, see [event.ParseTime]
	Origin  // of a ledger, see [event.ValidOrigin]
)

// lastYear is the last year of dates and times in bodies, unless they declare another.
const lastYear = 2200

// Shape says which values a member of a body may have. It is made from the struct tags of the
// body, is what [Check] checks, and is what schemas and documents are written from.
type Shape struct {
	Form Form
	Type string // of an object: its Go type, such as event.Money

	Fields   []Field // of an object, in the order of its declaration
	Required uint64  // of an object: a bit for each of Fields that is written always
	Item     *Shape  // of a list or map: each element
	Key      *Shape  // of a map: each name

	// Least and Most bound what is counted: the characters of a text, the elements of a list or
	// map, the integer itself.
	Least, Most int64
	Unit        string       // of an integer or number
	Low, High   float64      // of a number
	LastYear    int          // of an instant
	Distinct    bool         // of a list: no element stands twice
	Table       *codes.Table // of a code

	Together string // of an object: what its Validate checks between members

	// Empty says that the empty string, in JSON, and the zero value of Go stand for a member that
	// is left out.
	Empty bool

	parts    [2]uint64       // of an object: which members are kept of each [Part]
	seals    []sealedMember  // of an object: the sealed texts in it
	files    []int           // of an object: which members name files
	embedded int             // of an object with contents: index of their field
	wire     reflect.Type    // of an object with contents: what JSON is decoded to
	body     reflect.Type    // of an object
	unknown  []unknownMember // of an object with a member unknown
	named    int             // index of that member
}

// Field is the declaration of one member of a body.
type Field struct {
	Name     string // in JSON
	Chinese  string
	Doc      string // what it means, one phrase
	Required bool   // written always: absence is never a statement
	// Unknown says when the source may name it in the member unknown instead: see [event.Unknown].
	Unknown string
	Correct string // "never", "freely", or "" for what a correction may change
	Shape   *Shape

	index   int
	content bool // one of several, see [Content]
	short   bool // it is kept as its hash
	str     bool // it is a Go string
	text    bool // likewise, and kept as its hash or as it is
}

// New returns an empty body of an object's shape.
func (s *Shape) New() event.Data { return reflect.New(s.body).Interface() }

// Of reports whether a body is of this shape: it is quicker than [ShapeOf].
func (s *Shape) Of(d event.Data) bool { return reflect.TypeOf(d).Elem() == s.body }

// Field returns the member of that name, or nil.
func (s *Shape) Field(name string) *Field {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i]
		}
	}
	return nil
}

// PartName names an object that is part of several bodies: money, but inspection.signer.
func (s *Shape) PartName() string { return strings.ToLower(strings.TrimPrefix(s.Type, "event.")) }
