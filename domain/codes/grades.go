package codes

// The four accident grades of State Council Order 493 Art. 3, mildest first:
// 一般、较大、重大、特别重大.
const (
	Ordinary        = "ordinary"
	Larger          = "larger"
	Major           = "major"
	EspeciallyMajor = "especially-major"
)

var grades = []Code{{Ordinary, "一般事故", "ordinary"}, {Larger, "较大事故", "larger"}, {Major, "重大事故", "major"},
	{EspeciallyMajor, "特别重大事故", "especially major"}}

// LargerOrWorse reports whether a grade is 较大 or worse.
func LargerOrWorse(grade string) bool {
	return grade == Larger || grade == Major || grade == EspeciallyMajor
}

// threshold is the least harm of a grade; 以上 includes the number itself.
type threshold struct {
	grade   string
	deaths  int
	injured int
	lossFen int64
}

const millionCNY = 1_000_000 * 100 // in fen

// thresholds stand worst first.
var thresholds = [...]threshold{
	{EspeciallyMajor, 30, 100, 100 * millionCNY},
	{Major, 10, 50, 50 * millionCNY},
	{Larger, 3, 10, 10 * millionCNY},
}

// AccidentGrade returns the grade of an accident: the worst threshold met by any of deaths,
// serious injuries (acute industrial poisoning included) and direct economic loss in CNY fen.
// A number that a threshold names belongs to the worse grade (以上 includes, 以下 excludes).
func AccidentGrade(deaths, seriousInjuries int, lossFen int64) string {
	for _, t := range thresholds {
		if deaths >= t.deaths || seriousInjuries >= t.injured || lossFen >= t.lossFen {
			return t.grade
		}
	}
	return Ordinary
}
