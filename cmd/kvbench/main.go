// Kvbench is a load-testing and benchmark suite for Cloudflare Workers KV: it
// says for each usage pattern how fast it is, how right it is and what it costs.
package main

import (
	"os"

	"kvbench/cmd/kvbench/command"
	"kvbench/drivers"
)

func main() { os.Exit(command.Main(drivers.Table())) }
