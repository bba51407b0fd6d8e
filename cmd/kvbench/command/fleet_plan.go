package command

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kvbench/internal/fleet"
	"kvbench/internal/projects"
	"kvbench/internal/runfile"
	"kvbench/internal/secret"
)

// fleetPlan is what agents are told of a run. It holds no secret: what a scenario file takes from
// the environment, and what drivers do, an agent has in its own.
type fleetPlan struct {
	Header   string            `json:"header"` // the first line of a shard's run file, but for what is the shard's own
	File     string            `json:"file"`   // a path below the folder that the shards run in; empty: the built-in file
	Text     []byte            `json:"text,omitempty"`
	Project  *projects.Carried `json:"project,omitempty"` // nil: no scenario has a script
	Settings fleetSettings     `json:"settings"`
	Shards   int               `json:"shards"`
}

// fleetSettings are the flags of the shards.
type fleetSettings struct {
	Driver   string        `json:"driver,omitempty"`
	Only     []string      `json:"only,omitempty"`
	Clock    string        `json:"clock,omitempty"`
	Duration time.Duration `json:"duration_ns,omitempty"`
	Repeat   int           `json:"repeat,omitempty"`
	Detect   bool          `json:"detect,omitempty"`
	Seed     uint64        `json:"seed"`
	RunID    string        `json:"run_id,omitempty"`
	Every    time.Duration `json:"every_ns,omitempty"`
	Budget   string        `json:"budget"`
}

// fleetPart is what is said of one shard when it is handed out.
type fleetPart struct {
	StartAt time.Time `json:"start_at,omitzero"`
}

// args are the command line of a shard, which writes to a folder, and reads scripts from the file carried.
func (p *fleetPlan) args(part int, of fleetPart, carried, out string) []string {
	args := []string{"run", "--quiet", "--parallel", "1", "--out", out, "--shard", fmt.Sprintf("%d/%d", part, p.Shards)}
	add := func(flag, value string) { args = append(args, "--"+flag+"="+value) }
	s := &p.Settings
	if s.Driver != "" {
		add("driver", s.Driver)
	}
	for _, glob := range s.Only {
		add("only", csv(glob))
	}
	if s.Clock != "" {
		add("clock", s.Clock)
	}
	if s.Duration > 0 {
		add("duration", s.Duration.String())
	}
	if s.Repeat > 0 {
		add("repeat", fmt.Sprint(s.Repeat))
	}
	if s.Detect {
		args = append(args, "--detect")
	}
	add("seed", fmt.Sprint(s.Seed))
	add("budget", s.Budget)
	if s.RunID != "" {
		add("run-id", s.RunID)
	}
	if !of.StartAt.IsZero() {
		add("start-at", of.StartAt.UTC().Format(time.RFC3339Nano))
	}
	if s.Every > 0 {
		add("every", s.Every.String())
	}
	if p.Project != nil {
		add(carriedFlag, carried)
	}
	if p.File != "" {
		args = append(args, "--", filepath.FromSlash(p.File))
	}
	return args
}

