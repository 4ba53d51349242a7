package test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/test/needs"
	"github.com/anjian-ledger/anjian/test/porttest"
)

// site is the name for which the sample files of the proxies are written.
const site = "anjian.example.gov.cn"

// proxy is a reverse proxy that runs with its file of deploy/.
type proxy struct {
	server *server
	port   int
	roots  *x509.CertPool
}

// sampleOf is a file of deploy/ in which each of the pairs was replaced, as an administrator would;
// what is to be replaced stands there once.
func sampleOf(t *testing.T, name string, pairs ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "deploy", name))
	must(t, err)
	text := string(b)
	for i := 0; i < len(pairs); i += 2 {
		if n := strings.Count(text, pairs[i]); n != 1 {
			t.Fatalf("%s: %q stands there %d times", name, pairs[i], n)
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// certificate writes a certificate of the site and its key.
func certificate(t *testing.T, dir string) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: site}, DNSNames: []string{site},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	must(t, os.WriteFile(cert, public, 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(public)
	return cert, key, roots
}

// run runs a proxy until the test ends, and waits until it listens.
func (p *proxy) run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	log := &logBuffer{}
	cmd.Stdout, cmd.Stderr = log, log
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s:\n%s", cmd.Path, log)
		}
	})
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.port))
		if err == nil {
			conn.Close()
			return
		}
		if time.Since(began) > 20*time.Second {
			t.Fatalf("%s does not listen: %v\n%s", cmd.Path, err, log)
		}
	}
}

// around is what stands around the sites in a configuration of nginx.
func (p *proxy) around(dir string) string {
	text := "daemon off;\npid " + dir + "/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
	for _, of := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		text += of + "_temp_path " + filepath.Join(dir, of) + ";\n"
	}
	if os.Getuid() == 0 { // its workers read what belongs to the test
		return "user root;\n" + text
	}
	return text
}

func (p *proxy) nginx(t *testing.T, program string) {
	dir := t.TempDir()
	cert, key, roots := certificate(t, dir)
	p.roots = roots
	must(t, os.WriteFile(filepath.Join(dir, "anjian.conf"),
		[]byte(sampleOf(t, "nginx.conf", "server 127.0.0.1:8440", "server "+p.server.host(),
			"listen 80;", fmt.Sprintf("listen 127.0.0.1:%d;", porttest.Free(t)), "listen 443 ", fmt.Sprintf("listen 127.0.0.1:%d ", p.port),
			"/etc/anjian/tls/cert.pem", cert, "/etc/anjian/tls/key.pem", key)), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(p.around(dir)+"include "+dir+"/anjian.conf;\n}\n"), 0o600))
	p.run(t, exec.Command(program, "-p", dir, "-e", "stderr", "-c", filepath.Join(dir, "nginx.conf")))
}

func (p *proxy) caddy(t *testing.T, program string) {
	dir := t.TempDir()
	cert, key, roots := certificate(t, dir)
	p.roots = roots
	sample := sampleOf(t, "Caddyfile", "reverse_proxy 127.0.0.1:8440", "reverse_proxy "+p.server.host(),
		"/etc/anjian/tls/cert.pem", cert, "/etc/anjian/tls/key.pem", key)
	around := fmt.Sprintf("{\nadmin off\nhttp_port %d\nhttps_port %d\nskip_install_trust\ndefault_bind 127.0.0.1\n}\n",
		porttest.Free(t), p.port)
	must(t, os.WriteFile(filepath.Join(dir, "Caddyfile"), []byte(around+sample), 0o600))
	cmd := exec.Command(program, "run", "--adapter", "caddyfile", "--config", filepath.Join(dir, "Caddyfile"))
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	p.run(t, cmd)
}

// host is the server's address.
func (s *server) host() string { return strings.TrimPrefix(s.url, "http://") }

// outside is where the proxy's clients are: another address than its own.
const outside = "127.0.0.2"

// client speaks to the server through the proxy, from outside.
func (p *proxy) client(t *testing.T, token string) *client {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(outside)}}
	return &client{t: t, base: "https://" + site, token: token, header: http.Header{}, http: &http.Client{
		Timeout: time.Minute,
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", p.port))
			},
			TLSClientConfig: &tls.Config{RootCAs: p.roots}, ForceAttemptHTTP2: true,
		},
	}}
}

