//go:build race

package scenarios_test

// slower is how many times longer the race detector makes everything take.
const slower = 10
