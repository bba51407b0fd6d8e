package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"kvbench/internal/bench"
	"kvbench/internal/scenariofile"
	"kvbench/scenarios"
)

// plans are those of the model and of the real side. The errors are of usage.
func (o *verifyOptions) plans(ctx context.Context, args []string, stderr io.Writer) (sides [2]*plan, err error) {
	settings := [2]settings{o.settings, o.settings}
	settings[0].clock, settings[1].clock = "virtual", "wall"
	settings[0].repeat, settings[1].repeat = o.seeds*o.perSeed(), o.seeds
	settings[0].parallel, settings[1].parallel = 0, o.realLanes()
	settings[0].runtimeOptions = runtimeOptions{}
	contexts := [2]context.Context{ctx, ctx}
	if contexts[1], err = o.choose(ctx, &settings[1]); err != nil {
		return sides, err
	}
	for i := range sides {
		told := stderr
		if i > 0 {
			told = io.Discard // it has been said
			if o.realFiles != nil {
				args = o.realFiles
			}
		}
		file, err := o.load(contexts[i], args, told)
		if err != nil {
			return sides, err
		}
		if sides[i], err = newPlan(file, settings[i]); err != nil {
			return sides, err
		}
		sides[i].header.Command = o.words(args)
		for n := range sides[i].scenarios {
			sides[i].scenarios[n].MaxErrors = 1 // errors are compared as all else
		}
	}
	model, real := sides[0], sides[1]
	model.seeds = modelSeeds(model.header.Seed, o.perSeed())
	real.seeds = realSeeds(model.header.Seed, settings[0].repeat)
	real.together = true
	told := stderr
	if o.quiet {
		told = io.Discard
	}
	all, err := model.estimates(ctx, thisMachine(), small, told)
	if err != nil {
		return sides, err
	}
	model.estimated = all
	parentOf(ctx).needs(model.need(all).memory)
	return sides, nil
}

// load reads the files, or those that kvbench carries, as one, and leaves out what can't be
// verified.
func (o *verifyOptions) load(ctx context.Context, args []string, told io.Writer) (*scenariofile.File, error) {
	if len(args) == 0 {
		return o.loadShipped(ctx, told)
	}
	var out *scenariofile.File
	of := map[string]string{}
	for i := range args {
		f, err := loadFile(ctx, args[i:i+1], told, o.secrets)
		if err != nil {
			return nil, err
		}
		keep, left := verifiable(f.Scenarios)
		for _, why := range left {
			fmt.Fprintf(told, "Left out: %s\n", why)
		}
		for i := range keep {
			name := keep[i].Name
			if other, twice := of[name]; twice {
				return nil, usage(fmt.Errorf("%s and %s both have a scenario %s: rename one, or verify them one after the other", other, f.Name, name))
			}
			of[name] = f.Name
		}
		f.Scenarios = keep
		if out == nil {
			out = f
			continue
		}
		out.Name += " " + f.Name
		out.Scenarios = append(out.Scenarios, keep...)
	}
	if len(out.Scenarios) == 0 {
		return nil, usage(fmt.Errorf("%s: no scenario of the pattern %s is there to verify", out.Name, workerPattern))
	}
	return out, nil
}

// verifiable tells the scenarios that can be verified from those that can't, and why.
func verifiable(all []bench.Scenario) (keep []bench.Scenario, left []string) {
	for i := range all {
		s := &all[i]
		switch {
		case s.Pattern.Name != workerPattern:
			left = append(left, fmt.Sprintf("%s is of the pattern %s, which no Worker runs", s.Name, s.Pattern.Name))
		case s.Find != nil:
			left = append(left, s.Name+" searches for a rate; give it one")
		case len(s.Point) > 0:
			left = append(left, s.Title()+" is a point of a sweep")
		default:
			keep = append(keep, *s)
		}
	}
	return keep, slices.Compact(left) // the points of a sweep follow each other, and are left out alike
}

// loadShipped reads the scenarios that kvbench carries: from a folder of their own, which
// is gone when they have been read.
func (o *verifyOptions) loadShipped(ctx context.Context, told io.Writer) (f *scenariofile.File, err error) {
	dir, err := os.MkdirTemp("", "kvbench-verify-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	shipped := scenarios.Workers()
	names, err := fs.Glob(shipped, "*")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := fs.ReadFile(shipped, name)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return nil, err
		}
	}
	if f, err = loadFile(ctx, []string{filepath.Join(dir, scenarios.VerifyFile)}, told, o.secrets); err == nil {
		f.Name = "built-in " + scenarios.VerifyFile
	}
	return f, err
}

// words are the command line that repeats it.
func (o *verifyOptions) words(args []string) string {
	words := []string{"kvbench verify"}
	for _, a := range args {
		words = append(words, quote(a))
	}
	for _, glob := range o.only {
		words = append(words, "--only", quote(glob))
	}
	if o.duration > 0 {
		words = append(words, "--duration", o.duration.String())
	}
	words = append(words, "--seeds", fmt.Sprint(o.seeds))
	if o.seeded {
		words = append(words, "--seed", fmt.Sprint(o.seed))
	}
	return strings.Join(words, " ")
}

// modelRuntime is what scripts run on in virtual time.
func modelRuntime() string {
	const engine = "goja"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if strings.HasSuffix(d.Path, "/"+engine) {
				return engine + " " + d.Version
			}
		}
	}
	return engine
}

// onRealRuntime makes settings those of the real runtime.
func onRealRuntime(ctx context.Context, s *settings) (context.Context, error) {
	s.runtimeOptions = runtimeOptions{runtime: runtimeWorkerd, workerd: s.workerd}
	return s.runtimeOptions.choose(ctx)
}
