package fleet_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"kvbench/internal/fleet"
	"kvbench/internal/fleet/natstest"

	"github.com/nats-io/nats-server/v2/server"
)

// long is how long a process waits for a server that is not there yet, and never for one that refuses it.
const long = 10 * time.Minute

// connects says that a process is let in, where says is empty, or is refused at once, with words.
func connects(t *testing.T, a fleet.Access, says string) {
	t.Helper()
	a.Wait = long
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	conn, err := fleet.Connect(ctx, a)
	refused := new(fleet.RefusedError)
	switch {
	case err == nil:
		conn.Close()
		if says != "" {
			t.Errorf("it is let in, where it was to be told %q", says)
		}
	case says == "":
		t.Errorf("it is not let in: %v", err)
	case !errors.As(err, &refused) || !strings.Contains(err.Error(), says):
		t.Errorf("%v, want one that is final and says %q", err, says)
	case a.Token != "" && strings.Contains(err.Error(), a.Token):
		t.Errorf("the token is told: %v", err)
	}
}

// Over TLS a server is held against the certificates that it was signed with, and its name.
func TestConnectOverTLS(t *testing.T) {
	ours, theirs := natstest.NewAuthority(t, "ours"), natstest.NewAuthority(t, "theirs")
	later := time.Now().Add(time.Hour)
	const here = "127.0.0.1"
	want := natstest.Token(token)
	good := natstest.Serve(t, want, natstest.TLS(ours.Sign(t, here, later)))
	other := natstest.Serve(t, want, natstest.TLS(ours.Sign(t, "nats.example.com", later)))
	expired := natstest.Serve(t, want, natstest.TLS(ours.Sign(t, here, time.Now().Add(-time.Hour))))
	mutual := natstest.Serve(t, want, natstest.TLS(ours.Sign(t, here, later)), natstest.ClientCertificates)
	either := natstest.Serve(t, want, natstest.TLS(ours.Sign(t, here, later)), func(o *server.Options) { o.AllowNonTLS = true })
	plain := natstest.Serve(t, want)
	for _, c := range []struct{ name, url, ca, token, says string }{
		{"right", "tls://" + good, ours.File, token, ""},
		{"plain URL, which is TLS all the same", "nats://" + good, ours.File, token, ""},
		{"no CA", "tls://" + good, "", token, "set KVBENCH_NATS_CA to a file of the certificates of those who sign its"},
		{"plain URL, no CA", "nats://" + good, "", token, "set KVBENCH_NATS_CA"},
		{"another CA", "tls://" + good, theirs.File, token, "none of those in the file that KVBENCH_NATS_CA names has signed its certificate"},
		{"another host", "tls://" + other, ours.File, token, "name the server in the URL as its certificate does"},
		{"expired", "tls://" + expired, ours.File, token, "the server needs a new one"},
		{"a certificate of the client", "tls://" + mutual, ours.File, token, "a certificate of each who connects"},
		{"no TLS", "tls://" + plain, ours.File, token, "speaks no TLS"},
		{"either", "tls://" + either, ours.File, token, ""},
		{"another token", "tls://" + good, ours.File, "another", "refuses the token of KVBENCH_NATS_TOKEN"},
		{"no token", "tls://" + good, ours.File, "", "set KVBENCH_NATS_TOKEN"},
		{"a CA that is not there", "tls://" + good, "nowhere.pem", token, "KVBENCH_NATS_CA: "},
		{"a CA that is none", "tls://" + good, "tls_test.go", token, "tls_test.go"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			connects(t, fleet.Access{URL: c.url, CA: c.ca, Token: c.token}, c.says)
		})
	}
}

// Who shows credentials is let in by the account that these are of, as long as they hold.
func TestConnectWithCredentials(t *testing.T) {
	ours, theirs := natstest.NewOperator(t), natstest.NewOperator(t)
	account := ours.Account(t, "bench", true)
	revoked := account.User(t, time.Time{}, true) // before the server has read the account
	good := account.User(t, time.Time{}, false)
	url := "nats://" + natstest.Serve(t, ours.Trust)
	bare := "nats://" + natstest.Serve(t, ours.Trust, func(o *server.Options) { o.JetStream = false })
	wantsToken := "nats://" + natstest.Serve(t, natstest.Token(token))
	const refuses = "refuses the credentials in the file that KVBENCH_NATS_CREDS names"
	for _, c := range []struct{ name, url, file, token, says string }{
		{"right", url, good, "", ""},
		{"for some time", url, account.User(t, time.Now().Add(time.Hour), false), "", ""},
		{"none", url, "", "", "set KVBENCH_NATS_TOKEN to its token, or KVBENCH_NATS_CREDS"},
		{"a token in place of them", url, "", token, "KVBENCH_NATS_CREDS"},
		{"in place of a token", wantsToken, good, "", "KVBENCH_NATS_TOKEN"},
		{"of an account that the server was not told of", url, ours.Unknown(t, "other", true).User(t, time.Time{}, false), "", refuses},
		{"of another operator", url, theirs.Account(t, "bench", true).User(t, time.Time{}, false), "", refuses},
		{"of an account without streams", url, ours.Account(t, "poor", false).User(t, time.Time{}, false), "", "has no JetStream for this account"},
		{"of a server without streams", bare, good, "", "start it with -js"},
		{"expired", url, account.User(t, time.Now().Add(-time.Hour), false), "", refuses},
		{"revoked", url, revoked, "", refuses},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			connects(t, fleet.Access{URL: c.url, Credentials: c.file, Token: c.token}, c.says)
		})
	}
}

// One whose credentials end while it works is told so, and does not wait for a server that will not have it.
func TestCredentialsExpire(t *testing.T) {
	operator := natstest.NewOperator(t)
	account := operator.Account(t, "bench", true)
	url := "nats://" + natstest.Serve(t, operator.Trust)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	conn, err := fleet.Connect(ctx, fleet.Access{URL: url, Credentials: account.User(t, time.Now().Add(2*time.Second), false), Wait: long})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	w, err := fleet.NewWorker(ctx, conn, "host", 1, 1, "v1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Await(ctx, func(string) bool { return false })
	if refused := new(fleet.RefusedError); !errors.As(err, &refused) || !strings.Contains(err.Error(), "expired") {
		t.Errorf("%v, want one that is final and says that they expired", err)
	}
}

// Many that come at once to a server that has just started, and reads of their account with the first of them,
// are all let in.
func TestConnectAtOnce(t *testing.T) {
	const servers, agents = 5, 8
	for range servers {
		operator := natstest.NewOperator(t)
		file := operator.Account(t, "bench", true).User(t, time.Time{}, false)
		url := "nats://" + natstest.Serve(t, operator.Trust)
		var all sync.WaitGroup
		for range agents {
			all.Go(func() { connects(t, fleet.Access{URL: url, Credentials: file}, "") })
		}
		all.Wait()
	}
}
