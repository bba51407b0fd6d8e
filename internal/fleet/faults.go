package fleet

import (
	"fmt"
	"strings"
	"sync"
)

// Err is why the server can keep nothing more in its folder, which no client is told; nil while it can. It does
// not recover from that: it is to be closed, and started again when there is room.
func (s *Server) Err() error {
	why := s.faults.why()
	if why == "" && s.s.Running() && !s.s.JetStreamEnabled() {
		why = "it has ended its streams"
	}
	switch {
	case why == "":
		return nil
	case full(why):
		return fmt.Errorf("the disk is full: the NATS server in this process can keep nothing more in %s, where it may use three quarters of what was free as it started (%s)", s.dir, why)
	}
	return fmt.Errorf("the NATS server in this process can keep nothing more in %s: %s", s.dir, why)
}

// faults keeps the first thing that a server says of a store which it can't write to. It is the server's log.
type faults struct {
	mu    sync.Mutex
	first string
}

func (f *faults) why() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.first
}

// full reports whether a message of the server is of a disk without room.
func full(text string) bool {
	return strings.Contains(text, "no space left") || strings.Contains(text, "resource limits exceeded") || strings.Contains(text, "out of")
}

// maxFault bounds what is kept of a message.
const maxFault = 500

// Errorf implements server.Logger, as the methods below do.
func (f *faults) Errorf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !full(text) && !strings.Contains(text, "write error") && !strings.Contains(text, "DISABLED") {
		return // what is wrong with one client, it is told
	}
	f.keep(text)
}

// Fatalf is called before the server ends.
func (f *faults) Fatalf(format string, args ...any) { f.keep(fmt.Sprintf(format, args...)) }

func (f *faults) keep(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.first == "" {
		f.first = text[:min(len(text), maxFault)]
	}
}

func (*faults) Warnf(string, ...any)   {}
func (*faults) Noticef(string, ...any) {}
func (*faults) Debugf(string, ...any)  {}
func (*faults) Tracef(string, ...any)  {}
