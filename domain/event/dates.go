package event

import "time"

// Day returns the date on which e occurred, YYYY-MM-DD in Beijing time: dates in bodies are
// compared with it as text.
func (e *Event) Day() string { return e.Occurred.In(Beijing).Format(time.DateOnly) }

// DayAfter returns the date a number of days after that on which e occurred.
func (e *Event) DayAfter(days int) string {
	return e.Occurred.In(Beijing).AddDate(0, 0, days).Format(time.DateOnly)
}
