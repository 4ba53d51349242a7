package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/projections"
)

// languageOf is the language that a request asks for (RFC 9110 §12.5.4): Chinese where its
// weight is higher than that of English, or the same and it stands first; English otherwise,
// and when nothing is said.
func languageOf(r *http.Request) law.Language {
	best, found := 0.0, law.InEnglish
	for tag, weight := range preferences(r.Header["Accept-Language"]) {
		if weight <= best {
			continue
		}
		switch primary, _, _ := strings.Cut(tag, "-"); primary {
		case "zh":
			best, found = weight, law.InChinese
		case "en", "*":
			best, found = weight, law.InEnglish
		}
	}
	return found
}

// Header values of an answer that is written in a language; net/http only reads them.
var (
	headerLanguage = [...][]string{law.InEnglish: {law.InEnglish.Tag()}, law.InChinese: {law.InChinese.Tag()}}
	varyLanguage   = []string{"Accept-Language"}
)

// speak states the language of the answer and returns it.
func speak(w http.ResponseWriter, r *http.Request) law.Language {
	l := languageOf(r)
	h := w.Header()
	h["Content-Language"] = headerLanguage[l]
	vary(h, varyLanguage)
	return l
}

// inBatch says which event of a batch a text is about.
func inBatch(l law.Language, item int, detail string) string {
	if l == law.InChinese {
		return "批次中的事件 " + strconv.Itoa(item) + "：" + detail
	}
	return "event " + strconv.Itoa(item) + " of the batch: " + detail
}

// explain writes the flags of a view in the reader's language.
func explain(c *call, v *projections.InspectionView) {
	l := speak(c, c.r)
	told := func(flags []projections.Deviation) []projections.Deviation {
		flags = slices.Clone(flags) // the fold's own stay as they are
		for i := range flags {
			d := &flags[i]
			code := law.Known(d.Code)
			d.Title, d.Detail, d.Remedy = code.Title(l), code.Sentence(l, d.Values), code.Remedy(l, d.Values)
		}
		return flags
	}
	v.Deviations = told(v.Deviations)
	if e := v.Evaluation; e != nil {
		e.Deviations = told(e.Deviations)
	}
}
