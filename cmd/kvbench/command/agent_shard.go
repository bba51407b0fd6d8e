package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"kvbench/internal/fleet"
	"kvbench/internal/merge"
	"kvbench/internal/runfile"
)

// shardRun is a shard that an agent runs: a process of its own, whose run file it follows.
type shardRun struct {
	plan    *fleetPlan
	want    *runfile.Header
	dir     string // in which the process runs
	carried string // see fleetPlan.unpack
	env     []string
	claim   *fleet.Claim
	out     string // of the process

	file    *os.File
	rest    []byte // of the file, not sent yet: a line that has not ended
	checked bool   // its header is as planned
	last    []byte // its last line
}

// lookEvery is how often an agent looks for lines.
const lookEvery = 100 * time.Millisecond

// maxRead is how much of a run file is read at once.
const maxRead = 256 << 10

// stopWait is for how long an agent that is stopped says so.
const stopWait = 5 * time.Second

// shard runs a shard and sends what it measures. An error ends the agent.
func (a *agent) shard(ctx context.Context, r *shardRun) error {
	var part fleetPart
	if err := json.Unmarshal(r.claim.What, &part); err != nil {
		return r.claim.Fail(ctx, "the leader's part: "+err.Error())
	}
	out, err := os.MkdirTemp("", "kvbench-shard-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(out)
	r.out = out
	a.told("shard %d/%d begins", r.claim.Part, r.plan.Shards)
	status, said, err := r.run(ctx, part)
	if r.file != nil {
		defer r.file.Close()
	}
	if ctx.Err() != nil {
		last, stop := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
		defer stop()
		_ = r.claim.Fail(last, "the agent was stopped") // else the claim ends by itself
		return ctx.Err()
	}
	if differs := new(differsError); errors.As(err, &differs) {
		_ = r.claim.Refuse(ctx, err.Error())
		return usage(fmt.Errorf("shard %d/%d: %w", r.claim.Part, r.plan.Shards, err))
	}
	if err != nil {
		return err
	}
	switch whole := r.whole(); {
	case whole:
		a.told("shard %d/%d has ended", r.claim.Part, r.plan.Shards)
		return r.claim.Whole(ctx)
	case status == exitUsage:
		why := fmt.Errorf("shard %d/%d can't be run here: %s", r.claim.Part, r.plan.Shards, short(said))
		if err := r.claim.Refuse(ctx, said); err != nil {
			return err
		}
		return usage(why)
	}
	a.told("shard %d/%d has failed: %s", r.claim.Part, r.plan.Shards, short(said))
	return r.claim.Fail(ctx, fmt.Sprintf("exit status %d: %s", status, said))
}

// run runs the process to its end, and sends the lines of its run file as they come. said is
// the beginning of what it has told.
func (r *shardRun) run(ctx context.Context, part fleetPart) (status int, said string, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, "", err
	}
	ctx, kill := context.WithCancel(ctx)
	defer kill()
	cmd := exec.CommandContext(ctx, self, r.plan.args(r.claim.Part, part, r.carried, r.out)...)
	cmd.Args[0] = os.Args[0]
	cmd.Dir, cmd.Env, cmd.SysProcAttr = r.dir, r.env, childAttributes()
	told := &head{}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = told, told, stopWait
	ended := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the process ends with the thread that has started it
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			ended <- err
			return
		}
		ended <- cmd.Wait()
	}()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for running := true; running; {
		select {
		case err := <-ended:
			if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
				return 0, "", err
			}
			running = false
		case <-look.C:
		}
		if err := r.follow(ctx); err != nil {
			if running {
				kill()
				<-ended
			}
			return 0, told.String(), err
		}
	}
	return cmd.ProcessState.ExitCode(), told.String(), nil
}

// follow sends the lines that have come since it was called last. The file may be put into another order at
// its end, as another file: this one goes on being the one that it was.
func (r *shardRun) follow(ctx context.Context) (err error) {
	if r.file == nil {
		if r.file, err = os.Open(filepath.Join(r.out, runfile.FileName)); err != nil {
			r.file = nil
			return nil // not yet
		}
	}
	for {
		old := len(r.rest)
		r.rest = slices.Grow(r.rest, maxRead)
		n, err := r.file.Read(r.rest[old : old+maxRead])
		r.rest = r.rest[:old+n]
		if n == 0 {
			if err == io.EOF {
				err = nil
			}
			return err
		}
		end := bytes.LastIndexByte(r.rest, '\n') + 1
		lines := r.rest[:end]
		if end == 0 {
			continue
		}
		if !r.checked {
			if err := r.check(lines[:bytes.IndexByte(lines, '\n')+1]); err != nil {
				return err
			}
			r.checked = true
		}
		if err := r.claim.Send(ctx, lines); err != nil {
			return err
		}
		from := bytes.LastIndexByte(lines[:end-1], '\n') + 1
		r.last = append(r.last[:0], lines[from:]...)
		r.rest = append(r.rest[:0], r.rest[end:]...)
	}
}

// differsError says that what an agent would run is not what the leader has planned.
type differsError struct{ what string }

func (e *differsError) Error() string {
	return "it is another run than the leader's: " + e.what + "; the variables of the environment that the scenario file names are to be the same"
}

// check holds the header of the shard against what the leader has planned.
func (r *shardRun) check(line []byte) error {
	run, err := runfile.Read("the shard's run file", bytes.NewReader(line))
	if err != nil {
		return err
	}
	want := *r.want
	want.Started = run.Header.Started
	if what := merge.Differs(&want, &run.Header); what != "" {
		return &differsError{what}
	}
	return nil
}

// whole reports whether the file has ended as one does that nobody has stopped.
func (r *shardRun) whole() bool {
	var last struct {
		Trailer *struct {
			Interrupted bool `json:"interrupted"`
		} `json:"trailer"`
	}
	return len(r.rest) == 0 && json.Unmarshal(r.last, &last) == nil && last.Trailer != nil && !last.Trailer.Interrupted
}

// environment is that of the shards: without what lets the agent in at the server, and without the
// secrets of drivers that the run does not have.
func (a *agent) environment(all []string, want *runfile.Header) []string {
	drop := map[string]bool{fleet.TokenVariable: true, fleet.CredentialsVariable: true, fleet.CAVariable: true}
	keep := map[string]bool{}
	for _, d := range a.table {
		for _, name := range d.Secrets {
			drop[name] = true
			keep[name] = keep[name] || uses(want, d.Scheme)
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return drop[name] && !keep[name]
	})
}

// uses reports whether a run has a driver.
func uses(h *runfile.Header, scheme string) bool {
	of := func(url string) bool { return strings.HasPrefix(url, scheme+"://") || strings.Contains(url, "${") }
	for i := range h.Scenarios {
		d := &h.Scenarios[i]
		if of(d.Driver) || slices.ContainsFunc(d.Points, func(p runfile.Point) bool { return of(p.Driver) }) {
			return true
		}
	}
	return false
}

// head keeps the beginning of what is written to it.
type head struct {
	mu   sync.Mutex
	text []byte
}

// maxHead is how much.
const maxHead = 4 << 10

// Write implements io.Writer.
func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text = append(h.text, p[:min(len(p), maxHead-len(h.text))]...)
	return len(p), nil
}

// String is what it keeps.
func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.TrimSpace(string(h.text))
}
