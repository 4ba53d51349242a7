package api

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/internal/identity"
)

// Proxies are the addresses of the reverse proxies before this server. What their X-Forwarded-For,
// or else Forwarded (RFC 7239), says of a client is believed; of anybody else it is not.
type Proxies []netip.Prefix

// ParseProxies reads addresses and CIDR blocks.
func ParseProxies(all []string) (Proxies, error) {
	var out Proxies
	var errs []error
	for _, s := range all {
		p, err := netip.ParsePrefix(s)
		if addr, e := netip.ParseAddr(s); e == nil {
			p, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%q is no address and no CIDR block, such as 127.0.0.1 or 10.1.0.0/16", s))
		}
		out = append(out, p)
	}
	return out, errors.Join(errs...)
}

func (p Proxies) trust(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(one netip.Prefix) bool { return one.Contains(a) })
}

// client is the address that a request comes from: the peer's, or behind trusted proxies the last
// one that no trusted proxy has. Invalid: it is not known.
func (p Proxies) client(r *http.Request) netip.Addr {
	at := peer(r)
	if !p.trust(at) {
		return at
	}
	hops := forwarded(r.Header)
	for i := len(hops) - 1; i >= 0; i-- {
		hop, ok := address(hops[i])
		if !ok { // unknown, or hidden: RFC 7239 §6.2, §6.3
			return netip.Addr{}
		}
		if at = hop; !p.trust(at) {
			break
		}
	}
	return at
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	at, _ := netip.ParseAddrPort(r.RemoteAddr)
	return at.Addr().Unmap()
}

// forwarded lists the hops that a request's headers name, the client's first.
func forwarded(h http.Header) (hops []string) {
	for _, line := range h["X-Forwarded-For"] {
		hops = append(hops, strings.Split(line, ",")...)
	}
	if hops != nil {
		return hops
	}
	for _, line := range h["Forwarded"] {
		for element := range strings.SplitSeq(line, ",") {
			hop := ""
			for pair := range strings.SplitSeq(element, ";") {
				if name, value, _ := strings.Cut(strings.TrimSpace(pair), "="); strings.EqualFold(name, "for") {
					hop = strings.Trim(value, `"`)
				}
			}
			hops = append(hops, hop)
		}
	}
	return hops
}

// address reads a hop: an address, with or without port and brackets.
func address(hop string) (netip.Addr, bool) {
	hop = strings.TrimSpace(hop)
	if at, err := netip.ParseAddrPort(hop); err == nil {
		return at.Addr().Unmap(), true
	}
	at, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(hop, "["), "]"))
	return at.Unmap(), err == nil
}

// marks are headers that only proxies set.
var marks = []string{"X-Forwarded-For", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"}

// local reports whether a request comes from this machine and through no proxy on it. A proxy that
// says nothing of itself is known by the name that its client asked for, or by HTTP/1.0, which
// nginx speaks unless told otherwise; what then is left, only trusted proxies settle.
func (p Proxies) local(r *http.Request) bool {
	if at := peer(r); !at.IsLoopback() || p.trust(at) || !r.ProtoAtLeast(1, 1) {
		return false
	}
	if slices.ContainsFunc(marks, func(name string) bool { return r.Header[name] != nil }) {
		return false
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	at, ok := address(host)
	return ok && at.IsLoopback() || host == "localhost"
}

// privileged reports whether a caller of a public route may see what needs p: because of
// its token, or because it sits at the machine.
func (a *Handler) privileged(r *http.Request, p identity.Permission) bool {
	if a.cfg.Proxies.local(r) {
		return true
	}
	claims, err := a.authenticate(r)
	return err == nil && identity.Can(claims.Role, p)
}
