package command

import (
	"kvbench/internal/scenariofile"
	"kvbench/scenarios"

	"github.com/spf13/cobra"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of a scenario file, for editors",
		Long: `Print the JSON Schema of a scenario file. An editor that knows YAML and JSON Schema
completes and checks the file by it:

  kvbench schema > kvbench.schema.json

and as the first line of the file

  # yaml-language-server: $schema=kvbench.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return writeJSON(c.OutOrStdout(), scenariofile.Schema(scenarios.Patterns()))
		},
	}
}
