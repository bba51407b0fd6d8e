package emulator

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// soakFor is how long TestSoak runs: a few seconds among the other tests, or as long
// as is asked for (go test ./internal/emulator -run Soak -soak 10m -timeout 0).
var soakFor = flag.Duration("soak", 4*time.Second, "how long TestSoak runs")

const (
	soakRate  = 2000 // calls a second
	soakIdle  = 200  // connections that do nothing, half of them after a call
	soakSlow  = 20   // clients that send a request byte by byte
	soakLanes = 16   // clients that make calls
)

// Memory, descriptors and goroutines of a server stay as they are, whatever its
// clients do: those that keep their connection and those that make one for each
// call, that go away in the middle of a body, that are slow, and that do nothing.
func TestSoak(t *testing.T) {
	p := spawn(t, "emulator", "tcp", "127.0.0.1:0")
	s := &soak{t: t, address: p.address}
	t.Logf("start  %+v", p.used("memory"))
	early := s.run(p, *soakFor/4)
	middle := s.run(p, *soakFor/4)
	late := s.run(p, *soakFor/2)
	t.Logf("%d calls in %v, %d cut off, %d of slow clients", s.calls.Load(), *soakFor, s.cut.Load(), s.slow.Load())
	t.Logf("early  %+v", early)
	t.Logf("middle %+v", middle)
	t.Logf("late   %+v", late)
	if late.memory > early.memory+early.memory/5+8<<20 {
		t.Errorf("memory grew from %d to %d bytes", early.memory, late.memory)
	}
	if late.goroutines > early.goroutines+10 || late.descriptors > early.descriptors+10 {
		t.Errorf("goroutines or descriptors are left: %+v, then %+v", early, late)
	}
	if s.calls.Load() == 0 || s.cut.Load() == 0 || s.slow.Load() == 0 {
		t.Error("some clients did nothing")
	}
}

// soak is the load on a server.
type soak struct {
	t                *testing.T
	address          string
	calls, cut, slow atomic.Int64
}

// run loads the server for a while, waits until what it did has ended, and returns
// what is in use then.
func (s *soak) run(p *process, d time.Duration) usage {
	ctx, stop := context.WithTimeout(s.t.Context(), d)
	defer stop()
	var all sync.WaitGroup
	due := make(chan uint64, soakRate)
	all.Go(func() { pace(ctx, due) })
	for range soakLanes {
		all.Go(func() { s.lane(due) })
	}
	for range soakSlow {
		all.Go(func() { s.drip(ctx) })
	}
	for i := range soakIdle {
		all.Go(func() { s.idle(ctx, i%2 == 0) })
	}
	all.Wait()
	// The server hears only now that the last connections have ended.
	u := p.used("memory")
	for last := -1; u.goroutines != last; u = p.used("memory") {
		last = u.goroutines
		time.Sleep(200 * time.Millisecond)
	}
	return u
}

// pace sends the numbers of the calls that are due, in turns of 10 ms, until ctx is
// done. When the calls do not keep up, it waits.
func pace(ctx context.Context, due chan<- uint64) {
	defer close(due)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for n := uint64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for range soakRate / 100 {
			due <- n
			n++
		}
	}
}

// lane makes calls: most on one connection, each tenth on one of its own, and of a
// hundred one that goes away in the middle of its body.
func (s *soak) lane(due <-chan uint64) {
	keep, err := net.Dial("tcp", s.address)
	if err != nil {
		s.t.Error(err)
		return
	}
	defer keep.Close()
	for n := range due {
		c := keep
		if n%10 == 0 {
			if c, err = net.Dial("tcp", s.address); err != nil {
				s.t.Error(err)
				return
			}
		}
		if n%100 == 0 {
			err = begin(c, n)
			s.cut.Add(1)
		} else {
			err = s.call(c, n)
			s.calls.Add(1)
		}
		if err != nil {
			s.t.Errorf("call %d: %v", n, err)
			return
		}
		if c != keep {
			c.Close()
		}
	}
}

// call makes one call, whose kind, key and value come from n.
func (s *soak) call(c net.Conn, n uint64) error {
	r := rand.New(rand.NewPCG(n, 1))
	key := fmt.Sprint("/values/k", r.IntN(1000))
	value := bytes.Repeat([]byte("v"), r.IntN(10<<10))
	switch r.IntN(10) {
	case 0:
		return ask(c, "DELETE", key, nil)
	case 1, 2:
		return ask(c, "PUT", key, value)
	case 3:
		return ask(c, "PUT", "/bulk", fmt.Appendf(nil, `[{"key":"k%d","value":%q,"metadata":{"n":%d}},{"key":"b","value":"v","expiration_ttl":60}]`, n%1000, value, n))
	case 4:
		return ask(c, "POST", "/bulk/get", fmt.Appendf(nil, `{"keys":["k%d","b","none"],"withMetadata":true}`, n%1000))
	case 5:
		return ask(c, "GET", "/keys?limit=100&prefix=k", nil)
	}
	return ask(c, "GET", key, nil)
}

// ask makes a call on a connection, and fails unless it is answered: by a value, a
// result, or that there is no such key.
func ask(c net.Conn, method, path string, body []byte) error {
	b := fmt.Appendf(nil, "%s %s/%s%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s",
		method, spacesPath, IDOf("bench"), path, testToken, len(body), body)
	if _, err := c.Write(b); err != nil {
		return err
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNotFound {
		err = fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, text)
	}
	return err
}

// begin sends the beginning of a call: one of several that end too soon.
func begin(c net.Conn, n uint64) error {
	head := fmt.Sprintf("PUT %s/%s/values/cut HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n", spacesPath, IDOf("bench"), testToken)
	parts := []string{
		"PUT /cli", head, head + "Content-Length: 100000\r\n\r\nhalf",
		head + "Transfer-Encoding: chunked\r\n\r\nff\r\nhalf",
		head + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\nhalf",
	}
	_, err := io.WriteString(c, parts[n/100%uint64(len(parts))])
	return err
}

// idle holds a connection open, after a call or without any, and makes another one
// whenever the server has enough of it, until ctx is done.
func (s *soak) idle(ctx context.Context, call bool) {
	for ctx.Err() == nil {
		c, err := net.Dial("tcp", s.address)
		if err == nil && call {
			err = ask(c, "GET", "/values/v100", nil)
		}
		if err != nil {
			s.t.Error(err)
			return
		}
		stop := context.AfterFunc(ctx, func() { c.Close() })
		if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
			s.t.Error("an idle connection hears something")
		}
		stop()
		c.Close()
	}
}

// drip sends calls byte by byte, each on a connection of its own, until ctx is done; the
// last one is sent to its end.
func (s *soak) drip(ctx context.Context) {
	for ctx.Err() == nil {
		c, err := net.Dial("tcp", s.address)
		if err != nil {
			s.t.Error(err)
			return
		}
		text := fmt.Sprintf("PUT %s/%s/values/slow HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 5\r\n\r\nvalue", spacesPath, IDOf("bench"), testToken)
		for i := range len(text) {
			if _, err := io.WriteString(c, text[i:i+1]); err != nil {
				s.t.Error(err)
				break
			}
			time.Sleep(time.Millisecond)
		}
		if status, body := reply(s.t, bufio.NewReader(c)); status != http.StatusOK {
			s.t.Errorf("a slow client: %d %s", status, body)
		}
		s.slow.Add(1)
		c.Close()
		runtime.Gosched()
	}
}
