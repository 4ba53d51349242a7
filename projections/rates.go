package projections

import "math"

// N11: nobody is measured by a number to reach, and no view ranks teams or counties. A rate is a hint: it is shown with how many it is
// of and with the interval in which it may lie, so that nobody takes few for many.

// Rate is a figure of another one, with its score interval of 95 % (Wilson 1927).
type Rate struct {
	Rate  string  `json:"rate"` // closed-inspections, major-findings, findings-open of findings; findings per inspection
	Count int64   `json:"count"`
	N     int64   `json:"n"` // of which
	Value float64 `json:"value"`
	Low   float64 `json:"low"` // with High what is not unlikely
	High  float64 `json:"high"`
}

// rates of what there is something of.
func (f *Figures) rates() []Rate {
	c, out := f.Counts, []Rate{}
	add := func(name string, count, n int64, interval func(count, n float64) (low, high float64)) {
		if n <= 0 || count < 0 {
			return
		}
		low, high := interval(float64(count), float64(n))
		out = append(out, Rate{name, count, n, rounded(float64(count) / float64(n)), rounded(low), rounded(high)})
	}
	add("closed-inspections", min(f.ClosedInspections, c.Inspections), c.Inspections, ofParts)
	add("major-findings", c.MajorFindings, c.Findings, ofParts)
	add("findings-open", f.FindingsOpen, c.Findings, ofParts)
	add("findings-per-inspection", c.Findings, c.Inspections, ofEvents)
	return out
}

// z is the quantile of the normal distribution for 95 %.
const z = 1.959963985

// ofParts is the score interval of a proportion.
func ofParts(count, n float64) (low, high float64) {
	p := count / n
	mid, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, (mid-half)/(1+z*z/n)), min(1, (mid+half)/(1+z*z/n))
}

// ofEvents is that of events per unit, of which there may be more than one.
func ofEvents(count, n float64) (low, high float64) {
	mid, half := count+z*z/2, z*math.Sqrt(count+z*z/4)
	return max(0, (mid-half)/n), (mid + half) / n
}

// rounded keeps three digits behind the point: more would say more than is known.
func rounded(x float64) float64 { return math.Round(x*1000) / 1000 }
