// Package runfile writes and reads run.jsonl, the only thing that running and
// reading a benchmark share. docs/run-file.md describes the format.
package runfile

import (
	"io"
	"path/filepath"
	"time"

	"kvbench/internal/record"
	"kvbench/kv"
)

// Run is one run as it was read from its file.
type Run struct {
	Path   string // of the file
	Header Header
	// Variants are in the order in which they ran: by scenario, then by
	// repeat, then by variant.
	Variants []*Variant
	// CutOff says that the file ends before the run did: the process was
	// killed. What was written up to the last interval is here.
	CutOff bool
	// Interrupted says that the user stopped the run; the file is whole.
	Interrupted bool
	// Warnings are what a reader of the results has to know, in full sentences.
	Warnings []string

	file io.Closer // nil where there is none to close
}

// Header is the first line of a run file: everything that is known before
// anything runs.
type Header struct {
	Format  int    `json:"format"` // of the file: Format, or an older one that was read
	Version string `json:"version"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	CPUs    int    `json:"cpus"`
	Host    string `json:"host"`
	// Clock is "virtual" when every scenario ran in virtual time, else "wall".
	Clock string `json:"clock"`
	// Driver is the URL the run was given, or its scenario file's default.
	// It never holds a secret.
	Driver string `json:"driver"`
	Seed   uint64 `json:"seed"`
	// Started is when the run began; empty in virtual time, where the same
	// seed gives the same file to the last byte.
	Started string `json:"started,omitempty"`
	// File is the scenario file's name as it was given.
	File    string `json:"file"`
	Command string `json:"command"` // repeats the run
	// Baseline is why this run was made the one that others are compared with;
	// empty in any other. A baseline holds no intervals.
	Baseline string `json:"baseline,omitempty"`
	// RunID names the run in the keys that it writes to stores which are not
	// made for it: they begin with kvbench/ID/. Empty where it uses none.
	RunID string `json:"run_id,omitempty"`
	// Shard says which part of the run the file is of; nil where it is of all.
	Shard *Shard `json:"shard,omitempty"`
	// Merged says of which shards it was put together; nil where it was of none, and of a run
	// in virtual time that is whole: there it is the file of one process.
	Merged    *Merged      `json:"merged,omitempty"`
	Scenarios []Definition `json:"scenarios"`
}

// Runtime is a runtime of Workers.
type Runtime struct {
	Name    string `json:"name"`    // "workerd"
	Version string `json:"version"` // as it says itself: a date
}

// String is the name and the version; empty for the zero value.
func (r Runtime) String() string {
	if r == (Runtime{}) {
		return ""
	}
	return r.Name + " " + r.Version
}

// Where is the clock that a scenario ran on, and the runtime: "wall time on workerd 2026-11-17".
func (d *Definition) Where() string {
	if runtime := d.Runtime.String(); runtime != "" {
		return d.Clock + " time on " + runtime
	}
	return d.Clock + " time"
}

// Definition is one scenario as it was planned.
type Definition struct {
	Name     string `json:"name"`
	Question string `json:"question"` // the engineer's question that it answers
	Pattern  string `json:"pattern"`
	// PatternDoc is the pattern in a sentence.
	PatternDoc string `json:"pattern_doc"`
	// Published is the variant that does what the pattern's published source does.
	Published string `json:"published,omitempty"`
	// Models are what of the pattern's own latencies is drawn from a distribution,
	// such as an origin's; one sentence each.
	Models []string `json:"models,omitempty"`
	Clock  string   `json:"clock"` // "virtual" or "wall"
	// Runtime is what has run the scripts of a Worker, where that is the real one; zero
	// otherwise.
	Runtime      Runtime         `json:"runtime,omitzero"`
	Driver       string          `json:"driver"` // its store's URL
	Capabilities kv.Capabilities `json:"traits"` // what the store can do, and what it charges
	// Workload is what the scenario sets, in types; nil in a file of format 1.
	Workload *Workload `json:"workload,omitempty"`
	// Load describes the load in a phrase, for people: "200/s poisson for 10m0s".
	Load string `json:"load"`
	// Rate is the planned arrival rate in transactions a second; 0 for a
	// closed loop.
	Rate float64 `json:"rate,omitempty"`
	// Points are those of a sweep, in the order in which they run; none where there is
	// no sweep. Driver, Capabilities, Workload, Load and Rate are those of the first: see
	// At.
	Points []Point `json:"points,omitempty"`
	// Find is what a search looks for, whose steps are points: those that have begun, as the
	// lines that begin them say; nil where the scenario has no search.
	Find     *Find        `json:"find,omitempty"`
	Repeats  int          `json:"repeats"`
	Variants []VariantDef `json:"variants"`
	Outcomes []string     `json:"outcomes"`
	// Series are record.Standard and then the pattern's marks. Index it, and
	// Histograms, by record.Response and so on.
	Series []record.Series `json:"series"`
	Expect []string        `json:"expect,omitempty"`
	// Choose is what a variant is to be chosen by; nil where the scenario does not say.
	Choose *Choose `json:"choose,omitempty"`
	// MaxErrors is the share of a variant's transactions that may end in an error;
	// with more, the run has failed.
	MaxErrors float64 `json:"max_errors"`
	YAML      string  `json:"yaml"` // the definition as it was written
}

// Own reports whether the variants are somebody's own Worker, of which the first is what
// there is, and nothing was published.
func (d *Definition) Own() bool { return d.Pattern == "worker" }

// Choose is what a variant is chosen by.
type Choose struct {
	Promise []string `json:"promise"` // expectations without a variant: each that is chosen keeps them
	Prefer  []string `json:"prefer"`  // figures, what matters most first
	// Given are settings of a sweep that nobody chooses, beside those of load, keys and
	// isolates: there is a choice at each of their values.
	Given []string `json:"given,omitempty"`
}

// VariantDef names one variant of a scenario.
type VariantDef struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
	// Never is an outcome or a series that the variant can't have, where the others do:
	// what is a share of it is 0 and not unknown.
	Never string `json:"never,omitempty"`
	// Sources is the folder that the files of its sites are relative to, as a path with
	// slashes from the root of the repository that it is in; empty where that is the root
	// itself, where it is in none, and where there are no sites.
	Sources string `json:"sources,omitempty"`
}

// Variant is what one variant of one scenario, in one repeat, gave.
type Variant struct {
	Scenario int // index into Header.Scenarios
	Variant  int // index into the scenario's Variants
	Repeat   int // counted from 0
	// Point are the settings that a sweep varies, as they were for this variant; empty
	// where there is no sweep.
	Point []Setting
	Def   *Definition
	Name  string

	// Total is the whole measured time. Of a run that was read, the histograms of it
	// and of the intervals are still in the file: see Interval.
	Total     Interval
	Intervals []Interval
	// Verified says that the store was read back after it had settled, so that
	// marks that are decided then are complete.
	Verified bool
	// Stored is the bytes of names, values and metadata that the store held at the
	// end; nil where it does not tell.
	Stored *int64
	// Ended is how many transactions of a closed loop ended within the first Within
	// of measuring: all of it, but for the time until the last ones have ended. Both
	// are 0 in an open loop, whose rate is planned.
	Ended  uint64
	Within time.Duration
	// Behind is how many transactions of an open loop were due in the measured time and
	// had not begun at its end: its rate was not met.
	Behind uint64
	// Stable says whether it ended because its response was stable; nil where it was not
	// to end so.
	Stable *bool
	// FirstError is the text of the first error that a transaction ended in; empty
	// when none did.
	FirstError string
	// Findings are what a detector found; nil where there was none.
	Findings *Findings
	// Complete says that it ran to its end; when not, Total is the sum of the
	// intervals that were written and its histograms are exact to 1 % instead
	// of 0.1 %.
	Complete bool
	// Error is why it failed; empty when it did not.
	Error string

	key   Key         // of one that was read
	file  io.ReaderAt // where its lines stand
	lines []span
}

// HasEnded reports whether a variant that was read had ended when its file did.
func (v *Variant) HasEnded() bool { return v.Total.file != nil }

// Close closes the file of a run that was opened: from then on its histograms
// can't be read.
func (r *Run) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// Dir is the run's folder.
func (r *Run) Dir() string { return filepath.Dir(r.Path) }
