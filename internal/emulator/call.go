package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"time"

	"kvbench/kv"
)

var (
	errNoToken  = refuse(http.StatusBadRequest, codeHeaders, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
	errNotToken = refuse(http.StatusBadRequest, codeHeaders, // our words
		"token only: send Authorization: Bearer TOKEN, not X-Auth-Email and X-Auth-Key, nor X-Auth-User-Service-Key")
	errBadToken = refuse(http.StatusUnauthorized, codeAuth, "Authentication error")
	errForeign  = refuse(http.StatusForbidden, codeAuth, "Authentication error")
	errNoKey    = refuse(http.StatusNotFound, codeKey, "get: 'key not found'")
	errGone     = refuse(statusGone, codeInternal, "the client has gone") // our words
)

func refuse(status, code int, format string, args ...any) error {
	return &kv.Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// call is one request.
type call struct {
	w http.ResponseWriter
	*http.Request
	began     time.Time
	patience  Patience // with its client
	room      room     // the server's
	location  int
	edge      bool   // reads may be answered by the location's cache
	namespace string // identifier
	key       string
	params    url.Values // of the query
	ignored   []string   // see ignore
	reading   *bodyReader

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
	if len(c.ignored) > 0 {
		return c.result(nil, nil)
	}
	c.w.Header()["Content-Type"] = jsonType
	_ = c.write(done)
	return nil
}

var jsonType = []string{"application/json"} // nothing of it changes

// result answers with a result.
func (c *call) result(result, info any) error {
	return c.answer(http.StatusOK, envelope{Success: true, Errors: none, Messages: c.messages(), Result: result, ResultInfo: info})
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
	_ = c.write(c.out.Bytes())
}

// fail answers with an error.
func (c *call) fail(err error) {
	m, status := describe(err)
	var e *kv.Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		c.w.Header().Set("Retry-After", strconv.Itoa(seconds(e.RetryAfter)))
	}
	out := envelope{Errors: []message{m}, Messages: c.messages()}
	if m.Code == codeNoRoute {
		out.Errors = append(out.Errors, noRoute)
	}
	_ = c.answer(status, out) // strings and numbers alone
}

var noRoute = message{codeNoURI, "No route for that URI"}

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
		return describe(errGone)
	case !errors.As(err, &e) || e.Status < 400 || e.Status > 599: // a store's own error
		return message{codeInternal, err.Error()}, http.StatusInternalServerError
	}
	m = message{e.Code, e.Message}
	if m.Code == 0 {
		m.Code = codeOf(e.Status)
	}
	if m.Message == "" {
		m.Message = http.StatusText(e.Status)
	}
	return m, e.Status
}

// body decodes a JSON body of at most limit bytes, which is short.
func (c *call) body(limit int, to any) error {
	var text []byte
	err := c.json(limit, func(in *scanner) (err error) {
		text, _, err = in.document(nil, limit)
		return err
	})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, to); err != nil {
		return errBody(err)
	}
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(reflect.New(reflect.TypeOf(to).Elem()).Interface()); err != nil {
		c.ignore("the body has more than was taken of it: %.80v", err)
	}
	return nil
}

// json reads a JSON body of at most limit bytes by read, as it comes.
func (c *call) json(limit int, read func(*scanner) error) error {
	if c.ContentLength > int64(limit) {
		return errTooLong(limit)
	}
	in := c.in(limit)
	s := newScanner(in)
	err := read(s)
	if err == nil {
		err = s.end()
	}
	var refused *kv.Error
	if err == nil || errors.As(err, &refused) {
		return err
	}
	return errBody(err)
}

func errBody(err error) error { // our words
	return refuse(http.StatusBadRequest, codeBody, "could not parse the request's body: %v", err)
}

func errTooLong(limit int) error { // our words
	return refuse(http.StatusRequestEntityTooLarge, codeTooLarge, "The request's body exceeds the limit of %d bytes.", limit)
}
