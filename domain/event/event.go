// Package event is the vocabulary every other package of the ledger shares: what an
// event is, which stream it belongs to, who said it, and how a rule answers it.
//
// An event is authored by a client as a CloudEvents 1.0 JSON object. Its attributes map
// to [Event] like this:
//
//	id       client-made UUID (version 7 recommended): the idempotency key
//	source   URI-reference of the device or system that wrote it; urn:anjian:key:<key id>
//	         when a device key signs the event's bytes
//	type     "anjian." + Type.Name + ".v" + Type.Version, e.g. anjian.finding-recorded.v1
//	subject  the stream: kind + "/" + id, e.g. inspection/team1.0198f3c2-… (see [VisitID])
//	time     RFC 3339: when the fact occurred, by the device's clock
//	data     the JSON form of Type.New()
//
// and the extension attributes campaign, causationid, correlationid, deviceid,
// expectedrevision, originid (what the source that is copied calls the record), timeprecision
// ("day", "month" or "year" when no more than that is known) and, in a signed event, ledger,
// keyseq and keyprev (see [Link]).
//
// The package is pure: no clock, no randomness, no I/O.
package event

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/law"
)

// Kind is the kind of a stream; one domain package owns each kind.
type Kind string

// The stream kinds that package event and what stands on it name. A kind that nobody else names has its name in its own
// package; package kinds lists them all.
const (
	Campaign   Kind = "campaign"
	Team       Kind = "team"
	Person     Kind = "person"
	Subject    Kind = "subject"
	Inspection Kind = "inspection"
	Accident   Kind = "accident"
	// Table is a code table that the city publishes.
	Table Kind = "table"
	// Tokens are the streams of bearer tokens, one each: issue and revocation.
	Tokens Kind = "token"
	// Flag is what the ledger says of several visits at once: one stream for each pair.
	Flag Kind = "flag"
	// Review is an accountability review, one for each problem and visit (R44).
	Review Kind = "review"
	// SealingKey is the stream of a key for which texts are sealed, by its id.
	SealingKey Kind = "sealing-key"
	// File is the stream of one piece of evidence, by its SHA-256.
	File Kind = "evidence"
	// Ledger is the stream of the ledger's own acts: restorations, moves, scrub results.
	Ledger Kind = "ledger"
)

// Stream names one aggregate: its kind and its id.
type Stream struct {
	Kind Kind
	ID   string
}

// String returns the form used in CloudEvents "subject" and in URLs: "kind/id".
func (s Stream) String() string { return string(s.Kind) + "/" + s.ID }

// MaxStreamID is the longest stream id, in bytes.
const MaxStreamID = 64

// ParseStream parses "kind/id". The id has 1 to [MaxStreamID] characters of A-Z a-z 0-9 . _ -
// and does not begin with a dot, so that it is safe in a path, a URL and a NATS token list. Whether there is
// such a kind, [Catalogue.ParseStream] knows.
func ParseStream(s string) (Stream, error) {
	kind, id, ok := strings.Cut(s, "/")
	if !ok {
		return Stream{}, NewFault(law.FaultStreamForm, law.Quote("value", s))
	}
	if !ValidID(kind) {
		return Stream{}, NewFault(law.FaultStreamKind, law.Quote("value", kind))
	}
	if !ValidID(id) {
		return Stream{}, NewFault(law.FaultStreamID, law.Quote("value", s), law.Int("most", MaxStreamID))
	}
	return Stream{Kind(kind), id}, nil
}

// ValidID reports whether id may name a stream, a person, a team or a subject.
func ValidID(id string) bool {
	if id == "" || len(id) > MaxStreamID || id[0] == '.' {
		return false
	}
	for i := range len(id) {
		if !ofIDs[id[i]] {
			return false
		}
	}
	return true
}

// ofIDs has the characters of ids.
var ofIDs = func() (is [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") {
		is[c] = true
	}
	return is
}()

// Role is what a token speaks as; a token carries exactly one.
type Role string

// The roles. RoleLedger is the ledger itself, and RolePublic whoever has no token: neither is given to one.
const (
	RoleInspector             Role = "inspector"
	RoleTeamLeader            Role = "team-leader"
	RoleOfficer               Role = "officer"
	RoleApprover              Role = "approver"
	RoleSupervisionOffice     Role = "supervision-office"
	RoleDisciplineCommission  Role = "discipline-commission"
	RoleCityGovernment        Role = "city-government"
	RoleCountyGovernment      Role = "county-government"
	RoleDepartment            Role = "department"
	RoleCommittee             Role = "committee"
	RoleInspectedParty        Role = "inspected-party"
	RoleEnforcementSupervisor Role = "enforcement-supervisor"
	RoleImporter              Role = "importer"
	RoleAuditor               Role = "auditor"
	RoleAdmin                 Role = "admin"
	RoleLedger                Role = "ledger"
	RolePublic                Role = "public"
)

