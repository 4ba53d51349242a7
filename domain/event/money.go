package event

// Money is an amount in integer minor units (fen, cents) with its ISO 4217 currency.
// CNY is the default of the forms; an import keeps the currency of its source.
type Money struct {
	Currency string `json:"currency" is:"code(currency)" zh:"币种" doc:"ISO 4217, such as CNY"`
	Amount   int64  `json:"amount" is:"amount" zh:"金额" doc:"in minor units: fen of CNY, cents of USD"`
}
