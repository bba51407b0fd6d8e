//go:build !race

package scenarios_test

const slower = 1
