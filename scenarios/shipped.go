package scenarios

import _ "embed"

//go:embed scenarios.yaml
var shipped []byte

// Shipped returns the scenario file that comes with kvbench.
func Shipped() []byte { return shipped }
