package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const envPrefix = "ANJIAN_"

// configure sets the flags that the command line did not: from the environment, and what is
// still left from the file that --config names. The error joins everything that is wrong.
//
// The file is TOML without tables. Its keys are the flags of serve: it describes a node, and
// every command that works on the node takes from it the flags that it shares with serve.
func configure(cmd *cobra.Command) error {
	flags := cmd.Flags()
	err := fromEnvironment(flags)
	path, e := flags.GetString("config")
	if e != nil || path == "" {
		return errors.Join(err, e)
	}
	b, e := os.ReadFile(path)
	if e != nil {
		return errors.Join(err, fmt.Errorf("--config: %w", e))
	}
	return errors.Join(err, fromFile(flags, serveFlags(cmd), path, b))
}

// fromEnvironment sets --scrub-every from ANJIAN_SCRUB_EVERY, and so on. A variable that is empty
// is one that is not set: an empty address would listen on every interface.
func fromEnvironment(flags *pflag.FlagSet) error {
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		name := envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if v := os.Getenv(name); v != "" && !f.Changed {
			if err := flags.Set(f.Name, v); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
		}
	})
	return errors.Join(errs...)
}

// serveFlags are the flags of serve.
func serveFlags(cmd *cobra.Command) *pflag.FlagSet {
	serve, _, err := cmd.Root().Find([]string{"serve"})
	if err != nil {
		return cmd.Flags()
	}
	return serve.LocalNonPersistentFlags()
}

// notInFiles are flags that say what one call is to do, not what a node is.
var notInFiles = []string{"check", "help", "new", "sample"}

// fromFile sets those of flags that known has too from a file's text.
func fromFile(flags, known *pflag.FlagSet, path string, text []byte) error {
	values := map[string]any{}
	if err := toml.Unmarshal(text, &values); err != nil {
		var bad *toml.DecodeError
		if errors.As(err, &bad) {
			line, _ := bad.Position()
			return fmt.Errorf("%s:%d: %w", path, line, err)
		}
		return fmt.Errorf("%s: %w", path, err)
	}
	var errs []error
	lines := linesOf(text)
	wrong := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s:%d: %s: %s", path, lines[key], key, fmt.Sprintf(format, args...)))
	}
	byLine := func(a, b string) int { return cmp.Or(lines[a]-lines[b], strings.Compare(a, b)) }
	for _, key := range slices.SortedFunc(maps.Keys(values), byLine) {
		if known.Lookup(key) == nil || slices.Contains(notInFiles, key) {
			wrong(key, "no such setting; they are the flags of: anjian serve --help")
			continue
		}
		value, err := flagText(values[key])
		f := flags.Lookup(key)
		switch {
		case err != nil:
			wrong(key, "%v", err)
		case f == nil || f.Changed:
		case flags.Set(key, value) != nil:
			wrong(key, "%q is no value for it: %s", value, f.Usage)
		}
	}
	return errors.Join(errs...)
}

// flagText is a value as it would be written on the command line.
func flagText(value any) (string, error) {
	switch v := value.(type) {
	case string, bool, int64, float64:
		return fmt.Sprint(v), nil
	case []any:
		var parts []string
		for _, part := range v {
			text, ok := part.(string)
			if !ok || strings.ContainsAny(text, ",\"\n") {
				return "", errors.New("want a list of strings without commas")
			}
			parts = append(parts, text)
		}
		return strings.Join(parts, ","), nil
	case time.Time, toml.LocalDate, toml.LocalDateTime, toml.LocalTime:
		return "", errors.New("want a string, a number, a truth value or a list of strings")
	}
	return "", errors.New("tables are not used here: one key, one value")
}

// linesOf tells where each key stands: decoding strictly into nothing misses every key, and
// the errors say where.
func linesOf(text []byte) map[string]int {
	lines := map[string]int{}
	var missing *toml.StrictMissingError
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&struct{}{}); errors.As(err, &missing) {
		for _, e := range missing.Errors {
			if line, _ := e.Position(); len(e.Key()) > 0 && lines[e.Key()[0]] == 0 {
				lines[e.Key()[0]] = line
			}
		}
	}
	return lines
}
