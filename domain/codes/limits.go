package codes

// OnTheSpotFine returns the largest fine, in CNY fen, that officers may decide on the spot against
// a unit on a day YYYY-MM-DD: 3,000 yuan by 行政处罚法 2021 Art. 51, in force from 2021-07-15;
// before, 1,000 by Art. 33 of the text of 2017 (I).
func OnTheSpotFine(day string) int64 {
	if day < "2021-07-15" {
		return 1_000_00
	}
	return 3_000_00
}
