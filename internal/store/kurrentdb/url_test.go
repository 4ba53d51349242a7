package kurrentdb_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/storetest"
)

func TestConnectionStringsThatWouldMisleadAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "want esdb://",
		"localhost:2113":                        "want esdb://",
		"http://localhost:2113":                 "unknown scheme",
		"esdb://ann:secret@localhost?tls=false": "tls=false",
		"kurrentdb://ann:secret@localhost?tls=false":          "tls=false",
		"esdb://ann@localhost":                                "needs a password",
		"esdb://ann:secret@localhost?nodePreference=follower": "must be leader",
		"esdb://ann:secret@localhost?tlsVerifiCert=true":      "unknown setting",
		"esdb://ann:secret@localhost?tls=true&tls=false":      "2 times",
		"esdb://ann:secret@localhost?maxDiscoverAttempts=3":   "not for you",
		"esdb://ann:secret@localhost?defaultDeadline=3":       "not for you",
		"esdb://ann:se cret%zz@localhost":                     "invalid",
		"esdb://ann:secret@localhost/stream":                  "unsupported URL path",
		"kurrentdb+unix://relative/path?tls=false":            "absolute path",
	} {
		_, err := kurrentdb.Open(t.Context(), kurrentdb.Config{URL: text, Timeout: 100 * time.Millisecond})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", text, err, want)
		} else if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "cret%") {
			t.Errorf("the error repeats the password: %v", err)
		}
	}
}

func TestEverySchemeReachesTheServer(t *testing.T) {
	d := serve(t, "tcp", double.Options{})
	for _, scheme := range []string{"esdb", "kurrentdb", "KurrentDB", "kdb", "kurrent"} {
		s, err := kurrentdb.Open(t.Context(), kurrentdb.Config{URL: scheme + "://" + d.Address() + "?tls=false", Timeout: time.Second})
		if err != nil {
			t.Errorf("%s: %v", scheme, err)
			continue
		}
		shut(t, s)
	}
}

func TestCredentialsWithoutTLSNeedAnExplicitWish(t *testing.T) {
	d := serve(t, "tcp", double.Options{})
	s := open(t, kurrentdb.Config{URL: "esdb://ann:secret@" + d.Address() + "?tls=false", Insecure: true})
	defer shut(t, s)
	storetest.MustAppend(t, s, storetest.Next(nil, "insecure"))
}

func TestLimitsThatCannotHoldAreRefused(t *testing.T) {
	for name, cfg := range map[string]kurrentdb.Config{
		"block above half an append": {MaxBlock: 600 << 10},
		"append above the server's":  {MaxAppend: 17 << 20},
		"append below an entry":      {MaxAppend: 64 << 10},
		"negative block":             {MaxBlock: -1},
		"system stream":              {Stream: "$ledger"},
	} {
		cfg.URL = "esdb://localhost?tls=false"
		if _, err := kurrentdb.Open(t.Context(), cfg); err == nil || strings.Contains(err.Error(), "reached") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTLSAndCredentialsAreUsed(t *testing.T) {
	config, caFile := certificate(t)
	d := serve(t, "tcp", double.Options{TLS: config, Username: "anjian", Password: "secret"})
	ca := "&tlsCAFile=" + url.QueryEscape(caFile)
	s := open(t, kurrentdb.Config{URL: d.URL() + ca})
	storetest.MustAppend(t, s, storetest.Next(nil, "safe"))
	shut(t, s)
	for name, text := range map[string]string{
		"wrong password":   strings.Replace(d.URL(), "secret", "guess", 1) + ca,
		"no credentials":   strings.Replace(d.URL(), "anjian:secret@", "", 1) + ca,
		"no CA":            d.URL(),
		"TLS switched off": "esdb://" + d.Address() + "?tls=false",
	} {
		if _, err := kurrentdb.Open(t.Context(), kurrentdb.Config{URL: text, Timeout: 200 * time.Millisecond}); err == nil {
			t.Errorf("%s: open succeeds", name)
		}
	}
}

// certificate makes a self-signed certificate for 127.0.0.1 and writes it to a file.
func certificate(t *testing.T) (config *tls.Config, file string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "double"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, file
}
