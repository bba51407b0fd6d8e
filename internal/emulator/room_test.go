package emulator

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Several bodies of 99 MB at once take no more than 300 MB together, all of the server
// included: as far as they are to be kept, one has to wait for the other.
func TestBodyBombsAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures memory, or computes a lot in one goroutine")
	}
	const most, clients = 300 << 20, 4
	size := bomb(99_000_000)
	p := spawn(t, "emulator", "tcp", "127.0.0.1:0")
	pairs := `{"key":"k","value":"` + strings.Repeat("v", size/10) + `"},`
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			c, err := net.Dial("tcp", p.address)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			fmt.Fprintf(c, "PUT %s/%s/bulk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", spacesPath, IDOf("bench"), testToken, size)
			if _, err := io.Copy(c, again("[", pairs, size)); err != nil {
				t.Error(err)
			}
			if status, body := reply(t, bufio.NewReader(c)); status != 400 || !strings.Contains(body, "the text ends too soon") {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	all.Wait()
	peak := p.used("").peak
	t.Logf("%d MB of memory", peak>>20)
	if peak > most {
		t.Errorf("%d MB of memory", peak>>20)
	}
}

// A large body waits for room, and is refused where that does not suffice; a small one
// waits for none.
func TestNoRoom(t *testing.T) {
	s := serve(t, "embedded://?profile=none&propagation=0", Patience{Body: time.Second})
	body := strings.Repeat("v", 2*large)
	if err := s.room.free.Acquire(t.Context(), roomBytes); err != nil {
		t.Fatal(err)
	}
	s.normal(t)
	form, headers := form(body, "1")
	for name, a := range map[string]answer{
		"value": s.on(t).do("PUT", s.value("k"), strings.NewReader(body)),
		"form":  s.on(t).do("PUT", s.value("k"), form, headers...),
		"bulk":  s.on(t).do("PUT", s.space+"/bulk", wrap(`[{"key":"k","value":"`, strings.NewReader(body), `"}]`)),
	} {
		if a.status != 503 || a.header.Get("Retry-After") != "1" || len(a.Errors) != 1 || !strings.Contains(a.Errors[0].Message, "try again") {
			t.Errorf("%s: %d %v %s", name, a.status, a.header, a.body)
		}
	}
	s.normal(t)
	s.room.free.Release(roomBytes)
	s.on(t).put("k", body)
	if !s.room.free.TryAcquire(roomBytes) {
		t.Error("not all of the room is free again")
	}
}

// A client that holds room is given up in time, though it may always be about to send
// the next byte.
func TestRoomIsNotHeldForEver(t *testing.T) {
	s := serve(t, "embedded://?profile=none&propagation=0", Patience{Body: time.Minute, Large: time.Second})
	c := s.dial(t)
	defer c.Close()
	if _, err := c.Write(wire("PUT $/NS/bulk HTTP/1.1\nHost: x\nAUTH\nContent-Length: 104857600\n\n" +
		`[{"key":"k","value":"` + strings.Repeat("v", 2*large))); err != nil {
		t.Fatal(err)
	}
	if status, body := reply(t, bufio.NewReader(c)); status != 408 {
		t.Errorf("%d %s", status, body)
	}
	if !s.room.free.TryAcquire(roomBytes) {
		t.Error("not all of the room is free again")
	}
}
