package workerd

import (
	"context"
	"io"
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
		p.Watch(ctx, time.Second)
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

func TestWatchEnds(t *testing.T) {
	p := start(t, one(hello), io.Discard)
	ctx, cancel := context.WithCancel(t.Context())
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		p.Watch(ctx, time.Minute)
	}()
	cancel()
	<-watched
	if got := get(t, p, "http", "/"); got != "hello" {
		t.Error(got)
	}
}
