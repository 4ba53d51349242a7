package importer

import "strings"

// ReadText is [Read] of a text as the one file of m's first kind.
func ReadText(m Mapping, text string) (*Dataset, Summary, error) {
	a, err := NewAuthor(m.Format)
	if err != nil {
		return nil, Summary{}, err
	}
	rep := newReport(nil)
	tab, err := readTable("f.csv", strings.NewReader(text), m.Kinds, rep)
	if err != nil {
		return nil, rep.summary(), err
	}
	return m.Map(a, [][]*Table{{tab}}, rep), rep.summary(), nil
}
