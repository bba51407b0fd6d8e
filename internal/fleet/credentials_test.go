package fleet_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/internal/fleet"

	"github.com/nats-io/nkeys"
)

// credentials is the text of a file of credentials. Nobody has signed the JWT.
func credentials(t *testing.T, jwt string) string {
	t.Helper()
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	return "-----BEGIN NATS USER JWT-----\n" + jwt + "\n------END NATS USER JWT------\n\n" +
		"-----BEGIN USER NKEY SEED-----\n" + string(seed) + "\n------END USER NKEY SEED------\n"
}

// A file without credentials is refused at once, by its name, however long a server may be waited for; what is in it
// is not told. One with credentials is shown to the server, which here has another way of letting in.
func TestCredentials(t *testing.T) {
	server := serve(t, t.TempDir(), "127.0.0.1:0")
	const jwt = "eyJ0eXAi.eyJqdGki.c2lnbmF0dXJl"
	for name, c := range map[string]struct{ text, says string }{
		"empty":          {"", "has no credentials in it"},
		"something else": {"some-secret-text", "has no credentials in it"},
		"a JWT alone":    {"-----BEGIN NATS USER JWT-----\n" + jwt + "\n------END NATS USER JWT------\n", "has no credentials in it"},
		"no JWT":         {credentials(t, "none"), "has no credentials in it"},
		"no file":        {"-", "no such file"},
		"good":           {credentials(t, jwt), "refuses the credentials"},
	} {
		path := filepath.Join(t.TempDir(), "some.creds")
		if c.text != "-" {
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		url := "nats://" + server.Address().String()
		if name != "good" { // the server is not asked: there is none
			url = "nats://127.0.0.1:1"
		}
		_, err := fleet.Connect(t.Context(), fleet.Access{URL: url, Credentials: path, Wait: 10 * time.Minute})
		refused := new(fleet.RefusedError)
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), fleet.CredentialsVariable) || name != "good" && !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for line := range strings.Lines(c.text) {
			if line = strings.TrimSpace(line); len(line) > 8 && strings.Contains(err.Error(), line) {
				t.Errorf("%s: %q is told", name, line)
			}
		}
	}
}
