package kurrentdb_test

import (
	"testing"

	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// The double has no disk: these measure the adapter, the client and the wire.

func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct {
		name    string
		entries int
	}{{"1", 1}, {"100", 100}} {
		b.Run(c.name, func(b *testing.B) {
			s := open(b, kurrentdb.Config{URL: serve(b, "tcp", double.Options{}).URL()})
			defer shut(b, s)
			text := string(make1K())
			next := storetest.Next(nil, many(c.entries, text)...)
			for b.Loop() {
				storetest.MustAppend(b, s, next)
				b.StopTimer()
				next = storetest.Next(next, many(c.entries, text)...)
				b.StartTimer()
			}
			b.ReportMetric(float64(c.entries*b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

func BenchmarkRead(b *testing.B) {
	const blocks, entries = 300, 100
	s := open(b, kurrentdb.Config{URL: serve(b, "tcp", double.Options{}).URL()})
	defer shut(b, s)
	next := storetest.Next(nil, many(entries, string(make1K()))...)
	for range blocks {
		storetest.MustAppend(b, s, next)
		next = storetest.Next(next, many(entries, string(make1K()))...)
	}
	for b.Loop() {
		if err := s.Read(b.Context(), 1, blocks, func(uint64, []byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(blocks*entries*b.N)/b.Elapsed().Seconds(), "entries/s")
}

// make1K is text that makes an entry of about 1 KB.
func make1K() []byte {
	text := make([]byte, 650)
	for i := range text {
		text[i] = 'a' + byte(i%26)
	}
	return text
}
