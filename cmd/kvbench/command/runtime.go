package command

import (
	"context"
	"fmt"

	"kvbench/internal/bench"
	"kvbench/internal/runfile"
	"kvbench/internal/workerd"

	"github.com/spf13/pflag"
)

// What runs the scripts of the pattern worker.
const (
	runtimeGoja    = "goja"    // in this process, in virtual time too
	runtimeWorkerd = "workerd" // the real runtime, on the wall clock
)

// runtimeOptions choose what runs scripts.
type runtimeOptions struct {
	runtime string
	workerd string // the executable, as it was named
	// real is the executable that was found, and its version; empty and zero where scripts
	// run in this process.
	real    string
	version runfile.Runtime
}

func (o *runtimeOptions) flags(f *pflag.FlagSet, when string) {
	f.StringVar(&o.runtime, "runtime", runtimeGoja, when+"run the scripts of the pattern worker in `goja|workerd`: in kvbench itself, or on the real runtime and the wall clock")
	f.StringVar(&o.workerd, "workerd", "", when+"the executable `FILE` of workerd, for --runtime workerd and worker://local; else KVBENCH_WORKERD, what make workerd installs, or that on PATH")
}

// choose finds the runtime; what is returned is what files are to be loaded with. Its errors
// are of usage.
func (o *runtimeOptions) choose(ctx context.Context) (context.Context, error) {
	switch o.runtime {
	case runtimeGoja, "":
		return ctx, nil
	case runtimeWorkerd:
	default:
		return ctx, usage(badRuntime(o.runtime))
	}
	executable, err := workerd.Find(o.workerd)
	if err != nil {
		return ctx, usage(err)
	}
	version, err := workerd.VersionOf(ctx, executable)
	if err != nil {
		return ctx, unlessStopped(ctx, err)
	}
	o.real, o.version = executable, runfile.Runtime{Name: runtimeWorkerd, Version: version}
	parentOf(ctx).unbind()
	return onWorkerd(ctx, executable), nil
}

func badRuntime(name string) error { return fmt.Errorf("--runtime %q: want goja or workerd", name) }

type workerdKey struct{}

// onWorkerd has the patterns of a file that is loaded with the context run scripts on the
// real runtime where the clock is the wall's.
func onWorkerd(ctx context.Context, executable string) context.Context {
	return context.WithValue(ctx, workerdKey{}, executable)
}

// workerPattern is the pattern whose scripts a runtime runs.
const workerPattern = "worker"

// apply has a scenario run on the wall clock where the real runtime runs it.
func (o *runtimeOptions) apply(s *bench.Scenario, asked string) error {
	if o.real == "" || s.Pattern.Name != workerPattern {
		return nil
	}
	const why = "the real runtime runs on the wall clock alone"
	switch {
	case s.Clock != "virtual":
		s.Clock = "wall"
		return nil
	case asked != "":
		return fmt.Errorf("--clock virtual with --runtime workerd: %s; leave one of them out", why)
	}
	return s.At("clock", "the clock is virtual, and --runtime workerd was given: "+why, "write clock: auto, or give --clock wall")
}

// What one process of workerd has for its isolates, in bytes. Of a small script 180 took 2.4 MB
// each, and 1,023 ran; of 3,000 V8 ran out of memory.
const (
	isolateMemory = 4 << 20
	mostIsolates  = 4 << 30
)

// room refuses more isolates than there is memory for, where the real runtime is to run them:
// one process has them all.
func (o *runtimeOptions) room(s *bench.Scenario, locations int, memory float64) error {
	if o.real == "" || s.Pattern.Name != workerPattern {
		return nil
	}
	n := s.Params.Isolates * max(locations, 1)
	memory = min(memory, mostIsolates)
	if n == 1 || float64(n)*isolateMemory <= memory {
		return nil
	}
	return s.At("isolates", fmt.Sprintf("%d isolates at each of %d locations take about %s on the real runtime, 4 MB each, and there is room for %s",
		s.Params.Isolates, max(locations, 1), memorySize(float64(n)*isolateMemory), memorySize(memory)),
		fmt.Sprintf("use at most %d", max(1, int(memory/isolateMemory)/max(locations, 1))))
}
