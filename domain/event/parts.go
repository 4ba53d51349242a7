package event

import (
	"fmt"
	"time"
)

// Citation names a provision in one version of a law or standard, so that a later reading
// of the record applies the text in force at the time (安全生产法 2014 and 2021 differ).
type Citation struct {
	Law       string `json:"law"`               // 安全生产法, GB 50016-2014 …
	Version   string `json:"version,omitempty"` // date of the text, YYYY-MM-DD
	Article   string `json:"article,omitempty"`
	Paragraph string `json:"paragraph,omitempty"`
	Item      string `json:"item,omitempty"`
}

// Validate checks that the law is named.
func (c Citation) Validate() error {
	var k Checker
	k.Text("law", c.Law, true, 200)
	k.Date("version", c.Version, false)
	k.Text("article", c.Article, false, 40)
	k.Text("paragraph", c.Paragraph, false, 40)
	k.Text("item", c.Item, false, 40)
	return k.Err()
}

// Datums are the reference systems of a place: receivers state WGS-84 or CGCS2000, maps in China
// GCJ-02, which lies hundreds of metres beside them.
var Datums = []string{"WGS-84", "CGCS2000", "GCJ-02"}

// MaxAccuracy is the largest uncertainty of a place, in metres.
const MaxAccuracy = 100_000

// Place is a position with its datum.
type Place struct {
	Lat      float64 `json:"lat" range:"-90…90 degrees"`
	Lon      float64 `json:"lon" range:"-180…180 degrees"`
	Accuracy float64 `json:"accuracy_m,omitzero" range:"0…100000 metres"` // left out when unknown
	Datum    string  `json:"datum"`                                       // one of [Datums]
}

// Validate checks the ranges and the datum.
func (p Place) Validate() error {
	var k Checker
	k.That(p.Lat >= -90 && p.Lat <= 90, "lat: %v is not within -90…90 degrees", p.Lat)
	k.That(p.Lon >= -180 && p.Lon <= 180, "lon: %v is not within -180…180 degrees", p.Lon)
	k.That(p.Accuracy >= 0 && p.Accuracy <= MaxAccuracy, "accuracy_m: %v is not within 0…%d metres", p.Accuracy, MaxAccuracy)
	k.OneOf("datum", p.Datum, true, Datums...)
	return k.Err()
}

// Evidence references a photo, scan or recording by the SHA-256 of its bytes; the bytes are
// kept apart (PUT /v1/evidence/{sha256}).
type Evidence struct {
	SHA256     string    `json:"sha256"`
	Size       int64     `json:"size" range:"bytes"`
	MediaType  string    `json:"media_type"`
	CapturedAt time.Time `json:"captured_at,omitzero"`
	Caption    string    `json:"caption,omitempty"`
}

// Validate checks hash, size and media type.
func (e Evidence) Validate() error {
	var k Checker
	k.SHA256("sha256", e.SHA256, true)
	k.Within("size", e.Size, Bytes)
	k.Text("media_type", e.MediaType, true, 100)
	k.Text("caption", e.Caption, false, 500)
	if !e.CapturedAt.IsZero() {
		k.moment("captured_at", e.CapturedAt)
	}
	return k.Err()
}

// Source keeps the terms of an imported record as its authors wrote them, by column name.
type Source map[string]string

// Validate bounds the number and length of the terms.
func (s Source) Validate() error {
	var k Checker
	k.That(len(s) <= 40, "source: at most 40 terms")
	for name, v := range s {
		k.Text("source name", name, true, 100)
		k.Lines(fmt.Sprintf("source[%q]", name), v, false, 4000)
	}
	return k.Err()
}

// Each validates the elements of a list, at most limit of them.
func Each[T interface{ Validate() error }](k *Checker, field string, list []T, limit int) {
	k.That(len(list) <= limit, "%s: at most %d", field, limit)
	for _, v := range list {
		k.Sub(field, v.Validate())
	}
}
