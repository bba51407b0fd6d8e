package command

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"kvbench/internal/fleet"
	"kvbench/internal/live"
	"kvbench/internal/live/screen"
	"kvbench/internal/printable"
	"kvbench/internal/secret"

	"github.com/vbauerster/mpb/v8"
)

// leadView shows how far a run is that agents do: on a terminal a table, with what is told above it,
// elsewhere plain lines. It feeds the board, which others may read too.
type leadView struct {
	board   *live.Board
	tally   *live.Tally
	secrets *secret.Set

	mu     sync.Mutex // guards all below
	w      io.Writer  // nil when nothing is to be told, or no more
	bars   *mpb.Progress
	table  *mpb.Bar
	names  map[string]string // of agents
	hosts  map[string]int    // how many agents have their name of a host
	shown  time.Time         // when the board was last fed
	spoken time.Time         // when a plain line last said how it goes
}

func newLeadView(w io.Writer, quiet bool, p *planned) *leadView {
	v := &leadView{board: live.NewShards(time.Now), tally: live.NewTally(p.allShown(), time.Now), secrets: p.secrets, w: w, names: map[string]string{}, hosts: map[string]int{}}
	v.board.SetShards(&live.Shards{Waiting: p.told.Shards, Doing: "waiting for NATS", Virtual: p.header.Clock != "wall"})
	if quiet {
		v.w = nil
	}
	return v
}

// draw begins to draw, where there is a terminal, until undraw.
func (v *leadView) draw() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.spoken = time.Now()
	if v.w == nil {
		return
	}
	if v.bars = newBars(v.w); v.bars != nil {
		v.table = drawTable(v.bars, terminal(v.w), v.board)
	}
}

func (v *leadView) undraw() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.bars != nil {
		v.table.Abort(true)
		v.bars.Wait()
		v.bars = nil
	}
}

// hush ends all telling, of other goroutines too.
func (v *leadView) hush() {
	v.undraw()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.w = nil
}

// told tells a line.
func (v *leadView) told(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tell(format, args...)
}

// step tells a line of what the table shows too, where there is none.
func (v *leadView) step(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.bars == nil {
		v.tell(format, args...)
	}
}

func (v *leadView) tell(format string, args ...any) {
	switch line := fmt.Sprintf(format+"\n", args...); {
	case v.w == nil:
	case v.bars != nil: // past the writer that strikes out secrets
		_, _ = io.WriteString(v.bars, v.secrets.Strike(line))
	default:
		_, _ = io.WriteString(v.w, line)
	}
}

// show feeds the board, and tells every so often how it goes where nothing is drawn.
func (l *leading) show() {
	v, now := l.view, time.Now()
	v.mu.Lock()
	defer v.mu.Unlock()
	if now.Sub(v.shown) < redraw {
		return
	}
	v.shown = now
	s := l.shards(now)
	v.board.SetShards(s)
	if v.bars == nil && now.Sub(v.spoken) >= every {
		v.spoken = now
		v.tell("%s", inOneLine(s))
	}
}

// shards is how far the run is.
func (l *leading) shards(now time.Time) *live.Shards {
	out := &live.Shards{Whole: l.store.whole(), Lost: len(l.store.lost), Virtual: !l.wall()}
	out.Transactions, out.Rate = l.view.tally.Transactions()
	agents := l.leader.Agents()
	slices.SortFunc(agents, func(a, b fleet.Agent) int { return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.Agent, b.Agent)) })
	hosts, idle := map[int]string{}, []live.Shard(nil)
	for _, a := range agents {
		for _, part := range a.Parts {
			hosts[part] = l.view.name(a)
		}
		if len(a.Parts) == 0 {
			idle = append(idle, live.Shard{Number: -1, Host: l.view.name(a)})
		}
	}
	open := l.store.open()
	for _, n := range open {
		if host, runs := hosts[n]; runs {
			row := l.view.tally.Row(n, host)
			row.Run = printable.Line(l.view.secrets.Strike(row.Run))
			out.Rows = append(out.Rows, row)
		}
	}
	out.Agents, out.Running = len(agents), len(out.Rows)
	out.Waiting = len(open) - out.Running
	out.Rows = append(out.Rows, idle...)
	switch starts := l.state.StartAt.Sub(now); {
	case !l.leader.Up():
		out.Doing = "NATS is gone: waiting for it"
	case l.wall() && l.state.StartAt.IsZero():
		out.Doing = fmt.Sprintf("waiting for agents: %d of %d are there", len(agents), l.store.of)
	case l.wall() && starts > 0:
		out.Doing = fmt.Sprintf("the load starts in %v; the store is seeded until then", starts.Round(time.Second))
	case len(agents) == 0:
		out.Doing = "waiting for agents"
	}
	return out
}

// name is an agent's: its host's, and a number from the second of a host on. It is called with the lock.
func (v *leadView) name(a fleet.Agent) string {
	if _, is := v.names[a.Beat.Agent]; !is {
		host := printable.Line(v.secrets.Strike(a.Host))
		v.hosts[host]++
		if n := v.hosts[host]; n > 1 {
			host = fmt.Sprintf("%s #%d", host, n)
		}
		v.names[a.Beat.Agent] = host
	}
	return v.names[a.Beat.Agent]
}

// inOneLine is how far a run is, and who does what.
func inOneLine(s *live.Shards) string {
	text := screen.Headline(s)
	if s.Doing != "" {
		text += "; " + s.Doing
	}
	var rows []string
	for i, r := range s.Rows {
		if i == maxRowsTold {
			rows = append(rows, "…")
			break
		}
		host, shard, run, share, rate := screen.ShardCells(r)
		switch {
		case r.Idle():
			rows = append(rows, host+" idle")
		case r.Run == "":
			rows = append(rows, fmt.Sprintf("%s begins shard %s", host, shard))
		default:
			rows = append(rows, fmt.Sprintf("%s at shard %s (%s, %s, %s/s)", host, shard, run, share, rate))
		}
	}
	if len(rows) > 0 {
		text += ": " + strings.Join(rows, ", ")
	}
	return text
}

const maxRowsTold = 8
