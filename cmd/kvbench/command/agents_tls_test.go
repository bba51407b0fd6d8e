package command

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/internal/fleet"
	"kvbench/internal/fleet/natstest"
)

// Leader and agents meet at a server of accounts over TLS, and one that the server, or that itself, can't
// trust the other ends at once, however long it would wait for a server.
func TestAgentsOverTLS(t *testing.T) {
	ours, theirs := natstest.NewAuthority(t, "ours"), natstest.NewAuthority(t, "theirs")
	operator := natstest.NewOperator(t)
	account := operator.Account(t, "bench", true)
	later := time.Now().Add(time.Hour)
	revoked := account.User(t, later, true)
	good := account.User(t, later, false)
	tls := natstest.TLS(ours.Sign(t, "127.0.0.1", later))
	accounts := natstest.Serve(t, operator.Trust, tls)
	tokens := natstest.Serve(t, natstest.Token(fleetToken), tls)
	env := func(ca, credentials, token string) []string {
		return []string{fleet.CAVariable + "=" + ca, fleet.CredentialsVariable + "=" + credentials, fleet.TokenVariable + "=" + token}
	}
	args := func(verb, address, out string) []string {
		if verb == "agent" {
			return []string{"agent", "--once", "--wait", "1h", "--nats", "tls://" + address}
		}
		return []string{"run", "testdata/agents.yaml", "--only", "swept", "--agents", "1", "--format", "json", "--wait", "1h", "--nats", "tls://" + address, "--out", out}
	}
	for _, c := range []struct {
		name, address string
		env           []string
		says          string
	}{
		{"no CA", tokens, env("", "", fleetToken), "set " + fleet.CAVariable},
		{"another CA", tokens, env(theirs.File, "", fleetToken), "none of those in the file that " + fleet.CAVariable},
		{"another token", tokens, env(ours.File, "", "another-token"), "refuses the token of " + fleet.TokenVariable},
		{"a token in place of credentials", accounts, env(ours.File, "", fleetToken), fleet.CredentialsVariable},
		{"credentials in place of a token", tokens, env(ours.File, good, ""), fleet.TokenVariable},
		{"credentials that have expired", accounts, env(ours.File, account.User(t, time.Now().Add(-time.Hour), false), ""), "may have expired"},
		{"credentials that were revoked", accounts, env(ours.File, revoked, ""), "been revoked"},
		{"credentials of an account that the server does not know", accounts, env(ours.File, operator.Unknown(t, "other", true).User(t, later, false), ""), "an account that it does not know"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range []string{"agent", "run"} {
				s := startAs(t, c.env, args(verb, c.address, filepath.Join(t.TempDir(), "out"))...)
				s.ends(t, exitUsage)
				if said := s.said.String(); !strings.Contains(said, c.says) || strings.Contains(said, "another-token") {
					t.Errorf("%s says %s", verb, said)
				}
			}
		})
	}
	whole := filepath.Join(t.TempDir(), "whole")
	run(t, exitOK, "run", "testdata/agents.yaml", "--only", "swept", "--quiet", "--out", whole, "--format", "json")
	for name, c := range map[string]struct {
		address string
		env     []string
	}{
		"token":       {tokens, env(ours.File, "", fleetToken)},
		"credentials": {accounts, env(ours.File, good, "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "out")
			leader := startAs(t, c.env, args("run", c.address, out)...)
			agent := startAs(t, c.env, args("agent", c.address, "")...)
			leader.ends(t, exitOK)
			agent.ends(t, exitOK)
			if !bytes.Equal(common(t, out), common(t, whole)) {
				t.Error("the run is another than that of one process")
			}
		})
	}
}
