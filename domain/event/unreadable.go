package event

// Unreadable stands for an event whose meaning this program cannot tell. It keeps its index
// and revision and changes nothing else: no rule, figure or view knows it.
type Unreadable struct {
	// Newer says that a later release wrote it: an event type or version that is not in this
	// program's catalogue. Otherwise it is malformed: what no release ever accepted.
	Newer bool
	// Wrong says that it is of an unknown type that speaks of keys, tokens or the clock (DESIGN.md: Wrong, malformed, newer).
	// It is neither newer nor malformed: a forged revocation must not pass for a feature of tomorrow.
	Wrong  bool
	Reason string
}

// UnreadableType is the Type of an event whose type attribute cannot be told or is not in the
// catalogue; name is what the attribute says, possibly nothing.
func UnreadableType(name string) *Type {
	return &Type{Name: name, New: func() Data { return new(Unreadable) }}
}
