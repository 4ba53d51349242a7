// Package road holds a test of the whole road of an event: what POST /v1/events accepts is
// served, streamed, exported, verified, copied to each engine and found again after a restart.
package road
