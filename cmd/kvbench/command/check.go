package command

import (
	"context"
	"fmt"
	"io"
	"math"

	"kvbench/internal/bench"
	"kvbench/internal/printable"
	"kvbench/internal/runfile"
	"kvbench/internal/secret"
	"kvbench/internal/units"
	"kvbench/kv"

	"github.com/spf13/cobra"
)

func newCheck(secrets *secret.Set, open openURL) *cobra.Command {
	s := settings{secrets: secrets, openURL: open}
	c := &cobra.Command{
		Use:   "check [scenarios.yaml | PROJECT]",
		Short: "Check a scenario file and print its plan",
		Long: `Check reads a scenario file as run would, refuses what is wrong in it, and prints
what would run: transactions, KV operations, dollars, time and memory. They are
estimated by a trial of a few hundred transactions of each variant in virtual
time, on the emulator, with at most 20,000 keys; of a script that the real runtime
alone can run, by up to 40 there. A plan that takes more than 2 GB
or an hour of this machine is warned of, one that can't be run is refused.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			ctx, err := s.choose(c.Context())
			if err != nil {
				return err
			}
			file, err := loadFile(ctx, args, c.ErrOrStderr(), secrets)
			if err != nil {
				return err
			}
			p, err := newPlan(file, s)
			if err != nil {
				return err
			}
			out, done := folded(c.OutOrStdout())
			defer done()
			return p.print(ctx, out, c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&s.driver, "driver", "", "run every scenario on the store of this `URL`")
	c.Flags().StringSliceVar(&s.only, "only", nil, "check only what matches this `GLOB`")
	s.runtimeOptions.flags(c.Flags(), "")
	return c
}

func (p *plan) print(ctx context.Context, w, told io.Writer) error {
	all, err := p.estimates(ctx, thisMachine(), func(*bench.Scenario) bool { return false }, told)
	if err != nil {
		return err
	}
	need := p.need(all)
	fmt.Fprintf(w, "%s: %s\n", printable.Line(p.file.Name), counted(len(p.header.Scenarios), "scenario")+p.points())
	for _, text := range append(need.warnings(), p.warnings()...) {
		fmt.Fprintln(w, "WARNING", printable.Line(text))
	}
	for i := range p.scenarios {
		s, def := &p.scenarios[i], p.defs[i]
		if i > 0 && p.of[i] == p.of[i-1] { // another point
			fmt.Fprintf(w, "  at %s", runfile.Words(s.Point))
		} else {
			fmt.Fprintf(w, "\n%s  %s\n  %s on %s, %s, %s clock: %s", s.Name, printable.Line(s.Question),
				def.Pattern, printable.Line(def.Driver), def.Latency().Words(), def.Clock, def.Load)
			if len(s.Point) > 0 {
				fmt.Fprintf(w, "\n  at %s", runfile.Words(s.Point))
			}
		}
		fmt.Fprintln(w)
		wide := 0
		for _, v := range s.Variants {
			wide = max(wide, len(v.Name))
		}
		for j, v := range s.Variants {
			e := all[i][j]
			if e.steps > 0 {
				fmt.Fprintf(w, "  %-*s  at most %s of a search, up to %v:\n", wide, v.Name, counted(e.steps, "step"), s.Find.To)
			}
			fmt.Fprintf(w, "  %-*s  about %s transactions, %s KV operations, %s, %s\n", wide, v.Name,
				about(e.transactions), about(e.ops), e.price(def.Prices()), span(e.time))
			for _, text := range []string{e.pace(def.Capabilities), e.growth(), e.doubt()} {
				if text != "" {
					fmt.Fprintf(w, "  %-*s  %s\n", wide, "", text)
				}
			}
		}
	}
	fmt.Fprintf(w, "\n%s.\n", need)
	return nil
}

// points says how many points the sweeps of the plan have; empty where there is none.
func (p *plan) points() string {
	n := 0
	for i := range p.scenarios {
		if len(p.scenarios[i].Point) > 0 {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return ", with " + counted(n, "point")
}

// price is what it costs at these prices, for people.
func (e estimate) price(p kv.Prices) string {
	if p.None {
		return "no price list"
	}
	return units.FormatUSD(e.usd)
}

// about is a number to two digits.
func about(n float64) string {
	unit := math.Pow(10, max(0, math.Floor(math.Log10(max(n, 1)))-1))
	return fmt.Sprintf("%.0f", math.Round(n/unit)*unit)
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
