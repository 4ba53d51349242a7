package event

import (
	"time"
)

// Citation names a provision in one version of a law or standard, so that a later reading
// of the record applies the text in force at the time (安全生产法 2014 and 2021 differ).
type Citation struct {
	Law       string `json:"law" is:"text(200)" zh:"法律或标准" doc:"安全生产法, GB 50016-2014 …"`
	Version   string `json:"version,omitempty" is:"date" zh:"版本日期" doc:"date of the text that was applied"`
	Article   string `json:"article,omitempty" is:"text(40)" zh:"条" doc:"article"`
	Paragraph string `json:"paragraph,omitempty" is:"text(40)" zh:"款" doc:"paragraph of the article"`
	Item      string `json:"item,omitempty" is:"text(40)" zh:"项" doc:"item of the paragraph"`
}

// Place is a position with its datum.
type Place struct {
	Lat      float64 `json:"lat" is:"number(-90…90 degrees)" zh:"纬度" doc:"latitude, north is positive"`
	Lon      float64 `json:"lon" is:"number(-180…180 degrees)" zh:"经度" doc:"longitude, east is positive"`
	Accuracy float64 `json:"accuracy_m,omitzero" is:"number(0…100000 metres)" zh:"精度" doc:"radius of uncertainty; left out when unknown"`
	Datum    string  `json:"datum" is:"code(datum)" zh:"坐标系" doc:"what the position refers to"`
}

// Evidence references a photo, scan or recording by the SHA-256 of its bytes; the bytes are
// kept apart (PUT /v1/evidence/{sha256}).
type Evidence struct {
	SHA256     string    `json:"sha256" is:"sha256" zh:"文件哈希" doc:"of the file's bytes, which are sent by PUT /v1/evidence"`
	Size       int64     `json:"size" is:"bytes" zh:"文件大小" doc:"of the file"`
	MediaType  string    `json:"media_type" is:"text(100)" zh:"媒体类型" doc:"such as image/jpeg"`
	CapturedAt time.Time `json:"captured_at,omitzero" is:"time" zh:"拍摄时间" doc:"when it was taken"`
	Caption    string    `json:"caption,omitempty" is:"text(500)" zh:"说明" doc:"what it shows"`
}

// Source keeps the terms of an imported record as its authors wrote them, by column name.
type Source map[string]string
