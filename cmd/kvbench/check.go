package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/price"
	"kvbench/internal/record"
	"kvbench/internal/runfile"

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

// trialTransactions is how many transactions of a variant are tried.
const trialTransactions = 300

func (p *plan) print(ctx context.Context, w io.Writer) error {
	fmt.Fprintf(w, "%s: %d scenarios\n", p.file.Name, len(p.scenarios))
	for _, text := range p.warnings() {
		fmt.Fprintln(w, "WARNING", text)
	}
	for i := range p.scenarios {
		s, def := &p.scenarios[i], &p.header.Scenarios[i]
		fmt.Fprintf(w, "\n%s  %s\n  %s on %s, %s clock: %s\n", s.Name, s.Question, def.Pattern, def.Driver, def.Clock, def.Load)
		for j, v := range s.Variants {
			trial, err := p.try(ctx, s, j)
			if err != nil {
				return err
			}
			n := trial.transactions(s)
			fmt.Fprintf(w, "  %-20s about %s transactions, %s KV operations, $%.2f, %s\n", v.Name,
				about(n), about(n*trial.ops), n/1e6*trial.usdPerMillion, trial.time(s, n).Round(time.Second))
		}
	}
	return nil
}

// about is a number to two digits.
func about(n float64) string {
	unit := math.Pow(10, max(0, math.Floor(math.Log10(max(n, 1)))-1))
	return fmt.Sprintf("%.0f", math.Round(n/unit)*unit)
}

// trial is what a short run of a variant tells of a long one.
type trial struct {
	ops           float64 // KV operations per transaction
	usdPerMillion float64
	service       time.Duration // mean of a transaction
}

// try runs a few transactions of a variant on the emulator.
func (p *plan) try(ctx context.Context, s *bench.Scenario, variant int) (trial, error) {
	short := *s
	short.Clock = "virtual"
	short.Load.WarmUp, short.Load.Duration, short.Load.Transactions = 0, 0, trialTransactions
	result, err := p.runVariant(ctx, &short, variant, 0, unobserved{})
	if err != nil {
		return trial{}, fmt.Errorf("trying %w", err)
	}
	t := trial{service: time.Duration(result.Total.Histograms[record.Service].Mean())}
	for series := record.Get; series < record.FirstMark; series++ {
		if h := result.Total.Histograms[series]; h != nil {
			t.ops += float64(h.TotalCount()) / trialTransactions
		}
	}
	t.usdPerMillion = price.USDPerMillion(result.Total.Billed, trialTransactions)
	return t, nil
}

// transactions is how many a run of the scenario has, its warm-up included.
func (t trial) transactions(s *bench.Scenario) float64 {
	n := float64(s.Load.Transactions)
	rate := s.Load.Rate
	if rate == 0 {
		rate = float64(s.Load.Workers) / max(t.service+s.Load.Think, time.Nanosecond).Seconds()
	}
	if d := s.Load.Duration; d > 0 && (n == 0 || n > d.Seconds()*rate) {
		n = d.Seconds() * rate
	}
	return float64(s.Repeat) * (n + s.Load.WarmUp.Seconds()*rate)
}

// time is how long, on the scenario's clock, n transactions take.
func (t trial) time(s *bench.Scenario, n float64) time.Duration {
	rate := s.Load.Rate
	if rate == 0 {
		rate = float64(s.Load.Workers) / max(t.service+s.Load.Think, time.Nanosecond).Seconds()
	}
	return time.Duration(n / rate * float64(time.Second))
}

// unobserved is the observer of a run that only its total is wanted of.
type unobserved struct{}

func (unobserved) Phase(string)                    {}
func (unobserved) Interval(runfile.Interval) error { return nil }
