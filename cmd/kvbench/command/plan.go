package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/budget"
	"kvbench/drivers/worker"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
	"kvbench/internal/secret"
	"kvbench/kv"

	"github.com/spf13/cobra"
)

// settings are what the command line sets over the scenario file.
type settings struct {
	driver   string
	clock    string
	only     []string
	duration time.Duration
	repeat   int
	detect   bool
	parallel int // runs in virtual time at once; 0: as many as the machine has cores
	seed     uint64
	shard    *runfile.Shard // which part of the run this is; nil: all of it
	startAt  time.Time      // on the wall clock, when the shards' first load starts
	// timed, repeated and seeded: the duration, the number of repeats, the seed was given.
	timed, repeated, seeded bool
	runtimeOptions
	secrets *secret.Set
	// openURL opens a store; drivers.Open where it is nil.
	openURL openURL
}

// note notes which of the settings were given.
func (s *settings) note(c *cobra.Command) {
	given := c.Flags().Changed
	s.timed, s.repeated, s.seeded = given("duration"), given("repeat"), given("seed")
}

// plan is what is to run: the scenarios with everything decided.
type plan struct {
	file      *scenariofile.File
	header    runfile.Header
	scenarios []bench.Scenario      // each point of a sweep is one
	of        []int                 // by those, the scenario of the header
	defs      []*runfile.Definition // by those, as the header has it at the point
	openURL   openURL
	detect    bool        // a detector is told the calls of every variant
	secrets   *secret.Set // that no file of the run holds
	// open opens the store of one run of a variant.
	open func(s *bench.Scenario, c clock.Clock, seed uint64) (kv.Store, error)
	// lanes is how many runs may go on at once; estimated, if they were, what the variants
	// of each scenario need.
	lanes     int
	estimated [][]estimate
	// together says that runs on the wall clock may go on at once too: each of them waits
	// most of the time.
	together bool
	// seeds are those of the requests and of the store of a repeat.
	seeds  func(repeat int) (requests, store uint64)
	opened int  // runs on the wall clock that have begun, whose number is in their keys
	given  bool // the driver is the command line's
	// share is which transactions are this process's, on the wall clock; startAt, when the
	// first load starts, zero: as soon as it can.
	share   load.Share
	startAt time.Time
	// ledger pays for the calls of stores that bill; see allow.
	ledger *budget.Ledger
}

// newPlan decides on everything that a run needs. Its errors are of usage.
func newPlan(file *scenariofile.File, s settings) (*plan, error) {
	file, err := file.Select(s.only...)
	if err != nil {
		return nil, usage(err)
	}
	seed := file.Seed
	if s.seeded {
		seed = s.seed
	}
	p := &plan{file: file, header: header(file, s, seed), openURL: s.openURL, secrets: s.secrets, detect: s.detect, lanes: s.lanes()}
	if p.openURL == nil {
		p.openURL = drivers.Open
	}
	if open := p.openURL; s.workerd != "" || s.shard != nil {
		p.openURL = func(url string, env drivers.Env) (kv.Store, error) {
			env.Workerd = s.workerd
			if s.shard != nil { // for what it calls before the load, too
				env.Sharers = s.shard.Of
			}
			return open(url, env)
		}
	}
	p.open, p.given = p.openOwn, s.driver != ""
	p.seeds = func(repeat int) (requests, store uint64) {
		requests = load.RepeatSeed(seed, repeat)
		return requests, load.StoreSeed(requests)
	}
	seen := map[string]string{}
	real := false // one is run by what was asked to
	for _, scenario := range file.Scenarios {
		s.apply(&scenario)
		if err := s.runtimeOptions.apply(&scenario, s.clock); err != nil {
			return nil, usage(err)
		}
		real = real || scenario.Pattern.Name == workerPattern
		given := scenario.Name
		scenario.Name = s.secrets.Strike(given)
		if other, twice := seen[scenario.Name]; twice && (other != given || len(scenario.Point) == 0) {
			return nil, usage(fmt.Errorf("scenarios %s and %s: their names differ in secrets alone, which are not shown", other, given))
		}
		seen[scenario.Name] = given
		if err := scenario.Load.Check(scenario.Repeat); err != nil { // what the flags have made of it
			return nil, usage(fmt.Errorf("scenario %s: %w", scenario.Name, err))
		}
		def, err := p.define(&scenario)
		if err != nil {
			return nil, usage(err)
		}
		if err := s.room(&scenario, def.Capabilities.Locations, mostMemory()); err != nil {
			return nil, usage(err)
		}
		if scenario.Pattern.Name == workerPattern {
			def.Runtime = s.version
		}
		if scenario.Clock == "wall" {
			p.header.Clock = "wall"
		}
		p.add(scenario, def)
	}
	if s.workerd != "" && s.real == "" && !slices.ContainsFunc(p.scenarios, func(s bench.Scenario) bool { return strings.HasPrefix(s.Driver, worker.Local) }) {
		return nil, usage(errors.New("--workerd: nothing runs on workerd; give --runtime workerd too, or a driver " + worker.Local))
	}
	if s.real != "" && !real {
		return nil, usage(errors.New("--runtime workerd: no scenario has the pattern worker, whose scripts it runs"))
	}
	if p.header.Shard != nil {
		if err := p.shardOut(s); err != nil {
			return nil, usage(err)
		}
	}
	if len(p.shared()) > 0 && p.header.RunID == "" {
		p.header.RunID = newRunID()
	}
	if p.header.Clock == "wall" && p.header.Started == "" {
		p.header.Started = time.Now().UTC().Format(time.RFC3339)
	}
	return p, nil
}

