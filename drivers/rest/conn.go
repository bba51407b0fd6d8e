package rest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kvbench/kv"
)

// Conn sends requests: it adds the token, keeps to the rate, and makes of every
// answer but a 2xx an error of package kv. It is used by all locations of a store.
type Conn struct {
	clk       kv.Clock
	header    http.Header // with the token; nil where there is none, else never changed
	pacer     *pacer
	whole     time.Duration // how long a call may take in all
	transport *http.Transport
}

const (
	// idle is how many connections are kept open: more than calls are under way
	// at a time, as each new one costs a handshake that would be measured.
	idle = 4096
	// patience is how long an answer may take to begin, beside what it takes to send
	// the request at slowest.
	patience = time.Minute
	// slowest is how many bytes of a request a second are sent at least: 5 Mbit/s.
	slowest = 5_000_000 / 8
	// whole is how long a call may take in all, from its turn to the end of its
	// answer, whatever deadline its context has: a server can send a byte now and
	// then for ever, or take none. The largest answer comes in time at 5 Mbit/s.
	whole = 5 * time.Minute
	// headers is how many bytes the header of an answer may have.
	headers = 256 << 10
)

const authorization = "Authorization"

func newConn(clk kv.Clock, token string, p *pacer) *Conn {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // a proxy's time would be measured as the store's
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 0, idle
	transport.DisableCompression = true
	transport.MaxResponseHeaderBytes = headers
	c := &Conn{clk: clk, pacer: p, whole: whole, transport: transport}
	if token != "" {
		c.header = http.Header{authorization: {"Bearer " + token}}
	}
	return c
}

var errNoToken = &kv.Error{
	Status: http.StatusUnauthorized, Message: "no token: set " + TokenVariable + " to one that may edit Workers KV Storage",
}

// Message is an error in the API's words.
type Message struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Cloudflare's codes that mean more than their status.
const (
	codeKey       = 10009 // no such key
	codeThrottled = 971
	codeTooMany   = 10429
	codeAuth      = 10000
	codeNamespace = 10013
)

// refusal is the error of an answer that is no 2xx: kv.ErrNotFound where the API
// says that the key is absent. A 404 of any other kind, as that of a namespace, is
// a refusal: an absent key would hide it.
func (c *Conn) refusal(res *http.Response, body []byte) error {
	var answer struct {
		Errors []Message `json:"errors"`
	}
	_ = json.Unmarshal(body, &answer) // a body that is no JSON, as a proxy's, says nothing more than the status
	return refused(res.StatusCode, answer.Errors, c.retryAfter(res.Header))
}

// refused is the error that an answer with a status and these messages stands for.
func refused(status int, errs []Message, retry time.Duration) error {
	e := &kv.Error{Status: status, RetryAfter: retry}
	texts := make([]string, len(errs))
	for i, m := range errs {
		if m.Code == codeKey {
			return kv.ErrNotFound
		}
		texts[i] = m.Message
	}
	if len(errs) > 0 {
		e.Code, e.Message = errs[0].Code, strings.Join(texts, "; ")
	}
	return e
}

// retryAfter is how long an answer asks to wait: in seconds, or until a date,
// which is held against the answer's own date where it has one.
func (c *Conn) retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if text == "" {
		return 0
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if !(seconds > 0) {
			return 0
		}
		return time.Duration(min(seconds, maxRetry.Seconds()) * float64(time.Second))
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = c.clk.Epoch().Add(c.clk.Now())
	}
	return min(max(0, at.Sub(now)), maxRetry)
}

// maxRetry is the longest wait that an answer can ask for: none of the API's own
// limits lasts longer.
const maxRetry = 24 * time.Hour