// TestBehindTheProxiesOfTheSampleFiles: with the files of deploy/ in front of a real node, nginx and
// Caddy pass on what clients rely on and open nothing.
func TestBehindTheProxiesOfTheSampleFiles(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(*proxy, *testing.T, string){"nginx": (*proxy).nginx, "caddy": (*proxy).caddy} {
		t.Run(name, func(t *testing.T) {
			program := needs.Program(t, name)
			config := filepath.Join("..", "deploy", "anjian.toml")
			p := &proxy{server: start(t, t.TempDir(), "--config", config, "--log-level", "debug"), port: porttest.Free(t)}
			office := p.server.as("supervision-office")
			begin(p, t, program)
			c := p.client(t, office.token)
			t.Run("append", func(t *testing.T) { p.appends(t, c) })
			t.Run("stream", func(t *testing.T) { p.streams(t, c) })
			t.Run("evidence", func(t *testing.T) { p.evidence(t, c) })
			t.Run("closed", func(t *testing.T) { p.closed(t) })
			t.Run("form", func(t *testing.T) { p.form(t, c) })
		})
	}
}

// TestAPlainProxyOpensNothing: nginx with one line of configuration says nothing of itself or its
// clients, and nobody told the node of it.
func TestAPlainProxyOpensNothing(t *testing.T) {
	t.Parallel()
	p := &proxy{server: start(t, t.TempDir()), port: porttest.Free(t)}
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(p.around(dir)+
		fmt.Sprintf("server { listen 127.0.0.1:%d; location / { proxy_pass %s; } }\n}\n", p.port, p.server.url)), 0o600))
	p.run(t, exec.Command(needs.Program(t, "nginx"), "-p", dir, "-e", "stderr", "-c", filepath.Join(dir, "nginx.conf")))
	through := p.server.client("")
	through.base = fmt.Sprintf("http://127.0.0.1:%d", p.port)
	if status, answer := through.do("GET", "/metrics", nil); status != 401 {
		t.Errorf("/metrics: %d %.100s", status, answer)
	}
	if status, answer := through.do("GET", "/readyz", nil); status != 200 || strings.Contains(string(answer), "waiting") {
		t.Errorf("/readyz: %d %s", status, answer)
	}
	if status, _ := p.server.client("").do("GET", "/metrics", nil); status != 200 {
		t.Errorf("/metrics on this machine: %d", status)
	}
	office := p.server.as("supervision-office")
	office.append(enterprise("proxied"))
	through.token = office.token
	p.streams(t, through) // such a proxy buffers what does not forbid it
}

// appends go through, and the server's lines say where they come from, whatever the client says.
func (p *proxy) appends(t *testing.T, c *client) {
	liar := c.with("X-Forwarded-For", "6.6.6.6").with("Forwarded", "for=6.6.6.6")
	r := liar.with("X-Request-Id", "from-outside").with("Content-Type", oneEvent)
	if status, answer := r.do("POST", "/v1/events", enterprise("proxied").json()); status != 201 {
		t.Fatalf("%d %s", status, answer)
	}
	log, i := "", -1 // the line is written after the answer
	for begun := time.Now(); i < 0; time.Sleep(10 * time.Millisecond) {
		if log = p.server.log.String(); time.Since(begun) > 10*time.Second {
			t.Fatalf("no line of the request:\n%s", log)
		}
		i = strings.Index(log, `"id":"from-outside"`)
	}
	if line, _, _ := strings.Cut(log[i:], "\n"); !strings.Contains(line, `"from":"`+outside+`"`) {
		t.Errorf("%s", line)
	}
	if strings.Contains(log, "6.6.6.6") {
		t.Error("the client's word was taken")
	}
}

