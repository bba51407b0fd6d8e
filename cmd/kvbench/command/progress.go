package command

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/live"
	"kvbench/internal/live/screen"
	"kvbench/internal/metric"
	"kvbench/internal/printable"
	"kvbench/internal/record"
	"kvbench/internal/runfile"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// every is how often plain progress says something of a variant that runs long.
const every = 5 * time.Second

// progress shows how far a run is: on a terminal a table of what runs, elsewhere plain
// lines, where the one at the end of a variant counts those that have ended. It feeds the
// board, which others may read too. All of it is the machine's time, which no run file holds.
type progress struct {
	w       io.Writer // nil when quiet
	bars    *mpb.Progress
	table   *mpb.Bar // nil where there is no terminal
	board   *live.Board
	started time.Time

	mu        sync.Mutex // guards all below, and w
	ops       uint64
	simulated time.Duration
	running   []*shown // told of in plain lines
	stop      chan struct{}
}

// shown is a variant that runs. It is for one task at a time.
type shown struct {
	*progress
	*live.Turn
	name  string
	began time.Time
	said  time.Time
	phase string // as of bench.Observer
}

// newBoard returns the board of a plan's run, which keeps what has ended for those who ask
// from outside.
func newBoard(p *plan, keep bool) *live.Board {
	all := p.allShown()
	if p.header.Shard != nil {
		at := 0
		for n := range p.scenarios {
			for i := range p.scenarios[n].Variants {
				all[at].Repeats = p.runs(n, i)
				at++
			}
		}
	}
	return live.New(all, keep, time.Now)
}

// allShown is what is shown of all variants of the plan, in its order.
func (p *plan) allShown() (all []live.Variant) {
	for n := range p.scenarios {
		for _, v := range p.scenarios[n].Variants {
			all = append(all, p.shown(n, v))
		}
	}
	return all
}

// shown is what is shown of a variant of a scenario while it runs.
func (p *plan) shown(scenario int, v bench.Variant) live.Variant {
	s, def := &p.scenarios[scenario], p.defs[scenario]
	clean := func(text string) string { return printable.Line(p.secrets.Strike(text)) }
	return live.Variant{
		Scenario: clean(s.Name), Point: clean(runfile.Words(s.Point)), Name: clean(v.Name), Driver: clean(s.Shown),
		Latency: def.Latency(), Clock: s.Clock, Outcomes: def.Outcomes, Load: s.Load, Repeats: s.Repeat,
	}
}

func newProgress(w io.Writer, quiet bool, board *live.Board) *progress {
	out := &progress{started: time.Now(), board: board}
	if quiet {
		return out
	}
	out.w, out.bars = w, newBars(w)
	if out.bars != nil {
		out.table = drawTable(out.bars, terminal(w), board)
	} else {
		out.stop = make(chan struct{})
		go out.tellAll(out.stop)
	}
	return out
}

// tellAll says in plain lines what runs, as long as stop is open.
func (p *progress) tellAll(stop <-chan struct{}) {
	for t := time.NewTicker(every / 5); ; {
		select {
		case <-stop:
			t.Stop()
			return
		case <-t.C:
		}
		p.mu.Lock()
		for _, r := range p.running {
			if time.Since(r.said) >= every {
				r.said = time.Now()
				r.tell()
			}
		}
		p.mu.Unlock()
	}
}

// phases says what goes on while no load runs, by the phases of bench.Observer.
var phases = map[string]string{
	"start": "starting workerd", "seed": "filling the store", "settle": "waiting until its writes are seen everywhere", "verify": "reading the store back",
}

// tell says how far a variant is. It is called with the lock.
func (r *shown) tell() {
	if doing := phases[r.phase]; doing != "" {
		fmt.Fprintf(r.w, "%s %s: %s\n", r.count(), r.name, doing)
		return
	}
	share, transactions := r.Seen()
	fmt.Fprintf(r.w, "%s %s: %.0f %%, %d transactions\n", r.count(), r.name, 100*share, transactions)
}

// newBars draws on a terminal; it is nil for any other writer. What is drawn goes past the
// writer that strikes out secrets, so that none may be in it: it holds words of kvbench's,
// and names that are struck before.
func newBars(w io.Writer) *mpb.Progress {
	f := terminal(w)
	if f == nil || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return mpb.New(mpb.WithOutput(f), mpb.WithAutoRefresh(), mpb.WithRefreshRate(redraw))
}

// redraw is how often the table is drawn.
const redraw = 250 * time.Millisecond

// drawTable draws the board as one bar of several lines, until it is aborted.
func drawTable(to *mpb.Progress, f *os.File, board *live.Board) *mpb.Bar {
	var below []string
	first := func(w io.Writer, s decor.Statistics) error {
		_, height, err := term.GetSize(int(f.Fd()))
		if err != nil {
			height = 24
		}
		lines := screen.Lines(board.State(), s.AvailableWidth, height-1)
		below = lines[1:]
		_, err = io.WriteString(w, lines[0])
		return err
	}
	rest := func(w io.Writer, _ decor.Statistics) error {
		for _, line := range below {
			if _, err := io.WriteString(w, line+"\n"); err != nil {
				return err
			}
		}
		return nil
	}
	return to.MustAdd(1, mpb.BarFillerFunc(first), mpb.BarFillerTrim(), mpb.BarExtender(mpb.BarFillerFunc(rest), false))
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

func (p *progress) begin(s *bench.Scenario, v live.Variant, repeat int) *shown {
	r := &shown{
		progress: p, Turn: p.board.Begin(v, repeat), name: s.Name + "/" + v.Name + atPoint(s),
		began: time.Now(), said: time.Now(),
	}
	if s.Repeat > 1 {
		r.name += fmt.Sprintf(" #%d", repeat+1)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = append(p.running, r)
	return r
}

// Phase is as of bench.Observer.
func (r *shown) Phase(name string) {
	r.Turn.Phase(name)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase = name
}

// atPoint is the point of a scenario of a sweep, behind its name.
func atPoint(s *bench.Scenario) string { return strings.TrimPrefix(s.Title(), s.Name) }

// count is how many have ended of the total, as wide as that.
func (p *progress) count() string {
	done, total := p.board.Counts()
	return fmt.Sprintf("%*d/%d", len(fmt.Sprint(total)), done, total)
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
	r.End() // within the lock, so that lines count up
	r.running = slices.DeleteFunc(r.running, func(other *shown) bool { return other == r })
	r.ops += ops
	r.simulated += v.Total.To
	if r.w != nil && r.table == nil {
		_, transactions := r.Seen()
		fmt.Fprintf(r.w, "%s %s: %s in %s, %d transactions\n", r.count(), r.name,
			v.Total.To.Round(time.Millisecond), time.Since(r.began).Round(time.Millisecond), transactions)
	}
}

// close takes the table away and says what the run took.
func (p *progress) close() {
	if p.table != nil {
		p.table.Abort(true)
		p.bars.Wait()
	}
	if p.stop != nil {
		close(p.stop)
	}
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	took := time.Since(p.started)
	fmt.Fprintf(p.w, "measured %s in %s: %s KV operations, %s/s of wall time\n",
		p.simulated.Round(time.Second), took.Round(10*time.Millisecond), metric.Grouped(p.ops), metric.Grouped(uint64(float64(p.ops)/took.Seconds())))
}
