package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// remedyHole is what an administrator of the servers can do about blocks that a stream lacks.
const remedyHole = "a replica may have lost them: make another one lead (nats stream cluster step-down) and replace this one's files; " +
	"else a new stream has to get the blocks of a journal"

// SettingsError says that the stream exists with settings that could lose, change or hide
// blocks. Nothing was changed.
type SettingsError struct {
	Stream string
	Wrong  []string // each "setting is X, must be Y"
}

func (e *SettingsError) Error() string {
	return fmt.Sprintf("jetstream: stream %s is not fit for a ledger: %s", e.Stream, strings.Join(e.Wrong, "; "))
}

// clusterConfig is the one configuration a block stream on a cluster may have. There are
// no direct gets on several replicas: one that lags would answer.
func (c *Store) clusterConfig() natsjs.StreamConfig {
	s := jetstream.StreamConfig(c.cfg.Stream, c.subject, c.cfg.Replicas) // max_payload bounds a message
	s.AllowDirect = c.cfg.Replicas == 1
	s.Metadata = map[string]string{originKey: c.cfg.Ledger}
	return s
}

// wrongSettings compares what a stream is with what it must be.
func wrongSettings(is, must natsjs.StreamConfig) (wrong []string) {
	check := func(name string, is, must any) {
		if fmt.Sprint(is) != fmt.Sprint(must) {
			wrong = append(wrong, fmt.Sprintf("%s is %v, must be %v", name, is, must))
		}
	}
	check("storage", is.Storage, must.Storage)
	check("subjects", is.Subjects, must.Subjects)
	check("replicas", is.Replicas, must.Replicas)
	check("retention", is.Retention, must.Retention)
	check("discard", is.Discard, must.Discard)
	check("discard_new_per_subject", is.DiscardNewPerSubject, false)
	check("max_msgs", is.MaxMsgs, must.MaxMsgs)
	check("max_bytes", is.MaxBytes, must.MaxBytes)
	check("max_age", is.MaxAge, must.MaxAge)
	check("max_msgs_per_subject", is.MaxMsgsPerSubject, must.MaxMsgsPerSubject)
	check("max_msg_size", is.MaxMsgSize, must.MaxMsgSize)
	check("first_seq", max(is.FirstSeq, 1), 1)
	check("deny_delete", is.DenyDelete, true)
	check("deny_purge", is.DenyPurge, true)
	check("allow_rollup_hdrs", is.AllowRollup, false)
	check("allow_direct", is.AllowDirect, must.AllowDirect)
	check("mirror_direct", is.MirrorDirect, false)
	check("compression", is.Compression, must.Compression)
	check("no_ack", is.NoAck, false)
	check("sealed", is.Sealed, false)
	check("mirror", is.Mirror != nil, false)
	check("sources", len(is.Sources), 0)
	check("subject_transform", is.SubjectTransform != nil, false)
	check("republish", is.RePublish != nil, false)
	check("allow_msg_ttl", is.AllowMsgTTL, false)
	check("subject_delete_marker_ttl", is.SubjectDeleteMarkerTTL, time.Duration(0))
	check("allow_msg_counter", is.AllowMsgCounter, false)
	check("allow_msg_schedules", is.AllowMsgSchedules, false)
	check("persist_mode", is.PersistMode, must.PersistMode)
	check("metadata "+originKey, is.Metadata[originKey], must.Metadata[originKey])
	return wrong
}

