package worker

import (
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/workerd"
	"kvbench/kv"
)

// When the process ends, calls say why, and so does closing the store.
func TestProcessEnds(t *testing.T) {
	if _, err := workerd.Find(""); err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	u, _ := url.Parse("worker://local?profile=none&propagation=1h&locations=2")
	s, err := Open(u, kv.Env{Clock: clock.NewWall()})
	if err != nil {
		t.Fatal(err)
	}
	local := s.(*sized)
	ended := make(chan error, 2)
	local.OnEnd(func(err error) { ended <- err })
	if err := s.Put(t.Context(), "k", []byte("v"), kv.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := local.StoredBytes(); got != 2 {
		t.Errorf("%d bytes stored", got)
	}
	var e kv.Entry
	if err := local.At(1).Get(t.Context(), "k", kv.GetOptions{}, &e); err != kv.ErrNotFound {
		t.Errorf("seen elsewhere before it is settled: %v", err)
	}
	if err := local.Settle(t.Context()); err != nil {
		t.Error(err)
	}
	if err := local.At(1).Get(t.Context(), "k", kv.GetOptions{}, &e); err != nil {
		t.Errorf("settled: %v", err)
	}
	local.server.process.Kill(errors.New("it was shot"))
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "it was shot") {
		t.Errorf("told that it ended: %v", err)
	}
	deadline := time.Now().Add(time.Minute)
	for err == nil && time.Now().Before(deadline) {
		err = s.Put(t.Context(), "k", []byte("v"), kv.PutOptions{})
	}
	if !kv.HasStatus(err, 0) || !strings.Contains(err.Error(), "it was shot") {
		t.Error(err)
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "it was shot") {
		t.Errorf("closing: %v", err)
	}
	if err := s.Put(t.Context(), "k", nil, kv.PutOptions{}); !kv.HasStatus(err, 0) {
		t.Errorf("after closing: %v", err)
	}
}
