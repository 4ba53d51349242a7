package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/anjian-ledger/anjian/internal/engines"
)

// addEngines adds the flags of the engines: all of them for a command that works on a node, and
// without those that name the servers for `copy`, which names them by URI.
func addEngines(f *pflag.FlagSet, s *engines.Settings, node bool) {
	for _, set := range s.List() {
		if set.Chooses && !node {
			continue
		}
		switch v := set.Value.(type) {
		case *string:
			f.StringVar(v, set.Name, *v, set.Usage)
		case *int:
			f.IntVar(v, set.Name, *v, set.Usage)
		case *[]string:
			f.StringSliceVar(v, set.Name, *v, set.Usage)
		default:
			panic(fmt.Sprintf("the setting %s has a %T", set.Name, v))
		}
	}
}
