package scenarios

import (
	"embed"
	"io/fs"
)

//go:embed scenarios.yaml
var shipped []byte

// Shipped returns the scenario file that comes with kvbench.
func Shipped() []byte { return shipped }

//go:embed workers/verify.yaml workers/*.ts workers/tsconfig.json
var workers embed.FS

// VerifyFile is the name of the scenario file among the Workers.
const VerifyFile = "verify.yaml"

// Workers are the seven patterns as Workers, and VerifyFile, whose scenarios run them all.
func Workers() fs.FS {
	sub, err := fs.Sub(workers, "workers")
	if err != nil { // the name is a constant
		panic(err)
	}
	return sub
}
