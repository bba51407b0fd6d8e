package main

import (
	"fmt"
	"io"
	"os"
	"strings"
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

// progress shows how far a run is: a bar on a terminal, plain lines elsewhere.
// All of it is the machine's time, which no run file holds.
type progress struct {
	w     io.Writer // nil when quiet
	bars  *mpb.Progress
	bar   *mpb.Bar
	total int // variants to run, counting repeats
	done  int

	name     string
	load     struct{ duration, transactions float64 }
	phaseNow string
	began    time.Time // the variant
	said     time.Time
	seen     uint64 // transactions of the variant

	started   time.Time
	ops       uint64
	simulated time.Duration
}

func newProgress(w io.Writer, quiet bool, p *plan) *progress {
	out := &progress{started: time.Now()}
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

func (p *progress) begin(s *bench.Scenario, v bench.Variant, repeat int) {
	p.name = s.Name + "/" + v.Name + atPoint(s)
	if s.Repeat > 1 {
		p.name += fmt.Sprintf(" #%d", repeat+1)
	}
	p.load.duration, p.load.transactions = s.Load.Duration.Seconds(), float64(s.Load.Transactions)
	p.began, p.said, p.seen, p.phaseNow = time.Now(), time.Now(), 0, "seed"
	if p.bars == nil {
		return
	}
	phase := func(decor.Statistics) string { return p.phaseNow }
	p.bar = p.bars.AddBar(scale,
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(
			decor.Name(fmt.Sprintf("%*d/%d ", len(fmt.Sprint(p.total)), p.done+1, p.total)),
			decor.Name(p.name+" ", decor.WC{C: decor.DindentRight | decor.DextraSpace}),
		),
		mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5}), decor.Any(phase, decor.WC{W: 8}),
			decor.Elapsed(decor.ET_STYLE_MMSS, decor.WC{W: 6})),
	)
}

// atPoint is the point of a scenario of a sweep, behind its name.
func atPoint(s *bench.Scenario) string { return strings.TrimPrefix(s.Title(), s.Name) }

// more says that there is another run than was planned.
func (p *progress) more() { p.total++ }

func (p *progress) phase(name string) { p.phaseNow = name }

// share is how much of the variant is done, 0 to 1.
func (p *progress) share(to time.Duration) float64 {
	share := 0.0
	if p.load.duration > 0 {
		share = to.Seconds() / p.load.duration
	}
	if p.load.transactions > 0 {
		share = max(share, float64(p.seen)/p.load.transactions)
	}
	return min(share, 1)
}

func (p *progress) interval(iv runfile.Interval) {
	if h := iv.Histograms[record.Response]; h != nil {
		p.seen += uint64(h.TotalCount())
	}
	share := p.share(iv.To)
	switch {
	case p.bar != nil:
		p.bar.SetCurrent(int64(share * (scale - 1)))
	case p.w != nil && time.Since(p.said) >= every:
		p.said = time.Now()
		fmt.Fprintf(p.w, "%*d/%d %s: %.0f %%, %d transactions\n", len(fmt.Sprint(p.total)), p.done+1, p.total, p.name, 100*share, p.seen)
	}
}

func (p *progress) end(v *runfile.Variant) {
	p.done++
	for series := record.Get; series < record.FirstMark; series++ {
		if series < len(v.Total.Histograms) && v.Total.Histograms[series] != nil {
			p.ops += uint64(v.Total.Histograms[series].TotalCount())
		}
	}
	p.simulated += v.Total.To
	if p.bar != nil {
		p.bar.SetCurrent(scale)
		p.bar = nil
		return
	}
	if p.w != nil {
		fmt.Fprintf(p.w, "%*d/%d %s: %s in %s, %d transactions\n", len(fmt.Sprint(p.total)), p.done, p.total, p.name,
			v.Total.To.Round(time.Millisecond), time.Since(p.began).Round(time.Millisecond), p.seen)
	}
}

// close says what the run took.
func (p *progress) close() {
	if p.bars != nil {
		if p.bar != nil {
			p.bar.Abort(true)
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
