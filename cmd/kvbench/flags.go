package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"kvbench/internal/suggest"
	"kvbench/internal/units"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagError makes a wrong flag one of usage and suggests the right one.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := suggest.Nearest(unknown.GetSpecifiedName(), names); near != "" {
			err = fmt.Errorf("%w; did you mean --%s?", err, near)
		}
	}
	return usage(fmt.Errorf("%w\nRun 'kvbench %s --help' for what there is", err, strings.TrimPrefix(c.CommandPath(), "kvbench ")))
}

// dollars is a flag of an amount of money.
type dollars float64

// String implements pflag.Value.
func (d *dollars) String() string { return strconv.FormatFloat(float64(*d), 'f', -1, 64) }

// Type implements pflag.Value.
func (d *dollars) Type() string { return "USD" }

// Set implements pflag.Value.
func (d *dollars) Set(text string) error {
	usd, err := units.ParseUSD(text)
	*d = dollars(usd)
	return err
}

// budgetFlag adds the flag of every verb that runs something.
func budgetFlag(f *pflag.FlagSet, to *dollars, usage string) {
	*to = 1
	f.Var(to, "budget", usage)
}
