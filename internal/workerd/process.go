package workerd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// readyWithin bounds the time until all sockets listen: workerd takes a tenth of a second,
	// and a second for each 10 MB of modules.
	readyWithin = time.Minute
	// stopWithin is the time that requests have to end when the process is stopped.
	stopWithin = 3 * time.Second
)

// Process is a workerd that serves.
type Process struct {
	cmd     *exec.Cmd
	out     *output
	done    chan struct{}
	address map[string]string

	mu      sync.Mutex
	stopped bool  // it has been asked to end
	why     error // that it was killed
	err     error // set when done closes
}

// Start starts workerd and returns when all sockets listen. What the process and its
// Workers write goes to log, a line a Write, no more than 4 MiB in all. ctx bounds the start
// alone: the process lives until Stop or Kill, and no longer than the process that calls,
// however that ends.
func Start(ctx context.Context, executable string, c Config, log io.Writer) (*Process, error) {
	config, err := text(c)
	if err != nil {
		return nil, fmt.Errorf("workerd: %w", err)
	}
	file, err := newConfigFile(config)
	if err != nil {
		return nil, fmt.Errorf("workerd: its configuration: %w", err)
	}
	defer file.remove()
	control, controlTo, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("workerd: %w", err)
	}
	p := &Process{out: &output{to: log}, done: make(chan struct{}), address: map[string]string{}}
	p.cmd = exec.Command(executable, "serve", file.path, "config", "--control-fd=3")
	p.cmd.ExtraFiles = append([]*os.File{controlTo}, file.pass...)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.Env = environment(os.Environ())
	p.cmd.SysProcAttr = attributes()
	p.cmd.WaitDelay = time.Second
	err = p.run()
	controlTo.Close()
	if err != nil {
		control.Close()
		return nil, fmt.Errorf("workerd: %w", err)
	}
	wanted := make([]string, 0, len(c.Sockets)+1)
	for _, s := range c.Sockets {
		wanted = append(wanted, s.Name)
	}
	if err := p.ready(ctx, control, append(wanted, inside)); err != nil {
		p.Kill(err)
		<-p.done
		return nil, p.Err()
	}
	return p, nil
}

// environment is what of ours the process gets: what it needs to load, and no secrets.
func environment(ours []string) []string {
	return slices.DeleteFunc(slices.Clone(ours), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return !slices.Contains([]string{"PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}, name)
	})
}

// run starts the process and sees to its end in a goroutine, which keeps the thread that has
// started it: a process ends with that thread.
func (p *Process) run() error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		guard, err := startGuarded(p.cmd)
		started <- err
		if err != nil {
			return
		}
		waited := p.cmd.Wait()
		killGroup(p.cmd.Process.Pid) // nothing of it is left, where it had children
		guard.release()
		p.out.close()
		p.mu.Lock()
		p.err = p.verdict(waited)
		p.mu.Unlock()
		close(p.done)
	}()
	return <-started
}

// verdict says how the process has ended; the caller holds the lock.
func (p *Process) verdict(waited error) error {
	switch {
	case p.why != nil:
		return p.why
	case p.stopped:
		return nil
	}
	if waited == nil {
		waited = errors.New("it ended with status 0")
	}
	return p.crash(waited)
}

// ErrMemory is in the error of a process that has ended because an isolate's heap was full, or
// that was killed for what it held.
var ErrMemory = errors.New("the Worker took more memory than there is for it; Cloudflare allows 128 MB an isolate")

// crash is an error that says what is known of it: the last lines that tell something.
func (p *Process) crash(how error) error {
	if p.out.outOfMemory() {
		return fmt.Errorf("workerd: %w: %w", how, ErrMemory)
	}
	if exit, ok := errors.AsType[*exec.ExitError](how); ok && exit.String() == "signal: killed" {
		how = fmt.Errorf("%w, not by kvbench: by the system, for want of memory, or by somebody", how)
	}
	if tail := p.out.tail(); tail != "" {
		return fmt.Errorf("workerd: %w; its last lines:\n%s", how, tail)
	}
	return fmt.Errorf("workerd: %w, without a word", how)
}

// maxEvents bounds what is read of the control descriptor, in bytes.
const maxEvents = 1 << 20

// ready waits until all wanted sockets listen.
func (p *Process) ready(ctx context.Context, control *os.File, wanted []string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, readyWithin, fmt.Errorf("its sockets did not listen within %v", readyWithin))
	defer cancel()
	listening := make(chan error, 1)
	go func() {
		defer control.Close()
		events := json.NewDecoder(io.LimitReader(control, maxEvents))
		for len(p.address) < len(wanted) {
			var e struct {
				Event, Socket string
				Port          int
			}
			if err := events.Decode(&e); err != nil {
				listening <- err
				return
			}
			if e.Event == "listen" && slices.Contains(wanted, e.Socket) {
				p.address[e.Socket] = net.JoinHostPort("127.0.0.1", strconv.Itoa(e.Port))
			}
		}
		listening <- nil
		_, _ = io.Copy(io.Discard, control) // until it ends
	}()
	select {
	case err := <-listening:
		if err == nil {
			return nil
		}
		// The descriptor ends with the process, which is about to say how it ended.
		select {
		case <-p.done:
			return p.Err()
		case <-time.After(stopWithin):
			return p.crash(fmt.Errorf("its sockets do not listen: %w", err))
		}
	case <-p.done:
		return p.Err()
	case <-ctx.Done():
		return p.crash(context.Cause(ctx))
	}
}

// Address is where a socket of the configuration listens, HOST:PORT; empty for one that it
// has not.
func (p *Process) Address(socket string) string { return p.address[socket] }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is why the process has ended: nil while it runs and when it was stopped, what Kill was
// given, or a crash with its last lines.
func (p *Process) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Stop ends the process: requests have three seconds to end. It returns Err.
func (p *Process) Stop() error {
	p.mu.Lock()
	p.stopped = true
	p.mu.Unlock()
	select {
	case <-p.done:
		return p.Err()
	default:
	}
	terminate(p.cmd.Process)
	select {
	case <-p.done:
	case <-time.After(stopWithin):
		killGroup(p.cmd.Process.Pid)
		<-p.done
	}
	return p.Err()
}

// Kill ends the process at once, for the reason that Err then has. It does not wait.
func (p *Process) Kill(why error) {
	if why == nil {
		why = errors.New("workerd was killed")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.done:
		return
	default:
	}
	if p.why == nil && !p.stopped {
		p.why = why
	}
	killGroup(p.cmd.Process.Pid)
}
