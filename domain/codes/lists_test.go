package codes

import "testing"

// A list that names one thing twice is noticed at the start: the second would never be asked.
func TestNothingIsListedTwice(t *testing.T) {
	refuses := func(what string, make func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s is taken", what)
			}
		}()
		make()
	}
	refuses("a code that is listed twice", func() { NewTable("a", "甲", Code{Code: "x"}, Code{Code: "y"}, Code{Code: "x"}) })
	refuses("a second table of one name", func() { byName([]*Table{NewTable("a", "甲"), NewTable("b", "乙"), NewTable("a", "丙")}) })
}
