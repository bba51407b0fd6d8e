package bench_test

import (
	"context"
	"fmt"
	"net/url"
	"runtime"
	"testing"
	"time"

	"kvbench/drivers/embedded"
	"kvbench/drivers/option"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/cputime"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// readPath reads one of many keys, chosen as a scenario chooses them, and observes it.
type readPath struct {
	chooser *load.Chooser
	names   []string
}

func newReadPath() *readPath {
	p := &readPath{chooser: load.Distribution{Kind: load.Zipfian, Exponent: 0.99}.Chooser(1000)}
	for i := range 1000 {
		p.names = append(p.names, fmt.Sprintf("user:%06d:profile", i))
	}
	return p
}

func (p *readPath) Seed(ctx context.Context, w *bench.Worker) error {
	for _, name := range p.names {
		if err := w.Put(ctx, name, make([]byte, 100), kv.PutOptions{}); err != nil {
			return err
		}
	}
	return nil
}

func (p *readPath) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	w.Observe(oddity, 1)
	return done, w.Get(ctx, p.names[p.chooser.Key(w.Rand)], kv.GetOptions{}, &w.Entry)
}

// nothing is a store that does nothing, to tell the engine's own cost.
type nothing struct{ store }

func (*nothing) Get(context.Context, string, kv.GetOptions, *kv.Entry) error { return nil }
func (*nothing) Capabilities() kv.Capabilities                               { return kv.Capabilities{Locations: 1} }

func openEmbedded(t testing.TB, c clock.Clock) kv.Store {
	u, err := url.Parse("embedded://?profile=none&propagation=0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := embedded.Open(u, c, 1, option.Prices{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// What a read costs beyond the first few hundred, in which buffers grow,
// allocates nothing: the difference between a long run and a short one.
func TestReadPathAllocatesNothing(t *testing.T) {
	allocations := func(transactions uint64) uint64 {
		c := clock.NewWall()
		s := scenario(newReadPath(), load.Load{Shape: load.Closed{Workers: 2}, Transactions: transactions})
		st := openEmbedded(t, c)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		v, _, err := run(t.Context(), s, c, st)
		runtime.ReadMemStats(&after)
		if err != nil || count(v, record.Get) != int64(transactions) {
			t.Fatalf("%d gets, error %v", count(v, record.Get), err)
		}
		return after.Mallocs - before.Mallocs
	}
	const short, long = 1_000, 201_000
	few, many := allocations(short), allocations(long)
	// An interval of a second may be collected in between; a transaction that
	// allocated once would make 200,000.
	if more := int64(many) - int64(few); more > (long-short)/100 {
		t.Errorf("%d transactions more make %d allocations more", long-short, more)
	}
}

// The engine's own cost of a transaction of one get, and the embedded store's.
func BenchmarkEngine(b *testing.B) {
	for _, target := range []struct {
		name string
		open func(clock.Clock) kv.Store
	}{
		{"nothing", func(clock.Clock) kv.Store { return &nothing{} }},
		{"embedded", func(c clock.Clock) kv.Store { return openEmbedded(b, c) }},
	} {
		for _, workers := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%s/workers=%d", target.name, workers), func(b *testing.B) {
				c := clock.NewWall()
				s := scenario(newReadPath(), load.Load{Shape: load.Closed{Workers: workers}, Transactions: uint64(b.N)})
				st := target.open(c)
				b.ReportAllocs()
				b.ResetTimer()
				before := cputime.Process()
				v, _, err := run(b.Context(), s, c, st)
				if err != nil {
					b.Fatal(err)
				}
				if cpu := cputime.Process() - before; cpu > 0 {
					b.ReportMetric(float64(cpu)/float64(b.N), "cpu-ns/op")
				}
				h := v.Total.Histograms[record.Get]
				b.ReportMetric(float64(h.ValueAtPercentile(50)), "p50-get-ns")
			})
		}
	}
}

// The same in virtual time, where a transaction's get takes a millisecond.
func BenchmarkVirtualEngine(b *testing.B) {
	c := clock.NewVirtual()
	st := &store{clock: c, delay: func(time.Duration) time.Duration { return time.Millisecond }}
	s := scenario(newReadPath(), load.Load{Shape: load.Open{Profile: load.PerSecond(1000), Arrivals: load.Constant{}}, Transactions: uint64(b.N)})
	b.ReportAllocs()
	b.ResetTimer()
	if _, _, err := run(b.Context(), s, c, st); err != nil {
		b.Fatal(err)
	}
}
