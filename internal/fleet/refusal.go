package fleet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"kvbench/internal/bounded"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// refusal says what is wrong with what a process shows to the server, or with how it connects; nil where it is
// not that.
func (a *Access) refusal(err error) error {
	text := err.Error()
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked), errors.Is(err, nats.ErrAccountAuthExpired), strings.Contains(strings.ToLower(text), "authorization violation"):
		switch {
		case a.Credentials != "":
			return fmt.Errorf("the NATS server at %s refuses the credentials in the file that %s names: they may have expired or been revoked, or be of an account that it does not know; "+
				"a server that takes a token is shown that of %s", a.URL, CredentialsVariable, TokenVariable)
		case a.Token != "":
			return fmt.Errorf("the NATS server at %s refuses the token of %s: it is to be the server's own, the same for the leader and for agents; a server of accounts takes credentials, of a file that %s names", a.URL, TokenVariable, CredentialsVariable)
		}
		return fmt.Errorf("the NATS server at %s lets in those alone who show who they are: set %s to its token, or %s to a file of credentials", a.URL, TokenVariable, CredentialsVariable)
	case errors.Is(err, nats.ErrSecureConnWanted):
		return fmt.Errorf("the NATS server at %s speaks no TLS: name it as nats://HOST:PORT, if the network can be trusted", a.URL)
	case strings.Contains(text, "x509:"), strings.Contains(text, "certificate"), errors.Is(err, nats.ErrSecureConnRequired):
		return a.distrust(err)
	case strings.Contains(text, "no such file"), strings.Contains(text, "permission denied"):
		return fmt.Errorf("%s: %w", CAVariable, err) // the only file that nats reads here which has not been read before
	}
	return nil
}

// maxCredentials bounds a file of credentials, which has a few KiB.
const maxCredentials = 64 << 10

// checkCredentials says what is wrong with the file of credentials, of which it shows nothing.
func (a *Access) checkCredentials() error {
	if a.Credentials == "" {
		return nil
	}
	text, err := bounded.ReadFile(a.Credentials, maxCredentials)
	if err != nil {
		return fmt.Errorf("%s: %w", CredentialsVariable, err)
	}
	jwt, err := nkeys.ParseDecoratedJWT(text)
	if err == nil {
		_, err = nkeys.ParseDecoratedUserNKey(text)
	}
	if err != nil || strings.Count(jwt, ".") != 2 || strings.ContainsAny(jwt, " \t\r\n") {
		return fmt.Errorf("%s: %s has no credentials in it: want a user's JWT and the seed of its key, as nsc generate creds writes them", CredentialsVariable, a.Credentials)
	}
	return nil
}

const (
	probeWait = 2 * time.Second // for each step of a probe
	greeting  = "INFO "         // what a NATS server begins with
	defPort   = "4222"          // of NATS, where a URL has none
)

// probe finds out what is where no server of NATS has answered, and returns that, or the error that it is given
// where it finds nothing. final says that something else is there.
func (a *Access) probe(ctx context.Context, err error) (why error, final bool) {
	u, bad := url.Parse(strings.TrimSpace(a.URL))
	if bad != nil || strings.Contains(a.URL, ",") { // of several servers one may be right
		return err, false
	}
	port := u.Port()
	if port == "" {
		port = defPort
	}
	dialer := net.Dialer{Timeout: probeWait}
	conn, failed := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if failed != nil {
		return failed, false
	}
	defer conn.Close()
	read := func() []byte {
		begins := make([]byte, 16)
		_ = conn.SetDeadline(time.Now().Add(probeWait)) // else the read fails at once
		n, _ := conn.Read(begins)
		return begins[:n]
	}
	said := read()
	if len(said) == 0 { // as HTTP servers do, until they are asked
		_ = conn.SetDeadline(time.Now().Add(probeWait)) // that of the read is over
		if _, failed := conn.Write([]byte("PING\r\n\r\n")); failed == nil {
			said = read()
		}
	}
	switch {
	case len(said) == 0:
		return fmt.Errorf("what listens there says nothing, where a NATS server begins with %q: %w", greeting, err), false
	case bytes.HasPrefix(said, []byte(greeting)[:min(len(said), len(greeting))]):
		return err, false
	}
	return fmt.Errorf("what listens at %s is no NATS server: it begins with %q, where one begins with %q; NATS listens at port %s by default", a.URL, said, greeting, defPort), true
}
