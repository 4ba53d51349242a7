// Command anjian (安鉴) is an event-sourced audit ledger for safety-inspection records.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/node"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	node.Thrift()
	err := newRoot().ExecuteContext(ctx)
	stop()
	var said exitCode
	switch {
	case err == nil:
	case errors.As(err, &said): // the command has said what is wrong
		os.Exit(int(said))
	default:
		if refusal := (*event.Refusal)(nil); errors.As(err, &refusal) {
			err = errors.New(refusal.InBoth())
		}
		fmt.Fprintln(os.Stderr, "anjian:", err)
		os.Exit(1)
	}
}

// exitCode ends a command that has printed its findings.
type exitCode int

func (exitCode) Error() string { return "not ok" }

// errNotOK is the exit code of a check that found something wrong.
const errNotOK = exitCode(1)
