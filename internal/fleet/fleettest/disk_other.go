//go:build !linux

// Package fleettest has disks that are full, for tests.
package fleettest

import "testing"

// SmallDisk skips the test: disks are mounted on Linux alone.
func SmallDisk(t *testing.T, _ int) string {
	t.Helper()
	t.Skip("disks are mounted on Linux alone")
	return ""
}

// Fill writes a file until its disk is full.
func Fill(t *testing.T, _ string) { t.Helper() }

// Grow changes nothing.
func Grow(string, int) error { return nil }
