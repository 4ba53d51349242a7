package memory_test

import (
	"testing"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/test/memory"
	"github.com/anjian-ledger/anjian/test/storetest"
)

func TestKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return memory.New(0) })
}

func TestAsksForTheTime(t *testing.T) {
	storetest.RunClocks(t, func(t *testing.T) (store.Store, store.Store) {
		s := memory.New(0)
		return s, s
	})
}

func TestTellsAboutNewHeads(t *testing.T) {
	storetest.RunWatch(t, func(t *testing.T) (store.Store, store.Store) {
		s := memory.New(0)
		return s, s
	})
}
