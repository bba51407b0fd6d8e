package command

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"kvbench/internal/choose"
	"kvbench/internal/printable"
	"kvbench/internal/result"
	"kvbench/internal/runfile"

	"github.com/spf13/cobra"
)

type adviseOptions struct {
	by   runfile.Choose
	only []string
	json bool
}

func newAdvise() *cobra.Command {
	var o adviseOptions
	c := &cobra.Command{
		Use:   "advise RUN",
		Short: "Say which variants of a run to take",
		Long: `Advise says for each scenario of a run which variant to take and what it beats: of
those that keep the promise the one that is best by what is preferred, as the
scenario's choose: has it; in a sweep which variant at which of the values that vary,
such as the cheapest variant and TTL. With --promise or --prefer in place of the scenario's it
answers anew, without a new run, for every scenario that has what they speak of.`,
		Example: `  kvbench advise results/20260101-120000-scenarios
  kvbench advise RUN --promise 'stale-read < 1%' --promise 'response.p99 < 50ms' --prefer usd-per-million`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			set, err := openAs(c.Context(), args[0], result.Of)
			if err != nil {
				return err
			}
			defer set.Run.Close()
			for _, text := range set.Run.Warnings {
				fmt.Fprintln(c.ErrOrStderr(), "WARNING", printable.Line(text))
			}
			if o.json {
				return o.advise(c.OutOrStdout(), set)
			}
			out, done := folded(c.OutOrStdout())
			defer done()
			return o.advise(out, set)
		},
	}
	c.Flags().StringArrayVar(&o.by.Promise, "promise", nil, "hold the variants against this `CLAUSE`, such as 'stale-read < 1%'; may be given more than once")
	c.Flags().StringArrayVar(&o.by.Prefer, "prefer", nil, "prefer less of this `FIGURE`, such as response.p99; may be given more than once (default the scenario's, else response.p99, usd-per-million)")
	c.Flags().StringSliceVar(&o.only, "only", nil, "only the scenarios that match these `GLOBS`")
	c.Flags().BoolVar(&o.json, "json", false, "print one JSON object")
	return c
}

// advice is what advise prints as JSON.
type advice struct {
	Version   int              `json:"version"`
	Scenarios []scenarioAdvice `json:"scenarios"`
}

type scenarioAdvice struct {
	Name     string          `json:"name"`
	Question string          `json:"question"`
	Latency  runfile.Latency `json:"latency"` // measured, modelled, or none is modelled
	Choice   *choose.Chosen  `json:"choice"`
}

func (o *adviseOptions) advise(w io.Writer, set *result.Set) error {
	out := advice{Version: 2, Scenarios: []scenarioAdvice{}}
	matched := false
	var refused error // the first scenario that has not what the promise speaks of
	for _, s := range set.Scenarios {
		if ok, err := o.wanted(s.Def.Name); err != nil {
			return usage(err)
		} else if !ok {
			continue
		}
		matched = true
		choice, err := o.choice(s)
		var bad *choose.Error
		switch {
		case errors.As(err, &bad):
			if refused == nil {
				refused = fmt.Errorf("scenario %s: %w", s.Def.Name, err)
			}
			continue
		case err != nil:
			return err
		case choice == nil:
			continue
		}
		out.Scenarios = append(out.Scenarios, scenarioAdvice{s.Def.Name, s.Def.Question, s.Def.Latency(), choice.Chosen()})
	}
	if len(out.Scenarios) == 0 {
		if refused == nil && !matched {
			refused = fmt.Errorf("--only %s matches no scenario of the run", strings.Join(o.only, ","))
		}
		if refused == nil {
			refused = errors.New("no scenario of the run says what to choose by; use --promise and --prefer")
		}
		return usage(refused)
	}
	if o.json {
		return writeJSON(w, out)
	}
	for i, s := range out.Scenarios {
		gap := "\n"
		if i == 0 {
			gap = ""
		}
		if _, err := fmt.Fprintf(w, "%s%s: %s (%s)\n  %s\n  promise: %s; prefer: %s\n", gap, printable.Line(s.Name), printable.Line(s.Question), s.Latency.Words(),
			printable.Line(s.Choice.Line), printable.Line(asked(s.Choice.Promise)), printable.Line(asked(s.Choice.Prefer))); err != nil {
			return err
		}
	}
	return nil
}

func (o *adviseOptions) choice(s *result.Scenario) (*choose.Choice, error) {
	by := runfile.Choose{Prefer: []string{"response.p99", runfile.USD}}
	switch {
	case s.Def.Choose != nil:
		by = *s.Def.Choose
	case len(o.by.Promise)+len(o.by.Prefer) == 0:
		return nil, nil
	}
	if len(o.by.Promise) > 0 {
		by.Promise = o.by.Promise
	}
	if len(o.by.Prefer) > 0 {
		by.Prefer = o.by.Prefer
	}
	return choose.By(s, by)
}

// asked lists what was asked for.
func asked(texts []string) string {
	if len(texts) == 0 {
		return "none"
	}
	return strings.Join(texts, ", ")
}

func (o *adviseOptions) wanted(name string) (bool, error) {
	for _, glob := range o.only {
		if ok, err := path.Match(glob, name); ok || err != nil {
			return ok, err
		}
	}
	return len(o.only) == 0, nil
}
