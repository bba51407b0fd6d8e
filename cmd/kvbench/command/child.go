package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"kvbench/internal/memory"
	"kvbench/internal/printable"
	"kvbench/internal/scenariofile"
	"kvbench/scenarios"
)

// Scripts may do what no Go code can end from inside, such as ask for more memory than there
// is. So a command whose file may have a Worker runs in a child process, and this one looks
// after it.

// childVariable says that the process is a child: its standard error is descriptor 3, and 4
// takes what it tells its parent. What Go says when it crashes goes to descriptor 2, which
// only the parent reads.
const childVariable = "KVBENCH_CHILD"

// hasWorker matches what a scenario file with a Worker has. It may match one that has none:
// a child is as good.
var hasWorker = regexp.MustCompile(`pattern["']?\s*:\s*["']?(worker|\$)`)

// mayHaveWorker reports whether a command line may run a Worker.
func mayHaveWorker(args []string) bool {
	if len(args) > 0 && args[0] == "verify" {
		return true
	}
	if len(args) == 0 || !slices.Contains([]string{"run", "check", "compare", "list"}, args[0]) {
		return false
	}
	named := false
	for _, name := range append(slices.Clone(args[1:]), defaultFile) {
		info, err := os.Stat(name)
		named = named || err == nil
		switch {
		case err != nil:
		case info.IsDir():
			if _, err := os.Stat(filepath.Join(name, scenarios.StarterFile)); err == nil {
				return true
			}
		case filepath.Base(name) == scenarios.StarterFile:
			return true
		case info.Mode().IsRegular() && info.Size() <= scenariofile.MaxFileBytes:
			if text, err := os.ReadFile(name); err == nil && hasWorker.Match(text) {
				return true
			}
		}
	}
	return !named && hasWorker.Match(scenarios.Shipped())
}

// firstMemory is the memory of a child before it is known what its plan needs; it may have
// as much more as twice that. An isolate of Workers has 128 MB.
const firstMemory = 2 << 30

// maxCrash bounds what is kept of what a child says when it crashes.
const maxCrash = 64 << 10

// child is a child process, as its parent sees it.
type child struct {
	*exec.Cmd
	mu      sync.Mutex
	running []string // what it has said that it runs
	memory  uint64   // bytes that it may have
	ended   bool     // it has said that it ends as it should
	dir     string   // of the run that it carries out; empty before
}

// supervise runs the command line in a child and returns the exit status.
func supervise(args []string) int {
	runtime.LockOSThread() // the child ends with the thread that has started it
	defer runtime.UnlockOSThread()
	status, err := runChild(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "kvbench:", err)
		return exitFailed
	}
	return status
}

func runChild(args []string) (status int, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	crash, crashTo, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer crash.Close()
	told, toldTo, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer told.Close()
	c := &child{Cmd: exec.Command(self, args...), memory: firstMemory}
	c.Args[0] = os.Args[0]
	c.Env = append(os.Environ(), childVariable+"=1")
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, crashTo
	c.ExtraFiles = []*os.File{os.Stderr, toldTo}
	c.SysProcAttr = childAttributes()
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := c.Start(); err != nil {
		return 0, err
	}
	crashTo.Close()
	toldTo.Close()
	var said bytes.Buffer
	var reading sync.WaitGroup
	reading.Go(func() {
		_, _ = io.Copy(&said, io.LimitReader(crash, maxCrash))
		_, _ = io.Copy(io.Discard, crash)
	})
	reading.Go(func() { c.listen(told) })
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	eaten := c.attend(signals, ended)
	reading.Wait()
	return c.verdict(eaten, said.String())
}

// kept says what is left of a run that was cut off, and draws what its file has.
func (c *child) kept() string {
	if c.dir == "" {
		return ", before anything was measured"
	}
	ctx, stop := context.WithTimeout(context.Background(), mostDrawing)
	defer stop()
	draw := exec.CommandContext(ctx, c.Path, "report", c.dir)
	draw.Args[0] = c.Args[0]
	if err := draw.Run(); err != nil {
		return fmt.Sprintf("; what was measured until then is in %s, and kvbench report %[1]s draws it", printable.Line(c.dir))
	}
	return fmt.Sprintf("; what was measured until then is in %s, with its report", printable.Line(c.dir))
}

