package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
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
	claim   time.Duration // see fleet.Call
}

func (o *fleetFlags) add(f *pflag.FlagSet) {
	f.IntVar(&o.agents, "agents", 0, "have `N` agents (kvbench agent) run it: on the wall clock exactly so many at once, in virtual time as many as there are")
	f.StringVar(&o.nats, "nats", "", "reach agents over the NATS server of this `URL`; without one this process serves NATS itself")
	f.StringVar(&o.listen, "nats-listen", "127.0.0.1:0", "serve NATS at this `ADDRESS`; port 0 takes a free one")
	f.DurationVar(&o.wait, "wait", 10*time.Minute, "wait this `DURATION` for a NATS server, and for agents")
	f.DurationVar(&o.startIn, "start-in", 30*time.Second, "on the wall clock, start the load this `DURATION` after all agents are there; the store is seeded meanwhile")
	f.DurationVar(&o.claim, claimFlag, fleet.ClaimWait, "take a shard from an agent that is silent for this `DURATION`")
	_ = f.MarkHidden(claimFlag) // tests have less time
}

// claimFlag is how long a claim lasts of which nothing is heard.
const claimFlag = "claim"

// asLeader checks the flags of a run that agents do; leads says that it is one.
func (o *runOptions) asLeader(c *cobra.Command) (leads bool, err error) {
	given := c.Flags().Changed
	if !given("agents") {
		return false, alone(c, "agents", "which has agents run it", "nats", "nats-listen", "wait", "start-in", claimFlag)
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
	case f.claim < 100*time.Millisecond || f.claim > time.Hour:
		return true, fmt.Errorf("--%s %v: want 100ms to 1h", claimFlag, f.claim)
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

	began, alone time.Time     // alone: since when no agent was there
	offered      time.Duration // when the shards were offered, by the leader's Hearing
	seen         int           // pieces, when it was last looked at
	busy         time.Time     // when a piece came or no agent was idle, last
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
	ctx, failed := context.WithCancelCause(ctx)
	defer failed(nil)
	err := l.runUntil(ctx, failed)
	if why := broken(ctx); err != nil && why != nil {
		return l.goesOn(why)
	}
	return err
}

// goesOn is an error with which the leader ends, and after which another can go on.
func (l *leading) goesOn(err error) error {
	return fmt.Errorf("%w; %d of %d shards are whole, and the same command with --out %s goes on", err, l.store.whole(), l.store.of, l.state.dir)
}

// runUntil is run; failed ends ctx.
func (l *leading) runUntil(ctx context.Context, failed context.CancelCauseFunc) error {
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
		go watchServer(ctx, server, failed)
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
	l.leader, err = fleet.Lead(calling, conn, fleet.Call{Job: l.state.Job, Version: l.header.Version, Once: l.wall(), Claim: l.o.fleet.claim}, l.changed)
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
	l.began, l.alone, l.busy = time.Now(), time.Now(), time.Now()
	l.view.draw()
	err = l.leader.Collect(ctx, func(p *fleet.Piece) error { return l.piece(ctx, p) },
		func() error { return l.caught(ctx) }, func() error { return l.idle(ctx) })
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
	case ctx.Err() != nil && broken(ctx) == nil: // else agents wait for the leader that goes on
		l.leader.Stop("the leader was interrupted")
		return &statusError{status: exitInterrupted, err: l.goesOn(errors.New("interrupted"))}
	}
	return l.goesOn(refusedByServer(err))
}

// errAllDone ends the collecting.
var errAllDone = errors.New("all shards are whole or lost")

func (l *leading) wall() bool { return l.header.Clock == "wall" }

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
func (l *leading) piece(ctx context.Context, p *fleet.Piece) error {
	if err := errors.Join(l.store.add(p), l.noteClock(p)); err != nil {
		return err
	}
	if p.Kind == fleet.Whole && l.store.set.Has(p.Part) {
		if err := l.leader.Done(ctx, p.Part); err != nil {
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
func (l *leading) caught(ctx context.Context) error {
	l.view.tally.Caught()
	if len(l.store.open()) == 0 {
		return errAllDone
	}
	if l.wall() {
		return nil // when all agents are there
	}
	return l.offer(ctx, fleetPart{}, false)
}

// offer hands out the shards that are open and that no agent can claim.
func (l *leading) offer(ctx context.Context, what fleetPart, again bool) error {
	text, err := json.Marshal(what)
	if err != nil {
		return err
	}
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
