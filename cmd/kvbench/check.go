package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"time"

	"kvbench/internal/units"

	"github.com/spf13/cobra"
)

func newCheck() *cobra.Command {
	var s settings
	c := &cobra.Command{
		Use:   "check [scenarios.yaml]",
		Short: "Check a scenario file and print its plan",
		Long: `Check reads a scenario file as run would, refuses what is wrong in it, and prints
what would run: transactions, KV operations, dollars and time. Operations are
estimated by a trial of a few hundred transactions of each variant in virtual
time, on the emulator.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			file, err := loadFile(args)
			if err != nil {
				return err
			}
			p, err := newPlan(file, s)
			if err != nil {
				return err
			}
			return p.print(c.Context(), c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&s.driver, "driver", "", "run every scenario on the store of this `URL`")
	c.Flags().StringSliceVar(&s.only, "only", nil, "check only what matches this `GLOB`")
	return c
}

func (p *plan) print(ctx context.Context, w io.Writer) error {
	fmt.Fprintf(w, "%s: %d scenarios\n", p.file.Name, len(p.scenarios))
	for _, text := range p.warnings() {
		fmt.Fprintln(w, "WARNING", text)
	}
	for i := range p.scenarios {
		s, def := &p.scenarios[i], &p.header.Scenarios[i]
		fmt.Fprintf(w, "\n%s  %s\n  %s on %s, %s, %s clock: %s\n", s.Name, s.Question,
			def.Pattern, def.Driver, def.Latency().Words(), def.Clock, def.Load)
		for j, v := range s.Variants {
			e, err := p.estimate(ctx, i, j)
			if err != nil {
				return untried(ctx, err)
			}
			fmt.Fprintf(w, "  %-20s about %s transactions, %s KV operations, %s, %s\n", v.Name,
				about(e.transactions), about(e.ops), units.FormatUSD(e.usd), e.time.Round(time.Second))
			for _, text := range []string{e.pace(def.Traits), e.growth()} {
				if text != "" {
					fmt.Fprintf(w, "  %-20s %s\n", "", text)
				}
			}
		}
	}
	return nil
}

// untried is why a trial failed: because the plan is one that can't run, unless the
// user has stopped it.
func untried(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return usage(err)
}

// about is a number to two digits.
func about(n float64) string {
	unit := math.Pow(10, max(0, math.Floor(math.Log10(max(n, 1)))-1))
	return fmt.Sprintf("%.0f", math.Round(n/unit)*unit)
}
