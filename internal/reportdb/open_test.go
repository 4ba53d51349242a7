package reportdb_test

import "testing"

// BenchmarkAsk is what a question costs before it is asked: of one register, and of all.
func BenchmarkAsk(b *testing.B) {
	l := random(1, 400)
	db, _ := running(b, sourceOf(l.Events, len(l.Events)).Config(b.TempDir()))
	built(b, db, len(l.Events))
	for name, names := range map[string]string{"one register": "SELECT ix FROM findings", "all registers": ""} {
		b.Run(name, func(b *testing.B) {
			q := office()
			q.Names = names
			for b.Loop() {
				c, err := db.Ask(b.Context(), q)
				mustDo(b, err)
				mustDo(b, c.Close())
			}
		})
	}
}
