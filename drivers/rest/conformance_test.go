package rest_test

import (
	"context"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/drivertest"
	"kvbench/drivers/rest"
	"kvbench/internal/clock"
	"kvbench/internal/emulator"
	"kvbench/kv"
)

const (
	account = "0123456789abcdef0123456789abcdef"
	token   = "a-secret-token"
)

// TestMain sets the token for all tests, as those that run at the same time can't. Asked
// to, it is a server in their place.
func TestMain(m *testing.M) {
	if os.Getenv(serverVariable) != "" {
		os.Exit(bareServer())
	}
	if err := os.Setenv(rest.TokenVariable, token); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// schemes are the drivers that share this package: the same calls on plain HTTP and
// through Cloudflare's client.
var schemes = []string{"rest", "cloudflare"}

// skipping is a wall clock on which a sleep is over at once, and all of its time
// has passed.
type skipping struct {
	*clock.Wall
	ahead atomic.Int64
}

func (s *skipping) Now() time.Duration { return s.Wall.Now() + time.Duration(s.ahead.Load()) }

func (s *skipping) Sleep(ctx context.Context, d time.Duration) error {
	s.ahead.Add(int64(max(0, d)))
	return ctx.Err()
}

// emulate serves an embedded store until the test ends, and returns the base URL.
func emulate(t testing.TB, store string, clk clock.Clock) string {
	t.Helper()
	server, err := emulator.New(emulator.Config{
		Account: account, Token: token, Clock: clk,
		Open: func(string) (kv.Store, error) {
			s, err := drivers.Open(store, drivers.Env{Clock: clk, Seed: 1})
			if p, ok := s.(kv.Phased); ok {
				p.BeginLoad(clk.Now())
			}
			return s, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Ensure("bench", ""); err != nil {
		t.Fatal(err)
	}
	http := httptest.NewServer(server)
	t.Cleanup(func() {
		http.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return http.URL
}

func open(t testing.TB, url string, clk clock.Clock) kv.Store {
	t.Helper()
	s, err := drivers.Open(url, drivers.Env{Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	for _, scheme := range schemes {
		for _, test := range []struct{ name, store, options string }{
			{"defaults", "embedded://?profile=none&propagation=0", ""},
			{"instant", "embedded://?mode=instant&profile=none&propagation=0", "&mode=instant"},
			{"locations", "embedded://?profile=none&locations=3&propagation=60s&writes=lenient", "&locations=3&staleness=2m"},
		} {
			if raceEnabled() && scheme == "cloudflare" && test.name == "locations" {
				continue // nothing runs that does not in the others, and each takes a minute
			}
			t.Run(scheme+"/"+test.name, func(t *testing.T) {
				t.Parallel()
				drivertest.Run(t, func(t testing.TB) drivertest.Harness {
					clk := &skipping{Wall: clock.NewWall()}
					url := scheme + "://" + account + "/bench?base=" + emulate(t, test.store, clk) + test.options
					return drivertest.Harness{Store: open(t, url, clk), Clock: clk, Patience: 24 * time.Hour}
				})
			})
		}
	}
}

// With several locations each is asked for itself, the first one too: what it has
// cached stays stale.
func TestLocationsStayStale(t *testing.T) {
	for _, scheme := range schemes {
		clk := &skipping{Wall: clock.NewWall()}
		base := emulate(t, "embedded://?profile=none&locations=3&propagation=60s", clk)
		s := open(t, scheme+"://"+account+"/bench?locations=3&staleness=10m&base="+base, clk).(kv.Located)
		found := func(n int) bool {
			t.Helper()
			err := s.At(n).Get(t.Context(), "k", kv.GetOptions{}, new(kv.Entry))
			if err != nil && err != kv.ErrNotFound {
				t.Fatal(err)
			}
			return err == nil
		}
		for writer := range 3 {
			if err := s.At(writer).Delete(t.Context(), "k"); err != nil {
				t.Fatal(err)
			}
			clk.ahead.Add(int64(10 * time.Minute))
			for n := range 3 {
				if found(n) {
					t.Fatalf("%s: it was deleted, but not at %d", scheme, n)
				}
			}
			if err := s.At(writer).Put(t.Context(), "k", nil, kv.PutOptions{}); err != nil {
				t.Fatal(err)
			}
			for n := range 3 {
				if found(n) != (n == writer) {
					t.Errorf("%s: written at %d, read at %d: %v", scheme, writer, n, n != writer)
				}
			}
		}
		one := open(t, scheme+"://"+account+"/bench?base="+base, clk)
		if err := s.At(1).Put(t.Context(), "new", nil, kv.PutOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := one.Get(t.Context(), "new", kv.GetOptions{}, new(kv.Entry)); err != nil {
			t.Errorf("%s: with one location: %v", scheme, err)
		}
	}
}

func BenchmarkDrivers(b *testing.B) {
	for _, scheme := range schemes {
		b.Run(scheme, func(b *testing.B) {
			drivertest.Bench(b, func(b testing.TB) drivertest.Harness {
				clk := clock.NewWall()
				return drivertest.Harness{Store: open(b, scheme+"://"+account+"/bench?base="+emulate(b, "embedded://?profile=none&propagation=0", clk), clk), Clock: clk}
			})
		})
	}
}
