package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// Receipt is one event's receipt as it is sent: see receiptsAnswer.
type Receipt struct {
	ID             string      `json:"id" format:"uuid"`
	Index          uint64      `json:"index" doc:"position in the ledger, from 0"`
	Stream         string      `json:"stream"`
	Revision       uint64      `json:"revision" doc:"position in the stream, from 0"`
	Recorded       string      `json:"recorded" format:"date-time" doc:"the ledger's clock"`
	Receipt        string      `json:"receipt" doc:"the proof, by itself: the entry's line, then a C2SP tlog-proof; see /docs/verify"`
	AlreadyPresent bool        `json:"already_present" doc:"an identical event had been appended before"`
	Deviations     []Deviation `json:"deviations" doc:"policy breaks that were flagged beside the event"`
	Lapsed         []Lapsed    `json:"lapsed,omitempty" doc:"what the ledger takes back with the event; not told again of one that was there"`
	Disputed       *Disputed   `json:"disputed,omitempty" doc:"of a clock-corrected only"`
	Key            string      `json:"key,omitempty" doc:"of key-registered only: the id, SHA-256 of the SubjectPublicKeyInfo, base64url"`
}

// Disputed is what a clock-corrected calls in question.
type Disputed struct {
	From      uint64   `json:"from" doc:"position of the first entry whose recorded time is disputed"`
	To        uint64   `json:"to" doc:"position of the correction"`
	Deadlines []uint64 `json:"deadlines" doc:"positions of the deadline-passed among them, which may have been said too early"`
}

// Deviation is a policy break: the fact was recorded, and the break beside it.
type Deviation struct {
	Code   string     `json:"code"`
	Rule   string     `json:"rule"`
	Plan   string     `json:"plan,omitempty" doc:"version of the campaign's plan whose values were compared"`
	Values law.Values `json:"values" doc:"what was compared, by name"`
	Title  string     `json:"title" doc:"what kind of break, in the language that Accept-Language asks for"`
	Detail string     `json:"detail" doc:"what was seen, likewise"`
	Remedy string     `json:"remedy" doc:"what to do, likewise"`
}

// Lapsed is a statement of the ledger that is no longer true: its entry stays, and figures leave it out.
type Lapsed struct {
	Statement string `json:"statement" format:"uuid" doc:"id of the ledger's entry that said so"`
	Rule      string `json:"rule"`
	Code      string `json:"code,omitempty" doc:"of a policy break; none of a review that was opened"`
	Title     string `json:"title,omitempty" doc:"what kind of break, in the language that Accept-Language asks for"`
}

