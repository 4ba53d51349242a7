package domain

import codetable "github.com/anjian-ledger/anjian/domain/table"

// units is the table of units by id.
type units map[string]codetable.Unit

func unitsOf(list []codetable.Unit) units {
	m := make(units, len(list))
	for _, u := range list {
		m[u.ID] = u
	}
	return m
}