// Roles lists the roles a token can have, in the order the documentation gives them.
var Roles = []Role{
	RoleInspector, RoleTeamLeader, RoleOfficer, RoleApprover, RoleSupervisionOffice, RoleDisciplineCommission, RoleCityGovernment,
	RoleCountyGovernment, RoleDepartment, RoleCommittee, RoleInspectedParty, RoleEnforcementSupervisor, RoleImporter, RoleAuditor, RoleAdmin,
}

// Actor is who the ledger authenticated, from the token: never from the event's own data.
type Actor struct {
	Person string // id of the person's stream; empty when unknown (imports)
	Role   Role
	Team   string // id of the team; empty when none
	County string // GB/T 2260 code that bounds a county-government or department token
	Unit   string // id of the department or organisation the token speaks for; of an inspected party, of its subject
	Token  uint64 // index of the entry that issued the token; 0 (no token) for what needs none
}

// Assurance says how the ledger knows who wrote an event.
type Assurance string

// The assurance levels, strongest first.
const (
	Signed   Assurance = "signed"   // device signature over the event's exact bytes, key of the actor that counts here
	Token    Assurance = "token"    // bearer token; a signature beside it holds, but its key does not count here
	Open     Assurance = "open"     // without token: a tip, an evaluation
	Imported Assurance = "imported" // copied from records that others wrote; persons may be unknown
	Derived  Assurance = "derived"  // appended by the ledger itself as the consequence of another entry
)

// About is what an entry is about, resolved by the ledger when it is recorded and kept in
// the entry for good, so that every fold, filter and feed routes it the same way.
// Empty means: not applicable or unknown.
type About struct {
	Campaign string
	Subject  string
	Team     string
	County   string   // six-digit GB/T 2260 code, or the local code of a functional zone
	Sectors  []string // codes, sorted, unique; shared with the state it was read from, never changed
}

// IsZero reports whether nothing is known of what the entry is about.
func (a *About) IsZero() bool {
	return a.Campaign == "" && a.Subject == "" && a.Team == "" && a.County == "" && len(a.Sectors) == 0
}

// Link is what a signed event says of its place among the events of its key, so that an event
// that was left out of a device's queue is seen (pillar 1). It refuses, gates and flags nothing.
type Link struct {
	Key    string // id of the key whose holder says that he signed; empty: the event is not a signed one
	Ledger string // origin of the ledger that the event is for
	Seq    uint32 // 0, 1, 2 … per key
	Prev   string // SHA-256 of the bytes that this key signed before, base64url; empty at 0
}

// Data is the typed body of an event: a pointer to a struct whose fields are declared by their
// tags (package field). Where members depend on each other, it has a Validate() error for that
// alone, and a Together() string that tells what it checks; package field checks both.
type Data any

// Expected revisions that are no revision of an event.
const (
	NewStream   int64 = -1 // the stream must not exist yet
	AnyRevision int64 = -2 // nothing is expected
)

// Event is one decoded event with what the ledger adds. Judge, folds and views see this
// and nothing else. Times are UTC.
type Event struct {
	ID               uuid.UUID
	Type             *Type
	Stream           Stream
	Aside            Stream // of a visit's fact that lies in another stream, as that visit has it: that one; else zero
	Source           string
	Occurred         time.Time // by the author's clock; see Precision
	Precision        Precision // how much of Occurred is known
	Campaign         string    // campaign the author names; may be empty (R74)
	Causation        string    // event id this one follows from; may be empty
	OriginID         string    // what the source that is copied calls the record; may be empty
	Link             Link      // zero unless the event is a signed one
	ExpectedRevision int64     // revision the stream must have before this event, NewStream or AnyRevision
	Data             Data      // never nil; newest version of its type, or *[Unreadable]

	// Bytes are the author's exact bytes, for rules that compare a hash. They are valid while
	// the event is judged and folded; who keeps something of them copies it.
	Bytes []byte
	// Named are the events of this ledger that the body names by id and hash, with the hashes of their bytes: see [Event.Look]. It is
	// known while the event is judged, and not stored.
	Named []Ident
	// Signed says that there is a signature by Link.Key over Bytes, and that it holds. Whether
	// the key counts is for the rules to say.
	Signed bool

	// What only the ledger can say.
	Index    uint64 // position in the ledger, from 0
	Revision uint64 // position in the stream, from 0
	Recorded time.Time
	// ClockRed says that the ledger's clock was red when the event came (pillar 7): nothing is
	// called late or early by it, whenever the event is judged. What it entails has it as well.
	ClockRed  bool
	Actor     Actor
	Assurance Assurance
	About     About
}

