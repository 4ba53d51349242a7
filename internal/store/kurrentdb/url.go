package kurrentdb

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// settings of a connection string that the client knows. It would ignore a misspelt one:
// a TLS setting must not get lost that way.
var settings = []string{
	"tls", "tlscafile", "tlsverifycert", "usercertfile", "userkeyfile",
	"gossiptimeout", "keepaliveinterval", "keepalivetimeout", "nodepreference",
}

// ours are settings that this package decides itself and says so.
var ours = map[string]string{
	"maxdiscoverattempts": "it reconnects for as long as Timeout allows",
	"discoveryinterval":   "it reconnects for as long as Timeout allows",
	"defaultdeadline":     "use Timeout",
}

// configuration makes the client's configuration from the URL. Errors never repeat the URL,
// which may hold a password.
func configuration(cfg *Config) (*esdb.Configuration, error) {
	text, socket, err := translate(cfg.URL)
	if err != nil {
		return nil, err
	}
	if err := checkSettings(text); err != nil {
		return nil, err
	}
	conf, err := esdb.ParseConnectionString(text)
	if err != nil {
		var syntax *url.Error
		if errors.As(err, &syntax) {
			err = syntax.Err
		}
		return nil, fmt.Errorf("kurrentdb: connection string: %w", err)
	}
	switch {
	case (conf.Username == "") != (conf.Password == ""):
		return nil, errors.New("kurrentdb: a user name needs a password: the client would send neither")
	case conf.DisableTLS && conf.Username != "" && !cfg.Insecure:
		return nil, errors.New("kurrentdb: credentials with tls=false: the client would not send them, and anybody could read them if it did; " +
			"use TLS, or ask for Insecure")
	case conf.NodePreference != esdb.NodePreferenceLeader:
		return nil, errors.New("kurrentdb: nodePreference must be leader: another node may be behind")
	}
	if conf.SkipCertificateVerification && !conf.DisableTLS {
		cfg.Logger.Warn("KurrentDB: tlsVerifyCert=false: anybody on the way may answer in the server's place")
	}
	if conf.DisableTLS && socket == "" {
		cfg.Logger.Warn("KurrentDB: tls=false: anybody on the way may read and write the ledger's stream")
	}
	if socket != "" {
		conf.Address = "unix:" + socket
	}
	// One round of discovery over all seeds; connection repeats it and waits between.
	conf.MaxDiscoverAttempts, conf.DiscoveryInterval = 1, 1
	conf.GossipTimeout = min(conf.GossipTimeout, max(1, int(cfg.Timeout/time.Second)))
	conf.Logger = clientLog(cfg.Logger)
	return conf, nil
}

// translate turns the schemes that users know into the one that the client knows. socket is
// the path of a kurrentdb+unix URL.
func translate(raw string) (text, socket string, err error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return "", "", errors.New("kurrentdb: connection string: want esdb://… or kurrentdb://…")
	}
	switch strings.ToLower(scheme) {
	case "esdb", "kurrentdb", "kdb", "kurrent":
		return "esdb://" + rest, "", nil
	case "esdb+discover", "kurrentdb+discover", "kdb+discover", "kurrent+discover":
		return "esdb+discover://" + rest, "", nil
	case "esdb+unix", "kurrentdb+unix":
		path, query, _ := strings.Cut(rest, "?")
		user := ""
		if at := strings.LastIndexByte(path, '@'); at >= 0 {
			user, path = path[:at+1], path[at+1:]
		}
		if !strings.HasPrefix(path, "/") {
			return "", "", errors.New("kurrentdb: connection string: want an absolute path after kurrentdb+unix://")
		}
		return "esdb://" + user + "localhost?" + query, path, nil
	}
	return "", "", fmt.Errorf("kurrentdb: connection string: unknown scheme %q", scheme)
}

func checkSettings(text string) error {
	_, query, _ := strings.Cut(text, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("kurrentdb: connection string: malformed settings")
	}
	for name, v := range values {
		lower := strings.ToLower(name)
		switch {
		case ours[lower] != "":
			return fmt.Errorf("kurrentdb: connection string: %s is not for you to set: %s", name, ours[lower])
		case !slices.Contains(settings, lower):
			return fmt.Errorf("kurrentdb: connection string: unknown setting %q", name)
		case len(v) != 1:
			return fmt.Errorf("kurrentdb: connection string: %s is set %d times", name, len(v))
		}
	}
	return nil
}

// clientLog hands the client's log on. Everything in it that matters comes back as an error
// as well, so it is for debugging.
func clientLog(log *slog.Logger) esdb.LoggingFunc {
	return func(level esdb.LogLevel, format string, args ...any) {
		log.Debug("KurrentDB client: "+fmt.Sprintf(format, args...), "level", level)
	}
}
