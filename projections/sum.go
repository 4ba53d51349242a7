package projections

import (
	"cmp"
	"math/big"
	"slices"
)

// Sum is a total of money of one currency, in its minor units.
type Sum struct {
	Currency string  `json:"currency"`
	Amount   Integer `json:"amount"`
}

// Integer is an exact integer of any size a ledger can add up to; its JSON form is a number.
// Amounts of one event are at most 10^15; a sum beyond 2^53 asks the reader for big integers.
// Equal integers are equal by ==.
type Integer struct{ high, low int64 } // high·2^31 + low, 0 ≤ low < 2^31

// NewInteger returns high·2^31 + low.
func NewInteger(high, low int64) Integer {
	return Integer{high + low>>lowBits, low & (1<<lowBits - 1)}
}

// Big returns the integer.
func (n Integer) Big() *big.Int {
	b := big.NewInt(n.high)
	return b.Add(b.Lsh(b, lowBits), big.NewInt(n.low))
}

// String returns the decimal digits.
func (n Integer) String() string { return n.Big().String() }

// MarshalJSON returns a JSON number.
func (n Integer) MarshalJSON() ([]byte, error) { return n.Big().MarshalText() }

// UnmarshalJSON reads a JSON number without fraction and exponent.
func (n *Integer) UnmarshalJSON(b []byte) error {
	var x big.Int
	if err := x.UnmarshalText(b); err != nil {
		return err
	}
	low := new(big.Int).And(&x, big.NewInt(1<<lowBits-1))
	*n = Integer{x.Rsh(&x, lowBits).Int64(), low.Int64()}
	return nil
}

// sums reads the totals of a class by currency; a currency whose total is zero is left out.
func (t Tally) sums(names []Counter, class Class) []Sum {
	parts := []Sum{}
	t.each(names, func(k Counter, n int64) {
		if k.Class != class {
			return
		}
		i := slices.IndexFunc(parts, func(s Sum) bool { return s.Currency == k.Label })
		if i < 0 {
			i = len(parts)
			parts = append(parts, Sum{Currency: k.Label})
		}
		if k.Sub == upper {
			parts[i].Amount.high += n
		} else {
			parts[i].Amount.low += n
		}
	})
	out := parts[:0]
	for _, s := range parts {
		if s.Amount = NewInteger(s.Amount.high, s.Amount.low); s.Amount != (Integer{}) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Sum) int { return cmp.Compare(a.Currency, b.Currency) })
	return out
}
