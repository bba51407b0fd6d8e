package emulator

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"time"
)

// Serve serves h on a listener until ctx is done. Calls under way then have
// grace to end. A client that is slow, or that sends nothing, costs no more than
// its connection.
func Serve(ctx context.Context, l net.Listener, h http.Handler, grace time.Duration, errs *log.Logger) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       5 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          errs,
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		stopped <- server.Shutdown(patient)
	})
	err := server.Serve(l)
	if stop() { // it failed by itself
		return err
	}
	err = <-stopped
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	return err
}
