package node

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/anjian-ledger/anjian/internal/adminsocket"
)

// ServeAdmin opens the socket in the data directory over which a person at the machine asks
// for what no token may: see package adminsocket. Close closes it.
//
//	GET  /clock           what the clock says of itself (clock.Status)
//	POST /clock/confirm   the machine's clock is right
//
// Everything else is for more.
func (n *Node) ServeAdmin(log *slog.Logger, more http.Handler) (err error) {
	mux := http.NewServeMux()
	mux.Handle("/", more)
	mux.HandleFunc("GET /clock", func(w http.ResponseWriter, _ *http.Request) {
		adminsocket.Answer(w, http.StatusOK, n.Ledger.Clock(), nil)
	})
	mux.HandleFunc("POST /clock/confirm", func(w http.ResponseWriter, r *http.Request) {
		who, ok := adminsocket.PeerOf(r.Context())
		if !ok {
			adminsocket.Answer(w, http.StatusForbidden, nil, errors.New("who asks is not known"))
			return
		}
		adminsocket.Answer(w, http.StatusOK, n.Ledger.ConfirmClock(who.String()), nil)
	})
	n.admin, err = adminsocket.Start(string(n.Dir), mux, log)
	return err
}