// add adds a scenario, or the next point of a sweep, to the plan.
func (p *plan) add(s bench.Scenario, def runfile.Definition) {
	own := def
	last := len(p.header.Scenarios) - 1
	point := runfile.Point{
		Settings: s.Point, Driver: def.Driver, Capabilities: def.Capabilities, Workload: def.Workload, Load: def.Load, Rate: def.Rate,
	}
	switch {
	case len(s.Point) == 0:
		p.header.Scenarios = append(p.header.Scenarios, def)
	case last >= 0 && p.header.Scenarios[last].Name == s.Name:
		p.header.Scenarios[last].Points = append(p.header.Scenarios[last].Points, point)
	default:
		def.Points = []runfile.Point{point}
		p.header.Scenarios = append(p.header.Scenarios, def)
	}
	p.scenarios, p.defs = append(p.scenarios, s), append(p.defs, &own)
	p.of = append(p.of, len(p.header.Scenarios)-1)
}

// apply sets over a scenario what the command line sets.
func (s settings) apply(to *bench.Scenario) {
	if s.driver != "" {
		to.Driver = scenariofile.AtPoint(s.driver, to.Point)
		to.Shown = scenariofile.EscapeVariables(to.Driver)
	}
	if s.clock != "" {
		to.Clock = s.clock
	}
	if s.repeat > 0 && to.Find == nil {
		to.Repeat = s.repeat
	}
	if d := s.duration; d > 0 {
		to.Load = to.Load.Lasting(d)
	}
}

// header is what is known of a run before its scenarios.
func header(file *scenariofile.File, s settings, seed uint64) runfile.Header {
	h := machine()
	h.Clock, h.Driver, h.Seed, h.File = "virtual", file.Shown, seed, file.Name
	h.Shard = s.shard
	if s.driver != "" {
		h.Driver = scenariofile.EscapeVariables(s.driver)
	}
	command := []string{"kvbench run"}
	if !strings.HasPrefix(file.Name, "built-in ") {
		command = append(command, file.Name)
	}
	add := func(flag, value string) { command = append(command, "--"+flag, quote(value)) }
	if s.driver != "" {
		add("driver", s.driver)
	}
	for _, glob := range s.only {
		add("only", glob)
	}
	if s.clock != "" {
		add("clock", s.clock)
	}
	if s.duration > 0 {
		add("duration", s.duration.String())
	}
	if s.repeat > 0 {
		add("repeat", fmt.Sprint(s.repeat))
	}
	if s.real != "" {
		add("runtime", s.runtime)
	}
	if s.detect {
		command = append(command, "--detect")
	}
	add("seed", fmt.Sprint(seed))
	if s.shard != nil {
		command = append(command, s.shardWords()...)
	}
	h.Command = strings.Join(command, " ")
	return h
}

// quote makes a word safe for a shell.
func quote(word string) string {
	if strings.ContainsAny(word, " \t\n?&*;|<>()$`\"'\\[]{}~#!") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

// define opens a scenario's store once to see what it is, decides on the clock, holds
// the plan against the store's limits, and checks that every variant can run.
func (p *plan) define(s *bench.Scenario) (runfile.Definition, error) {
	store, err := p.openURL(s.Driver, drivers.Env{Clock: clock.NewVirtual(), Seed: p.header.Seed})
	if err != nil {
		if !p.given || slices.ContainsFunc(s.Point, func(v runfile.Setting) bool { return strings.HasPrefix(v.Name, "driver.") }) {
			return runfile.Definition{}, s.At("driver", err.Error(), "")
		}
		return runfile.Definition{}, fmt.Errorf("scenario %s: %w", s.Name, err)
	}
	capabilities := store.Capabilities()
	if err := store.Close(); err != nil {
		return runfile.Definition{}, fmt.Errorf("scenario %s: %w", s.Name, err)
	}
	if err := hold(s, capabilities); err != nil {
		return runfile.Definition{}, err
	}
	switch {
	case s.Clock == "auto" && capabilities.Virtual:
		s.Clock = "virtual"
	case s.Clock == "auto":
		s.Clock = "wall"
	case s.Clock == "virtual" && !capabilities.Virtual:
		return runfile.Definition{}, fmt.Errorf("scenario %s: %s can't run in virtual time: it is a real store; use --clock wall or auto", s.Name, s.Driver)
	}
	def := runfile.Definition{
		Name: s.Name, Question: s.Question, Pattern: s.Pattern.Name, PatternDoc: s.Pattern.Doc,
		Published: s.Pattern.Published, Models: s.Pattern.Models,
		Clock: s.Clock, Driver: s.Shown, Capabilities: capabilities, Workload: workload(s),
		Load: s.Load.String(), Rate: s.Load.Rate(), Repeats: s.Repeat,
		Outcomes: s.Pattern.AllOutcomes(),
		Series:   s.Pattern.Series(),
		Find:     s.Find,
		Expect:   s.Expect, Choose: s.Choose, MaxErrors: s.MaxErrors, YAML: s.YAML,
	}
	if s.Find != nil {
		def.Load = searched(s)
		if err := searchable(s, &def); err != nil {
			return def, err
		}
	}
	for _, v := range s.Variants {
		def.Variants = append(def.Variants, runfile.VariantDef(v))
		if _, err := s.Pattern.New(recordSettings(s.Setup(v, capabilities, p.header.Seed), def.Workload)); err != nil {
			field, _, _ := strings.Cut(err.Error(), " ") // which the words of a pattern begin with
			return def, s.At("with."+field, fmt.Sprintf("%v (variant %s)", err, v.Name), "")
		}
	}
	return def, nil
}
