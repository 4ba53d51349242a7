package inspection

import (
	"encoding/json"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
)

// FactCorrected says that a fact was entered wrongly, and gives its whole new content and time
// (pillar 17). Facts that can be corrected today are the findings.
//
// A fact has one line of versions: a correction names the fact and the event that gave the
// version it replaces, and is never corrected itself; restoring is one more version. It counts
// from the yes of a second person on, stricter or milder; until then it is shown as asked for,
// and the closing waits. At once counts what [AtOnce] says.
type FactCorrected struct {
	Fact     event.Ref        `json:"fact" zh:"被更正事实" doc:"the event that stated it first"`
	Replaces event.Ref        `json:"replaces" zh:"被替换版本" doc:"the fact itself, or its newest correction that counts"`
	Reason   string           `json:"reason" is:"lines(2000)" zh:"更正原因" doc:"what was wrong"`
	Occurred time.Time        `json:"time" is:"time" zh:"发生时间" doc:"when the fact occurred, as corrected"`
	Finding  *FindingRecorded `json:"finding_recorded" zh:"更正后隐患" doc:"the whole new content of a finding-recorded"`
}

// Version is one version of a finding: its content and when it occurred.
type Version struct {
	Finding  *FindingRecorded
	Occurred time.Time
}

// AtOnce reports whether a correction of old counts without anybody's yes: one of a source of its
// own records (imported); and one that touches nothing but description and location, before the
// site record is made.
func AtOnce(old Version, d *FactCorrected, recorded, imported bool) bool {
	if imported {
		return true
	}
	if recorded || old.Finding == nil || d.Finding == nil {
		return false
	}
	return old.Occurred.Equal(d.Occurred) && essence(old.Finding) == essence(d.Finding)
}

// essence is what of a finding may not change without a second person: all but what describes
// it. It is made of the JSON form, so that a member that is added later belongs to it.
func essence(d *FindingRecorded) string {
	c := *d
	c.Description, c.Location = "", ""
	b, err := json.Marshal(&c)
	if err != nil {
		return err.Error() // strings and times always have a form
	}
	return string(b)
}
