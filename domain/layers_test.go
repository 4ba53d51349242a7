package domain

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestTablesAreMapsInLayers compares a table with a whole map for each layer, of few keys and of many.
func TestTablesAreMapsInLayers(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := &State{layers: layers{turn: 1}}
		table := newTable[int, int](s)
		var told []int
		table.settled = func(k int) { told = append(told, k) }
		seen := []map[int]int{{}} // what is seen from each layer, the base first
		keys := rapid.SampledFrom([]int{2, few + 3, 60}).Draw(rt, "keys")
		key := rapid.IntRange(0, keys)
		for n := range rapid.IntRange(1, 200).Draw(rt, "steps") {
			top := len(seen) - 1
			told = nil
			switch do := rapid.IntRange(0, 12).Draw(rt, "do"); {
			case do == 0 && top < 4:
				s.Begin()
				seen = append(seen, maps.Clone(seen[top]))
			case do == 1 && top > 0:
				s.layers.drop()
				seen = seen[:top]
			case do == 2 && top > 1:
				s.Merge()
				seen = slices.Delete(seen, top-1, top)
			case do == 3 && top > 0:
				changed := slices.Collect(maps.Keys(seen[1]))
				changed = slices.DeleteFunc(changed, func(k int) bool {
					v, ok := seen[0][k]
					return ok && v == seen[1][k]
				})
				s.CommitOldest()
				seen = seen[1:]
				if slices.Sort(changed); !slices.Equal(slices.Sorted(slices.Values(told)), changed) {
					rt.Fatalf("%v are settled, of %v", told, changed)
				}
			default:
				k := key.Draw(rt, "key")
				v, known, mine := table.writable(k)
				if want, ok := seen[top][k]; v != want || known != ok || mine && !known {
					rt.Fatalf("writable: %d is %d (%v), want %d (%v)", k, v, known, want, ok)
				}
				table.set(k, n+1)
				seen[top][k] = n + 1
			}
			if got := table.flat(); !maps.Equal(got.(map[int]int), seen[len(seen)-1]) {
				rt.Fatalf("got %v, want %v", got, seen[len(seen)-1])
			}
			for k := range keys + 1 {
				v, ok := table.get(k)
				if want, known := seen[len(seen)-1][k]; v != want || ok != known {
					rt.Fatalf("%d is %d (%v), want %d (%v)", k, v, ok, want, known)
				}
				if v, _ := table.durable(k); v != seen[0][k] {
					rt.Fatalf("%d is durably %d, want %d", k, v, seen[0][k])
				}
			}
		}
	})
}
