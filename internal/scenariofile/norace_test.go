//go:build !race

package scenariofile_test

const slower = 1
