// Package verify shows whether the model of the Workers runtime answers right: on a
// terminal, as Markdown and as a page. All three say the same first.
package verify

import (
	"fmt"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/verify"
)

// view is what each of them shows, in its order.
type view struct {
	*verify.Report
	Headline string
	Counts   string // of all figures
	Class    string // "pass"; "fail" where something is apart or nothing was judged; else "part" where something was not
	Apart    []row  // over all variants, and then what is known
	First    []row  // of those, what stands open on the page
	Rest     []row
	Facts    []fact
	Variants []variant // those where something is apart first
}

type fact struct{ Name, Value string }

type variant struct {
	Title, Question, Load, Counts string
	Verdict                       verify.Verdict // the worst of its figures
	Transactions                  string
	Apart                         int
	Says                          string // "agrees", "apart" or "not judged"
	Rows                          []row
	Responses                     []response
	Lateness                      string
}

// row is one figure.
type row struct {
	Variant, Figure, Doc, Model, Range, Real, Why string
	Verdict                                       verify.Verdict
	// Where the range, the mean and the real figure lie in the row's own strip, in percent.
	From, Wide, Mean, At float64
}

type response struct{ Name, Model, Real string }

// The words of all that shows one.
const (
	whyNotJudged = "Response times are shown and not judged: in virtual time a script takes no CPU time, and the real side has what its runtime, " +
		"its way to the store and this machine add. The latency of the store is modelled on both sides, from the same percentiles."
	whatIsSame = "Both sides ran the same scripts with the same requests against the same modelled store, watched by the same detector. " +
		"So this says whether scripts do the same in the model as on the real runtime; it says nothing about whether the store is as Workers KV is."
)

func viewOf(r *verify.Report) *view {
	v := &view{Report: r, Counts: counts(r.Counts), Class: "pass"}
	apart := r.Counts[verify.Apart]
	switch {
	case r.Figures == 0:
		v.Headline, v.Class = "Nothing was compared", "fail"
	case apart > 0:
		v.Class = "fail"
		v.Headline = fmt.Sprintf("The model differs from the real runtime in %d of %s, in %d of %s", apart, figures(r.Figures), differing(r), variants(len(r.Variants)))
	case r.Counts[verify.Known] > 0:
		v.Headline = fmt.Sprintf("The model agrees with the real runtime, but for %s known to be apart", figures(r.Counts[verify.Known]))
	default:
		v.Headline = fmt.Sprintf("The model agrees with the real runtime in all of %s", figures(r.Figures))
	}
	if n := len(r.Missing); n > 0 && r.Figures > 0 {
		v.Headline += fmt.Sprintf("; %s could not be judged", variants(n))
	}
	if v.Class == "pass" && (len(r.Missing) > 0 || r.Cut) {
		v.Class = "part"
	}
	if r.Cut {
		v.Headline += ", as far as it ran"
	}
	v.Facts = facts(r)
	for _, want := range []bool{true, false} {
		for _, one := range r.Variants {
			if (one.Counts[verify.Apart] > 0) == want {
				v.Variants = append(v.Variants, variantOf(one))
			}
		}
	}
	for _, verdict := range []verify.Verdict{verify.Apart, verify.Known} {
		for i := range v.Variants {
			for _, row := range v.Variants[i].Rows {
				if row.Verdict == verdict {
					v.Apart = append(v.Apart, row)
				}
			}
		}
	}
	n := min(len(v.Apart), mostRows)
	v.First, v.Rest = v.Apart[:n], v.Apart[n:]
	return v
}

// N is how many figures have a verdict.
func (v *view) N(verdict string) int { return v.Report.Counts[verify.Verdict(verdict)] }

func facts(r *verify.Report) []fact {
	seeds := "1 set of requests"
	if r.Real.Seeds != 1 {
		seeds = fmt.Sprintf("%d sets of requests", r.Real.Seeds)
	}
	return []fact{
		{"Model", fmt.Sprintf("%s, %s time: %s, each run %d times", r.Model.Runtime, r.Model.Clock, seeds, r.Model.Runs)},
		{"Real", fmt.Sprintf("%s, %s time: the same requests, once each", r.Real.Runtime, r.Real.Clock)},
		{"Store", "modelled on both sides, by the driver of each scenario"},
		{"Random seed", fmt.Sprint(r.Seed)},
		{"Level", fmt.Sprintf("chance alone makes any of the %s apart in at most %s of such pages", figures(r.Figures), metric.FormatShare(r.Alpha))},
	}
}

func variantOf(v *verify.Variant) variant {
	out := variant{
		Title: v.Title(), Question: v.Question, Load: v.Load + "; " + v.Driver, Counts: counts(v.Counts), Apart: v.Counts[verify.Apart],
		Transactions: metric.Grouped(v.Transactions), Lateness: v.Lateness.Text(metric.FormatTime), Verdict: verify.Equal,
	}
	switch {
	case !v.Judged:
		out.Says, out.Counts = "not judged", "the machine did not keep up"
	case out.Apart > 0:
		out.Says = "apart"
	default:
		out.Says = "agrees"
	}
	for _, verdict := range verify.Verdicts() { // the worst first
		if v.Counts[verdict] > 0 {
			out.Verdict = verdict
			break
		}
	}
	for _, verdict := range verify.Verdicts() {
		for _, f := range v.Figures {
			if f.Verdict == verdict {
				out.Rows = append(out.Rows, rowOf(v, f))
			}
		}
	}
	if !v.Judged {
		out.Verdict = verify.Known // its colour
	}
	for _, p := range v.Response {
		out.Responses = append(out.Responses, response{string(p.Stat), p.Model.Text(metric.FormatTime), p.Real.Text(metric.FormatTime)})
	}
	return out
}

func rowOf(v *verify.Variant, f *verify.Figure) row {
	out := row{
		Variant: v.Title(), Figure: f.ID, Doc: f.Doc, Model: number(f.Model), Range: number(f.Low) + " to " + number(f.High), Real: number(f.Real),
		Verdict: f.Verdict, Why: f.Why,
	}
	if f.Fixed {
		out.Range = "always"
	}
	low, high := min(f.Low, f.Real), max(f.High, f.Real)
	room := (high - low) * 0.1
	low, high = low-room, high+room
	at := func(x float64) float64 { return 100 * (x - low) / (high - low) }
	if high > low {
		out.From, out.Wide, out.Mean, out.At = at(f.Low), at(f.High)-at(f.Low), at(f.Model), at(f.Real)
	}
	return out
}

// number writes a figure to four digits.
func number(v float64) string { return metric.Digits(v, 4) }

// counts are how many figures have each verdict, the worst first.
func counts(n map[verify.Verdict]int) string {
	var out []string
	for _, verdict := range verify.Verdicts() {
		if n[verdict] > 0 || verdict == verify.Apart {
			out = append(out, fmt.Sprintf("%d %s", n[verdict], verdict))
		}
	}
	return strings.Join(out, ", ")
}

// differing is in how many variants something is apart.
func differing(r *verify.Report) (n int) {
	for _, v := range r.Variants {
		if v.Counts[verify.Apart] > 0 {
			n++
		}
	}
	return n
}

func variants(n int) string {
	if n == 1 {
		return "1 variant"
	}
	return fmt.Sprintf("%d variants", n)
}

func figures(n int) string {
	if n == 1 {
		return "1 figure"
	}
	return metric.Grouped(uint64(n)) + " figures"
}
