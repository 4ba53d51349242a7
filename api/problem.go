package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"syscall"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/durable"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// problemBase and a code make the "type" of a problem: a stable name, not an address.
const problemBase = "urn:anjian:problem:"

// Problem is the body of every answer that is not a success (RFC 9457,
// application/problem+json). Clients decide by Code, which never changes; people read Title.
type Problem struct {
	Type     string `json:"type" doc:"urn:anjian:problem: and the code"`
	Title    string `json:"title" doc:"what kind of fault, in English"`
	TitleZH  string `json:"title_zh" doc:"错误类别"`
	Status   int    `json:"status" doc:"the HTTP status"`
	Detail   string `json:"detail,omitempty" doc:"what was wrong with this request"`
	Code     string `json:"code" doc:"stable, kebab case"`
	Rule     string `json:"rule,omitempty" doc:"R-number of the rule that refused"`
	Remedy   string `json:"remedy,omitempty" doc:"what would be accepted, or what to do"`
	Event    string `json:"event,omitempty" doc:"id of the event that it is about"`
	Instance string `json:"instance,omitempty" doc:"urn:anjian:request: and the request id"`

	retryAfter int // seconds; 0: no Retry-After header
}

// row is one line of the table of problems.
type row struct {
	code       string
	status     int
	title      string
	chinese    string
	remedy     string
	retryAfter int
}

// The codes that this package gives itself. Refusals by rule bring their own.
const (
	codeBadRequest      = "bad-request"
	codeUnknownParam    = "unknown-parameter"
	codeBadParam        = "invalid-parameter"
	codeBadBody         = "unreadable-body"
	codeTooLarge        = "body-too-large"
	codeBatchSize       = "batch-size"
	codeMediaType       = "unsupported-media-type"
	codeNotAcceptable   = "not-acceptable"
	codeBadSignature    = "invalid-signature"
	codeSignedBinary    = "signature-needs-structured-mode"
	codeUnauthenticated = "unauthenticated"
	codeForbidden       = "forbidden"
	codeRoleAppend      = "role-may-not-append"
	codeNotFound        = "not-found"
	codeMethod          = "method-not-allowed"
	codeBeyondHead      = "beyond-head"
	codeScopeChanged    = "scope-changed"
	codeTooManyReads    = "too-many-reads"
	codeTooSlow         = "too-slow"
	codeOverShare       = "over-share"
	codeOverQuota       = "over-quota"
	codeBehind          = "views-behind"
	codeNotHere         = "position-not-here"
	codeCancelled       = "cancelled"
	codeHashMismatch    = "hash-mismatch"
	codeNotReady        = "not-ready"
	codeInternal        = "internal"
	codeDisk            = "disk-failure"
	codeRefused         = "refused"
)

