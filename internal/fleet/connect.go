package fleet

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Environment variables, of which the first is a secret and the others name files.
const (
	TokenVariable       = "KVBENCH_NATS_TOKEN"
	CredentialsVariable = "KVBENCH_NATS_CREDS"
	CAVariable          = "KVBENCH_NATS_CA"
)

// Access is how a process connects.
type Access struct {
	URL         string        // nats:// or tls://, several with commas between; no user and password
	Token       string        // or none
	Credentials string        // a file, or none
	CA          string        // a file with the certificates of those who sign the server's, or none
	Name        string        // of the process, for whoever looks at the server
	Wait        time.Duration // for the first connection
	// Told is called, by any goroutine, when the connection is lost or is back.
	Told func(text string)
}

// RefusedError says that the server lets the process in under no circumstances.
type RefusedError struct{ err error }

func (e *RefusedError) Error() string { return e.err.Error() }
func (e *RefusedError) Unwrap() error { return e.err }

// Conn is a connection that comes back when it is lost.
type Conn struct {
	nc     *nats.Conn
	js     jetstream.JetStream
	access Access
	closed chan struct{} // it will not come back
	why    error         // once closed
}

// check refuses a URL with a secret in it, or that is none of NATS.
func check(text string) error {
	for one := range strings.SplitSeq(text, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		switch {
		case err != nil:
			return errors.New("it is no URL; want one such as nats://HOST:4222")
		case u.User != nil:
			return fmt.Errorf("a URL is seen by all processes of the machine, and may have no user, password or token; set %s or %s", TokenVariable, CredentialsVariable)
		case u.Scheme != "nats" && u.Scheme != "tls" || u.Host == "" || u.Path != "" && u.Path != "/":
			return fmt.Errorf("%q: want nats://HOST:PORT, or tls://HOST:PORT", one)
		}
	}
	return nil
}

// Connect connects to a server that may not be there yet. A *RefusedError is final.
func Connect(ctx context.Context, a Access) (*Conn, error) {
	if err := check(a.URL); err != nil {
		return nil, &RefusedError{fmt.Errorf("--nats: %w", err)}
	}
	if err := a.checkCredentials(); err != nil {
		return nil, &RefusedError{err}
	}
	told := a.Told
	if told == nil {
		told = func(string) {}
	}
	c := &Conn{access: a, closed: make(chan struct{})}
	options := []nats.Option{
		nats.Name(a.Name), nats.Timeout(shortWait), nats.MaxReconnects(-1), nats.ReconnectWait(again), nats.ReconnectJitter(again, again),
		nats.PingInterval(beatEvery), nats.MaxPingsOutstanding(3), nats.ReconnectBufSize(-1), nats.DrainTimeout(shortWait),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				told(fmt.Sprintf("NATS is gone (%v): waiting for it", err))
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { told("NATS is back") }),
		nats.ClosedHandler(func(nc *nats.Conn) {
			c.why = nc.LastError()
			close(c.closed)
		}),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // what fails says so where it is asked for
	}
	if a.Token != "" {
		options = append(options, nats.Token(a.Token))
	}
	if a.Credentials != "" {
		options = append(options, nats.UserCredentials(a.Credentials))
	}
	if a.CA != "" {
		options = append(options, nats.RootCAs(a.CA))
	}
	until := time.Now().Add(a.Wait)
	for said := false; ; {
		nc, err := nats.Connect(a.URL, options...)
		if err == nil {
			c.nc = nc
			break
		}
		if final := a.refusal(err); final != nil {
			return nil, &RefusedError{final}
		}
		late := !time.Now().Before(until)
		if late || !said { // what is there is asked once, and again at the end
			final := false
			if err, final = a.probe(ctx, err); final {
				return nil, &RefusedError{err}
			}
		}
		if late {
			return nil, &RefusedError{fmt.Errorf("no NATS server answers at %s: %w", a.URL, err)}
		}
		if !said {
			told(fmt.Sprintf("no NATS server answers at %s yet, waiting up to %v: %v", a.URL, a.Wait, err))
			said = true
		}
		if err := sleep(ctx, again); err != nil {
			return nil, err
		}
	}
	js, err := jetstream.New(c.nc, jetstream.WithDefaultTimeout(shortWait))
	if err != nil {
		c.nc.Close()
		return nil, err
	}
	c.js = js
	if err := c.findStreams(ctx); err != nil {
		c.nc.Close()
		return nil, err
	}
	return c, nil
}

// Close ends the connection.
func (c *Conn) Close() { c.nc.Close() }

// Up reports whether the server is there.
func (c *Conn) Up() bool { return c.nc.IsConnected() }

// Address is the server's, as this process reaches it.
func (c *Conn) Address() string { return c.nc.ConnectedUrlRedacted() }

// lost is why the connection will not come back.
func (c *Conn) lost() error {
	if c.why != nil {
		if final := c.access.refusal(c.why); final != nil {
			return &RefusedError{final}
		}
		return fmt.Errorf("the connection to NATS was closed: %w", c.why)
	}
	return errors.New("the connection to NATS was closed")
}

// persist does what may fail while the server is gone until it does not; final errors it
// returns at once.
func (c *Conn) persist(ctx context.Context, what string, do func(context.Context) error) error {
	began := time.Now()
	until := began.Add(patience)
	for said := false; ; {
		short, stop := context.WithTimeout(ctx, shortWait)
		err := do(short)
		stop()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, jetstream.ErrStreamNotFound), errors.Is(err, nats.ErrMaxPayload):
			return fmt.Errorf("%s: %w", what, err)
		case !time.Now().Before(until):
			return fmt.Errorf("%s: %w: %w", what, ErrGone, err)
		case !said && c.Up() && time.Since(began) > shortWait && c.access.Told != nil:
			c.access.Told(fmt.Sprintf("%s: %v: trying again until %s", what, err, until.Format(time.TimeOnly)))
			said = true
		}
		select {
		case <-c.closed:
			return c.lost()
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(again):
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