// mostDrawing bounds the drawing of what is left.
const mostDrawing = 5 * time.Minute

// attend forwards signals to the child and watches its memory until it has ended. eaten is how
// much it had when it was ended for that; 0 where it was not.
func (c *child) attend(signals <-chan os.Signal, ended <-chan error) (eaten uint64) {
	t := time.NewTicker(100 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-ended:
			return eaten
		case s := <-signals:
			_ = c.Process.Signal(s) // it may have ended
		case <-t.C:
			c.mu.Lock()
			most := c.memory
			c.mu.Unlock()
			if used := memory.Resident(c.Process.Pid); used > most && eaten == 0 {
				eaten = used
				_ = c.Process.Kill()
			}
		}
	}
}

// verdict is how the child has ended, told where it could not itself.
func (c *child) verdict(eaten uint64, said string) (status int, err error) {
	running := ""
	if len(c.running) > 0 {
		running = strings.Join(c.running, ", ") + ": "
	}
	switch full := strings.Contains(said, "out of memory") || strings.Contains(said, "cannot allocate memory"); {
	case eaten > 0 || full && !c.ended: // these are Go's words
		return 0, fmt.Errorf("%sthe script needs more memory than the %s that kvbench has for it; an isolate of Workers has 128 MB%s",
			running, memorySize(float64(c.memory)), c.kept())
	case c.ended:
		return c.ProcessState.ExitCode(), nil
	case c.ProcessState.ExitCode() == exitInterrupted:
		return exitInterrupted, nil
	case strings.TrimSpace(said) != "":
		return 0, errors.New(running + "kvbench crashed:\n" + said)
	}
	return 0, fmt.Errorf("%sthe process that ran the scripts was ended: %v%s", running, c.ProcessState, c.kept())
}

// What a child tells: a letter and a text, one a line.
const (
	toldBegin  = '+' // of what runs
	toldEnd    = '-'
	toldMemory = 'm' // bytes that the plan needs
	toldDir    = 'd' // of the run
	toldDone   = '.'
)

func (c *child) listen(r io.Reader) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		if line == "" {
			continue
		}
		c.mu.Lock()
		switch rest := line[1:]; line[0] {
		case toldBegin:
			c.running = append(c.running, rest)
		case toldEnd:
			if i := slices.Index(c.running, rest); i >= 0 {
				c.running = slices.Delete(c.running, i, i+1)
			}
		case toldMemory:
			if n, err := strconv.ParseUint(rest, 10, 62); err == nil {
				c.memory = firstMemory + 2*n
			}
		case toldDir:
			c.dir = rest
		case toldDone:
			c.ended = true
		}
		c.mu.Unlock()
	}
}

// parent is who a child tells; nil for a process that is none.
type parent struct {
	mu sync.Mutex
	to io.Writer
	// unbound says that addresses are not limited.
	unbound bool
	crash   *os.File // where Go says that it crashes; kept, as it would be closed otherwise
}

type parentKey struct{}

func parentOf(ctx context.Context) *parent {
	p, _ := ctx.Value(parentKey{}).(*parent)
	return p
}

func (p *parent) tell(kind byte, text string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = fmt.Fprintf(p.to, "%c%s\n", kind, strings.ReplaceAll(text, "\n", " ")) // without a parent nobody wants to know
}

// running tells that something runs until the function that it returns is called.
func (p *parent) running(name string) (done func()) {
	p.tell(toldBegin, name)
	return func() { p.tell(toldEnd, name) }
}

// needs tells how much memory the plan needs.
func (p *parent) needs(bytes float64) {
	if p == nil {
		return
	}
	n := uint64(max(0, min(bytes, 1<<60)))
	p.tell(toldMemory, strconv.FormatUint(n, 10))
	if !p.unbound {
		limitAddresses(n)
	}
}

// unbind lets the process and those that it starts take as many addresses as they like.
func (p *parent) unbind() {
	if p == nil {
		return
	}
	p.unbound = true
	freeAddresses()
}
