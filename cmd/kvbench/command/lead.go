package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"kvbench/internal/fleet"
	"kvbench/internal/printable"
	"kvbench/internal/runfile"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// fleetFlags are the flags of a run that agents do.
type fleetFlags struct {
	nats    string
	agents  int
	listen  string
	wait    time.Duration
	startIn time.Duration
}

func (o *fleetFlags) add(f *pflag.FlagSet) {
	f.IntVar(&o.agents, "agents", 0, "have `N` agents (kvbench agent) run it: on the wall clock exactly so many at once, in virtual time as many as there are")
	f.StringVar(&o.nats, "nats", "", "reach agents over the NATS server of this `URL`; without one this process serves NATS itself")
	f.StringVar(&o.listen, "nats-listen", "127.0.0.1:0", "serve NATS at this `ADDRESS`; port 0 takes a free one")
	f.DurationVar(&o.wait, "wait", 10*time.Minute, "wait this `DURATION` for a NATS server, and for agents")
	f.DurationVar(&o.startIn, "start-in", 30*time.Second, "on the wall clock, start the load this `DURATION` after all agents are there; the store is seeded meanwhile")
}

// asLeader checks the flags of a run that agents do; leads says that it is one.
func (o *runOptions) asLeader(c *cobra.Command) (leads bool, err error) {
	given := c.Flags().Changed
	if !given("agents") {
		return false, alone(c, "agents", "which has agents run it", "nats", "nats-listen", "wait", "start-in")
	}
	for _, name := range []string{"shard", "parallel", "workerd", carriedFlag} {
		if given(name) {
			return true, fmt.Errorf("--%s is for a run in this process; --agents has others run it", name)
		}
	}
	switch f := &o.fleet; {
	case f.agents < 1 || f.agents > runfile.MaxShards:
		return true, fmt.Errorf("--agents %d: want 1 to %d", f.agents, runfile.MaxShards)
	case given("nats") && given("nats-listen"):
		return true, errors.New("--nats-listen is where this process serves NATS, and --nats names another server")
	case f.wait <= 0 || f.startIn <= 0:
		return true, fmt.Errorf("--wait %v --start-in %v: want more than 0", f.wait, f.startIn)
	case o.runtime == runtimeWorkerd:
		return true, errNoRuntime
	case o.runtime != runtimeGoja:
		return true, badRuntime(o.runtime)
	}
	if _, _, err := net.SplitHostPort(o.fleet.listen); err != nil {
		return true, fmt.Errorf("--nats-listen %q: want ADDRESS:PORT, such as 0.0.0.0:4222", o.fleet.listen)
	}
	return true, nil
}

// leading is a run that agents do.
type leading struct {
	*planned
	o      runOptions
	state  *fleetState
	store  *shardStore
	leader *fleet.Leader
	view   *leadView
	told   func(format string, args ...any)
	step   func(format string, args ...any)

	began, alone, quiet time.Time // since when no agent was there; since when the server is
	seen                int       // pieces, when it was last looked at
	busy                time.Time // when a piece came or no agent was idle, last
}

// lead has agents run a plan, and reports on it.
func lead(ctx context.Context, args []string, o runOptions, stdout, stderr io.Writer) error {
	if err := o.check(); err != nil {
		return usage(err)
	}
	name := defaultFile
	if len(args) > 0 {
		name = args[0]
	}
	state, err := openFleet(runDir(o.out, name))
	if err != nil {
		return err
	}
	defer state.close()
	p, err := forAgents(ctx, args, o, state)
	if err != nil {
		return err
	}
	parentOf(ctx).unbind() // no script runs here from now on
	parentOf(ctx).needs(mostMemory())
	if state.begun() && state.Digest != p.digest {
		return usage(fmt.Errorf("%s: the leader that began there had another plan: other flags, scenario file or version; name another folder, or remove it", state.dir))
	}
	state.Digest = p.digest
	allowed, stop := p.allow(ctx, o.budget)
	defer stop()
	if err := p.afford(allowed, o.budget, stderr); err != nil {
		return err
	}
	if o.listen != "" {
		if o.port, err = listen(o.listen); err != nil {
			return err
		}
		defer o.port.Close()
	}
	view := newLeadView(stderr, o.quiet, p)
	l := &leading{planned: p, o: o, state: state, view: view, told: view.told, step: view.step}
	defer view.hush() // nothing is told behind it
	if o.port != nil {
		defer serveLive(o.port, view.board, stderr).Close()
	}
	if err := l.run(ctx); err != nil {
		return err
	}
	return l.report(ctx, stdout, stderr)
}