// Type declares one event type in one version. Declarations are permanent: the name, the
// version and the JSON form of New never change; a changed form is a new version, and the
// old one stays declared with an Upcast.
type Type struct {
	Name    string // past tense, kebab case, unique over all kinds: "finding-recorded"
	Version int    // from 1
	Kind    Kind   // stream kind it belongs to; empty: any stream
	Stage   int    // its place in the life of its stream, as the package of its kind counts; 0: none
	Chinese string // 中文名
	Doc     string // one sentence: which fact it states
	Rules   []law.Rule
	Append  []Role      // roles that may append it, besides the importer where Import is set
	Import  bool        // an importer may append it: the fact can be found in others' records
	New     func() Data // pointer to a zero body
	// Discloses says that it discloses the visit in whose stream it lies (R39). What may lie in any stream never does.
	Discloses bool
	Mark      uint64 // the bit by which the state of its stream knows that it has happened; 0: it does not
	// Kept says what of a fact of this type stays whatever was wrong (pillar 17).
	Kept Kept
	// Upcast turns a body of this version into one of the next; nil for the newest version.
	// It is applied on the reading side only; stored bytes never change.
	Upcast func(Data) Data
}

// Kept is what of a fact stays whatever was wrong.
type Kept uint8

// What is kept. The zero value is nothing: a fact can be corrected and withdrawn.
const (
	KeptInPlace  Kept = 1 + iota // it can be corrected and never withdrawn: others rest on it
	KeptAsStated                 // neither: a further fact is stated
)

// String returns the CloudEvents type attribute.
func (t *Type) String() string {
	if t.Version == 0 { // [UnreadableType]
		return t.Name
	}
	return fmt.Sprintf("anjian.%s.v%d", t.Name, t.Version)
}

// MayAppend reports whether a role may append this type.
func (t *Type) MayAppend(r Role) bool {
	if r == RoleImporter {
		return t.Import
	}
	for _, a := range t.Append {
		if a == r {
			return true
		}
	}
	return false
}

// Elsewhere refuses an event of a type that has no place in its stream.
func Elsewhere(e *Event) *Refusal {
	return Refuse(law.Pillar2, law.WrongStream,
		law.Str("type", e.Type.Name), law.Str("wanted", e.Type.Kind+"/…"), law.Str("stream", e.Stream.String()))
}

// Allow refuses a role that may not append this type.
func (t *Type) Allow(r Role) error {
	if t.MayAppend(r) {
		return nil
	}
	return Refuse(law.Roles, law.RoleMayNotAppend, law.Str("role", r), law.Str("type", t.String()))
}

// Refusal is the answer to an event that would break identity, order or a gate: nothing is
// stored. It is an error. It holds what was compared; whoever shows it makes the sentences.
type Refusal struct {
	Code   law.Code
	Rule   law.Rule
	Values law.Values
	// Open is what a gate waits for, all of it; Code, Rule and Values are those of the first.
	Open []Unmet
}

// Unmet is one thing that a gate waits for.
type Unmet struct {
	Code   law.Code
	Rules  []law.Rule // the most specific first
	Values law.Values
}

// Held is the refusal of an event that a gate holds up: the first that is open, and all of it; nil
// when nothing is.
func Held(open []Unmet) *Refusal {
	if open == nil {
		return nil
	}
	first := &open[0]
	return &Refusal{Code: first.Code, Rule: first.Rules[0], Values: first.Values, Open: open}
}

// Refuse makes a Refusal.
func Refuse(rule law.Rule, code law.Code, values ...law.Value) *Refusal {
	return &Refusal{Code: code, Rule: rule, Values: law.Collect(values...)}
}

// Error writes the refusal in English.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s (%s): %s; %s", r.Code, r.Rule, r.Sentence(law.InEnglish), r.Remedy(law.InEnglish))
}

