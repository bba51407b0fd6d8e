package binding

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

const (
	patience = 5 * time.Minute // with a call, and with the bytes of a request
	// idle is for the next request of a connection: workerd keeps those that it has,
	// and one that ends while it sends a request is a failure to its Worker.
	idle = 24 * time.Hour
	// header is the longest line and header of a request together: a key of 512 bytes
	// that are all escaped, and metadata that is refused for its length.
	header = 16 << 10
	// prefetched is how much of a body is read before the call is looked at.
	prefetched = 64 << 10
)

// Serve answers on a listener, which it closes, until ctx is done, which is no error. When it
// returns nothing of it runs any more: calls of stores that are under way have their context
// ended, and are waited for.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	running := *s
	running.Patience = cmp.Or(s.Patience, patience)
	ctx, end := context.WithCancel(ctx)
	server := &fasthttp.Server{
		Handler:            func(r *fasthttp.RequestCtx) { running.handle(ctx, r) },
		ErrorHandler:       unread,
		ReadTimeout:        patience,
		WriteTimeout:       patience,
		IdleTimeout:        idle,
		ReadBufferSize:     header,
		MaxRequestBodySize: prefetched,
		// Bodies are read by who knows how long they may be.
		StreamRequestBody: true, DisablePreParseMultipartForm: true,
		NoDefaultDate: true, NoDefaultServerHeader: true, NoDefaultContentType: true,
		SecureErrorLogMessage: true,
	}
	var all sync.WaitGroup
	defer all.Wait()
	defer end()
	closed := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer closed()
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return errors.Join(err, l.Close())
		}
		all.Go(func() {
			unwatch := context.AfterFunc(ctx, func() { _ = conn.Close() })
			defer unwatch()
			if err := server.ServeConn(conn); err != nil && !gone(err) && ctx.Err() == nil {
				running.report(err)
			}
		})
	}
}

// unread answers a request that could not be read.
func unread(r *fasthttp.RequestCtx, err error) {
	var long *fasthttp.ErrSmallBuffer
	if errors.As(err, &long) {
		answer(r, http.StatusRequestHeaderFieldsTooLarge, "")
		return
	}
	answer(r, http.StatusBadRequest, "")
}

// gone tells that the other side has ended a connection, as it may.
func gone(err error) bool {
	return errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
