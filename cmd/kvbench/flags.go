package main

import (
	"errors"
	"fmt"
	"strings"

	"kvbench/internal/suggest"

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
