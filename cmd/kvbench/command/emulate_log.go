package command

import (
	"log"
	"net/http"
	"time"

	"kvbench/internal/printable"
)

// logged tells of every call when it has been answered.
func logged(h http.Handler, to *log.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		method, path := r.Method, printable.Line(r.URL.RequestURI())
		status := &statusWriter{ResponseWriter: w}
		h.ServeHTTP(status, r)
		to.Printf("%s %s %d %v", method, path, status.code(), time.Since(began).Round(time.Microsecond))
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
