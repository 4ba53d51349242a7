package codes

import (
	"errors"
	"fmt"
	"strings"
)

// usccAlphabet and usccWeight are those of GB 32100-2015; weight i is 3^i mod 31.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var usccWeight = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// orgWeight is that of GB 11714, over the eight body characters of an organisation code.
var orgWeight = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

// ErrUSCCForm means that a code has not the form of a unified social credit code.
var ErrUSCCForm = errors.New("not the form of a unified social credit code")

// USCCCheckError: a check character of a unified social credit code is wrong.
type USCCCheckError struct {
	Place int  // 17 or 18
	Want  byte // the character that the others give
}

func (e USCCCheckError) Error() string {
	return fmt.Sprintf("wrong check character: position %d must be %q", e.Place, e.Want)
}

// CheckUSCC checks a unified social credit code (统一社会信用代码) by GB 32100-2015: 18
// characters, registrar region in digits, the check character of the organisation code within
// it (position 17, GB 11714) and its own (position 18). The error is [ErrUSCCForm] or a
// [USCCCheckError].
func CheckUSCC(code string) error {
	if len(code) != 18 {
		return fmt.Errorf("%w: %d characters, not 18", ErrUSCCForm, len(code))
	}
	for i := 0; i < len(code); i++ {
		if strings.IndexByte(usccAlphabet, code[i]) < 0 {
			return fmt.Errorf("%w: %q at position %d; I, O, Z, S and V are never used", ErrUSCCForm, code[i], i+1)
		}
	}
	if !isDigits(code[2:8]) {
		return fmt.Errorf("%w: the registrar's region %q has a letter", ErrUSCCForm, code[2:8])
	}
	if want := OrgCodeCheck(code[8:16]); code[16] != want {
		return USCCCheckError{17, want}
	}
	if want := usccCheck(code[:17]); code[17] != want {
		return USCCCheckError{18, want}
	}
	return nil
}

// ValidUSCC reports whether both check characters and the form are right.
func ValidUSCC(code string) bool { return CheckUSCC(code) == nil }

// usccCheck returns the 18th character; body has 17 characters of the alphabet.
func usccCheck(body string) byte {
	sum := 0
	for i, w := range usccWeight {
		sum += strings.IndexByte(usccAlphabet, body[i]) * w
	}
	return usccAlphabet[(31-sum%31)%31]
}

// OrgCodeCheck returns the check character of an organisation code (组织机构代码, GB 11714)
// from its eight body characters 0-9 and A-Z, or 0 when body has another form.
func OrgCodeCheck(body string) byte {
	if len(body) != len(orgWeight) {
		return 0
	}
	sum := 0
	for i, w := range orgWeight {
		switch c := body[i]; {
		case c >= '0' && c <= '9':
			sum += int(c-'0') * w
		case c >= 'A' && c <= 'Z':
			sum += int(c-'A'+10) * w
		default:
			return 0
		}
	}
	switch c := 11 - sum%11; c {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + c)
	}
}

// MaxSyntheticUSCC is the number of serials that [SyntheticUSCC] has for each region.
const MaxSyntheticUSCC = 31 * 31 * 31 * 31 * 31

// SyntheticUSCC returns an enterprise's code with both check characters right, for samples and
// simulations; different serials give different codes. It names no real body on purpose, but
// only the label of the data it stands in says so. It panics unless region has six digits and
// 0 ≤ serial < [MaxSyntheticUSCC].
func SyntheticUSCC(region string, serial int) string {
	if len(region) != 6 || !isDigits(region) || serial < 0 || serial >= MaxSyntheticUSCC {
		panic(fmt.Sprintf("codes: no synthetic USCC for region %q and serial %d", region, serial))
	}
	b := make([]byte, 0, 18)
	b = append(b, "91"...)
	b = append(b, region...)
	b = append(b, "MA7"...)
	for div := MaxSyntheticUSCC / 31; div > 0; div /= 31 {
		b = append(b, usccAlphabet[serial/div%31])
	}
	b = append(b, OrgCodeCheck(string(b[8:16])))
	return string(append(b, usccCheck(string(b))))
}
