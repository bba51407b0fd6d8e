package bench_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// The text of the first error that a measured transaction ends in is kept: not one
// of the warm-up, in one line and no longer than a run file should hold.
func TestFirstError(t *testing.T) {
	long := strings.Repeat("ü", 400)
	for _, test := range []struct{ err, want string }{
		{"odd", "odd"},
		{"two\nlines\x1b[31m", "two lines [31m"},
		{long, long[:2*148] + "..."},
	} {
		c := clock.NewVirtual()
		s := scenario(do(func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
			switch {
			case w.Measured() < 0:
				return done, errors.New("of the warm-up")
			case i == 3:
				return done, errors.New(test.err)
			case i > 3:
				return done, errors.New("a later one")
			}
			return done, nil
		}), load.Load{Shape: load.Open{Profile: load.PerSecond(1), Arrivals: load.Constant{}}, Duration: 5 * time.Second, WarmUp: 2 * time.Second})
		v, _, err := run(t.Context(), s, c, &store{clock: c})
		if err != nil {
			t.Fatal(err)
		}
		if v.FirstError != test.want || len(v.FirstError) > 300 {
			t.Errorf("%d bytes: %q, want %q", len(v.FirstError), v.FirstError, test.want)
		}
	}
}

// A variant fails with more errors than its scenario allows, and not with as many.
func TestTooManyErrors(t *testing.T) {
	for _, test := range []struct {
		errors uint64
		most   float64
		want   string
	}{
		{0, 0, ""},
		{5, 0.05, ""},
		{6, 0.05, "6 of 100 transactions ended in an error, 6%, more than the 5% that the scenario allows; the first: it burns"},
		{1, 0, "1 of 100 transactions"},
		{100, 1, ""},
	} {
		s := scenario(nil, load.Load{})
		s.MaxErrors = test.most
		v := &runfile.Variant{FirstError: "it burns"}
		v.Total.Outcomes = []uint64{100 - test.errors, test.errors}
		err := s.TooManyErrors(v)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)) {
			t.Errorf("%d errors of at most %v: %v", test.errors, test.most, err)
		}
	}
}

// A run in whose measured time no transaction is due fails: nothing went wrong in
// it, because nothing happened.
func TestNothingMeasured(t *testing.T) {
	for name, l := range map[string]load.Load{
		"open":   {Shape: load.Open{Profile: load.Rate{Count: 1, Per: time.Hour}, Arrivals: load.Constant{}}, Duration: time.Minute, WarmUp: time.Minute},
		"closed": {Shape: load.Closed{Workers: 1}, Duration: time.Second, WarmUp: time.Second},
	} {
		c := clock.NewVirtual()
		st := &store{clock: c, delay: func(time.Duration) time.Duration { return time.Minute }}
		v, _, err := run(t.Context(), scenario(do(getOne), l), c, st)
		if err == nil || !strings.Contains(err.Error(), "nothing was measured") || v.Complete {
			t.Errorf("%s: %v, complete %v", name, err, v.Complete)
		}
	}
}

// The rate of a closed loop is that of the transactions that end within the time
// that is asked for: what ends later, and the time until then, is no part of it.
func TestEndedWithin(t *testing.T) {
	for _, test := range []struct {
		name   string
		load   load.Load
		ended  uint64
		within time.Duration
	}{
		{"a duration", load.Load{Shape: load.Closed{Workers: 2}, Duration: 10 * time.Second}, 6, 10 * time.Second},                                // at 3, 6 and 9 s; those of 12 s do not count
		{"after a warm-up", load.Load{Shape: load.Closed{Workers: 2}, Duration: 10 * time.Second, WarmUp: 10 * time.Second}, 6, 10 * time.Second}, // at 12, 15 and 18 s
		{"so many", load.Load{Shape: load.Closed{Workers: 2}, Transactions: 5}, 5, 9 * time.Second},
		{"an open loop", load.Load{Shape: load.Open{Profile: load.PerSecond(1), Arrivals: load.Constant{}}, Duration: 10 * time.Second}, 0, 0},
	} {
		c := clock.NewVirtual()
		st := &store{clock: c, delay: func(time.Duration) time.Duration { return 3 * time.Second }}
		v, _, err := run(t.Context(), scenario(do(getOne), test.load), c, st)
		if err != nil {
			t.Fatal(err)
		}
		if v.Ended != test.ended || v.Within != test.within {
			t.Errorf("%s: %d in %v, want %d in %v", test.name, v.Ended, v.Within, test.ended, test.within)
		}
	}
}

// sized is a store that knows how much it holds, below one that does not.
type sized struct {
	*store
	puts int64
}

func (s *sized) Put(context.Context, string, []byte, kv.PutOptions) error {
	s.puts++
	return nil
}
func (s *sized) StoredBytes() int64 { return 100 * s.puts }

type around struct{ kv.Store }

func (a around) Unwrap() kv.Store { return a.Store }

// verifying writes once more when it verifies.
type verifying struct{ do }

func (verifying) Verify(ctx context.Context, w *bench.Worker) error {
	return w.Put(ctx, "late", nil, kv.PutOptions{})
}

// The bytes stored are those at the end of the load, and none where the store does
// not tell.
func TestStored(t *testing.T) {
	work := verifying{func(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
		return done, w.Put(ctx, "key", nil, kv.PutOptions{})
	}}
	c := clock.NewVirtual()
	s := scenario(work, load.Load{Shape: load.Open{Profile: load.PerSecond(1), Arrivals: load.Constant{}}, Duration: 5 * time.Second})
	v, _, err := run(t.Context(), s, c, around{&sized{store: &store{clock: c}}})
	if err != nil || v.Stored == nil || *v.Stored != 500 {
		t.Errorf("%v, %v", v.Stored, err)
	}
	if v, _, err = run(t.Context(), s, c, &store{clock: c}); err != nil || v.Stored != nil {
		t.Errorf("%v, %v", v.Stored, err)
	}
}
