package importer_test

import (
	"testing"

	"github.com/anjian-ledger/anjian/internal/importer"
	"github.com/anjian-ledger/anjian/internal/importer/mappings"
)

// FuzzReadTable: each row of any text is mapped, to a finding whose events are valid, or listed.
func FuzzReadTable(f *testing.F) {
	header := "mine_name,current_assessment_amt,iss_dt,inspection_begin_dt,violation_occur_dt\n"
	f.Add(header + "Pit,50.00,1995-09-20,1995-07-03,1995-09-20\n")
	f.Add(header + "\"Pit\n\",50.00,1995-09-20,1995-07-03,1995-09-20\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		d, sum, err := importer.ReadText(mappings.MSHA, text)
		if err != nil {
			return // of the file as a whole
		}
		if _, err := d.Check(); err != nil {
			t.Fatal(err)
		}
		findings := 0
		for _, subject := range d.Subjects {
			for _, it := range subject() {
				if it.Event.Type.Name == "finding-recorded" {
					findings++
				}
			}
		}
		if findings+sum.Unmapped != sum.Rows {
			t.Fatalf("%d rows: %d findings and %d listed", sum.Rows, findings, sum.Unmapped)
		}
	})
}
