package command

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kvbench/internal/suggest"
	"kvbench/internal/units"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// unknownCommand is the error of a word that is no command below c.
func unknownCommand(c *cobra.Command, word string) error {
	var names []string
	for _, below := range c.Commands() {
		if below.IsAvailableCommand() {
			names = append(names, below.Name())
		}
	}
	if names == nil {
		return usage(fmt.Errorf("%s has no command %q", c.CommandPath(), word))
	}
	return usage(fmt.Errorf("%s has no command %q; %s", c.CommandPath(), word, suggest.Mean(word, "there are", names)))
}

// flagErrors returns what makes a wrong flag of a command line one of usage, and suggests
// the right one. Where the flag is one of a command that there is not, that is told.
func flagErrors(args []string) func(*cobra.Command, error) error {
	return func(c *cobra.Command, err error) error {
		if _, rest, _ := c.Root().Find(args); c.HasSubCommands() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
			return unknownCommand(c, rest[0])
		}
		return flagError(c, err)
	}
}

func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := suggest.Nearest(unknown.GetSpecifiedName(), names); near != "" {
			err = fmt.Errorf("%w; did you mean --%s?", err, near)
		}
	}
	if none, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		err = needsValue(none.GetFlag(), "")
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		if want := kindsOfFlags[invalid.GetFlag().Value.Type()]; want != "" {
			err = fmt.Errorf("--%s: %q is not %s", invalid.GetFlag().Name, invalid.GetValue(), want)
		}
	}
	return usage(fmt.Errorf("%w\nRun '%s --help' for what there is", err, c.CommandPath()))
}

// needsValue says what the value of a flag is, which has none; after says why.
func needsValue(f *pflag.Flag, after string) error {
	what, about := pflag.UnquoteUsage(f)
	return fmt.Errorf("--%s is given without its %s%s; --%[1]s %[2]s: %[4]s", f.Name, what, after, about)
}

// kindsOfFlags are the values of flags by pflag's names of their types, where the words of
// what parses them are Go's.
var kindsOfFlags = map[string]string{
	"duration": "a duration, such as 30s, 5m or 1h",
	"int":      "a whole number",
	"uint64":   "a whole number of 0 or more",
	"float64":  "a number",
	"bool":     "true or false",
}

// refuse makes what is wrong with the arguments of a command, and of those below it, an
// error of usage: what its own check finds, flags that exclude each other, and flags that
// are given with no value.
func refuse(c *cobra.Command) {
	if !c.Runnable() {
		c.Args, c.RunE = cobra.NoArgs, func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	check := c.Args
	c.Args = func(c *cobra.Command, args []string) error {
		if err := swallowed(c.Flags()); err != nil {
			return usage(err)
		}
		if check != nil {
			if c.HasSubCommands() && len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			if err := check(c, args); err != nil {
				return usage(err)
			}
		}
		if err := empty(c.Flags()); err != nil {
			return usage(err)
		}
		return usage(c.ValidateFlagGroups())
	}
	for _, below := range c.Commands() {
		refuse(below)
	}
}

// swallowed refuses a flag that has taken another for its value.
func swallowed(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		name, is := strings.CutPrefix(f.Value.String(), "--")
		if name, _, _ = strings.Cut(name, "="); is && err == nil && flags.Lookup(name) != nil {
			err = needsValue(f, ", as --"+name+" follows, which is a flag")
		}
	})
	return err
}

// empty refuses a flag of a text, or of several, that is given without one.
func empty(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		if err == nil && (len(values) == 0 || slices.Contains(values, "")) {
			what, _ := pflag.UnquoteUsage(f)
			err = fmt.Errorf("--%s is empty: want its %s", f.Name, what)
		}
	})
	return err
}

// alone refuses the flags of those named that are given, which only play a part beside
// another.
func alone(c *cobra.Command, beside, why string, names ...string) error {
	for _, name := range names {
		if c.Flags().Changed(name) {
			return fmt.Errorf("--%s is for --%s, %s", name, beside, why)
		}
	}
	return nil
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
