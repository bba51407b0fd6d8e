package fleet

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Server is a NATS server in this process.
type Server struct {
	s      *server.Server
	dir    string
	faults *faults
}

// Serve starts a server that listens at an address and keeps its streams in a folder, for those who
// know the token.
func Serve(dir, address, token string) (*Server, error) {
	if token == "" {
		return nil, errors.New("a server without a token lets everyone in")
	}
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, err
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	s, err := server.NewServer(&server.Options{
		ServerName: "kvbench", Host: host, Port: port, Authorization: token,
		JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true, DisableJetStreamBanner: true,
	})
	if err != nil {
		return nil, err
	}
	f := &faults{}
	s.SetLoggerV2(f, false, false, false)
	go s.Start()
	if !ready(s, f) {
		s.Shutdown()
		if why := f.why(); why != "" {
			return nil, fmt.Errorf("the NATS server does not start in %s: %s", dir, why)
		}
		return nil, fmt.Errorf("the NATS server does not listen at %s: the port may be in use", address)
	}
	return &Server{s: s, dir: dir, faults: f}, nil
}

// startWait is how long a server may take to start, and startLook how often it is looked at meanwhile: one that
// can't listen says so in its log alone, at once.
const (
	startWait = 10 * time.Second
	startLook = 50 * time.Millisecond
)

// ready waits until the server takes clients, and reports whether it does.
func ready(s *server.Server, f *faults) bool {
	for end := time.Now().Add(startWait); time.Now().Before(end) && f.why() == ""; {
		if s.ReadyForConnections(startLook) {
			return true
		}
	}
	return false
}

// Address is where it listens.
func (s *Server) Address() *net.TCPAddr {
	a, _ := s.s.Addr().(*net.TCPAddr)
	return a
}

// Close ends it; what its streams hold stays in its folder.
func (s *Server) Close() {
	s.s.Shutdown()
	s.s.WaitForShutdown()
}
