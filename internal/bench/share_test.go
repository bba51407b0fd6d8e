package bench_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// ran is a transaction as a workload saw it.
type ran struct {
	number  uint64
	due     time.Duration
	key     int
	draw    uint64 // at random, after the key
	isolate int
}

// noting is a keyed workload that notes what it runs and what it seeds.
type noting struct {
	keys *load.Chooser
	all  *[]ran
	took time.Duration
}

func (noting) Seed(ctx context.Context, w *bench.Worker) error {
	return w.Put(ctx, "seeded", nil, kv.PutOptions{})
}
func (n noting) Key(r *rand.Rand) int { return n.keys.Key(r) }
func (n noting) Do(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
	*n.all = append(*n.all, ran{number: i, due: w.Due(), key: n.Key(w.Rand), draw: w.Rand.Uint64(), isolate: w.Isolate()})
	return done, w.Sleep(ctx, n.took)
}

// writes counts what is put into a store.
type writes struct {
	store
	n int
}

func (w *writes) Put(context.Context, string, []byte, kv.PutOptions) error { w.n++; return nil }

// inShares runs a load in so many shares in virtual time, where all is as on the wall clock but
// exact, and returns what each ran and how often it seeded.
func inShares(t *testing.T, l load.Load, keys load.Distribution, of int) (out [][]ran, seeded []int) {
	t.Helper()
	for i := range of {
		var all []ran
		c := clock.NewVirtual()
		st := &writes{store: store{clock: c}}
		s := scenario(noting{keys.Chooser(12), &all, 30 * time.Millisecond}, l)
		s.Params.Keys, s.Params.Isolates = 12, 3
		v, err := bench.Run(t.Context(), s, s.Pattern.Variants[0], bench.Options{
			Clock: c, Store: st, Seed: 5, Observer: &keep{}, Share: load.Share{Index: i, Of: of}, StartAt: c.Epoch().Add(time.Hour),
		})
		if err != nil || !v.Complete {
			t.Fatalf("share %d of %d: %v", i, of, err)
		}
		out, seeded = append(out, all), append(seeded, st.n)
	}
	return out, seeded
}

// In an open loop the shares together run the transactions of one process, each once, when
// they are due there and with what is random in them; a key belongs to one share.
func TestSharesOfAnOpenLoop(t *testing.T) {
	rate := func(a load.Arrivals) load.Open { return load.Open{Profile: load.PerSecond(50), Arrivals: a} }
	stages := load.Open{Arrivals: load.Poisson{}, Profile: load.Stages{{For: 3 * time.Second, Curve: load.Ramp{From: load.PerSecond(10), To: load.PerSecond(80)}}}}
	for name, l := range map[string]load.Load{
		"constant":     {Shape: rate(load.Constant{}), Duration: 5 * time.Second, WarmUp: time.Second},
		"poisson":      {Shape: rate(load.Poisson{}), Duration: 5 * time.Second, WarmUp: time.Second},
		"stages":       {Shape: stages, Duration: 3 * time.Second},
		"transactions": {Shape: rate(load.Poisson{}), Transactions: 123, WarmUp: time.Second},
	} {
		for _, keys := range []load.Distribution{{}, {Kind: load.Zipfian, Exponent: 0.99}} {
			one, _ := inShares(t, l, keys, 1)
			for _, of := range []int{2, 3, 7} {
				shares, seeded := inShares(t, l, keys, of)
				owner := map[int]int{}
				for i, share := range shares {
					for _, x := range share {
						if o, seen := owner[x.key]; seen && o != i {
							t.Errorf("%s: key %d is in shares %d and %d", name, x.key, o, i)
						}
						owner[x.key] = i
					}
				}
				all := slices.Concat(shares...)
				slices.SortFunc(all, func(a, b ran) int { return int(a.number) - int(b.number) })
				if diff := cmp.Diff(one[0], all, cmp.AllowUnexported(ran{})); diff != "" {
					t.Errorf("%s in %d shares (-one +all): %s", name, of, diff)
				}
				draws := map[uint64]bool{}
				for _, x := range all {
					draws[x.draw] = true
				}
				if len(draws) != len(all) {
					t.Errorf("%s in %d shares: %d transactions draw %d numbers", name, of, len(all), len(draws))
				}
				if want := append([]int{1}, make([]int, of-1)...); !slices.Equal(seeded, want) {
					t.Errorf("%s in %d shares: they seed %v times", name, of, seeded)
				}
			}
		}
	}
}

