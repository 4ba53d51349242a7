package event

import "fmt"

// Money is an amount in integer minor units (fen, cents) with its ISO 4217 currency.
// CNY is the default of the forms; an import keeps the currency of its source.
type Money struct {
	Currency string `json:"currency"`
	Amount   int64  `json:"amount"`
}

// Validate checks the currency's form and that the amount is not negative.
func (m Money) Validate() error {
	if len(m.Currency) != 3 {
		return fmt.Errorf("currency %q: want an ISO 4217 code such as CNY", m.Currency)
	}
	for _, c := range m.Currency {
		if c < 'A' || c > 'Z' {
			return fmt.Errorf("currency %q: want three capital letters such as CNY", m.Currency)
		}
	}
	if m.Amount < 0 {
		return fmt.Errorf("amount %d: must not be negative", m.Amount)
	}
	return nil
}
