package natstest

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// keptLines bounds what a log keeps of a server's warnings and errors.
const keptLines = 20

// log keeps the last of what a server warns of, for a test that fails: a server that cannot start
// says so to its log alone.
type log struct {
	mu    sync.Mutex
	lines []string
	end   string // why it stopped, of itself
}

func (l *log) Noticef(string, ...any)              {}
func (l *log) Debugf(string, ...any)               {}
func (l *log) Tracef(string, ...any)               {}
func (l *log) Warnf(format string, values ...any)  { l.keep("warning", format, values) }
func (l *log) Errorf(format string, values ...any) { l.keep("error", format, values) }

func (l *log) Fatalf(format string, values ...any) {
	l.keep("fatal", format, values)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end = fmt.Sprintf(format, values...)
}

func (l *log) keep(level, format string, values []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lines) == keptLines {
		l.lines = l.lines[1:]
	}
	l.lines = append(l.lines, time.Now().Format("15:04:05.000 ")+level+": "+fmt.Sprintf(format, values...))
}

func (l *log) fatal() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.end
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}