// run has the agents run all shards.
func (l *leading) run(ctx context.Context) error {
	url, access := l.o.fleet.nats, fleet.Access{}
	access, err := accessOf(url, l.o.fleet.wait, "kvbench leader "+l.state.Job, os.Getenv)
	if err != nil {
		return usage(err)
	}
	if url == "" {
		server, err := l.serve(access.Token)
		if err != nil {
			return err
		}
		defer server.Close()
		access.URL, access.Credentials, access.CA = "nats://"+server.Address().String(), "", ""
		url = l.reachable(server.Address())
	}
	access.Told = func(text string) { l.told("%s", printable.Line(text)) }
	l.store = newShardStore(l.state.dir, l.planned, l.view)
	if err := l.store.resume(); err != nil {
		return err
	}
	conn, err := fleet.Connect(ctx, access)
	if err != nil {
		return refusedByServer(err)
	}
	defer conn.Close()
	if err := l.state.save(); err != nil {
		return err
	}
	calling, stop := context.WithCancel(ctx)
	defer stop()
	l.leader, err = fleet.Lead(calling, conn, fleet.Call{Job: l.state.Job, Version: l.header.Version, Once: l.wall()}, l.changed)
	if err == nil {
		err = l.leader.Plan(ctx, l.text)
	}
	if err != nil {
		return refusedByServer(err)
	}
	l.told("%d shards for %d agents. Start each with: kvbench agent --nats %s --once", l.store.of, l.o.fleet.agents, printable.Line(url))
	if access.Token != "" {
		l.told("They need %s in their environment, as it is here.", fleet.TokenVariable)
	}
	if n := l.store.whole(); n > 0 {
		l.told("%d/%d shards are whole already.", n, l.store.of)
	}
	l.began, l.alone, l.quiet, l.busy = time.Now(), time.Now(), time.Now(), time.Now()
	l.view.draw()
	err = l.leader.Collect(ctx, l.piece, l.caught, l.idle)
	l.view.undraw()
	stop()
	switch {
	case errors.Is(err, errAllDone):
		ended, done := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer done()
		if err := l.leader.End(ended, ""); err != nil {
			l.told("WARNING %s", printable.Line(err.Error()))
		}
		return nil
	case ctx.Err() != nil:
		l.leader.Stop("the leader was interrupted")
		return &statusError{status: exitInterrupted, err: fmt.Errorf("interrupted; %d of %d shards are whole, and the same command with --out %s goes on", l.store.whole(), l.store.of, l.state.dir)}
	}
	return fmt.Errorf("%w; %d of %d shards are whole, and the same command with --out %s goes on", refusedByServer(err), l.store.whole(), l.store.of, l.state.dir)
}

// errAllDone ends the collecting.
var errAllDone = errors.New("all shards are whole or lost")

func (l *leading) wall() bool { return l.header.Clock == "wall" }

// serve serves NATS in this process.
func (l *leading) serve(token string) (*fleet.Server, error) {
	if len(token) < minToken {
		return nil, usage(fmt.Errorf("--agents without --nats serves NATS here, for which %s is to be set, to %d characters or more, for this process and for the agents", fleet.TokenVariable, minToken))
	}
	listen := l.o.fleet.listen
	if l.state.Listen != "" { // where agents look for it
		listen = l.state.Listen
	}
	server, err := fleet.Serve(filepath.Join(l.state.dir, fleetServer), listen, token)
	if err != nil {
		return nil, usage(fmt.Errorf("--nats-listen %s: %w", listen, err))
	}
	l.state.Listen = server.Address().String()
	return server, nil
}

// minToken is how long a token is at least.
const minToken = 8

// reachable is the URL of the server in this process, as agents name it.
func (l *leading) reachable(at *net.TCPAddr) string {
	host := at.IP.String()
	if at.IP.IsUnspecified() {
		host = machine().Host
	}
	return "nats://" + net.JoinHostPort(host, fmt.Sprint(at.Port))
}

// changed tells of an agent.
func (l *leading) changed(b fleet.Beat, first bool) {
	host := printable.Line(b.Host)
	switch {
	case b.Refused != "":
		l.told("an agent on %s refuses: %s", host, printable.Line(b.Refused))
	case b.Gone:
		l.step("an agent on %s has ended", host)
	case first:
		l.step("an agent on %s (%d CPUs) is there", host, b.CPUs)
	}
}

// piece keeps a piece.
func (l *leading) piece(p *fleet.Piece) error {
	if err := errors.Join(l.store.add(p), l.noteClock(p)); err != nil {
		return err
	}
	if p.Kind == fleet.Whole && l.store.set.Has(p.Part) {
		if err := l.leader.Done(context.Background(), p.Part); err != nil {
			return err
		}
	}
	if len(l.store.open()) == 0 {
		return errAllDone
	}
	l.show()
	return nil
}

// caught hands out what is open, once it is known what that is.
func (l *leading) caught() error {
	l.view.tally.Caught()
	if len(l.store.open()) == 0 {
		return errAllDone
	}
	if l.wall() {
		return nil // when all agents are there
	}
	return l.offer(fleetPart{}, false)
}

// offer hands out the shards that are open and that no agent can claim.
func (l *leading) offer(what fleetPart, again bool) error {
	text, err := json.Marshal(what)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Hour) // each request has its own
	defer stop()
	for _, n := range l.store.open() {
		if again && l.store.again[n] {
			if err := l.leader.Done(ctx, n); err != nil {
				return err
			}
		}
		delete(l.store.again, n)
		if err := l.leader.Offer(ctx, n, text); err != nil {
			return err
		}
	}
	return nil
}
