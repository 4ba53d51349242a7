package codes

import "strings"

// The fine of a unit that is responsible for an accident has a least and a most by the accident's grade (安全生产法 2021 Art. 114, and
// Art. 109 of the text of 2014), and others where the case is especially grave: the text of 2021 multiplies both by two and by five,
// that of 2014 names sums for the gravest grade alone.

// The codes of the list aggravation that rules ask for.
const (
	Repeated        = "repeated"
	EspeciallyGrave = "especially-grave"
)

// accidentFine is the matter of one bound of such a fine.
func accidentFine(grade string, grave bool, bound string) string {
	if grave {
		grade = "grave-" + grade
	}
	return "accident-fine-" + grade + "-" + bound
}

const (
	least = "least"
	most  = "most"
)

// leastFine reports whether a matter is the least fine for an accident.
func leastFine(matter string) bool {
	return strings.HasPrefix(matter, "accident-fine-") && strings.HasSuffix(matter, "-"+least)
}

// accidentFines are these matters, mildest grade first.
var accidentFines = func() (list []Code) {
	for _, grave := range []bool{false, true} {
		for _, g := range grades {
			zh, en := g.Chinese+"罚款", "fine for an accident, "+g.English
			if grave {
				zh, en = zh+"（情节特别严重）", en+", especially grave"
			}
			list = append(list, Code{accidentFine(g.Code, grave, least), zh + "下限", "least " + en},
				Code{accidentFine(g.Code, grave, most), zh + "上限", "largest " + en})
		}
	}
	return list
}()

// AccidentFine returns the least and the most fine of a unit that is responsible for an accident of a grade which happened on a day
// YYYY-MM-DD, in CNY fen. Of an especially grave case for which the law of that day names no sums of their own it is that of the grade.
// ok is false when the law sets none then.
func (m LawLimits) AccidentFine(grade, day string, grave bool) (from, to LawLimit, ok bool) {
	from, set := m.Of(accidentFine(grade, grave, least), day)
	to, limited := m.Of(accidentFine(grade, grave, most), day)
	if grave && !(set && limited) {
		return m.AccidentFine(grade, day, false)
	}
	return from, to, set && limited
}

// accidentFineRows are the rows of [Statute], in thousands of yuan by grade; 0: the text names none.
func accidentFineRows() (rows []LawLimit) {
	const thousand = 1_000_00
	for _, text := range []struct {
		version, article, from, to string
		confirmed                  bool
		sums                       [2][4][2]int64 // and where the case is especially grave; least and most
	}{
		{"2014-08-31", "109", "2014-12-01", "2021-08-31", true, [2][4][2]int64{
			{{200, 500}, {500, 1_000}, {1_000, 5_000}, {5_000, 10_000}},
			{{}, {}, {}, {10_000, 20_000}}}},
		{"2021-06-10", "114", "2021-09-01", "", true, [2][4][2]int64{
			{{300, 1_000}, {1_000, 2_000}, {2_000, 10_000}, {10_000, 20_000}},
			{{600, 5_000}, {2_000, 10_000}, {4_000, 50_000}, {20_000, 100_000}}}},
	} {
		for i, byGrade := range text.sums {
			for g, sums := range byGrade {
				for b, bound := range []string{least, most} {
					if sums[b] > 0 {
						rows = append(rows, LawLimit{accidentFine(grades[g].Code, i == 1, bound), "安全生产法", text.version, text.article,
							sums[b] * thousand, "fen", text.from, text.to, text.confirmed})
					}
				}
			}
		}
	}
	return rows
}
