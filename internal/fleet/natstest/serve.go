// Package natstest serves NATS to tests, over TLS and with accounts where they want it.
package natstest

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Serve serves NATS with JetStream at a free port until the test ends, and returns HOST:PORT.
func Serve(t testing.TB, change ...func(*server.Options)) string {
	t.Helper()
	o := server.Options{
		ServerName: "test", Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(),
		NoLog: true, NoSigs: true, DisableJetStreamBanner: true,
	}
	for _, f := range change {
		f(&o)
	}
	s, err := server.NewServer(&o)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("NATS does not listen")
	}
	return s.Addr().String()
}

// Token has a server want a token.
func Token(token string) func(*server.Options) {
	return func(o *server.Options) { o.Authorization = token }
}