// streams are not buffered: an entry is there before the stream ends, compressed answers or not.
func (p *proxy) streams(t *testing.T, c *client) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	open := func(stream string) (until func(what string)) {
		r, err := http.NewRequestWithContext(ctx, "GET", c.base+"/v1/events?stream="+stream, nil)
		must(t, err)
		r.Header.Set("Authorization", "Bearer "+c.token)
		r.Header.Set("Accept", "text/event-stream")
		r.Header.Set("Accept-Encoding", "gzip")
		resp, err := c.http.Do(r)
		must(t, err)
		t.Cleanup(func() { resp.Body.Close() })
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		return func(what string) {
			for lines.Scan() {
				if strings.Contains(lines.Text(), what) {
					return
				}
			}
			t.Fatalf("%s does not come: %v", what, lines.Err())
		}
	}
	began := time.Now()
	if open("subject/nobody")(": ok"); time.Since(began) > 5*time.Second { // six bytes, and no more for now
		t.Errorf("it took %v", time.Since(began))
	}
	until := open("subject")
	until(`"subject/proxied"`)
	for i := range 3 {
		id := fmt.Sprint("streamed-", i)
		began := time.Now()
		c.append(enterprise(id))
		if until(`"subject/` + id + `"`); time.Since(began) > 5*time.Second {
			t.Errorf("it took %v", time.Since(began))
		}
	}
}

// evidence goes through up to the limit; what is refused is heard, with the number.
func (p *proxy) evidence(t *testing.T, c *client) {
	photo := bytes.Repeat([]byte("a photo of the limit's size. "), 32<<20/29+1)[:32<<20]
	path := "/v1/evidence/" + sha256Hex(photo)
	if status, answer := c.do("PUT", path, photo); status != 201 {
		t.Fatalf("%d %.300s", status, answer)
	}
	if status, got := c.do("GET", path, nil); status != 200 || !bytes.Equal(got, photo) {
		t.Errorf("%d, %d bytes", status, len(got))
	}
	if status, got := c.with("If-None-Match", `"`+sha256Hex(photo)+`"`).do("GET", path, nil); status != 304 || len(got) > 0 {
		t.Errorf("%d, %d bytes", status, len(got))
	}
	if status, got := c.with("Range", "bytes=29-57").do("GET", path, nil); status != 206 || string(got) != "a photo of the limit's size. " {
		t.Errorf("%d %.60q", status, got)
	}
	if status, answer := c.do("PUT", path, append(photo, make([]byte, 28<<20)...)); status != 413 ||
		!strings.Contains(string(answer), "33554432") {
		t.Errorf("60 MB: %d %.300s", status, answer)
	}
	dead := *c
	dead.token = "dead"
	if status, answer := dead.do("PUT", path, photo[:5<<20]); status != 401 || problemOf(answer).Code != "unauthenticated" {
		t.Errorf("a dead token: %d %.300s", status, answer)
	}
}

// closed is what only the machine itself is told: nothing of it comes out through a proxy.
func (p *proxy) closed(t *testing.T) {
	stranger := p.client(t, "")
	for _, c := range []*client{stranger, stranger.with("X-Forwarded-For", "127.0.0.1"), p.server.client("")} {
		if status, answer := c.do("GET", "/metrics", nil); status != 401 {
			t.Errorf("/metrics: %d %.100s", status, answer)
		}
		if status, answer := c.do("GET", "/readyz", nil); status != 200 || strings.Contains(string(answer), "waiting") {
			t.Errorf("/readyz: %d %s", status, answer)
		}
	}
	if status, _ := p.client(t, p.server.as("admin").token).do("GET", "/metrics", nil); status != 200 {
		t.Errorf("/metrics with a token: %d", status)
	}
}

// form: compressed once, over HTTP/2, with a tag that the client can come back with.
func (p *proxy) form(t *testing.T, c *client) {
	ask := func(tag string) (resp *http.Response, body []byte) {
		r, err := http.NewRequestWithContext(t.Context(), "GET", c.base+"/openapi.json", nil)
		must(t, err)
		r.Header.Set("Accept-Encoding", "gzip")
		r.Header.Set("If-None-Match", tag)
		resp, err = c.http.Do(r)
		must(t, err)
		defer resp.Body.Close()
		body, err = io.ReadAll(resp.Body)
		must(t, err)
		return resp, body
	}
	first, body := ask(`"none"`) //nolint:bodyclose // closed in there
	if first.ProtoMajor != 2 || first.Header.Get("Content-Encoding") != "gzip" || len(body) < 2 || body[0] != 0x1f {
		t.Errorf("%s %v", first.Proto, first.Header)
	}
	if again, body := ask(first.Header.Get("Etag")); again.StatusCode != 304 || len(body) > 0 { //nolint:bodyclose // likewise
		t.Errorf("%d with %s", again.StatusCode, first.Header.Get("Etag"))
	}
}