// problems is the one table from codes to answers. Codes of package entry and package
// ledger stand here too.
var problems = []row{
	{codeBadRequest, 400, "The request cannot be understood", "请求无法理解", "", 0},
	{codeUnknownParam, 400, "Unknown query parameter", "未知的查询参数", "see /docs for the parameters of this route", 0},
	{codeBadParam, 400, "Invalid parameter", "参数无效", "", 0},
	{codeBeyondHead, 400, "Beyond the end of the ledger", "超出账本末尾", "ask for a position up to the current one", 0},
	{codeBadBody, 400, "The body could not be read", "请求体无法读取", "send the request again", 0},
	{"malformed-json", 400, "Malformed JSON", "JSON 格式错误", "send one JSON object as RFC 8259 and I-JSON (RFC 7493) demand", 0},
	{codeBadSignature, 400, "Invalid signature", "签名无效", "sign the pre-authentication encoding of the exact bytes of the event (GET /docs/verify) and send 64 bytes in base64url without padding", 0},
	{codeSignedBinary, 400, "Signatures need structured mode", "签名须用结构化模式", "send application/cloudevents+json", 0},
	{codeHashMismatch, 400, "The bytes do not have this SHA-256", "内容与 SHA-256 不符", "compute the SHA-256 of exactly the bytes you send", 0},
	{codeUnauthenticated, 401, "A valid token is needed", "需要有效令牌", "send Authorization: Bearer with a token that is valid now", 0},
	{codeForbidden, 403, "The role may not do this", "该角色无此权限", "", 0},
	{codeRoleAppend, 403, "The role may not append this type", "该角色不得追加此类事件", "GET /v1/types lists who may append each type", 0},
	{codeNotFound, 404, "Not found", "未找到", "", 0},
	{codeMethod, 405, "Method not allowed", "方法不允许", "see /docs", 0},
	{codeNotAcceptable, 406, "No acceptable form", "无可接受的格式", "accept application/json, application/x-ndjson or text/event-stream", 0},
	{codeTooSlow, 408, "The body came too slowly", "请求体传输停顿", "nothing was stored; " +
		"send it again, where the network is better, or in smaller parts: " +
		"GET /v1/limits tells how slow it may be. 未存储任何内容；请在网络较好处重新发送，或分小批发送", 0},
	{codeScopeChanged, 409, "What the token may see has changed", "令牌的查阅范围已变化", "begin reading anew, without cursor or Last-Event-ID", 0},
	{"id-reused", 409, "The event id was used for other bytes", "事件编号已用于其他内容", "send the same bytes as before if you are resending; a new fact has an id of its own", 0},
	{"wrong-revision", 409, "The stream has moved on", "事件流版本已变化", "read the stream, decide again, and send the new revision", 0},
	{codeTooLarge, 413, "Too large", "内容过大", "send fewer or smaller events; " +
		"photos and scans go to /v1/evidence. GET /v1/limits tells the limits. 请减少或缩小事件；限额见 /v1/limits", 0},
	{codeBatchSize, 413, "Too many events in one batch", "批次事件过多", "send it in parts; " +
		"GET /v1/limits tells the limits. 请分批发送；限额见 /v1/limits", 0},
	{"event-too-large", 413, "The event is too large", "事件过大", "send photos and scans as evidence; " +
		"GET /v1/limits tells the limits. 照片和扫描件请作为证据上传；限额见 /v1/limits", 0},
	{codeMediaType, 415, "Unsupported media type", "不支持的媒体类型", "send application/cloudevents+json, application/cloudevents-batch+json, or application/json with ce- headers", 0},
	{"invalid-attribute", 422, "Invalid CloudEvents attribute", "事件属性无效", "", 0},
	{"unknown-type", 422, "Unknown event type", "未知事件类型", "GET /v1/types lists the catalogue", 0},
	{"invalid-data", 422, "Invalid data", "事件数据无效", "GET /v1/types has the schema of each type", 0},
	{codeRefused, 422, "Refused by rule", "按规则拒绝", "", 0},
	{"busy", 429, "Too many appends are waiting", "待处理追加过多", "send the same request again after a moment", 1},
	{codeTooManyReads, 429, "Too many expensive reads at once", "并发查询过多", "try again after a moment", 1},
	{codeOverShare, 429, "The token's share is in use", "本令牌的并发份额已用完", "wait until some of its requests have ended; " +
		"GET /v1/limits tells the shares. 请等待已有请求结束；份额见 /v1/limits", 1},
	{codeOverQuota, 429, "The token's quota is spent", "本令牌的配额已用完", "nothing was stored; " +
		"send the same request again after the seconds of Retry-After; GET /v1/limits tells the quotas. " +
		"未存储任何内容；请在 Retry-After 秒后重发；配额见 /v1/limits", 1},
	{codeInternal, 500, "Internal error", "内部错误", "report the request id to the operator", 0},
	{"read-only", 503, "Appends are stopped", "账本只读", "GET /readyz says why; nothing was stored", 30},
	{"no-space", 503, "No space to store the append", "存储空间不足", "nothing was stored; send the same request again later", 30},
	{"clock-unconfirmed", 503, "The server's clock is not confirmed", "服务器时钟未经确认",
		"nothing was stored, keep the event and send it again later; at the server: check its clock, then run anjian clock --confirm " +
			"/ 未存储任何内容，请保留事件稍后重发；管理员核对服务器时间后运行 anjian clock --confirm", 60},
	{codeDisk, 503, "The disk fails", "磁盘故障", "nothing was stored; have the disk checked, then send the same request again", 30},
	{"full", 503, "The ledger is full", "账本已满", "continue in a new ledger; nothing was stored", 0},
	{"outcome-unknown", 503, "The outcome is not known yet", "结果未知", "send the same bytes again: the id makes it safe", 1},
	{codeBehind, 503, "The views have not caught up", "视图尚未更新", "try again after a moment", 1},
	{codeNotHere, 503, "This node has not reached the position", "本节点尚未达到该位置", "try again after a moment, or ask the node that gave the position", 1},
	{codeCancelled, 503, "The request was cancelled", "请求已取消", "send it again", 1},
	{codeNotReady, 503, "Not ready", "尚未就绪", "GET /readyz says why", 5},
}

// fault is an error of this package: a code of the table and what was seen.
type fault struct {
	code   string
	detail string
	remedy string // replaces the table's when not empty
	cause  error  // for the log, never shown

	retryAfter int // seconds; replaces the table's when not 0
}

func (f *fault) Error() string {
	if f.cause != nil {
		return f.code + ": " + f.detail + ": " + f.cause.Error()
	}
	return f.code + ": " + f.detail
}

func (f *fault) Unwrap() error { return f.cause }

func fail(code, detail string) error { return &fault{code: code, detail: detail} }

// errCodes maps the plain errors of the ledger.
var errCodes = []struct {
	err  error
	code string
}{
	{ledger.ErrBusy, "busy"},
	{ledger.ErrReadOnly, "read-only"},
	{ledger.ErrClockUnconfirmed, "clock-unconfirmed"},
	{ledger.ErrNoSpace, "no-space"},
	{syscall.ENOSPC, "no-space"}, // of the access log: who cannot be logged does not read
	{ledger.ErrDisk, codeDisk},
	{ledger.ErrOutcomeUnknown, "outcome-unknown"},
	{ledger.ErrNotFound, codeNotFound},
	{ledger.ErrTooLarge, codeTooLarge},
	{ledger.ErrFull, "full"},
	{context.Canceled, codeCancelled},
	{context.DeadlineExceeded, codeCancelled},
}

