// Package law holds the rules of the ledger as data: the rules R01 to R78, each with the words of the
// speech it comes from (speech.txt), the pillars of the design, the articles of law that are
// cited, and the closed set of codes of answers and stored flags, with their texts.
//
// RULES.md and GET /v1/rules are made from it. Whoever refuses, gates or flags names a [Rule] and
// a [Code] of this package: another rule does not compile, and another code fails a test.
package law

import "strconv"

// Rule is a rule of the speech, a pillar of the design, or one of the two rules of form. What is
// stored and answered is its [Rule.String]; the number itself is neither.
type Rule uint8

// R01 to R78 are the rules of the speech; no number is absent or retired.
const (
	R01 Rule = iota + 1
	R02
	R03
	R04
	R05
	R06
	R07
	R08
	R09
	R10
	R11
	R12
	R13
	R14
	R15
	R16
	R17
	R18
	R19
	R20
	R21
	R22
	R23
	R24
	R25
	R26
	R27
	R28
	R29
	R30
	R31
	R32
	R33
	R34
	R35
	R36
	R37
	R38
	R39
	R40
	R41
	R42
	R43
	R44
	R45
	R46
	R47
	R48
	R49
	R50
	R51
	R52
	R53
	R54
	R55
	R56
	R57
	R58
	R59
	R60
	R61
	R62
	R63
	R64
	R65
	R66
	R67
	R68
	R69
	R70
	R71
	R72
	R73
	R74
	R75
	R76
	R77
	R78
	Pillar1
	Pillar2
	Pillar3
	Pillar4
	Pillar5
	Pillar6
	Pillar7
	Pillar8
	Pillar9
	Pillar10
	Pillar11
	Pillar12
	Pillar13
	Pillar14
	Pillar15
	Pillar16
	Pillar17
	Roles  // who may append and read what
	Schema // the form of an event

	// Of the law since 2025 beside the speech.
	N01
	N02
	N03
	N04
	N05
	N06
	N07
	N08
	N09
	N10
	N11
	N12
	N13
	N14
	N15
	N16

	rulesEnd // behind the last
)

// String returns "R13", "pillar 1", "Roles", "schema" or "N04"; of no rule, "".
func (r Rule) String() string {
	if r >= rulesEnd {
		return ""
	}
	return ruleNames[r]
}

// RuleNamed returns the rule whose [Rule.String] a stored statement bears; 0 when there is none.
func RuleNamed(s string) Rule {
	if s == "" {
		return 0
	}
	for r := R01; r < rulesEnd; r++ {
		if ruleNames[r] == s {
			return r
		}
	}
	return 0
}

var ruleNames = nameRules()

func nameRules() (names [rulesEnd]string) {
	for r := R01; r <= R78; r++ {
		names[r] = "R" + strconv.Itoa(int(r/10)) + strconv.Itoa(int(r%10))
	}
	for r := Pillar1; r <= Pillar17; r++ {
		names[r] = "pillar " + strconv.Itoa(int(r-Pillar1)+1)
	}
	names[Roles], names[Schema] = "Roles", "schema"
	for r := N01; r <= N16; r++ {
		n := int(r-N01) + 1
		names[r] = "N" + strconv.Itoa(n/10) + strconv.Itoa(n%10)
	}
	return names
}

// Sentence is a rule of the speech.
type Sentence struct {
	Rule    Rule
	At      string // where the quote stands: "P8.15" is paragraph 8, sentence 15 of speech.txt
	Kind    string // what the speech gives here: a rule, an invariant, data, a figure (KPI) …
	Acts    Act    // how the rule is meant to act
	Quote   string // the speech's own words
	Chinese string // what the ledger does about it
	English string
}

// Sentences returns R01 to R78 in order. The caller must not change them.
func Sentences() []Sentence { return sentences }

var sentences = append(sentences1[:len(sentences1):len(sentences1)], sentences2...)

// Principle is a rule that does not come from the speech.
type Principle struct {
	Rule             Rule
	TitleZH, Title   string
	Chinese, English string // what the ledger does about it
}

// Principles returns the pillars, and then the rules of form. The caller must not change them.
func Principles() []Principle { return principles }

// Act is how a rule or a code acts: a set.
type Act uint8

// The ways to act, by the letter that tables of rules give them.
const (
	Refuses   Act = 1 << iota // R: the event is not taken: its form, its author or the order of things is impossible
	Flags                     // F: the event is taken, and deviation-flagged stands beside it
	Gates                     // C: a signing or closing event is not taken until what it waits for is there
	Owes                      // S: somebody owes something until a date
	Restricts                 // A: who may see it
	Shows                     // P: a view or a report shows it
	States                    // E: the ledger itself appends what the facts entail
	Answers                   // the API answers so, for another reason than a rule about the event

	None Act = 0
)

var actNames = []struct{ chinese, english string }{
	{"拒收", "refuses"}, {"标记", "flags"}, {"关卡", "gates"}, {"限期", "owes"}, {"限阅", "restricts"}, {"展示", "shows"}, {"账本陈述", "states"},
	{"答复", "answers"},
}

// English names the acts in a.
func (a Act) English() []string {
	names := []string{}
	for i, n := range actNames {
		if a&(1<<i) != 0 {
			names = append(names, n.english)
		}
	}
	return names
}

// Chinese names the acts in a.
func (a Act) Chinese() []string {
	names := []string{}
	for i, n := range actNames {
		if a&(1<<i) != 0 {
			names = append(names, n.chinese)
		}
	}
	return names
}
