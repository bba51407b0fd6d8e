// Package binding serves stores as workerd's KV binding asks for them: the HTTP that
// env.KV of a Worker speaks to the service that stands behind it.
//
//	get, getWithMetadata  GET /KEY?urlencoded=true[&cache_ttl=N]
//	put                   PUT /KEY?urlencoded=true[&expiration=N][&expiration_ttl=N], header CF-KV-Metadata
//	delete                DELETE /KEY?urlencoded=true
//	list                  GET /?[key_count_limit=N][&prefix=…][&cursor=…]
//	get of an array       POST /bulk/get {"keys":[…],"type"?,"withMetadata"?,"cacheTtl"?}
//
// A refusal travels as a status and its reason phrase, of which workerd makes the
// message of the exception: "KV PUT failed: 429 Too Many Requests". That is why this
// is served by fasthttp: net/http sends only the standard phrases.
//
// # Sources
//
// The protocol is that of workerd's src/workerd/api/kv.c++, as version 1.20261117.1
// speaks it. The texts of refusals are those of Workers KV, of the store behind, where
// a comment does not say "our words".
package binding

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"kvbench/kv"

	"github.com/valyala/fasthttp"
)

// Header is what has to be injected into each request of a binding; Server.At is its
// value.
const Header = "X-Kvbench-At"

// Server answers for KV namespaces.
type Server struct {
	// Token is what a request has to bring in Header. It has no blank.
	Token string
	// Resolve is the store that is asked for a key, and the key that it is asked for:
	// a request says in Header what its binding stands for, and key is the key as the
	// Worker gave it. Of a list it is the prefix, of a bulk get the first key. The
	// error is answered as one of the store.
	Resolve func(at, key string) (store kv.Store, rest string, err error)
	// CacheStatus has a get say in cacheStatus that the location's cache answered,
	// "HIT", where the store tells. Else it is null.
	CacheStatus bool
	// Report is told what went wrong beside refusals: errors of a store that are no
	// *kv.Error, and connections that broke. It may be called by several goroutines
	// at once. Nil: nobody is told.
	Report func(error)
	// Patience is how long a call of a store may take; 5 min when 0.
	Patience time.Duration
}

// At is the value of Header for a binding that stands for at.
func (s *Server) At(at string) string { return s.Token + " " + at }

// admit is what a request's binding stands for.
func (s *Server) admit(h *fasthttp.RequestHeader) (at string, ok bool) {
	token, at, found := strings.Cut(string(h.Peek(Header)), " ")
	return at, found && s.Token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(s.Token)) == 1
}

// call is one request.
type call struct {
	*fasthttp.RequestCtx
	server *Server
	ctx    context.Context // of the store's calls
	at     string
	key    string
}

// handle answers a request.
func (s *Server) handle(ctx context.Context, r *fasthttp.RequestCtx) {
	at, ok := s.admit(&r.Request.Header)
	if !ok { // our words
		answer(r, http.StatusForbidden, "the request does not come from a binding of this run")
		r.SetConnectionClose() // whatever its body is
		return
	}
	ctx, stop := context.WithTimeout(ctx, s.Patience)
	defer stop()
	c := &call{RequestCtx: r, server: s, ctx: ctx, at: at}
	if err := c.serve(); err != nil {
		c.fail(err)
	}
}

// fail answers with an error.
func (c *call) fail(err error) {
	c.drain()
	var e *kv.Error
	switch {
	case errors.Is(err, kv.ErrNotFound):
		answer(c.RequestCtx, http.StatusNotFound, "")
	case errors.As(err, &e) && e.Status == 0: // the network failed: so does this connection
		_ = c.Conn().Close()
	case errors.As(err, &e) && e.Status >= 400 && e.Status <= 599:
		answer(c.RequestCtx, e.Status, e.Message)
	case errors.Is(err, kv.ErrInvocationLimit): // our status
		answer(c.RequestCtx, http.StatusTooManyRequests, "Too many API requests by single Worker invocation.")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled): // the store did not answer, as of a fault
		answer(c.RequestCtx, http.StatusGatewayTimeout, "")
	default:
		c.server.report(err)
		answer(c.RequestCtx, http.StatusInternalServerError, err.Error())
	}
}

func (s *Server) report(err error) {
	if s.Report != nil {
		s.Report(err)
	}
}

// answer answers with a status and its phrase, the standard one where it is empty. Nothing
// of another answer is set before.
func answer(r *fasthttp.RequestCtx, status int, phrase string) {
	r.SetStatusCode(status)
	if phrase != "" {
		r.Response.Header.SetStatusMessage([]byte(printable(phrase)))
	}
}

// printable is a text that can stand in a status line: on one line, and of a bounded
// length.
func printable(text string) string {
	const most = 1 << 10
	if len(text) > most {
		text = text[:most]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
