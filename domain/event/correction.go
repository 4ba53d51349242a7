package event

import "time"

// Correction is the body of an event that says that another one was entered wrongly (pillar 17).
type Correction interface {
	// Corrects names the fact, and the event that gave the version of it that is replaced.
	Corrects() (fact, replaces Ref)
	// Version is the whole new content of the fact and when it occurred; nil when it is withdrawn.
	Version() (d Data, occurred time.Time)
	// Why is what was wrong.
	Why() string
}
