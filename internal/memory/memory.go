// Package memory tells what processes hold of it.
package memory
