//go:build !race

package emulator

func raceEnabled() bool { return false }
