// Package cputime tells tests and benchmarks what processor time this process has taken; on a
// machine that does other work as well it varies less than the time on the wall.
package cputime
