package workerd

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestWatch(t *testing.T) {
	p := start(t, one(`export default { async fetch(r) {
		if (r.url.endsWith("/loop")) for (;;);
		await new Promise((done) => setTimeout(done, 1500));
		return new Response("waited") } }`), io.Discard)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		p.Watch(ctx, Limits{Task: time.Second})
	}()
	if got := get(t, p, "http", "/wait"); got != "waited" { // longer than the loop may stand still
		t.Errorf("got %q", got)
	}
	if _, err := ask(p, "http", "/loop"); err == nil {
		t.Error("a loop has answered")
	}
	<-p.Done()
	<-watched
	if err := p.Err(); err == nil || !strings.Contains(err.Error(), "has run for 1s in one go") {
		t.Errorf("got %v", err)
	}
}

// What a script keeps beside its heap has no limit of the runtime's.
func TestWatchMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("it is not known here")
	}
	p := start(t, one(`const kept = [];
		export default { fetch() {
			const more = new Uint8Array(16 << 20).fill(1);
			kept.push(more);
			return new Response("kept") } }`), io.Discard)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		p.Watch(t.Context(), Limits{Memory: 256 << 20})
	}()
	ended := false
	for n := 0; n < 1000 && !ended; n++ {
		_, err := ask(p, "http", "/")
		ended = err != nil
	}
	if !ended {
		t.Fatal("it goes on")
	}
	<-p.Done()
	<-watched
	if err := p.Err(); !errors.Is(err, ErrMemory) {
		t.Errorf("got %v", err)
	}
}

func TestWatchEnds(t *testing.T) {
	p := start(t, one(hello), io.Discard)
	ctx, cancel := context.WithCancel(t.Context())
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		p.Watch(ctx, Limits{Task: time.Minute, Memory: 1 << 30})
	}()
	cancel()
	<-watched
	if got := get(t, p, "http", "/"); got != "hello" {
		t.Error(got)
	}
}