// csv is a value of a flag that takes several, as one.
func csv(value string) string {
	if strings.ContainsAny(value, ",\"\n") {
		return `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
	}
	return value
}

// maxPlan bounds a plan that is read: a scenario file, and its scenarios as the header has them.
const maxPlan = 64 << 20

// readFleetPlan reads a plan, and holds it against what this kvbench can run.
func readFleetPlan(text []byte) (*fleetPlan, *runfile.Header, error) {
	var p fleetPlan
	if len(text) > maxPlan {
		return nil, nil, fmt.Errorf("the plan has %d bytes", len(text))
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, nil, fmt.Errorf("the plan: %w", err)
	}
	if p.File != "" && !filepath.IsLocal(filepath.FromSlash(p.File)) || p.Shards < 1 || p.Shards > runfile.MaxShards {
		return nil, nil, fmt.Errorf("the plan: a file %q, %d shards", p.File, p.Shards)
	}
	run, err := runfile.Read("the plan", strings.NewReader(p.Header))
	if err != nil {
		return nil, nil, err
	}
	return &p, &run.Header, nil
}

// planned is a plan for agents, and what the leader knows of it.
type planned struct {
	*plan     // as shard 0 has it
	whole     runfile.Header
	want      *runfile.Header // that of a shard, but for what is its own
	told      fleetPlan
	text      []byte // told
	digest    string // of it, but for the time at which it starts
	fileShown string
}

// forAgents plans a run for agents; state says what was decided before, where it was.
func forAgents(ctx context.Context, args []string, o runOptions, state *fleetState) (*planned, error) {
	recorded := projects.NewRecorder()
	file, err := loadFile(readingFrom(ctx, recorded), args, nopWriter{}, o.secrets)
	if err != nil {
		return nil, err
	}
	all, err := newPlan(file, o.settings)
	if err != nil {
		return nil, err
	}
	out := &planned{whole: all.header, fileShown: file.Name}
	s := o.settings
	s.shard = &runfile.Shard{Of: o.fleet.shards(all)}
	if all.header.Clock == "wall" {
		s.shard.RunID, s.startAt = state.Job, state.StartAt
		if s.startAt.IsZero() {
			s.startAt = time.Now().Add(time.Hour) // until it is known
		}
		s.shard.Every = all.everyFor(o.fleet.startIn)
	}
	if out.plan, err = newPlan(file, s); err != nil {
		return nil, err
	}
	out.told = fleetPlan{Shards: s.shard.Of, Settings: fleetSettings{
		Driver: s.driver, Only: s.only, Clock: s.clock, Duration: s.duration, Repeat: s.repeat, Detect: s.detect, Seed: out.header.Seed,
		RunID: s.shard.RunID, Every: s.shard.Every, Budget: o.budget.String(),
	}}
	if !strings.HasPrefix(file.Name, "built-in ") {
		if out.told.Text, err = readFile(ctx, file.Name); err != nil {
			return nil, usage(err)
		}
		out.told.File = filepath.ToSlash(filepath.Clean(file.Name))
		if !filepath.IsLocal(file.Name) || out.told.File != file.Name {
			out.told.File = filepath.Base(file.Name)
		}
		out.plan.header.File = out.told.File
	}
	if len(recorded.Carried.Scripts) > 0 {
		if err := checkCarried(&recorded.Carried, o.secrets); err != nil {
			return nil, usage(err)
		}
		out.told.Project = &recorded.Carried
	}
	if err := out.told.noSecrets(o.secrets); err != nil {
		return nil, usage(err)
	}
	header := out.plan.header
	header.Host, header.CPUs, header.Command, header.Started = "", 0, "", ""
	var line bytes.Buffer
	if _, err := runfile.NewWriter(&line, header, o.secrets); err != nil {
		return nil, err
	}
	out.told.Header = line.String()
	planned, err := runfile.Read("the plan", strings.NewReader(out.told.Header))
	if err != nil {
		return nil, err
	}
	out.want = &planned.Header
	if out.text, err = json.Marshal(out.told); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(out.text)
	out.digest = hex.EncodeToString(sum[:])
	return out, nil
}

// noSecrets refuses a plan with a secret in it.
func (p *fleetPlan) noSecrets(secrets *secret.Set) error {
	const instead = "agents would be told it; put it into a variable of the environment, of this process and of the agents, and name that as ${NAME} in the scenario file"
	if text := string(p.Text); secrets.Strike(text) != text {
		return fmt.Errorf("--agents: the scenario file has a secret in it: %s", instead)
	}
	for _, text := range append(slices.Clone(p.Settings.Only), p.Settings.Driver) {
		if secrets.Strike(text) != text {
			return fmt.Errorf("--agents: the command line has a secret in it: %s", instead)
		}
	}
	return nil
}

// everyFor is how long after each other the variants of a plan start, with some time to seed the store
// and to verify; 0 where there is one.
func (p *plan) everyFor(startIn time.Duration) time.Duration {
	if len(p.turns()) < 2 {
		return 0
	}
	var least time.Duration
	for i := range p.scenarios {
		s := &p.scenarios[i]
		least = max(least, s.Load.WarmUp+s.Load.Duration+2*p.defs[i].Capabilities.Staleness)
	}
	return (least + startIn).Round(time.Second) + time.Second
}

// minShards and shardsEach are how many shards in virtual time there are at most: more than agents, so
// that all have something to do until the end, and not many times as many, as each plans anew.
const (
	minShards  = 64
	shardsEach = 8
)

// shards is how many a plan is cut into.
func (f *fleetFlags) shards(p *plan) int {
	if p.header.Clock == "wall" {
		return max(f.agents, 1)
	}
	return max(min(len(p.turns()), max(minShards, shardsEach*f.agents), runfile.MaxShards), 1)
}

type nopWriter struct{}

func (nopWriter) Write(p []byte) (int, error) { return len(p), nil }

// accessOf is how a process connects to a server, as the environment has it.
func accessOf(url string, wait time.Duration, name string, env func(string) string) (fleet.Access, error) {
	a := fleet.Access{URL: url, Wait: wait, Name: name, Token: env(fleet.TokenVariable), Credentials: env(fleet.CredentialsVariable), CA: env(fleet.CAVariable)}
	if a.Token != "" && a.Credentials != "" {
		return a, fmt.Errorf("%s and %s are set: want one of them", fleet.TokenVariable, fleet.CredentialsVariable)
	}
	return a, nil
}

// refusedByServer makes an error one of usage where the server lets nobody in like that.
func refusedByServer(err error) error {
	if r, ok := errors.AsType[*fleet.RefusedError](err); ok {
		return usage(r)
	}
	return err
}
