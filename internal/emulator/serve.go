package emulator

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
)

// Serve serves h, which is s or stands before it, on a listener until ctx is done.
// Calls under way then have a while to end. A client that is slow, or that sends
// or takes nothing, costs no more than its connection, and that not for ever: see
// Patience. Nothing that it holds back is waited for by others.
func (s *Server) Serve(ctx context.Context, l net.Listener, h http.Handler, errs *log.Logger) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: s.patience.Header,
		ReadTimeout:       s.patience.Body,     // for the first bytes of a body; bodyReader extends it
		WriteTimeout:      2 * s.patience.Body, // for answers that come soon; call.write extends it
		IdleTimeout:       s.patience.Idle,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          errs,
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.patience.Grace)
		defer cancel()
		stopped <- server.Shutdown(patient)
	})
	err := server.Serve(l)
	if stop() { // it failed by itself
		return errors.Join(err, server.Close())
	}
	err = <-stopped
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	return err
}
