package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"kvbench/kv"
)

// Cloudflare's error codes, as far as they are known.
const (
	codeThrottled   = 971   // the API's own limit on calls
	codeMethod      = 7001  // the path has no such method
	codeNoRoute     = 7003  // no such path
	codeHeaders     = 9106  // no credentials
	codeAuth        = 10000 // the credentials allow nothing here
	codeInternal    = 10001 // assumption: the store failed
	codeKey         = 10009 // no such key
	codeID          = 10011 // not a namespace's identifier
	codeBody        = 10012 // a body that is wrong, and all refusals whose code is not known
	codeNamespace   = 10013 // no such namespace
	codeTitleTaken  = 10014
	codeTitleNeeded = 10019
	codeListLimit   = 10029
	codeExpiry      = 10034
	codeQuota       = 10048 // the free plan's operations of the day are spent
	codeTooMany     = 10429 // too many writes to a key
)

var (
	errNoToken  = refuse(http.StatusBadRequest, codeHeaders, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
	errBadToken = refuse(http.StatusUnauthorized, codeAuth, "Authentication error")
	errForeign  = refuse(http.StatusForbidden, codeAuth, "Authentication error")
	errNoKey    = refuse(http.StatusNotFound, codeKey, "get: 'key not found'")
)

func refuse(status, code int, format string, args ...any) error {
	return &kv.Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// call is one request.
type call struct {
	w http.ResponseWriter
	*http.Request
	began     time.Time
	patience  time.Duration // with its client; see Patience.Body
	location  int
	namespace string // identifier
	key       string

	status  int           // of out
	out     *bytes.Buffer // an answer that is still to be sent; nil: there is none
	headers [3]string     // values of the answer's header
}

// set sets a header of the answer without an allocation: slot says where its value
// is kept.
func (c *call) set(name, value string, slot int) {
	c.headers[slot] = value
	c.w.Header()[name] = c.headers[slot : slot+1 : slot+1]
}

// envelope is around every answer but a value.
type envelope struct {
	Success    bool      `json:"success"`
	Errors     []message `json:"errors"`
	Messages   []message `json:"messages"`
	Result     any       `json:"result"`
	ResultInfo any       `json:"result_info,omitempty"`
}

type message struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

var none = []message{} // nothing of it changes

// done is the answer to a call that has no result.
var done = []byte(`{"success":true,"errors":[],"messages":[],"result":null}` + "\n")

func (c *call) finish() error {
	c.w.Header()["Content-Type"] = jsonType
	c.write(done)
	return nil
}

var jsonType = []string{"application/json"} // nothing of it changes

// result answers with a result.
func (c *call) result(result, info any) error {
	return c.answer(http.StatusOK, envelope{Success: true, Errors: none, Messages: none, Result: result, ResultInfo: info})
}

// answer keeps an answer until the call holds nothing that others may wait for:
// its client may take it slowly.
func (c *call) answer(status int, e envelope) error {
	if c.out == nil {
		c.out = buffers.Get().(*bytes.Buffer)
	}
	c.out.Reset()
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	c.status = status
	return enc.Encode(e)
}

// flush sends the answer that was kept, if one was.
func (c *call) flush() {
	if c.out == nil {
		return
	}
	defer recycle(c.out)
	c.w.Header()["Content-Type"] = jsonType
	c.set("Content-Length", strconv.Itoa(c.out.Len()), 1)
	c.w.WriteHeader(c.status)
	c.write(c.out.Bytes())
}

// fail answers with an error.
func (c *call) fail(err error) {
	m, status := describe(err)
	var e *kv.Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		c.w.Header().Set("Retry-After", strconv.Itoa(seconds(e.RetryAfter)))
	}
	out := envelope{Errors: []message{m}, Messages: none}
	if m.Code == codeNoRoute {
		out.Errors = append(out.Errors, message{7000, "No route for that URI"})
	}
	_ = c.answer(status, out) // strings and numbers alone
}

// seconds is a duration in whole seconds, rounded up.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// statusGone is the status of a call that was not made, as its client had gone. A
// client that has only ended its side of the connection hears it.
const statusGone = 499

// describe is an error as the API tells it.
func describe(err error) (m message, status int) {
	var e *kv.Error
	switch {
	case errors.Is(err, kv.ErrNotFound):
		return describe(errNoKey)
	case errors.Is(err, context.DeadlineExceeded): // of a fault: the store did not answer
		return message{codeInternal, "timeout"}, http.StatusGatewayTimeout
	case errors.Is(err, context.Canceled):
		return message{codeInternal, "the client has gone"}, statusGone // our words
	case !errors.As(err, &e) || e.Status < 400 || e.Status > 599: // a store's own error
		return message{codeInternal, err.Error()}, http.StatusInternalServerError
	}
	m = message{e.Code, e.Message}
	if m.Code == 0 {
		switch {
		case e.Status == http.StatusTooManyRequests:
			m.Code = codeTooMany
		case e.Status >= 500:
			m.Code = codeInternal
		default:
			m.Code = codeBody
		}
	}
	if m.Message == "" {
		m.Message = http.StatusText(e.Status)
	}
	return m, e.Status
}

// number is a query's parameter as a whole number; absent: 0.
func (c *call) number(name string, code int) (int64, error) {
	text := c.query(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > math.MaxInt64/int64(time.Second) {
		return 0, refuse(http.StatusBadRequest, code, "Invalid %s of %s. Please specify integer greater than 0.", name, text)
	}
	return n, nil
}

// query is a parameter of the query.
func (c *call) query(name string) string {
	if c.URL.RawQuery == "" {
		return ""
	}
	return c.URL.Query().Get(name)
}

// body decodes a JSON body of at most limit bytes.
func (c *call) body(limit int, to any) error {
	if c.ContentLength > int64(limit) {
		return errTooLong(limit)
	}
	in := c.in(limit)
	dec := json.NewDecoder(in)
	err := dec.Decode(to)
	if err == nil {
		_, err = dec.Token()
		switch {
		case err == io.EOF:
			return nil
		case err == nil:
			err = errors.New("there is more than one value")
		}
	}
	if in.err != nil {
		return in.err
	}
	return refuse(http.StatusBadRequest, codeBody, "could not parse the request's body: %v", err) // our words
}

func errTooLong(limit int) error { // our words
	return refuse(http.StatusRequestEntityTooLarge, codeBody, "The request's body exceeds the limit of %d bytes.", limit)
}
