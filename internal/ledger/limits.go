package ledger

import "github.com/anjian-ledger/anjian/internal/entry"

// What is appended at once. The numbers are promises: they are known before an event is
// written (GET /v1/limits), and they do not depend on what the rules say about it.
const (
	// MaxBlockBytes is the most bytes of one block, closing line included. A sealed block is
	// never split, so an engine that cannot take the largest one can never take the ledger.
	// NATS servers take messages of 1 MiB unless told otherwise, KurrentDB appends of 1 MiB,
	// into which in the worst case a block of half as much fits.
	MaxBlockBytes = 500_000
	// MaxBatchBytes is the most bytes of the events of one request: half of a block. The
	// other half is the ledger's: its own members of each entry, and the entries that the
	// rules add beside the events.
	MaxBatchBytes = MaxBlockBytes / 2
	// MaxBatchEvents is the most events of one request. Each has 2,459 bytes of the ledger's
	// half: room for its own members, about 300, and for four flags, entries of about 550.
	MaxBatchEvents = 100

	// closingBytes is more than the closing line of a block ever has.
	closingBytes = 4096
)

// Limits are the numbers that hold here: those above, less where the engine takes less.
type Limits struct {
	EventBytes  int   `json:"event_bytes" doc:"most bytes of one event"`
	BatchEvents int   `json:"batch_events" doc:"most events of one batch"`
	BatchBytes  int   `json:"batch_bytes" doc:"most bytes of one batch: half of a block"`
	BlockBytes  int   `json:"block_bytes" doc:"most bytes of one block, closing line included"`
	QueueBytes  int64 `json:"queue_bytes" doc:"of all appends that wait to be recorded"`
}

// Limits returns what a request may have.
func (l *Ledger) Limits() Limits { return l.cfg.limits() }

func (c *Config) limits() Limits {
	return Limits{
		EventBytes: entry.MaxEventSize, BlockBytes: c.MaxBlockBytes, QueueBytes: c.MaxQueueBytes,
		BatchBytes:  min(MaxBatchBytes, c.MaxBlockBytes/2),
		BatchEvents: min(MaxBatchEvents, c.MaxBlockEntries, (c.roomForLines()-c.MaxBlockBytes/2)/roomPerEvent),
	}
}

// roomPerEvent is what MaxBatchEvents reckons with for one event beside its own bytes.
const roomPerEvent = (MaxBlockBytes - closingBytes - MaxBatchBytes) / MaxBatchEvents

// roomForLines is the most bytes of a block's entries.
func (c *Config) roomForLines() int { return c.MaxBlockBytes - closingBytes }
