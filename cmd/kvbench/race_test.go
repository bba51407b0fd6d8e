//go:build race

package main

func raceEnabled() bool { return true }
