//go:build race

package scenariofile_test

// slower is how many times longer the race detector makes everything take.
const slower = 10
