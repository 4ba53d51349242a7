package event

import "github.com/anjian-ledger/anjian/domain/codes"

// CodeTable returns the code table that the declaration of a member names, or nil.
func CodeTable(name string) *codes.Table {
	if name == currencyTable.Name {
		return currencyTable
	}
	return codes.TableOf(name)
}
