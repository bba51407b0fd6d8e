package realisolate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kvbench/internal/isolate"
	"kvbench/internal/webapi"
	"kvbench/internal/workerd"
)

// Isolate is one isolate of a Runtime. Its methods may be called by many tasks at once.
type Isolate struct {
	runtime  *Runtime
	number   int
	location int
	address  string
	client   *http.Client
}

func newIsolate(r *Runtime, number int, address string) *Isolate {
	transport := &http.Transport{
		DisableCompression: true, MaxIdleConns: 0, MaxIdleConnsPerHost: 1024, IdleConnTimeout: workerd.KeepIdle,
	}
	return &Isolate{
		runtime: r, number: number, location: number / r.config.Isolates, address: address,
		client: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// asked is what the shim is asked for.
type asked struct {
	What       string `json:"what"`
	Invocation uint64 `json:"invocation,omitempty"`
	Event      *event `json:"event,omitempty"`
}

type event struct {
	Cron string `json:"cron"`
	Time int64  `json:"scheduledTime"` // in ms since 1970
}

// head is what the shim says of an answer.
type head struct {
	Status     int         `json:"status"`
	StatusText string      `json:"statusText"`
	Headers    [][2]string `json:"headers"`
	Body       bool        `json:"body"` // there is one
	Thrown     *thrown     `json:"thrown"`
	Ended      *ended      `json:"ended"` // nil: the invocation goes on
}

// Fetch gives a request to the script's fetch handler, as isolate.Isolate does. An error is
// an *isolate.Exception, that of ctx, or why the process has ended.
func (i *Isolate) Fetch(ctx context.Context, h isolate.Host, r *webapi.Request) (isolate.Result, error) {
	answer, body, err := i.invoke(ctx, h, r, asked{What: "fetch"})
	if err != nil {
		return isolate.Result{}, err
	}
	response := &webapi.Response{Status: answer.Status, StatusText: answer.StatusText, Headers: http.Header{}}
	for _, h := range answer.Headers {
		response.Headers.Add(h[0], h[1])
	}
	if answer.Body {
		response.Body = body
	}
	return isolate.Result{Response: response}, nil
}

// Scheduled gives the script's scheduled handler the event of a cron expression that was due
// at a time, as isolate.Isolate does.
func (i *Isolate) Scheduled(ctx context.Context, h isolate.Host, cron string, at time.Time) (isolate.Result, error) {
	_, _, err := i.invoke(ctx, h, shimRequest(), asked{What: "scheduled", Event: &event{cron, at.UnixMilli()}})
	return isolate.Result{}, err
}

func shimRequest() *webapi.Request {
	return &webapi.Request{Method: http.MethodGet, URL: "https://kvbench.invalid/"}
}

// Handles says which events the script has a handler for.
func (i *Isolate) Handles(ctx context.Context) (fetch, scheduled bool, err error) {
	response, err := i.send(ctx, shimRequest(), asked{What: "handles"})
	if err != nil {
		return false, false, err
	}
	defer response.Body.Close()
	var has struct{ Fetch, Scheduled bool }
	err = json.NewDecoder(io.LimitReader(response.Body, 1<<10)).Decode(&has)
	return has.Fetch, has.Scheduled, err
}

// invoke makes an invocation, and returns when it has answered.
func (i *Isolate) invoke(ctx context.Context, h isolate.Host, r *webapi.Request, a asked) (*head, []byte, error) {
	v := i.begin(ctx, h, inWords(r, a))
	a.Invocation = v.number
	answer, body, err := i.exchange(ctx, r, a)
	switch {
	case err != nil:
		v.end(nil)
		return nil, nil, err
	case answer.Ended != nil:
		v.ended(answer.Ended)
	default:
		v.goOn()
	}
	if answer.Thrown != nil {
		return nil, nil, v.exception(answer.Thrown)
	}
	return answer, body, nil
}

// inWords is what an invocation is asked for: METHOD PATH, or a cron. It costs each
// invocation no more than the text.
func inWords(r *webapi.Request, a asked) string {
	if a.Event != nil {
		return "cron " + a.Event.Cron
	}
	path := r.URL
	if _, after, ok := strings.Cut(path, "://"); ok {
		path = after[max(0, strings.IndexByte(after, '/')):]
	}
	if len(path) > mostPath {
		path = strings.ToValidUTF8(path[:mostPath], "") + "…"
	}
	return r.Method + " " + path
}

// mostPath is how many bytes of a path are told.
const mostPath = 80

// exchange sends a request and reads the answer.
func (i *Isolate) exchange(ctx context.Context, r *webapi.Request, a asked) (*head, []byte, error) {
	limited, cancel := context.WithTimeout(ctx, mostWait)
	defer cancel()
	response, err := i.send(limited, r, a)
	if err == nil {
		defer response.Body.Close()
		var body []byte
		if body, err = io.ReadAll(io.LimitReader(response.Body, int64(i.runtime.config.MostBody)+maxHead+1)); err == nil {
			return readAnswer(response, body)
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case i.runtime.gone():
		if i.runtime.told(ctx) {
			return nil, nil, ctx.Err()
		}
		return nil, nil, fmt.Errorf("workerd has ended: %w", i.runtime.Err())
	case limited.Err() != nil:
		err = fmt.Errorf("the Worker has not answered within %v", mostWait)
	}
	return nil, nil, &isolate.Exception{Name: "Error", Message: err.Error(), Cause: err}
}

// maxHead bounds what is said of an answer.
const maxHead = 1 << 20

var errHead = errors.New("the shim's answer is not what it should be")

func readAnswer(response *http.Response, body []byte) (*head, []byte, error) {
	said := response.Header.Get(answerHeader)
	if text := response.Header.Get(headHeader); text != "" {
		text, err := url.PathUnescape(text)
		if err != nil {
			return nil, nil, errHead
		}
		body, said = []byte(text), strconv.Itoa(len(text))
	}
	if said == "" { // the runtime's own answer
		return nil, nil, &isolate.Exception{Name: "Error", Message: isolate.ErrHung.Error(), Cause: isolate.ErrHung}
	}
	n, err := strconv.Atoi(said)
	if err != nil || n < 0 || n > len(body) {
		return nil, nil, errHead
	}
	h := &head{}
	if err := json.Unmarshal(body[:n], h); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errHead, err)
	}
	return h, body[n:], nil
}

// send sends a request to the isolate's socket.
func (i *Isolate) send(ctx context.Context, r *webapi.Request, a asked) (*http.Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	cf, err := json.Marshal(struct {
		Colo    string `json:"colo"`
		Kvbench asked  `json:"kvbench"`
	}{"L" + strconv.Itoa(i.location), a})
	if err != nil {
		return nil, err
	}
	request := &http.Request{
		Method: r.Method, Host: u.Host, Header: r.Headers.Clone(),
		URL: &url.URL{Scheme: "http", Host: i.address, Path: u.Path, RawPath: u.RawPath, RawQuery: escapeQuery(u.RawQuery), ForceQuery: u.ForceQuery},
	}
	if request.Header == nil {
		request.Header = http.Header{}
	}
	if request.Header.Get("User-Agent") == "" {
		request.Header["User-Agent"] = nil // none, instead of Go's
	}
	request.Header.Set(protoHeader, u.Scheme)
	request.Header.Set(cfHeader, string(cf))
	if r.Body != nil {
		request.Body = io.NopCloser(bytes.NewReader(r.Body))
		request.ContentLength = int64(len(r.Body))
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.Body)), nil }
	}
	return i.client.Do(request.WithContext(ctx))
}

// escapeQuery escapes what no request line may have; the runtime's URL does the same.
func escapeQuery(q string) string {
	var b strings.Builder
	for n := range len(q) {
		if c := q[n]; c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// told waits for whoever is told that the process has ended, and then ends the run: what is cut
// off then is no invocation that has ended. It says whether the context has.
func (r *Runtime) told(ctx context.Context) bool {
	t := time.NewTimer(time.Second)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return true
	case <-t.C:
		return false
	}
}

// gone waits for a moment whether the process has ended, as its connections end before.
func (r *Runtime) gone() bool {
	t := time.NewTimer(100 * time.Millisecond)
	defer t.Stop()
	select {
	case <-r.Gone():
		return true
	case <-t.C:
		return false
	}
}