// admit opens the stream, or makes it when that was allowed, and checks it.
func (c *Store) admit(ctx context.Context) error {
	info, err := c.info(ctx)
	if errors.Is(err, jetstream.ErrNoStream) {
		if !c.cfg.Create || c.cfg.Look {
			return fmt.Errorf("%w: stream %s", jetstream.ErrMissing, c.cfg.Stream)
		}
		if err := c.make(ctx); err != nil {
			return err
		}
		info, err = c.info(ctx)
	}
	if err != nil {
		return err
	}
	wrong := wrongSettings(info.Config, c.clusterConfig())
	if len(wrong) == 1 && c.cfg.Create && info.State.LastSeq == 0 && info.Config.Metadata[originKey] != c.cfg.Ledger {
		// A first start that was cut off before it had a key made the stream: the next one goes on
		// under its origin.
		if found := info.Config.Metadata[originKey]; translog.OriginName(found) == translog.OriginName(c.cfg.Ledger) {
			c.cfg.Ledger, wrong = found, nil
		}
	}
	if len(wrong) > 0 {
		return &SettingsError{Stream: c.cfg.Stream, Wrong: wrong}
	}
	state := info.State
	if state.NumDeleted > 0 || state.Msgs != state.LastSeq || state.Msgs > 0 && state.FirstSeq != 1 {
		return &store.DamageError{Block: state.FirstSeq,
			Reason: fmt.Sprintf("stream %s holds %d messages, the first is %d, the last %d", c.cfg.Stream, state.Msgs, state.FirstSeq,
				state.LastSeq),
			Remedy: remedyHole}
	}
	if c.cfg.Replicas == 1 {
		c.warnings = append(c.warnings, "the stream has one replica: one damaged disk loses what the journals do not have")
	}
	for _, r := range info.replicas() {
		if r.Offline {
			c.warnings = append(c.warnings, fmt.Sprintf("the replica on %s is offline", r.Name))
		}
	}
	return nil
}

// make makes the stream. Another node may do so at the same time, with the same settings.
// Servers that were started a moment ago may not have found each other yet: it waits for them.
func (c *Store) make(ctx context.Context) error {
	err := c.attempts(ctx, func(ctx context.Context) (bool, error) {
		_, err := c.js.CreateStream(ctx, c.clusterConfig())
		var api *natsjs.APIError
		starting := errors.As(err, &api) && (api.ErrorCode == jetstream.CodeNoPeers || api.ErrorCode == jetstream.CodeNotAvailable)
		return !starting, err
	})
	if err != nil && !errors.Is(err, natsjs.ErrStreamNameAlreadyInUse) {
		return fmt.Errorf("jetstream: make stream %s with %d replicas: %w", c.cfg.Stream, c.cfg.Replicas, err)
	}
	return nil
}

// mustDeny are the requests by which the ledger's own account could destroy the ledger.
// The stream's deny flags do not stop them all: an update may lift its limits.
var mustDeny = []string{"STREAM.UPDATE", "STREAM.DELETE", "STREAM.PURGE", "STREAM.RESTORE", "STREAM.MSG.DELETE"}

// permissions are a user's as the server tells them.
type permissions struct {
	Publish *struct {
		Allow []string `json:"allow"`
		Deny  []string `json:"deny"`
	} `json:"publish"`
}

// allows reports whether a user with these permissions may publish to a literal subject.
func (p *permissions) allows(subject string) bool {
	if p == nil || p.Publish == nil {
		return true
	}
	covers := func(pattern string) bool { return subjectMatches(pattern, subject) }
	return (len(p.Publish.Allow) == 0 || slices.ContainsFunc(p.Publish.Allow, covers)) && !slices.ContainsFunc(p.Publish.Deny, covers)
}

// subjectMatches reports whether a subject with wildcards covers a literal one.
func subjectMatches(pattern, subject string) bool {
	want, have := strings.Split(pattern, "."), strings.Split(subject, ".")
	for i, w := range want {
		switch {
		case w == ">":
			return len(have) > i
		case i >= len(have) || w != "*" && w != have[i]:
			return false
		}
	}
	return len(want) == len(have)
}

// auditPermissions says which destructive requests the account's user may still make. It
// asks the server for the user's permissions and tries nothing out.
func (c *Store) auditPermissions(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var subjects []string
	for _, m := range mustDeny {
		subjects = append(subjects, "$JS.API."+m+"."+c.cfg.Stream)
	}
	advice := func(subjects []string) string {
		return `add to its permissions: publish: { deny: ["` + strings.Join(subjects, `", "`) + `"] }`
	}
	var answer struct {
		Data *struct {
			Permissions *permissions `json:"permissions"`
		} `json:"data"`
	}
	reply, err := c.nc.RequestWithContext(ctx, "$SYS.REQ.USER.INFO", nil)
	if err == nil {
		err = json.Unmarshal(reply.Data, &answer)
	}
	if err != nil || answer.Data == nil {
		return []string{fmt.Sprintf("the server does not tell whether this user may destroy the stream; unless that is so already, %s",
			advice(subjects))}
	}
	allowed := slices.DeleteFunc(subjects, func(s string) bool { return !answer.Data.Permissions.allows(s) })
	if len(allowed) == 0 {
		return nil
	}
	return []string{"this user may destroy the stream; " + advice(allowed)}
}
