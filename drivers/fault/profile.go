package fault

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kvbench/drivers/option"
	"kvbench/kv"
)

// Profile is a way to fail: which calls are hit, when, and what becomes of them.
// The zero Profile hits none.
type Profile struct {
	Name string
	Doc  string // one sentence
	// Source says where the figures come from that are not given with the run.
	Source string

	// Share of what can be hit that is hit, 0 to 1. Doc says of what.
	Share float64
	// From is when the window opens that faults fall into, counted from when
	// measuring begins; For is how long it stays open, 0: until the load ends. A
	// call belongs to the window when it begins in it.
	From, For time.Duration
	// Ops are the operations that can be hit.
	Ops Ops
	// Delay is the least time that a call takes that is hit. It is 0 only where
	// it plays no part.
	Delay time.Duration
	// Factor is how many times as long a call takes; 0 where that plays no part.
	Factor float64
	// RetryAfter is how long a key stays refused, and what the refusal tells; 0
	// where that plays no part.
	RetryAfter time.Duration

	effect effect
}

// effect is what becomes of a call that is hit.
type effect uint8

const (
	nothing effect = iota
	refused        // it answers with an error, and the store never sees it
	limited        // refused, together with all calls of its key in the same RetryAfter
	slowed         // it takes Factor times as long
	missing        // it answers with an error unless the edge cache has the answer
	damaged        // the values that it reads are damaged
	hanging        // it does not answer, and the store never sees it
)

// refusal is how long a call takes that is refused; refusalSource says why.
const (
	refusal       = 5 * time.Millisecond
	refusalSource = "assumption: a refusal takes 5 ms; of that nothing is published, of hot reads 0.5 to 10 ms " +
		"(developers.cloudflare.com/kv/concepts/how-kv-works)"
)

const incident = "Cloudflare's report on its outage of 2025-06-12 " +
	"(blog.cloudflare.com/cloudflare-service-outage-june-12-2025)"

// Profiles lists the ways to fail with their defaults.
func Profiles() []Profile {
	return []Profile{
		{
			Name: "none", Doc: "no call is hit", Ops: AllOps,
		},
		{
			Name: "blips", Doc: "a share of the calls, each drawn on its own, answers 500",
			Source: "assumption: 1% of the calls are hit; " + refusalSource,
			Share:  0.01, Ops: AllOps, Delay: refusal, effect: refused,
		},
		{
			Name: "throttle", Doc: "for a share of the time each key is refused with 429 and Retry-After",
			Source: "assumption: a key is refused in one second of five, drawn second by second, whatever is asked; " +
				"published is a limit of one write a second to a key (developers.cloudflare.com/kv/platform/limits), " +
				"which the embedded store's option writes models; " + refusalSource,
			Share: 0.2, Ops: AllOps, Delay: refusal, RetryAfter: time.Second, effect: limited,
		},
		{
			Name: "brownout", Doc: "calls take a multiple of their time",
			Source: "assumption: ten times as long and at least 10 ms, ten times the 1 ms that half of all reads are " +
				"assumed to take; no figure of such an incident is published",
			Share: 1, Ops: AllOps, Delay: 10 * time.Millisecond, Factor: 10, effect: slowed,
		},
		{
			Name: "outage", Doc: "for a stretch every call answers 500",
			Source: "assumption: from 60 s for 30 s; the partial one of " + incident + " lasted 2 h 28 min; " +
				refusalSource,
			Share: 1, From: time.Minute, For: 30 * time.Second, Ops: AllOps, Delay: refusal, effect: refused,
		},
		{
			Name: "partial-outage", Doc: "for a stretch calls that the edge cache does not answer answer 500",
			Source: incident + ": for 2 h 28 min 90.22% of all requests failed, with 503 or 500: those that the " +
				"cache could not answer; assumption: 90% of those fail, with 500, from 60 s for 30 s; " + refusalSource,
			Share: 0.9, From: time.Minute, For: 30 * time.Second, Ops: AllOps, Delay: refusal, effect: missing,
		},
		{
			Name: "corrupt", Doc: "values are read truncated or garbled, as no valid JSON; the stored ones stay whole",
			Source: "assumption: every value is hit; nothing of the kind is published",
			Share:  1, Ops: reads, effect: damaged,
		},
		{
			Name: "timeouts", Doc: "calls do not answer before their deadline",
			Source: "assumption: every call is hit, and one without a deadline is given up after 30 s; " +
				"nothing of the kind is published",
			Share: 1, Ops: AllOps, Delay: 30 * time.Second, effect: hanging,
		},
	}
}

// Named returns the profile of that name with its defaults.
func Named(name string) (Profile, error) {
	i, err := option.OneOf("fault", name, names())
	if err != nil {
		return Profile{}, err
	}
	return Profiles()[i], nil
}

// names are those of Profiles.
func names() (all []string) {
	for _, p := range Profiles() {
		all = append(all, p.Name)
	}
	return all
}

// String says what is hit, when and how, in figures.
func (p Profile) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %.6g %% of %v, from %v after measuring began ", p.Name, 100*p.Share, p.Ops, p.From)
	if p.For > 0 {
		fmt.Fprintf(&b, "for %v", p.For)
	} else {
		b.WriteString("until the load ends")
	}
	if p.Factor > 0 {
		fmt.Fprintf(&b, ", %v times as long", p.Factor)
	}
	if p.Delay > 0 {
		fmt.Fprintf(&b, ", at least %v", p.Delay)
	}
	if p.RetryAfter > 0 {
		fmt.Fprintf(&b, ", retry after %v", p.RetryAfter)
	}
	return b.String()
}

// capabilities are those of a store that fails by p.
func (p Profile) capabilities(t kv.Capabilities) kv.Capabilities {
	if p.effect == nothing {
		return t
	}
	t.Modelled = t.Modelled || p.Delay > 0
	window := kv.Window{From: p.From}
	if p.For > 0 {
		window.Until = p.From + p.For
	}
	t.Faults = append(slices.Clip(t.Faults), window)
	t.Sources = append(slices.Clip(t.Sources), fmt.Sprintf("injected fault, modelled: %v; %s; its defaults: %s",
		p, p.Doc, p.Source))
	return t
}
