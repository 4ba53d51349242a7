package api

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/law"
)

// goWords are what no message says: words of the program's language and of its libraries.
var goWords = regexp.MustCompile(`(?i)unmarshal|marshal|\bint(8|16|32|64)?\b|\buint|float64|\bstruct\b|\bslice\b|\bnil\b|` +
	`json:|jsontext|go value|go type|` +
	`2006-01-02|Z07:00|strconv|time\.Time|parsing time|invalid character|\bEOF\b|%!|runtime|panic|goroutine|base64 data at`)

// specimen is an event that is good but for what a case spoils.
type specimen struct{ raw string }

// with replaces a part, which must be there.
func (f specimen) with(old, new string) string {
	if !strings.Contains(f.raw, old) {
		panic(old)
	}
	return strings.Replace(f.raw, old, new, 1)
}

func good(name, stream, data string) specimen {
	return specimen{`{"specversion":"1.0","id":"` + uuid.Must(uuid.NewV7()).String() + `","source":"urn:test","type":"anjian.` + name +
		`.v1","subject":"` + stream +
		`","time":"2026-01-02T09:30:00+08:00","data":` + data + `}`}
}

const (
	hash64 = "0000000000000000000000000000000000000000000000000000000000000000"
	key43  = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

// badForms has an event for each fault: single ones by the mode that they are sent in.
func badForms() map[law.Fault]string {
	sub := good("subject-registered", "subject/s-1", `{"kind":"enterprise","name":"某某","region":"610902","sectors":["MINE"],`+
		`"discovery":"register"}`)
	find := good("finding-recorded", "inspection/t-1.x",
		`{"finding":"f","description":"x","level":"general","punishable":true,"evidence":[{"sha256":"`+hash64+
			`","media_type":"image/jpeg","size":1}]}`)
	place := good("inspector-arrived", "inspection/t-1.x", `{"place":{"lat":32.7,"lon":109.0,"datum":"WGS-84"}}`)
	token := good("token-issued", "token/t", `{"sha256":"`+hash64+
		`","role":"inspector","person":"p-1","team":"t-1","expires":"2027-01-02T09:30:00+08:00"}`)
	key := good("key-revoked", "person/p", `{"key":"`+key43+`","reason":"lost","compromised_since":"2026-01-02T09:30:00+08:00"}`)
	signed := specimen{sub.with(`"urn:test"`, `"urn:anjian:key:`+key43+`","ledger":"anjian.test/api/0a1b2c3d","keyseq":1,"keyprev":"`+key43+
		`"`)}
	harm := good("accident-reported", "accident/a-1",
		`{"subjects":[],"region":"610902","happened":"2026-01-02T09:30:00+08:00","kind":"EXPLOSION","summary":"x","harm":{"deaths":0,`+
			`"serious_injuries":2,"injured":1,"direct_loss":{"currency":"CNY","amount":1}}}`)
	penal := good("penalty-decided", "case/t-1.x",
		`{"inspection":"t-1.x","penalty":"p","findings":["f"],"kind":"warning","final":true,"legal_basis":[{"law":"x"}]}`)
	long := strings.Repeat("x", 300)
	published := func(data string) string { return good("code-table-published", "table/t", data).raw }
	year := func(holidays, worked string) string {
		return published(`{"table":"holidays","document":"d","calendar":{"year":2019,"holidays":[` + holidays + `],"worked":[` + worked + `]}}`)
	}
	const named = `{"event":"0198f3c2-7a10-7000-8000-000000000033","sha256":"` + hash64 + `"}`
	const may = `{"name":"劳动节","from":"2019-05-01","to":"2019-05-04"}`
	return map[law.Fault]string{
		law.FaultBelowFirst: good("number-block-issued", "document/d",
			`{"team":"t-1","authority":"emergency-city","document":"site-record","year":2019,"series":"安应急检记〔2019〕","first":9,"last":3}`).raw,
		law.FaultRequired: sub.with(`"某某"`, `""`), law.FaultUnstated: sub.with(`"region":"610902",`, ``), law.FaultVisible: sub.with(`某某`, ` `),
		law.FaultAbsent: sub.with(`,"discovery":"register"`, ``), law.FaultNull: sub.with(`"610902"`, `null`),
		law.FaultMinusZero: place.with(`109.0`, `-0`), law.FaultNoMember: sub.with(`"kind"`, `"kin":1,"kind"`),
		law.FaultWantObject: place.with(`{"lat":32.7,"lon":109.0,"datum":"WGS-84"}`, `1`), law.FaultWantList: sub.with(`["MINE"]`, `"MINE"`),
		law.FaultWantBoolean: find.with(`true`, `"yes"`), law.FaultWantInteger: find.with(`"size":1`, `"size":1.5`),
		law.FaultWantNumber: place.with(`32.7`, `"north"`),
		law.FaultWantString: sub.with(`"某某"`, `{}`), law.FaultWantTime: key.with(`"2026-01-02T09:30:00+08:00"}`, `5}`),
		law.FaultRange: find.with(`"size":1`, `"size":0`), law.FaultYear: sub.with(`2026-01-02T09`, `1776-01-02T09`),
		law.FaultTooFew:  sub.with(`["MINE"]`, `[]`),
		law.FaultTooMany: sub.with(`["MINE"]`, `["MINE"`+strings.Repeat(`,"MINE"`, 90)+`]`), law.FaultTwice: penal.with(`["f"]`, `["f","f"]`),
		law.FaultTooLong: sub.with(`某某`, long), law.FaultNoText: sub.with(`某某`, `a\u0007`), law.FaultOneLine: sub.with(`某某`, `a\nb`),
		law.FaultNotID: find.with(`"f"`, `".f"`), law.FaultNotUUID: sub.with(`"source"`, `"causationid":"7","source"`),
		law.FaultNotSHA256: find.with(hash64, "0"),
		law.FaultNotHash:   signed.with(`"keyprev":"`+key43, `"keyprev":"x`), law.FaultNotCode: sub.with(`"enterprise"`, `"shop"`),
		law.FaultNotRegion: sub.with(`610902`, `1`),
		law.FaultNotDate:   good("inspector-trained", "person/p", `{"topic":"t","date":"2026-02-30"}`).raw,
		law.FaultNotOrigin: sub.with(`"source"`, `"ledger":"","source"`), law.FaultBoth: sub.with(`"sectors"`, `"unknown":["region"],"sectors"`),
		law.FaultNotTime: sub.with(`2026-01-02T09:30:00+08:00`, `yesterday`), law.FaultNotCalendar: sub.with(`2026-01-02T`, `2026-02-30T`),
		law.FaultNotPrecision: sub.with(`"source"`, `"timeprecision":"week","source"`), law.FaultStreamForm: sub.with(`subject/s-1`, `s-1`),
		law.FaultStreamKind: sub.with(`subject/s-1`, `thing/s-1`), law.FaultStreamID: sub.with(`subject/s-1`, `subject/.s`),
		law.FaultAfterFrom: good("inspector-seconded", "person/p",
			`{"home_unit":"u-1","team":"t-1","from":"2026-01-02T09:30:00+08:00","to":"2026-01-02T09:30:00+08:00"}`).raw,
		law.FaultRegionKnown: sub.with(`"region":"610902"`, `"unknown":["region"]`), law.FaultForRole: token.with(`"team":"t-1",`, ``),
		law.FaultInjured: harm.raw,
		law.FaultReason:  good("check-answered", "inspection/t-1.x", `{"section":"production","item":"E-1","answer":"not-applicable"}`).raw,
		law.FaultListedTwice: good("code-table-published", "table/units",
			`{"table":"units","units":[{"id":"u","name":"n","sectors":[]},{"id":"u","name":"n","sectors":[]}]}`).raw,
		law.FaultOtherTable:  published(`{"table":"sectors","units":[{"id":"u","name":"n","sectors":[]}]}`),
		law.FaultYearIsWhole: published(`{"table":"holidays","part":{"number":1,"of":1}}`),
		law.FaultForTable:    published(`{"table":"holidays"}`),
		law.FaultForMatter:   good("matter-transferred", "transfer/office.610902.1", `{"matter":"tip","ground":"investigate","task":"t"}`).raw,
		law.FaultForManner: good("finding-supervised", "inspection/t-1.x",
			`{"finding":"f","manner":"listed","supervisor":"u-1","until":"2019-12-31"}`).raw,
		law.FaultPart: published(`{"table":"units","part":{"number":2,"of":1}}`), law.FaultOverlap: year(may+","+may, ""),
		law.FaultNothingChanges: good("subject-updated", "subject/s", `{"from":"2019-12-01"}`).raw,
		law.FaultNoSuccessor:    good("subject-ended", "subject/s", `{"how":"dissolved","on":"2019-12-01","successor":"t"}`).raw,
		law.FaultOneCurrency: good("check-answered", "inspection/t-1.x", `{"item":"E-3","answer":"no","investment":{"ground":"g",`+
			`"required":{"currency":"CNY","amount":1},"actual":{"currency":"USD","amount":1}}}`).raw,
		law.FaultSubjectOrScope: good("conflict-declared", "person/p", `{"unit":"u","from":"2019-12-01","to":"2019-12-31","reason":`+
			`{"sha256":"`+hash64+`","size":200,"to":"`+key43+`","commit":"`+hash64+`"}}`).raw,
		law.FaultNotBeforeFrom: year(`{"name":"n","from":"2019-05-02","to":"2019-05-01"}`, ""), law.FaultOtherYear: year(may, `"2020-05-02"`),
		law.FaultLongHoliday:   year(`{"name":"n","from":"2019-05-01","to":"2019-06-01"}`, ""),
		law.FaultWorkedHoliday: year(may, `"2019-05-04"`), law.FaultWorkedWeekday: year(may, `"2019-05-06"`),
		law.FaultSpecVersion: sub.with(`"1.0"`, `"0.3"`), law.FaultSource: sub.with(`urn:test`, `安康`),
		law.FaultContentType:    sub.with(`"source"`, `"datacontenttype":"text/xml","source"`),
		law.FaultURI:            sub.with(`"source"`, `"dataschema":"x","source"`),
		law.FaultBase64Data:     sub.with(`"data":`, `"data_base64":"AA==","data":`),
		law.FaultBytes:          sub.with(`"source"`, `"deviceid":"","source"`),
		law.FaultRevision:       sub.with(`"source"`, `"expectedrevision":-2,"source"`),
		law.FaultKeySeq:         signed.with(`"keyseq":1`, `"keyseq":-1`),
		law.FaultInteger32:      sub.with(`"source"`, `"expectedrevision":1.0,"source"`),
		law.FaultAttributeName:  sub.with(`"source"`, `"Device_ID":"x","source"`),
		law.FaultAttributeValue: sub.with(`"source"`, `"note":{},"source"`),
		law.FaultWrongKind:      sub.with(`subject/s-1`, `person/s-1`), law.FaultSignedSource: signed.with(`urn:anjian:key:`+key43, `urn:test`),
		law.FaultNotKeyID: sub.with(`urn:test`, `urn:anjian:key:x`), law.FaultSignedLedger: signed.with(`"ledger":"anjian.test/api/0a1b2c3d",`,
			``),
		law.FaultSignedSeq: signed.with(`"keyseq":1,"keyprev":"`+key43+`",`, ``), law.FaultKeyPrev: signed.with(`"keyseq":1`, `"keyseq":0`),
		law.FaultNoType: sub.with(`subject-registered`, `nothing`), law.FaultSize: sub.with(`某某`, strings.Repeat("x", 60_000)),
		law.FaultOneObject: `[]`,
		law.FaultRawBreak:  sub.with(`某某`, "a\nb"), law.FaultJSON: sub.with(`"data":{`, `"data":{x`),
		law.FaultJSONEnds:  sub.with(`"data":{`, `"data":{{`)[:40] + `}`,
		law.FaultJSONTwice: sub.with(`"kind"`, `"kind":"site","kind"`), law.FaultJSONUTF8: sub.with(`某某`, "\xff"),
		law.FaultAfterStart: good("campaign-started", "campaign/c",
			`{"start":"2026-01-02T09:30:00+08:00","end":"2026-01-02T09:30:00+08:00"}`).raw,
		law.FaultOneContent: good("fact-corrected", "inspection/t-1.x", `{"fact":`+named+`,"replaces":`+named+`,"reason":"r",`+
			`"time":"2026-01-02T09:30:00+08:00"}`).raw,
		law.FaultGroundsOfFault: good("accountability-decided", "review/r", `{"fault":true,"grounds":[],"basis":[],"decided_by":"d","decision":`+
			`{"sha256":"`+hash64+`","size":200,"to":"`+key43+`","commit":"`+hash64+`"}}`).raw,
		law.FaultFindsOfProblem: good("review-inspection-completed", "team-review/r", `{"inspections":["i"],"problem":true,"findings":[]}`).raw,
		law.FaultVisitOrSubject: penal.with(`"inspection":"t-1.x",`, ``),
		law.FaultOfVisit:        penal.with(`["f"]`, `[]`),
		law.FaultFineOnly:       penal.with(`"final"`, `"fine":{"currency":"CNY","amount":1},"final"`),
	}
}

// TestEveryFaultOfFormIsToldInTheReadersLanguage, by the member that has it, as data, and without a
// word of the program's own language.
func TestEveryFaultOfFormIsToldInTheReadersLanguage(t *testing.T) {
	w := newFixture(t)
	told := map[law.Fault]bool{}
	check := func(name law.Fault, a answer, chinese bool) {
		p := decode[Problem](w, a)
		for _, s := range []string{p.Title, p.Detail, p.Remedy} {
			if goWords.MatchString(s) {
				t.Errorf("%s: %s", name, s)
			}
		}
		found := false
		for _, f := range p.Fields {
			told[f.Fault], found = true, found || f.Fault == name
			if !f.Fault.Known() || f.Detail == "" || han(f.Fault.Says(law.InChinese, f.Values)) == han(f.Fault.Says(law.InEnglish, law.Values{})) {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if !found || len(p.Fields) == 0 {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
		spoken(t, a, chinese, p.Title, p.Remedy)
		if chinese && !han(p.Detail) {
			t.Errorf("%s: %s", name, p.Detail)
		}
	}
	for _, chinese := range []bool{false, true} {
		language := map[bool][]string{true: {"Accept-Language", "zh"}}[chinese]
		for name, raw := range badForms() {
			check(name, w.post(desk, raw, language...), chinese)
		}
		for name, c := range map[law.Fault][]string{
			law.FaultNotArray:    {`{}`, "Content-Type", mediaBatch},
			law.FaultBehind:      {`[] []`, "Content-Type", mediaBatch},
			law.FaultSignedLine:  {`{}`, "Content-Type", mediaSigned},
			law.FaultBinaryBody:  {`{`, "Content-Type", mediaJSON, "Ce-Specversion", "1.0"},
			law.FaultHeaderTwice: {`{}`, "Content-Type", mediaJSON, "Ce-Specversion", "1.0", "Ce-Id", "1", "Ce-Id", "2"},
			law.FaultNotBinary:   {`{}`, "Content-Type", mediaJSON, "Ce-Specversion", "1.0", "Ce-Data", "1"},
			law.FaultHeaderUTF8:  {`{}`, "Content-Type", mediaJSON, "Ce-Specversion", "1.0", "Ce-Note", "%ff"},
		} {
			check(name, w.do(desk, "POST", "/v1/events", c[0], append(c[1:], language...)...), chinese)
		}
	}
	unmet := map[law.Fault]string{
		law.FaultWantOther: "every member is declared", law.FaultNotUTF8: "JSON that is not UTF-8 is refused before",
		law.FaultNotName: "of flags, which only the ledger appends",
	}
	for _, f := range law.Faults() {
		if _, never := unmet[f.Fault]; told[f.Fault] == never {
			t.Errorf("%s is told: %v", f.Fault, told[f.Fault])
		}
	}
}
