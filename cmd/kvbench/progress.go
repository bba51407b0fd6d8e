package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/runfile"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// every is how often plain progress says something of a variant that runs long.
const every = 5 * time.Second

// progress shows how far a run is: a bar for each variant that runs on a terminal, plain
// lines elsewhere, where the one at the end of a variant counts those that have ended.
// All of it is the machine's time, which no run file holds.
type progress struct {
	w       io.Writer // nil when quiet
	bars    *mpb.Progress
	total   int // variants to run, counting repeats
	started time.Time

	mu        sync.Mutex // guards all below, and w
	begun     int
	drawn     map[*mpb.Bar]bool // bars of what runs
	done      int
	ops       uint64
	simulated time.Duration
}

// shown is a variant that runs. It is for one task at a time.
type shown struct {
	*progress
	bar      *mpb.Bar
	name     string
	load     struct{ duration, transactions float64 }
	phaseNow atomic.Pointer[string] // which a bar reads when it is drawn
	began    time.Time
	said     time.Time
	seen     uint64 // transactions
}

func newProgress(w io.Writer, quiet bool, p *plan) *progress {
	out := &progress{started: time.Now(), drawn: map[*mpb.Bar]bool{}}
	for _, s := range p.scenarios {
		out.total += s.Repeat * len(s.Variants)
	}
	if quiet {
		return out
	}
	out.w, out.bars = w, newBars(w)
	return out
}

// newBars draws bars on a terminal; it is nil for any other writer. They are drawn past
// the writer that strikes out secrets, so that none may be in them: they hold words of
// kvbench's and names of the plan.
func newBars(w io.Writer) *mpb.Progress {
	f := terminal(w)
	if f == nil || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return mpb.New(mpb.WithOutput(f), mpb.WithWidth(40), mpb.WithAutoRefresh())
}

// terminal is the terminal that w writes to, perhaps through a writer around it; nil
// where it is none.
func terminal(w io.Writer) *os.File {
	switch to := w.(type) {
	case *os.File:
		if term.IsTerminal(int(to.Fd())) {
			return to
		}
	case interface{ Unwrap() io.Writer }:
		return terminal(to.Unwrap())
	}
	return nil
}

const scale = 1000 // of a variant's bar

func (p *progress) begin(s *bench.Scenario, v bench.Variant, repeat int) *shown {
	p.mu.Lock()
	p.begun++
	number := p.begun
	p.mu.Unlock()
	r := &shown{progress: p, name: s.Name + "/" + v.Name + atPoint(s), began: time.Now(), said: time.Now()}
	if s.Repeat > 1 {
		r.name += fmt.Sprintf(" #%d", repeat+1)
	}
	r.load.duration, r.load.transactions = s.Load.Duration.Seconds(), float64(s.Load.Transactions)
	r.phase("seed")
	if p.bars == nil {
		return r
	}
	phase := func(decor.Statistics) string { return *r.phaseNow.Load() }
	r.bar = p.bars.AddBar(scale,
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(
			decor.Name(p.count(number)+" "),
			decor.Name(r.name+" ", decor.WC{C: decor.DindentRight | decor.DextraSpace}),
		),
		mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5}), decor.Any(phase, decor.WC{W: 8}),
			decor.Elapsed(decor.ET_STYLE_MMSS, decor.WC{W: 6})),
	)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drawn[r.bar] = true
	return r
}

// atPoint is the point of a scenario of a sweep, behind its name.
func atPoint(s *bench.Scenario) string { return strings.TrimPrefix(s.Title(), s.Name) }

// count is a number of the total, as wide as that.
func (p *progress) count(n int) string {
	return fmt.Sprintf("%*d/%d", len(fmt.Sprint(p.total)), n, p.total)
}

func (r *shown) phase(name string) { r.phaseNow.Store(&name) }

// share is how much of the variant is done, 0 to 1.
func (r *shown) share(to time.Duration) float64 {
	share := 0.0
	if r.load.duration > 0 {
		share = to.Seconds() / r.load.duration
	}
	if r.load.transactions > 0 {
		share = max(share, float64(r.seen)/r.load.transactions)
	}
	return min(share, 1)
}

func (r *shown) interval(iv runfile.Interval) {
	if h := iv.Histograms[record.Response]; h != nil {
		r.seen += uint64(h.TotalCount())
	}
	share := r.share(iv.To)
	switch {
	case r.bar != nil:
		r.bar.SetCurrent(int64(share * (scale - 1)))
	case r.w != nil && time.Since(r.said) >= every:
		r.said = time.Now()
		r.mu.Lock()
		defer r.mu.Unlock()
		fmt.Fprintf(r.w, "%s %s: %.0f %%, %d transactions\n", r.count(r.done), r.name, 100*share, r.seen)
	}
}

func (r *shown) end(v *runfile.Variant) {
	ops := uint64(0)
	for series := record.Get; series < record.FirstMark; series++ {
		if series < len(v.Total.Histograms) && v.Total.Histograms[series] != nil {
			ops += uint64(v.Total.Histograms[series].TotalCount())
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done++
	r.ops += ops
	r.simulated += v.Total.To
	switch {
	case r.bar != nil:
		r.bar.SetCurrent(scale)
		delete(r.drawn, r.bar)
	case r.w != nil:
		fmt.Fprintf(r.w, "%s %s: %s in %s, %d transactions\n", r.count(r.done), r.name,
			v.Total.To.Round(time.Millisecond), time.Since(r.began).Round(time.Millisecond), r.seen)
	}
}

// close says what the run took. Bars of variants that have not ended are gone then.
func (p *progress) close() {
	if p.bars != nil {
		for bar := range p.drawn {
			bar.Abort(true)
		}
		p.bars.Wait()
	}
	if p.w == nil {
		return
	}
	took := time.Since(p.started)
	fmt.Fprintf(p.w, "measured %s in %s: %s KV operations, %s/s of wall time\n",
		p.simulated.Round(time.Second), took.Round(10*time.Millisecond), metric.Grouped(p.ops), metric.Grouped(uint64(float64(p.ops)/took.Seconds())))
}
