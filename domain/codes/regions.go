package codes

import (
	_ "embed" // the town list
	"slices"
	"strings"
	"sync"
)

// City is the prefecture this list covers: 安康市.
const City = "610900"

// Area is a county-level unit of Ankang, or a functional zone that counts like one.
type Area struct {
	Code    string
	Chinese string
	English string
	// Parent is the legal county of a functional zone; empty for a county. A zone's events
	// count in its own view and in its parent's, and once in the city's (R30).
	Parent string
	// From and To bound the years in which the code was in force: From ≤ year < To. Zero
	// leaves the side open.
	From, To int
	// Official says that the code is a GB/T 2260 code. The codes of the zones are local.
	Official bool
}

// In reports whether the code was in force in a year.
func (c Area) In(year int) bool { return year >= c.From && (c.To == 0 || year < c.To) }

// counties follows GB/T 2260. Xunyang was 旬阳县 610928 in the list of 2019-04 and is 旬阳市
// 610981 in that of 2023; the year of the change is (I), and so are the zones' legal counties.
var counties = []Area{
	{Code: "610902", Chinese: "汉滨区", English: "Hanbin District", Official: true},
	{Code: "610921", Chinese: "汉阴县", English: "Hanyin County", Official: true},
	{Code: "610922", Chinese: "石泉县", English: "Shiquan County", Official: true},
	{Code: "610923", Chinese: "宁陕县", English: "Ningshan County", Official: true},
	{Code: "610924", Chinese: "紫阳县", English: "Ziyang County", Official: true},
	{Code: "610925", Chinese: "岚皋县", English: "Langao County", Official: true},
	{Code: "610926", Chinese: "平利县", English: "Pingli County", Official: true},
	{Code: "610927", Chinese: "镇坪县", English: "Zhenping County", Official: true},
	{Code: "610928", Chinese: "旬阳县", English: "Xunyang County", To: 2021, Official: true},
	{Code: "610929", Chinese: "白河县", English: "Baihe County", Official: true},
	{Code: "610981", Chinese: "旬阳市", English: "Xunyang City", From: 2021, Official: true},
	{Code: "610971", Chinese: "安康高新技术产业开发区", English: "Ankang High-tech Zone", Parent: "610902"},
	{Code: "610972", Chinese: "恒口示范区", English: "Hengkou Demonstration Zone", Parent: "610902"},
	{Code: "610973", Chinese: "瀛湖生态旅游区", English: "Yinghu Eco-tourism Zone", Parent: "610902"},
}

// Counties returns the counties and zones of Ankang, those of former years included; see
// [Area.In]. Callers must not change it.
func Counties() []Area { return counties }

// County returns the county or zone with a six-digit code.
func County(code string) (Area, bool) {
	i := slices.IndexFunc(counties, func(c Area) bool { return c.Code == code })
	if i < 0 {
		return Area{}, false
	}
	return counties[i], true
}

// Parent returns the legal county of a functional zone, or "" for every other code.
func Parent(code string) string {
	c, _ := County(code)
	return c.Parent
}

// Covers reports whether an authority bounded to one county answers for what lies in another
// code: the same one, or a functional zone on its land.
func Covers(authority, county string) bool {
	return county == authority || authority != "" && Parent(county) == authority
}

// CountyOf returns the county of a region code of 6, 9 or 12 digits (GB/T 2260 and the
// statistical codes below it), or "" when the code does not have that form.
func CountyOf(region string) string {
	switch len(region) {
	case 6, 9, 12:
	default:
		return ""
	}
	if !isDigits(region) {
		return ""
	}
	return region[:6]
}

// IsRegion reports whether a region code of 6, 9 or 12 digits lies in this city: in one of its
// counties or zones of any year, or in the city as a whole. What stands behind the county is
// not looked up, because villages and towns are joined and renumbered every year.
func IsRegion(region string) bool {
	county := CountyOf(region)
	_, ok := County(county)
	return ok || county == City
}

// Town is a town or street of 2023.
type Town struct {
	Code    string // nine digits
	Chinese string
	County  string
}

//go:embed data/ankang_streets.csv
var streets string

// towns parses the embedded list once; its form is checked by the package's tests.
var towns = sync.OnceValue(func() []Town {
	var all []Town
	rows := strings.Split(strings.TrimSpace(streets), "\n")
	for _, row := range rows[1:] {
		f := strings.Split(strings.TrimSpace(row), ",")
		all = append(all, Town{Code: f[0], Chinese: f[1], County: f[2]})
	}
	return all
})

// Towns returns the towns and streets of a county in the order of their codes. The zones have
// no towns of their own in the official list.
func Towns(county string) []Town {
	var some []Town
	for _, t := range towns() {
		if t.County == county {
			some = append(some, t)
		}
	}
	return some
}
