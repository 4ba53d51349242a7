package api

import (
	"net/http"

	"github.com/anjian-ledger/anjian/domain/law"
)

// row is how one code is answered over HTTP; what it says stands in package law.
type row struct {
	code       law.Code
	status     int
	retryAfter int // seconds; 0: no Retry-After header
}

// statuses are the codes that answer something else than a refusal by rule.
var statuses = []row{
	{law.BadRequest, 400, 0},
	{law.UnsupportedPrecondition, 400, 0},
	{law.UnknownParameter, 400, 0},
	{law.InvalidParameter, 400, 0},
	{law.ParameterNotOfReport, 400, 0},
	{law.BeyondHead, 400, 0},
	{law.UnreadableBody, 400, 0},
	{law.MalformedJSON, 400, 0},
	{law.InvalidSignature, 400, 0},
	{law.SignatureNeedsStructuredMode, 400, 0},
	{law.HashMismatch, 400, 0},
	{law.Unauthenticated, 401, 0},
	{law.Forbidden, 403, 0},
	{law.DetachedFromUnit, 403, 0},
	{law.RoleMayNotAppend, 403, 0},
	{law.SealedNotForYou, 403, 0},
	{law.NotFound, 404, 0},
	{law.SealedNotArrived, 404, 0},
	{law.MethodNotAllowed, 405, 0},
	{law.NotAcceptable, 406, 0},
	{law.TooSlow, 408, 0},
	{law.ScopeChanged, 409, 0},
	{law.IDReused, 409, 0},
	{law.WrongRevision, 409, 0},
	{law.SealedNotOpened, 409, 0},
	{law.NoSealingKey, 409, 0},
	{law.SealedGone, 410, 0},
	{law.FileErased, 410, 0},
	{law.BodyTooLarge, 413, 0},
	{law.FileTooLarge, 413, 0},
	{law.BatchSize, 413, 0},
	{law.EventTooLarge, 413, 0},
	{law.UnsupportedMediaType, 415, 0},
	{law.RangeNotSatisfiable, 416, 0},
	{law.ReportTooLarge, 422, 0},
	{law.InvalidSealing, 422, 0},
	{law.InvalidTip, 422, 0},
	{law.InvalidEvaluation, 422, 0},
	{law.InvalidAttribute, 422, 0},
	{law.UnknownType, 422, 0},
	{law.InvalidData, 422, 0},
	{law.Busy, 429, 1},
	{law.TooManyReads, 429, 1},
	{law.OverShare, 429, 1},
	{law.OverQuota, 429, 1},
	{law.Internal, 500, 0},
	{law.ReadOnly, 503, 30},
	{law.ReadOnlyStart, 503, 30},
	{law.NoMasterKey, 503, 30},
	{law.StoreRefuses, 503, 30},
	{law.NoSpace, 503, 30},
	{law.ClockUnconfirmed, 503, 60},
	{law.DiskFailure, 503, 30},
	{law.Full, 503, 0},
	{law.OutcomeUnknown, 503, 1},
	{law.ViewsBehind, 503, 1},
	{law.PositionNotHere, 503, 1},
	{law.ReportsBehind, 503, 2},
	{law.NoReports, 503, 30},
	{law.Cancelled, 503, 1},
	{law.Starting, 503, 1},
}

// rowOf returns the row of a code. A refusal by rule is 422.
func rowOf(code law.Code) row {
	for _, r := range statuses {
		if r.code == code {
			return r
		}
	}
	return row{code: code, status: http.StatusUnprocessableEntity}
}
