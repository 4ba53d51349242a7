// Package codes holds the code lists of the field: sectors, regions, accident grades and the
// unified social credit code. The source stands beside each list; what is marked (I) there is
// inferred from practice and must be confirmed before it is shown to a user as law.
//
// The package is pure and its lists never change while a process runs. A list that changes in
// the world is effective-dated here ([Area.From], [Area.To]) and never edited in place, so
// that an old record keeps its meaning.
package codes

// isDigits reports whether s consists of decimal digits only.
func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
