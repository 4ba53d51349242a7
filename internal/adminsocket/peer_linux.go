package adminsocket

import (
	"net"

	"golang.org/x/sys/unix"
)

func peerOf(c *net.UnixConn) (p Peer, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return p, err
	}
	var cred *unix.Ucred
	if e := raw.Control(func(fd uintptr) { cred, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); e != nil {
		return p, e
	}
	if err != nil {
		return p, err
	}
	return Peer{UID: cred.Uid, PID: cred.Pid}, nil
}
