package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/publicity"
)

// publicationRow is a row of publications. What an exposure shows is asked of exposures.
type publicationRow struct {
	ID        Name   `col:"id" zh:"编号" doc:"of the publication"`
	Kind      string `col:"kind" zh:"类别" doc:"exposure, penalty, news"`
	Outlet    string `col:"outlet" zh:"媒体" doc:"newspaper, station, site"`
	Heading   string `col:"heading" zh:"专栏" doc:"in which column of it (R70)"`
	Title     string `col:"title" zh:"标题" doc:"its title"`
	Exposure  Name   `col:"exposure" zh:"曝光" doc:"id of the approved exposure" of:"exposures"`
	Case      Name   `col:"matter" zh:"案件" doc:"the case whose decision is made public" of:"cases"`
	Penalty   string `col:"penalty" zh:"处罚编号" doc:"the decision, by its id in the case"`
	Published Moment `col:"published" zh:"发布日期" doc:"when"`
	Withdrawn Moment `col:"withdrawn" zh:"撤回时间" doc:"when it was taken back"`
}

var publications = Declare(Register{
	Name: "publications", Chinese: "曝光与宣传", Doc: "what was published (R70, R71)", Of: []event.Kind{publicity.Name},
	Indexes: []string{"id", "exposure", "matter"},
}, func(t *Things[publicationRow], e *event.Event) {
	switch d := e.Data.(type) {
	case *publicity.Published:
		row := t.Thing("")
		*row = publicationRow{ID: t.Name(e.Stream.ID), Kind: "news", Outlet: d.Outlet, Heading: d.Column, Title: d.Title,
			Exposure: t.Name(d.Exposure), Case: t.Name(d.Case), Penalty: d.Penalty, Published: Day(d.PublishedOn)}
		switch {
		case d.Exposure != "":
			row.Kind = "exposure"
		case d.Case != "":
			row.Kind = "penalty"
		}
	case *publicity.Withdrawn:
		if row := t.Known(""); row != nil {
			row.Withdrawn = Occurred(e)
		}
	}
})
