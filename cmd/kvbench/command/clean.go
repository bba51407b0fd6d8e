package command

import (
	"errors"
	"fmt"
	"strings"

	"kvbench/drivers/prefix"
	"kvbench/internal/scenariofile"
	"kvbench/internal/secret"
	"kvbench/kv"

	"github.com/spf13/cobra"
)

func newClean(secrets *secret.Set, open openURL) *cobra.Command {
	// openNamed opens a store that the command or a run names; its errors are of usage.
	openNamed := func(url string, env kv.Env) (kv.Store, error) {
		store, err := open(url, env)
		return store, usage(err)
	}
	var driver string
	var all bool
	c := &cobra.Command{
		Use:   "clean RUN... | clean --driver URL --all",
		Short: "Delete what cut-off runs have left in a store",
		Long: `Clean deletes what runs have left in stores that are not made for them, as an
account's namespace: the keys below the runs' own prefix, kvbench/ID/, and no
others. A run that ends does so itself, also when it is interrupted.

With --driver and --all it deletes what any run has left there: all keys below
kvbench/, those of runs under way too.`,
		Example: `  kvbench clean results/20260101-120000-scenarios
  kvbench clean --driver cloudflare://ACCOUNT/NAMESPACE --all`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case (driver != "") == (len(args) > 0):
				return errors.New("want runs, or --driver URL --all")
			case (driver != "") != all:
				return errors.New("--driver and --all go together: they delete what any run has left there")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if all {
				return clean(c.Context(), openNamed, driver, prefix.Root, c.OutOrStdout())
			}
			for _, path := range args {
				run, err := openFile(c.Context(), path)
				if err != nil {
					return err
				}
				defer run.Close()
				h := &run.Header
				if h.RunID == "" {
					return usage(fmt.Errorf("%s has written to no store but its own", path))
				}
				seen := map[string]bool{}
				for i := range h.Scenarios {
					shown := h.Scenarios[i].Driver
					if h.Scenarios[i].Capabilities.Virtual || seen[shown] {
						continue
					}
					seen[shown] = true
					url, err := driverOf(shown, secrets)
					if err != nil {
						return usage(fmt.Errorf("%s: %w", path, err))
					}
					if err := clean(c.Context(), openNamed, url, prefix.Of(h.RunID), c.OutOrStdout()); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&driver, "driver", "", "clean the store of this `URL`")
	c.Flags().BoolVar(&all, "all", false, "delete what any run has left")
	return c
}

// driverOf is the URL of a driver that a run file shows.
func driverOf(shown string, secrets *secret.Set) (url string, err error) {
	if strings.Contains(shown, secret.Mark) {
		return "", fmt.Errorf("the driver %s held a secret, which is not kept: clean with --driver URL --all", shown)
	}
	return scenariofile.Expand(shown, secrets)
}
