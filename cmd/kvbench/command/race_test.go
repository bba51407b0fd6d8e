//go:build race

package command

func raceEnabled() bool { return true }
