package find

import (
	"fmt"

	"kvbench/internal/expect"
	"kvbench/internal/metric"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// Found is what a search found of one variant.
type Found struct {
	Variant string
	// Rate is the highest that keeps the promise, in transactions a second, below all that
	// break it; none where none does.
	Rate metric.Quantity
	// Lower is the highest rate up to it at which the intervals of what is promised are clear of
	// the promise, and Upper the lowest above it at which they are; none where there is none.
	Lower, Upper metric.Quantity
	// Confirmed says that the promise was kept with seeds that the search had not used.
	Confirmed bool
	// Topped says that no higher rate was to be tried.
	Topped bool
	Steps  []*Step // by their rates
	At     *Step   // the one of Rate; nil where there is none
	Beyond *Step   // the lowest that breaks the promise; nil where none does
}

// Step is one rate.
type Step struct {
	*result.Variant
	Rate float64 // a second
	// Searched is what the search saw; Confirmed what was seen with other seeds, nil where that
	// was not looked at; All both together.
	Searched, Confirmed, All *Judged
}

// Kept reports whether the promise was kept, as far as it was looked at.
func (s *Step) Kept() bool { return s.Searched.Kept && (s.Confirmed == nil || s.Confirmed.Kept) }

// judged is what breaks the promise, or where nothing does what was seen.
func (s *Step) judged() *Judged {
	if s.Confirmed != nil && s.Searched.Kept {
		return s.Confirmed
	}
	return s.Searched
}

// Breaks says what of the promise is broken, and what it is: "response.p99 < 20ms: 31 ms";
// empty where nothing is.
func (s *Step) Breaks() string {
	if c := s.judged().Worst(); c != nil {
		return fmt.Sprintf("%s: %s", c.Text, c.Have)
	}
	return ""
}

// Of is what the search of a scenario found, by variant, those that ran; none where there is no
// search. It marks the variants that it found: see result.Variant.Find.
func Of(s *result.Scenario) ([]*Found, error) {
	if s.Def.Find == nil {
		return nil, nil
	}
	promise, err := Promise(s.Def)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Def.Name, err)
	}
	var out []*Found
	for _, v := range s.Variants {
		if len(out) == 0 || out[len(out)-1].Variant != v.Base {
			out = append(out, &Found{Variant: v.Base})
		}
		step, err := stepOf(v, promise)
		if err != nil {
			return nil, fmt.Errorf("%s/%s: %w", s.Def.Name, v.Name, err)
		}
		if f := out[len(out)-1]; step != nil {
			f.Steps = append(f.Steps, step)
		}
	}
	for _, f := range out {
		f.sum(s.Def.Find)
		switch {
		case f.At != nil:
			f.At.Find(f.Rate)
		case len(f.Steps) > 0:
			f.Steps[0].Find(metric.Quantity{})
		}
	}
	return out, nil
}

// stepOf judges a step; nil where none of its runs ended.
func stepOf(v *result.Variant, promise []expect.Expect) (*Step, error) {
	var searched, confirmed []*runfile.Variant
	for _, r := range v.Repeats {
		switch {
		case !r.Complete || r.Error != "":
		case r.Repeat < runfile.FindTries:
			searched = append(searched, r.Variant)
		default:
			confirmed = append(confirmed, r.Variant)
		}
	}
	if searched == nil {
		return nil, nil
	}
	s := &Step{Variant: v, Rate: v.Def.Rate}
	var err error
	if s.Searched, err = Judge(promise, searched); err != nil {
		return nil, err
	}
	s.All = s.Searched
	if confirmed != nil {
		if s.Confirmed, err = Judge(promise, confirmed); err != nil {
			return nil, err
		}
		s.All, err = Judge(promise, append(searched, confirmed...))
	}
	return s, err
}

// sum finds the rate among the steps.
func (f *Found) sum(find *runfile.Find) {
	for _, s := range f.Steps {
		if !s.Kept() {
			f.Beyond = s
			break
		}
		f.At = s
	}
	if f.At != nil {
		f.Rate = metric.Of(f.At.Rate)
		f.Confirmed = f.At.Confirmed != nil
		f.Topped = f.Beyond == nil && f.At.Rate >= find.To.PerSecond()
	}
	for _, s := range f.Steps {
		switch {
		case f.At != nil && s.Rate <= f.At.Rate:
			if s.All.Verdict == Keeps {
				f.Lower = metric.Of(s.Rate)
			}
		case s.All.Verdict == Breaks && !f.Upper.Known():
			f.Upper = metric.Of(s.Rate)
		}
	}
}