func rowOf(code string) row {
	i := slices.IndexFunc(problems, func(r row) bool { return r.code == code })
	if i < 0 {
		return row{code, http.StatusInternalServerError, "Internal error", "内部错误", "report the request id to the operator", 0}
	}
	return problems[i]
}

func (r row) problem(detail string) *Problem {
	return &Problem{
		Type: problemBase + r.code, Title: r.title, TitleZH: r.chinese, Status: r.status,
		Detail: detail, Code: r.code, Remedy: r.remedy, retryAfter: r.retryAfter,
	}
}

// problemOf is the only place where an error becomes an answer. What it does not know is an
// internal error whose text stays in the log.
func problemOf(err error) *Problem {
	var (
		refusal  *event.Refusal
		syntax   *entry.SyntaxError
		conflict *ledger.ConflictError
		own      *fault
		known    *settled
	)
	switch {
	case errors.Is(err, errUnauthenticated):
		return rowOf(codeUnauthenticated).problem("")
	case errors.As(err, &known):
		return known.problem
	case errors.As(err, &own):
		p := rowOf(own.code).problem(own.detail)
		p.Remedy, p.retryAfter = cmp.Or(own.remedy, p.Remedy), cmp.Or(own.retryAfter, p.retryAfter)
		return p
	case errors.As(err, &refusal):
		return refusalProblem(refusal)
	case errors.As(err, &syntax):
		p := rowOf(syntax.Code).problem(syntax.Error())
		p.Rule = "schema"
		return p
	case errors.As(err, &conflict):
		p := rowOf(conflict.Code).problem(conflict.Error())
		if conflict.Code == "wrong-revision" {
			p.Detail += ": it is at " + strconv.FormatInt(conflict.Have, 10) + ", expected " + strconv.FormatInt(conflict.Want, 10)
		}
		return p
	}
	for _, k := range errCodes {
		if errors.Is(err, k.err) {
			return rowOf(k.code).problem(cmp.Or(detailOf(k.err, err), k.err.Error()))
		}
	}
	if durable.Failing(err) {
		return rowOf(codeDisk).problem("")
	}
	return rowOf(codeInternal).problem("")
}

// detailOf is what the ledger says of its limits, the numbers, and of entries that only a later
// release can go on from. Other reasons name files.
func detailOf(kind, err error) string {
	if newer := (*ledger.NewerError)(nil); errors.Is(kind, ledger.ErrReadOnly) && errors.As(err, &newer) {
		return newer.Error()
	}
	if !errors.Is(kind, ledger.ErrTooLarge) {
		return ""
	}
	return err.Error()
}

// refusalProblem keeps the code, rule and remedy of the rule that refused. A refusal for
// want of a role is 403, every other 422.
func refusalProblem(r *event.Refusal) *Problem {
	base := rowOf(codeRefused)
	if r.Code == codeRoleAppend {
		base = rowOf(codeRoleAppend)
	}
	p := base.problem(r.Message)
	p.Type, p.Code, p.Rule = problemBase+r.Code, r.Code, r.Rule
	p.Remedy = cmp.Or(r.Remedy, p.Remedy)
	return p
}

// write sends p. id is the request's id.
func (p *Problem) write(w http.ResponseWriter, id string) {
	if id != "" {
		p.Instance = "urn:anjian:request:" + id
	}
	h := w.Header()
	h.Del("Content-Disposition")
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="anjian"`)
	}
	body := p.append(nil)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the client is gone: nothing is left to tell it
}

// append encodes p in the member order of the struct.
func (p *Problem) append(dst []byte) []byte {
	dst = append(dst, `{"type":`...)
	dst = appendString(dst, p.Type)
	dst = appendMember(dst, "title", p.Title)
	dst = appendMember(dst, "title_zh", p.TitleZH)
	dst = append(dst, `,"status":`...)
	dst = strconv.AppendInt(dst, int64(p.Status), 10)
	dst = appendMember(dst, "detail", p.Detail)
	dst = appendMember(dst, "code", p.Code)
	dst = appendMember(dst, "rule", p.Rule)
	dst = appendMember(dst, "remedy", p.Remedy)
	dst = appendMember(dst, "event", p.Event)
	dst = appendMember(dst, "instance", p.Instance)
	return append(dst, '}', '\n')
}

// appendMember appends ,"name":"value", and nothing when value is empty.
func appendMember(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(dst, ',', '"')
	dst = append(dst, name...)
	dst = append(dst, '"', ':')
	return appendString(dst, value)
}

// appendString appends s as a JSON string. Invalid UTF-8, which only a message that quotes
// the client can hold, becomes U+FFFD: that is all AppendQuote's error says.
func appendString[T ~string | ~[]byte](dst []byte, s T) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}
