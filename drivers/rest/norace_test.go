//go:build !race

package rest_test

func raceEnabled() bool { return false }
