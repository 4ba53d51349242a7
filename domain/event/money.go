package event

import "fmt"

// Money is an amount in integer minor units (fen, cents) with its ISO 4217 currency.
// CNY is the default of the forms; an import keeps the currency of its source.
type Money struct {
	Currency string `json:"currency"`
	Amount   int64  `json:"amount" range:"amount"`
}

// Validate checks the currency against the list of ISO 4217, and the amount.
func (m Money) Validate() error {
	var k Checker
	if !IsCurrency(m.Currency) {
		k.Sub("currency", fmt.Errorf("%.20q is no currency in use (ISO 4217), such as CNY", m.Currency))
	}
	k.Within("amount", m.Amount, Amounts)
	return k.Err()
}