// InBoth writes the refusal in English and Chinese, for those at the machine.
func (r *Refusal) InBoth() string {
	return r.Error() + " / " + r.Sentence(law.InChinese) + "；" + r.Remedy(law.InChinese)
}

// Sentence says what is wrong; of a gate, all that it waits for, with the rules.
func (r *Refusal) Sentence(l law.Language) string {
	if r.Open == nil {
		return r.Code.Sentence(l, r.Values)
	}
	items := make([]string, len(r.Open))
	for i, o := range r.Open {
		items[i] = o.Code.Sentence(l, o.Values) + law.Cite(l, o.Rules)
	}
	return law.Needed(l, items)
}

// Remedy says what would satisfy the rule; of a gate, each of its rules.
func (r *Refusal) Remedy(l law.Language) string {
	if r.Open == nil {
		return r.Code.Remedy(l, r.Values)
	}
	var all []string
	for _, o := range r.Open {
		if s := o.Code.Remedy(l, o.Values); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return law.Join(l, all)
}

// Consequence is an event that the ledger itself appends as the consequence of another, in the
// same atomic append and directly after it.
type Consequence struct {
	Name    string // bare name of its type
	Stream  Stream
	Data    Data
	Because uuid.UUID // the event that brought it, where another says so than the one that is appended with it
}

// Statement tells what the ledger says in one place from everything else that it says: which rule, of
// which fact, and of which item of it. What was compared is no part of it (pillar 13).
type Statement struct {
	Code law.Code
	Rule law.Rule
	Fact uuid.UUID // the event that deviates; in a [Deviation] the zero id is the event that is judged
	Item string    // where a rule says the same of several things in one fact: which of them
}

// Deviation is a policy break: the fact is accepted, and the ledger appends a
// deviation-flagged event beside it in the same atomic append.
type Deviation struct {
	Statement
	Values law.Values // what was compared
	Plan   string     // version of the plan that the values are of, where it is not the one in force
}

// Flagged makes a Deviation.
func Flagged(rule law.Rule, code law.Code, values ...law.Value) Deviation {
	return Deviation{Statement: Statement{Code: code, Rule: rule}, Values: law.Collect(values...)}
}

// Restated is what the rules of a whole stream say after an event that they read: what is true and not said
// is added, and what was said under a rule that was asked and is not true lapses (pillar 13).
type Restated struct {
	Asked []Asked
	True  []Deviation // each names its fact
	Left  []Statement // what is asked and stays as it was said, or not said
}

// Asked is a rule that was asked: of all facts of the stream, or of one.
type Asked struct {
	Code law.Code
	Fact uuid.UUID // the zero id: of all
}

// Answers reports whether what was asked would say a statement again if it were true.
func (r *Restated) Answers(s *Statement) bool {
	for i := range r.Asked {
		if a := &r.Asked[i]; a.Code == s.Code && (a.Fact == uuid.Nil || a.Fact == s.Fact) {
			return true
		}
	}
	return false
}

// Says reports whether a statement is true, or stays.
func (r *Restated) Says(s *Statement) bool {
	if slices.Contains(r.Left, *s) {
		return true
	}
	for i := range r.True {
		if r.True[i].Statement == *s {
			return true
		}
	}
	return false
}

// Differ adds what correcting a fact changes in what is said of single facts: before and after are what they break by what counted
// until now and by what counts from now on, beside the same ledger; said is what stands. What both break, or neither does, is left as
// it was said, but that nothing stays which is said of a fact that is another one now (other) and does not break it any more.
func (r *Restated) Differ(said []Statement, before, after []Deviation, other func(fact uuid.UUID) bool) {
	of := func(all []Deviation, s *Statement) bool {
		return slices.ContainsFunc(all, func(d Deviation) bool { return d.Statement == *s })
	}
	if r.Asked == nil {
		r.Asked = []Asked{}
	}
	asked := map[Asked]bool{}
	for i := range said {
		s := &said[i]
		if !of(after, s) && (of(before, s) || other(s.Fact)) {
			asked[Asked{s.Code, s.Fact}] = true
			r.Asked = append(r.Asked, Asked{s.Code, s.Fact})
		}
	}
	for i := range said {
		s := &said[i]
		if asked[Asked{s.Code, s.Fact}] && (of(after, s) || !of(before, s) && !other(s.Fact)) {
			r.Left = append(r.Left, *s) // another item of the same fact
		}
	}
	for i := range after {
		if d := &after[i]; !of(before, &d.Statement) && !slices.Contains(said, d.Statement) {
			r.True = append(r.True, *d)
		}
	}
}
