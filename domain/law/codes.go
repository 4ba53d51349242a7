package law

import (
	"slices"
	"strings"
)

// Code names one thing that the ledger answers or flags, for good: kebab case, in answers, in
// stored flags and in clients. The set is closed: a Code is a constant of this package, or one that a topic declares
// beside its rule, by [Declare].
type Code string

// Text is what a code says.
type Text struct {
	Code             Code
	Acts             Act    // Refuses, Gates, Flags or Answers
	Rules            []Rule // under which it acts; none for what only the API answers
	TitleZH, Title   string
	SaysZH, Says     string // template: what was seen, with its values; empty: the title says all
	RemedyZH, Remedy string // template: what would be accepted, or what to do
}

// Group is the codes of one matter.
type Group struct {
	Chinese, English string
	Texts            []Text
}

// Matter is what codes are about, by its place among the groups.
type Matter int

// The matters.
const (
	OfPlanning Matter = iota
	OfCourse
	OfFindings
	OfCorrections
	OfRecord
	OfCases
	OfCampaigns
	OfTeams
	OfPersons
	OfSubjects
	OfAccidents
	OfPublicity
	OfTips
	OfSupervision
	OfReviews
	OfOrder
	OfKeys
	OfTokens
	OfSealed
	OfForm
	OfRequests
	OfState
)

var groups = []Group{
	OfPlanning:    {"预约、开始与未果", "Reservation, start and attempt", planCodes},
	OfCourse:      {"检查过程", "The course of a visit", courseCodes},
	OfFindings:    {"隐患、措施与处罚", "Findings, orders and penalties", findingsCodes},
	OfCorrections: {"更正与批准", "Corrections and approvals", correctionsCodes},
	OfRecord:      {"核查记录、送达与办结", "Site record, copies and closing", recordCodes},
	OfCases:       {"案件", "Cases", nil},
	OfCampaigns:   {"行动", "Campaign", campaignCodes},
	OfTeams:       {"督查组", "Team", teamCodes},
	OfPersons:     {"人员", "Person", personCodes},
	OfSubjects:    {"检查对象与代码表", "Subject and tables", subjectCodes},
	OfAccidents:   {"事故", "Accident", accidentCodes},
	OfPublicity:   {"黑名单、曝光与宣传", "Blacklist, exposure and publicity", nil},
	OfTips:        {"举报与移交", "Tips and transfers", tipCodes},
	OfSupervision: {"执法监督", "Supervision of enforcement", nil},
	OfReviews:     {"倒查、复查与执纪", "Reviews and inquiries", reviewsCodes},
	OfOrder:       {"流、作者与顺序", "Streams, authors and order", orderCodes},
	OfKeys:        {"密钥与签名", "Keys and signatures", keysCodes},
	OfTokens:      {"令牌", "Tokens", tokensCodes},
	OfSealed:      {"密封与删除", "Sealed texts", sealedCodes},
	OfForm:        {"事件格式", "Form of an event", formCodes},
	OfRequests:    {"请求", "Requests", requestCodes},
	OfState:       {"服务器状态", "State of the server", stateCodes},
}

// Groups returns all codes by matter: those of this package, and behind them those that topics declare, by name. The
// caller must not change them.
func Groups() []Group { return groups }

var texts = index()

func index() map[Code]*Text {
	all := map[Code]*Text{}
	for _, g := range groups {
		for i := range g.Texts {
			all[g.Texts[i].Code] = &g.Texts[i]
		}
	}
	return all
}

// written is how many codes of each group this package has itself.
var written = func() []int {
	counts := make([]int, len(groups))
	for i, g := range groups {
		counts[i] = len(g.Texts)
	}
	return counts
}()

// Declare adds a code with its texts to the set, for a topic that keeps both beside its rule. It is called while the
// program's packages are made, and not after; a code that is there, and texts that are wanting, panic.
func Declare(about Matter, t Text) bool {
	if texts[t.Code] != nil {
		panic("law: " + string(t.Code) + " is declared twice")
	}
	if wrong := t.wrong(); wrong != nil {
		panic("law: " + strings.Join(wrong, "; "))
	}
	texts[t.Code] = &t
	g := &groups[about]
	at, _ := slices.BinarySearchFunc(g.Texts[written[about]:], t.Code, func(t Text, c Code) int {
		return strings.Compare(string(t.Code), string(c))
	})
	g.Texts = slices.Insert(slices.Clip(g.Texts), written[about]+at, t)
	return true
}

// Text returns the texts of c; ok is false when c is not of the set, which only a code that was
// read can be: one that a later release stored.
func (c Code) Text() (t Text, ok bool) {
	if p := texts[c]; p != nil {
		return *p, true
	}
	return Text{Code: c}, false
}

// Known returns a code that was read; one that is not of the set has no texts.
func Known(s string) Code { return Code(s) }

// CodesOf returns the codes that act under a rule.
func CodesOf(r Rule) []Code {
	codes := []Code{}
	for _, g := range groups {
		for i := range g.Texts {
			if slices.Contains(g.Texts[i].Rules, r) {
				codes = append(codes, g.Texts[i].Code)
			}
		}
	}
	return codes
}

// Names returns the names of the values of t's templates: those that each answer has, and those
// that may be left out.
func (t *Text) Names() (required, optionals []string) {
	for _, template := range []string{t.Says, t.SaysZH, t.Remedy, t.RemedyZH} {
		must, may := optional(template)
		required, optionals = append(required, names(must)...), append(optionals, names(may)...)
	}
	slices.Sort(required)
	required = slices.Compact(required)
	slices.Sort(optionals)
	optionals = slices.DeleteFunc(slices.Compact(optionals), func(n string) bool { return slices.Contains(required, n) })
	return required, optionals
}
