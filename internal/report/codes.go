package report

import (
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
)

// mostCodes is how many codes of a list a fault names.
const mostCodes = 30

// examineCodes finds texts that a column compares with a field of codes, and that the list has not: nothing would be counted, and 0 reads
// as "none". What the query writes into the field itself may be one.
func (r *Report) examineCodes() {
	lists := map[string]*codes.Table{}
	for _, d := range r.Dimensions {
		lists[d.Name] = codes.TableOf(d.Codes)
	}
	for _, f := range r.Detail {
		if f.Codes != "" {
			lists[f.Name] = codes.TableOf(f.Codes)
		}
	}
	for _, c := range r.Columns {
		tokens := tokensOf(c.Where)
		for i := range tokens {
			list := lists[strings.ToLower(tokens[i].text)]
			if list == nil {
				continue
			}
			for _, text := range compared(tokens[i+1:]) {
				if code := strings.Trim(text, "'"); !list.Allows(code) && len(r.find(text)) == 0 {
					all := list.List()
					r.tell(c.Name, noCode, c.Name, text, list.Name, listed(all[:min(len(all), mostCodes)]))
				}
			}
		}
	}
}

// noCode says that a list has no code.
var noCode = Words{"%s：%s 不在代码表 %s 中，这样比较计不出任何事项；代码有 %s",
	"%s: %s is not in the list of codes %s, so nothing would be counted; it has %s"}

// compared are the texts with which what stands before some tokens is compared: by = and the like one, by IN several.
func compared(tokens []token) (texts []string) {
	in := false
	for i := range tokens {
		switch t := &tokens[i]; {
		case i == 0 && !t.is("=", "==", "<>", "!=", "IS", "NOT", "IN"):
			return nil
		case strings.HasPrefix(t.text, "'"):
			if texts = append(texts, t.text); !in {
				return texts
			}
		case t.is("IN"):
			in = true
		case i > 0 && !t.is("NOT", "(", ","):
			return texts
		}
	}
	return texts
}
