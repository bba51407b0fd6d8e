package web

import (
	"context"
	"log"
	"net"
	"net/http"
	"time"

	"kvbench/internal/live"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/net/netutil"
)

const (
	// patience is how long a request may take to come, and its answer to be taken.
	patience = 10 * time.Second
	// idle is how long a connection may do nothing: longer than Prometheus waits between
	// scrapes.
	idle = 2 * time.Minute
	// headers bounds those of a request, in bytes.
	headers = 8 << 10
	// connections is how many may be open at once.
	connections = 32
	// scrapes is how many may be answered at once.
	scrapes = 4
	// lastAnswers is how long what was asked before the end may take to be answered.
	lastAnswers = time.Second
)

// Handler serves a board: its page at /, its metrics at /metrics. When local, it answers
// only those who ask for it by an address or as localhost, so that no page of another site
// whose name was made to lead here can read it.
func Handler(board *live.Board, local bool, errs *log.Logger) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{board})
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", servePage(board))
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog: errs, MaxRequestsInFlight: scrapes, EnableOpenMetrics: true,
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if local && !addressed(r.Host) {
			http.Error(w, "ask for this page by its address, such as 127.0.0.1", http.StatusForbidden)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

// addressed reports whether a Host is an address, or localhost.
func addressed(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || net.ParseIP(host) != nil
}

// Server serves a board until it is closed.
type Server struct {
	http  *http.Server
	ended chan struct{}
}

// Serve begins to serve a board to who connects to l, which it takes over.
func Serve(l net.Listener, board *live.Board, local bool, errs *log.Logger) *Server {
	s := &Server{
		http: &http.Server{
			Handler: Handler(board, local, errs), ErrorLog: errs,
			ReadHeaderTimeout: patience, ReadTimeout: patience, WriteTimeout: patience, IdleTimeout: idle, MaxHeaderBytes: headers,
		},
		ended: make(chan struct{}),
	}
	go func() {
		defer close(s.ended)
		if err := s.http.Serve(netutil.LimitListener(l, connections)); err != http.ErrServerClosed {
			errs.Print(err)
		}
	}()
	return s
}

// Close stops serving. What was asked before has a second to be answered.
func (s *Server) Close() {
	ctx, stop := context.WithTimeout(context.Background(), lastAnswers)
	defer stop()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	<-s.ended
}