// Receipts is the answer to an append. It documents what appendReceipts writes by hand.
type Receipts struct {
	Position   uint64    `json:"position" doc:"tree size of the checkpoint"`
	Root       string    `json:"root" doc:"root hash of the checkpoint, base64"`
	Recorded   string    `json:"recorded" format:"date-time" doc:"of the newest of these events; of an empty batch that of the newest entry"`
	Checkpoint string    `json:"checkpoint" doc:"signed C2SP checkpoint"`
	Receipts   []Receipt `json:"receipts" doc:"one for each event, in order"`
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxPooled keeps the buffer of one large batch from living forever.
const maxPooled = 256 << 10

// receipts answers an append: 201, or 200 when every event had been there before.
func (a *Handler) receipts(c *call, res ledger.Result) error {
	buf := buffers.Get().(*[]byte)
	body, err := a.appendReceipts((*buf)[:0], res, speak(c, c.r))
	if err != nil {
		// The events are recorded: any other answer would tell the client that they are not.
		return fmt.Errorf("%w: receipts: %v", ledger.ErrOutcomeUnknown, err)
	}
	status := http.StatusOK
	for i := range res.Receipts {
		if !res.Receipts[i].AlreadyPresent {
			status = http.StatusCreated
		}
	}
	h := c.Header()
	h["Content-Type"] = headerJSON
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	if len(res.Receipts) == 1 {
		r := &res.Receipts[0]
		h["Location"] = []string{"/v1/entries/" + strconv.FormatUint(r.Index, 10)}
		h["Etag"] = []string{`"` + strconv.FormatUint(r.Revision, 10) + `"`}
	}
	c.WriteHeader(status)
	_, _ = c.Write(body) // a client that is gone sends the same bytes again
	if *buf = body; cap(body) <= maxPooled {
		buffers.Put(buf)
	}
	return nil
}

var headerJSON = []string{mediaJSON}

// appendReceipts encodes the answer without reflection: this is the hot path.
func (a *Handler) appendReceipts(dst []byte, res ledger.Result, l law.Language) ([]byte, error) {
	var newest time.Time
	shared := buffers.Get().(*[]byte)
	text := (*shared)[:0]
	defer func() { *shared = text; buffers.Put(shared) }()
	for i := range res.Receipts {
		if t := res.Receipts[i].Recorded; t.After(newest) {
			newest = t
		}
	}
	dst = append(dst, `{"position":`...)
	dst = strconv.AppendUint(dst, res.Size, 10)
	dst = append(dst, `,"root":"`...)
	dst = append(dst, rootLine(res.Checkpoint)...)
	dst = append(dst, `","recorded":"`...)
	dst = entry.AppendRecorded(dst, newest.UTC())
	dst = append(dst, `","checkpoint":`...)
	dst = appendText(dst, res.Checkpoint)
	dst = append(dst, `,"receipts":[`...)
	for i := range res.Receipts {
		if i > 0 {
			dst = append(dst, ',')
		}
		r := &res.Receipts[i]
		var err error
		text = append(r.AppendLine(text[:0]), '\n')
		if text, err = a.cfg.Ledger.AppendReceiptProof(text, r.Index, &res); err != nil {
			return dst, err
		}
		dst = appendReceipt(dst, r, text, l)
	}
	return append(dst, "]}\n"...), nil
}

func appendReceipt(dst []byte, r *ledger.Receipt, text []byte, l law.Language) []byte {
	dst = append(dst, `{"id":"`...)
	id, _ := r.EventID.MarshalText() // cannot fail
	dst = append(dst, id...)
	dst = append(dst, `","index":`...)
	dst = strconv.AppendUint(dst, r.Index, 10)
	dst = append(dst, `,"stream":"`...) // ids are from an alphabet that JSON never escapes
	dst = append(dst, r.Stream.Kind...)
	dst = append(dst, '/')
	dst = append(dst, r.Stream.ID...)
	dst = append(dst, `","revision":`...)
	dst = strconv.AppendUint(dst, r.Revision, 10)
	dst = append(dst, `,"recorded":"`...)
	dst = entry.AppendRecorded(dst, r.Recorded.UTC())
	dst = append(dst, `","receipt":`...)
	dst = appendText(dst, text)
	dst = append(dst, `,"already_present":`...)
	dst = strconv.AppendBool(dst, r.AlreadyPresent)
	dst = append(dst, `,"deviations":[`...)
	for i, d := range r.Deviations {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendDeviation(dst, d, l)
	}
	dst = appendLapsed(append(dst, ']'), r.Lapsed, l)
	if r.Disputed != nil {
		dst = appendDisputed(dst, r.Disputed)
	}
	dst = appendMember(dst, "key", r.Key)
	return append(dst, '}')
}

func appendDeviation(dst []byte, d *oversight.DeviationFlagged, l law.Language) []byte {
	code := law.Known(d.Code)
	dst = append(dst, `{"code":`...)
	dst = appendString(dst, d.Code)
	dst = appendMember(dst, "rule", d.Rule)
	dst = appendMember(dst, "plan", d.Plan)
	dst = appendValues(append(dst, `,"values":`...), d.Values)
	dst = appendMember(dst, "title", code.Title(l))
	dst = appendMember(dst, "detail", code.Sentence(l, d.Values))
	dst = appendMember(dst, "remedy", code.Remedy(l, d.Values))
	return append(dst, '}')
}

func appendLapsed(dst []byte, all []*oversight.StatementLapsed, l law.Language) []byte {
	for i, d := range all {
		before := `,{"statement":`
		if i == 0 {
			before = `,"lapsed":[{"statement":`
		}
		dst = appendString(append(dst, before...), d.Statement)
		dst = appendMember(dst, "rule", d.Rule)
		dst = appendMember(dst, "code", d.Code)
		if d.Code != "" {
			dst = appendMember(dst, "title", law.Known(d.Code).Title(l))
		}
		dst = append(dst, '}')
	}
	if len(all) > 0 {
		dst = append(dst, ']')
	}
	return dst
}

func appendDisputed(dst []byte, d *ledger.Disputed) []byte {
	dst = append(dst, `,"disputed":{"from":`...)
	dst = strconv.AppendUint(dst, d.From, 10)
	dst = append(dst, `,"to":`...)
	dst = strconv.AppendUint(dst, d.To, 10)
	dst = append(dst, `,"deadlines":[`...)
	for i, index := range d.Deadlines {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendUint(dst, index, 10)
	}
	return append(dst, "]}"...)
}

// rootLine returns the third line of a checkpoint: its root hash in base64.
func rootLine(checkpoint []byte) []byte {
	for range 2 {
		_, checkpoint, _ = bytes.Cut(checkpoint, []byte{'\n'})
	}
	root, _, _ := bytes.Cut(checkpoint, []byte{'\n'})
	return root
}
