package bench_test

import (
	"context"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/load"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// listener keeps what a detect.Watcher is told. In virtual time one task runs at a time.
type listener struct {
	said []heard
	n    uint64
}

type heard struct {
	What       string
	Invocation uint64
	At         time.Duration
	Late       bool
	WarmUp     bool
}

func (l *listener) Began(c *detect.Call) uint64 {
	l.n++
	l.said = append(l.said, heard{"began " + c.Op.String(), c.Invocation, c.Start, c.Late, c.WarmUp})
	return l.n
}

func (l *listener) Called(c *detect.Call) {
	l.said = append(l.said, heard{c.Op.String(), c.Invocation, c.End, c.Late, c.WarmUp})
}

func (l *listener) Ended(invocation uint64, at time.Duration, warmUp bool) {
	l.said = append(l.said, heard{"ended", invocation, at, false, warmUp})
}

// slowPuts is a store whose puts take a second.
type slowPuts struct{ *store }

func (s slowPuts) Put(ctx context.Context, _ string, _ []byte, _ kv.PutOptions) error {
	return s.clock.Sleep(ctx, time.Second)
}

// A watcher is told every call, whose it is, and when all of an invocation has ended: what
// it left to run too, unless the workload says before that it is over.
func TestCallsAreTold(t *testing.T) {
	const s = time.Second
	for name, test := range map[string]struct {
		over bool
		want []heard
	}{
		"with what was left": {false, []heard{
			{"get", 0, s, false, true}, {"began put", 0, s, false, true}, {"put", 0, 2 * s, false, true}, {"ended", 0, 2 * s, false, true},
		}},
		"over before": {true, []heard{
			{"get", 0, s, false, true}, {"began put", 0, s, false, true}, {"ended", 0, s + s/4, false, true}, {"put", 0, 2 * s, true, true},
		}},
	} {
		c := clock.NewVirtual()
		l := &listener{}
		sc := scenario(do(func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
			if i > 0 {
				return done, nil
			}
			err := w.Get(ctx, "k", kv.GetOptions{}, &w.Entry)
			w.Later(ctx, func(ctx context.Context, w *bench.Worker) error { return w.Put(ctx, "k", nil, kv.PutOptions{}) })
			if test.over {
				_ = w.Sleep(ctx, s/4)
				w.Over()
			}
			return done, err
		}), load.Load{Shape: load.Closed{Workers: 1, Think: 7 * s}, WarmUp: 10 * s, Duration: 10 * s})
		st := slowPuts{&store{clock: c, delay: func(time.Duration) time.Duration { return s }}}
		if _, err := bench.Run(t.Context(), sc, sc.Pattern.Variants[0], bench.Options{Clock: c, Store: st, Seed: 1, Observer: &keep{}, Calls: l}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, l.said[:min(len(l.said), 4)]); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if last := l.said[len(l.said)-1]; last.What != "ended" || last.Invocation == 0 || last.WarmUp {
			t.Errorf("%s: the last is %+v", name, last)
		}
	}
}
