// Command anjian (安鉴) is an event-sourced audit ledger for safety-inspection records.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	err := newRoot().ExecuteContext(ctx)
	stop()
	switch {
	case err == nil:
	case errors.Is(err, errNotOK): // the command has said what is wrong
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, "anjian:", err)
		os.Exit(1)
	}
}

// errNotOK ends a command with exit code 1 after it has printed its findings.
var errNotOK = errors.New("not ok")
