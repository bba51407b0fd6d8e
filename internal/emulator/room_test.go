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
	const most, clients = 300 << 20, 4
	size := 99_000_000
	if raceEnabled() {
		size /= 10 // it takes minutes else
	}
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

// A client that holds the room for large bodies keeps no one with a small body from
// being answered, and no one from a large one for ever.
func TestRoomIsHeld(t *testing.T) {
	s := serve(t, "embedded://?profile=none&propagation=0", Patience{Body: 2 * time.Second, Large: 10 * time.Second})
	holder := s.dial(t)
	defer holder.Close()
	if _, err := holder.Write(wire("PUT $/NS/bulk HTTP/1.1\nHost: x\nAUTH\nContent-Length: 104857600\n\n" +
		`[{"key":"k","value":"` + strings.Repeat("v", 2*large))); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for {
			if _, err := io.WriteString(holder, "v"); err != nil {
				return // it has been given up
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
	s.normal(t)
	body := strings.Repeat("v", 2*large)
	for s.room.free.TryAcquire(1) { // until the holder's bytes have come
		s.room.free.Release(1)
		time.Sleep(time.Millisecond)
	}
	late := s.on(t).do("PUT", s.value("late"), strings.NewReader(body))
	if late.status != 503 || late.header.Get("Retry-After") != "1" || len(late.Errors) != 1 || !strings.Contains(late.Errors[0].Message, "try again") {
		t.Errorf("while there is no room: %d %v %s", late.status, late.header, late.body)
	}
	s.normal(t)
	if status, body := reply(t, bufio.NewReader(holder)); status != 408 {
		t.Errorf("the holder: %d %s", status, body)
	}
	s.on(t).put("late", body, "")
	holder.Close()
	<-gone
	if !s.room.free.TryAcquire(roomBytes) {
		t.Error("not all of the room is free again")
	}
}
