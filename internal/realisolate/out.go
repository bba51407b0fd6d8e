package realisolate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"kvbench/internal/isolate"
	"kvbench/internal/webapi"
)

// mostReport bounds what the shim reports at once, mostFetch the body of a fetch.
const (
	mostReport = 16 << 20
	mostFetch  = mostBody
)

// serveOut serves what leaves the process beside KV: fetches, the Cache API, and what the
// shim reports.
func (r *Runtime) serveOut(ctx context.Context, l net.Listener) error {
	s := &http.Server{Handler: http.HandlerFunc(r.out), ReadHeaderTimeout: mostWait, MaxHeaderBytes: 1 << 20}
	defer context.AfterFunc(ctx, func() { _ = s.Close() })()
	if err := s.Serve(l); ctx.Err() == nil {
		return err
	}
	return nil
}

func (r *Runtime) out(w http.ResponseWriter, request *http.Request) {
	what, ok := r.known(request.Header.Get(atHeader))
	kind, which, _ := strings.Cut(what, " ")
	switch {
	case !ok:
		http.Error(w, "who asks is not known", http.StatusForbidden)
	case kind == "cache":
		r.cache(w, request, which)
	case strings.EqualFold(request.Host, r.reportHost()):
		r.reported(w, request)
	default:
		r.fetch(w, request)
	}
}

// reported takes what the shim reports.
func (r *Runtime) reported(w http.ResponseWriter, request *http.Request) {
	var said struct {
		Invocation uint64
		Ended      ended
		Key        string
	}
	if err := json.NewDecoder(io.LimitReader(request.Body, mostReport)).Decode(&said); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer := map[string]uint64{}
	switch strings.TrimPrefix(request.URL.Path, "/") {
	case "ended":
		if v := r.invocation(said.Invocation); v != nil {
			v.ended(&said.Ended)
		}
	case "key":
		name, err := r.name(said.Key)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInsufficientStorage)
			return
		}
		answer["name"] = name
	default:
		http.NotFound(w, request)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer) // the process may have ended
}

// hopHeaders are those of the way to this side, and not of the request.
var hopHeaders = []string{atHeader, protoHeader, callHeader, "Connection", "Content-Length", "Transfer-Encoding"}

// fetch answers a fetch of the script.
func (r *Runtime) fetch(w http.ResponseWriter, request *http.Request) {
	m, _, ok := cutMark(request.Header.Get(callHeader))
	v := r.invocation(m.invocation)
	if !ok || v == nil {
		refuse(w, "fetch: the invocation is over")
		return
	}
	to := &webapi.Request{Method: request.Method, URL: urlOf(request), Headers: request.Header.Clone()}
	for _, name := range hopHeaders {
		to.Headers.Del(name)
	}
	body, err := io.ReadAll(io.LimitReader(request.Body, mostFetch+1))
	switch {
	case err != nil:
		refuse(w, "fetch of "+to.URL+": "+err.Error())
		return
	case len(body) > mostFetch:
		refuse(w, fmt.Sprintf("fetch of %s: the body has more than %d MiB", to.URL, mostFetch>>20))
		return
	case len(body) > 0:
		to.Body = body
	}
	var answer *webapi.Response
	ok, err = v.start(m, func(ctx context.Context, t isolate.Task) (err error) {
		answer, err = t.Fetch(ctx, to)
		return err
	})
	if err == nil && !ok {
		err = errors.New("the invocation is over")
	}
	if err != nil {
		refuse(w, fmt.Sprintf("fetch of %s: %v", to.URL, err))
		return
	}
	write(w, answer)
}

func urlOf(request *http.Request) string {
	scheme := request.Header.Get(protoHeader)
	if scheme == "" {
		scheme = "https"
	}
	return scheme + "://" + request.Host + request.URL.RequestURI()
}

// refuse rejects a fetch.
func refuse(w http.ResponseWriter, message string) {
	w.Header().Set(failHeader, "1")
	w.WriteHeader(http.StatusBadGateway)
	_, _ = io.WriteString(w, message) // the process may have ended
}

// write writes a response as it is.
func write(w http.ResponseWriter, r *webapi.Response) {
	h := w.Header()
	for name, values := range r.Headers {
		h[http.CanonicalHeaderKey(name)] = values
	}
	h.Del("Content-Length")
	h.Del("Transfer-Encoding")
	if h.Get("Content-Type") == "" {
		h["Content-Type"] = nil // none, instead of a guess
	}
	if h.Get("Date") == "" {
		h["Date"] = nil
	}
	w.WriteHeader(r.Status)
	if len(r.Body) > 0 {
		_, _ = w.Write(r.Body) // the process may have ended
	}
}
