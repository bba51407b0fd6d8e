package natstest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
)

// Operator is one that servers trust, and whose accounts they let in.
type Operator struct {
	key      nkeys.KeyPair
	claims   *jwt.OperatorClaims
	system   *Account // without which there is no JetStream
	resolver server.MemAccResolver
}

// Account is one of an operator.
type Account struct {
	operator *Operator
	key      nkeys.KeyPair
	claims   *jwt.AccountClaims
}

// NewOperator makes an operator that only the test knows.
func NewOperator(t testing.TB) *Operator {
	t.Helper()
	o := &Operator{key: must(nkeys.CreateOperator())(t)}
	text := must(jwt.NewOperatorClaims(must(o.key.PublicKey())(t)).Encode(o.key))(t)
	o.claims = must(jwt.DecodeOperatorClaims(text))(t)
	o.system = o.Account(t, "SYS", false)
	return o
}

// Trust has a server let in the users of the operator's accounts, and no others.
func (o *Operator) Trust(s *server.Options) {
	s.TrustedOperators, s.AccountResolver = []*jwt.OperatorClaims{o.claims}, &o.resolver
	s.SystemAccount = o.system.claims.Subject
}

// Account makes an account that servers know, with JetStream or without.
func (o *Operator) Account(t testing.TB, name string, streams bool) *Account {
	t.Helper()
	a := o.Unknown(t, name, streams)
	a.publish(t)
	return a
}

// Unknown makes an account of the operator that servers have not been told of.
func (o *Operator) Unknown(t testing.TB, name string, streams bool) *Account {
	t.Helper()
	a := &Account{operator: o, key: must(nkeys.CreateAccount())(t)}
	a.claims = jwt.NewAccountClaims(must(a.key.PublicKey())(t))
	a.claims.Name = name
	if streams {
		a.claims.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: jwt.NoLimit, DiskStorage: jwt.NoLimit, Streams: jwt.NoLimit, Consumer: jwt.NoLimit}
	}
	return a
}

// publish tells servers what the account is.
func (a *Account) publish(t testing.TB) {
	t.Helper()
	text := must(a.claims.Encode(a.operator.key))(t)
	if err := a.operator.resolver.Store(a.claims.Subject, text); err != nil {
		t.Fatal(err)
	}
}

// User makes a user of the account, who may come in until a time (the zero value: for ever), or who
// is revoked, and returns the file of the credentials.
func (a *Account) User(t testing.TB, until time.Time, revoked bool) string {
	t.Helper()
	key := must(nkeys.CreateUser())(t)
	claims := jwt.NewUserClaims(must(key.PublicKey())(t))
	if !until.IsZero() {
		claims.Expires = until.Unix()
	}
	text := must(claims.Encode(a.key))(t)
	if revoked {
		a.claims.Revoke(claims.Subject)
		a.publish(t)
	}
	file := filepath.Join(t.TempDir(), "user.creds")
	if err := os.WriteFile(file, must(jwt.FormatUserConfig(text, must(key.Seed())(t)))(t), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// must has a test fail where a call has failed.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