// In a closed loop worker k is share k mod N's, so that no number is run twice, and works on
// the keys of its share alone.
func TestSharesOfAClosedLoop(t *testing.T) {
	const workers, of = 7, 3
	l := load.Load{Shape: load.Closed{Workers: workers}, Transactions: 140}
	shares, _ := inShares(t, l, load.Distribution{}, of)
	seen := map[uint64]bool{}
	for i, share := range shares {
		begun := map[uint64]bool{}
		for _, x := range share {
			if seen[x.number] {
				t.Errorf("transaction %d was run twice", x.number)
			}
			seen[x.number] = true
			begun[x.number%workers] = true
			if x.key%of != i || int(x.number%workers)%of != i {
				t.Errorf("share %d runs %+v", i, x)
			}
		}
		if want := (load.Share{Index: i, Of: of}).Part(workers); len(begun) != want || len(share) != 20*want {
			t.Errorf("share %d: workers %v and %d transactions, want %d workers", i, slices.Sorted(maps.Keys(begun)), len(share), want)
		}
	}
	if len(seen) != 140 {
		t.Errorf("%d transactions, want 140", len(seen))
	}
}

// slowToSeed takes its time to be seeded.
type slowToSeed struct{ noting }

func (slowToSeed) Seed(ctx context.Context, w *bench.Worker) error { return w.Sleep(ctx, time.Minute) }

// A load starts when it is to, or says that it could not.
func TestStartAt(t *testing.T) {
	for _, c := range []struct {
		in   time.Duration
		want string
	}{{2 * time.Minute, ""}, {time.Minute, ""}, {time.Minute - time.Second, "seeded and settled 1s after that"}} {
		var all []ran
		clk := clock.NewVirtual()
		s := scenario(slowToSeed{noting{load.Distribution{}.Chooser(12), &all, time.Millisecond}}, load.Load{Shape: load.Open{Profile: load.PerSecond(10), Arrivals: load.Constant{}}, Duration: time.Second})
		_, err := bench.Run(t.Context(), s, s.Pattern.Variants[0], bench.Options{
			Clock: clk, Store: &writes{store: store{clock: clk}}, Seed: 5, Observer: &keep{}, StartAt: clk.Epoch().Add(c.in),
		})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("start after %v: %v, want %q", c.in, err, c.want)
		}
		if err == nil && (len(all) != 10 || all[0].due != c.in) {
			t.Errorf("start after %v: %+v", c.in, all)
		}
	}
}

// whole is a workload that may not be shared out.
type whole struct{ noting }

func (whole) Whole() string { return "it is whole" }

func TestShareable(t *testing.T) {
	open := load.Open{Profile: load.PerSecond(10), Arrivals: load.Constant{}}
	keyed := noting{}
	zipf := load.Distribution{Kind: load.Zipfian, Exponent: 1}
	for _, c := range []struct {
		w    bench.Workload
		l    load.Load
		keys int
		dist load.Distribution
		want string
	}{
		{keyed, load.Load{Shape: open}, 10, zipf, ""},
		{keyed, load.Load{Shape: load.Closed{Workers: 9}}, 8, load.Distribution{}, ""},
		{whole{}, load.Load{Shape: open}, 10, zipf, "it is whole"},
		{do(getOne), load.Load{Shape: open}, 10, zipf, "does not say which key"},
		{keyed, load.Load{Shape: open, Until: &load.Stable{Tolerance: 0.1}}, 10, zipf, "until: stable"},
		{keyed, load.Load{Shape: open}, 3, zipf, "3 keys"},
		{keyed, load.Load{Shape: load.Open{Profile: load.PerSecond(1), MaxInFlight: 3}}, 10, zipf, "max-in-flight of 3"},
		{keyed, load.Load{Shape: load.Closed{Workers: 3}}, 8, load.Distribution{}, "3 workers"},
		{keyed, load.Load{Shape: load.Closed{Workers: 9}}, 8, zipf, "not as popular"},
		{keyed, load.Load{Shape: load.Closed{Workers: 9}}, 10, load.Distribution{}, "a multiple of 4"},
	} {
		s := scenario(c.w, c.l)
		s.Params.Keys, s.Params.Distribution = c.keys, c.dist
		if err := s.Shareable(c.w, 4); fmt.Sprint(err) != "<nil>" && c.want == "" || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%T, %v, %d keys: %v, want %q", c.w, c.l, c.keys, err, c.want)
		}
	}
}
