package entry

import "time"

// RecordedLayout is how entries spell the ledger's time. It has a fixed width, so that entries sort and grep by time.
const RecordedLayout = "2006-01-02T15:04:05.000000Z"

// AppendRecorded appends t, which is UTC, in [RecordedLayout]. Package time would take three
// times as long, and this is written and read with every entry.
func AppendRecorded(dst []byte, t time.Time) []byte {
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.AppendFormat(dst, RecordedLayout) // which nothing reads back
	}
	hour, minute, second := t.Clock()
	dst = append(dst, RecordedLayout...)
	b := dst[len(dst)-len(RecordedLayout):]
	putDecimal(b[0:4], year)
	putDecimal(b[5:7], int(month))
	putDecimal(b[8:10], day)
	putDecimal(b[11:13], hour)
	putDecimal(b[14:16], minute)
	putDecimal(b[17:19], second)
	putDecimal(b[20:26], t.Nanosecond()/1000)
	return dst
}

// putDecimal fills b with n, with leading zeros.
func putDecimal(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
}

// parseRecorded reads what AppendRecorded writes at the beginning of b, and no other spelling.
func parseRecorded(b []byte) (t time.Time, ok bool) {
	if len(b) < len(RecordedLayout) || b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' || b[19] != '.' ||
		b[26] != 'Z' {
		return t, false
	}
	ok = true
	decimal := func(b []byte) (n int) {
		for _, c := range b {
			ok = ok && c >= '0' && c <= '9'
			n = n*10 + int(c-'0')
		}
		return n
	}
	year, month, day := decimal(b[0:4]), time.Month(decimal(b[5:7])), decimal(b[8:10])
	hour, minute, second, micro := decimal(b[11:13]), decimal(b[14:16]), decimal(b[17:19]), decimal(b[20:26])
	if !ok || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return t, false
	}
	t = time.Date(year, month, day, hour, minute, second, micro*1000, time.UTC)
	return t, t.Day() == day // a 31st of June would be the 1st of July
}
