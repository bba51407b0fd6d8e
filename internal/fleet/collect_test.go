package fleet_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"kvbench/internal/fleet"
)

// BenchmarkCollect is how long a leader takes for a piece of the size of an interval, which is in the stream.
func BenchmarkCollect(b *testing.B) {
	server, err := fleet.Serve(b.TempDir(), "127.0.0.1:0", token)
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	open := func() *fleet.Conn {
		c, err := fleet.Connect(b.Context(), fleet.Access{URL: "nats://" + server.Address().String(), Token: token})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(c.Close)
		return c
	}
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	call := fleet.Call{Job: "bench", Version: "v"}
	l, err := fleet.Lead(ctx, open(), call, nil)
	if err != nil {
		b.Fatal(err)
	}
	w, err := fleet.NewWorker(ctx, open(), "h", 1, 1, "v")
	if err != nil {
		b.Fatal(err)
	}
	if err := l.Offer(ctx, 0, nil); err != nil {
		b.Fatal(err)
	}
	line := []byte(strings.Repeat("x", 2<<10))
	sent := make(chan error, 1)
	began := time.Now()
	go func() {
		_, err := w.Serve(ctx, call, func(ctx context.Context, c *fleet.Claim) error {
			for range b.N {
				if err := c.Send(ctx, line); err != nil {
					return err
				}
			}
			sent <- c.Whole(ctx)
			return nil
		})
		if err != nil && ctx.Err() == nil {
			sent <- err
		}
	}()
	if err := <-sent; err != nil {
		b.Fatal(err)
	}
	sending := time.Since(began)
	set := fleet.NewSet()
	b.ResetTimer()
	err = l.Collect(ctx, func(p *fleet.Piece) error {
		if _, err := set.Add(p); err != nil {
			return err
		}
		if p.Kind == fleet.Whole {
			return errDone
		}
		return nil
	}, func() error { return nil }, func() error { return nil })
	if !errors.Is(err, errDone) {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "collected/s")
	b.ReportMetric(float64(b.N)/sending.Seconds(), "sent/s")
}
