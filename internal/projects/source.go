// Package projects reads what a run takes of a Worker's project: its configuration, its scripts, and
// the comments in them that suppress findings. It reads files, or what was carried from where they are.
package projects

import (
	"errors"

	"kvbench/internal/script"
	"kvbench/internal/wrangler"
)

// Source is where projects are read from. It is for one task at a time.
type Source interface {
	// Folder is the folder of a scenario file. All other paths begin with it.
	Folder(scenarios string) string
	// Config is the configuration nearest to a folder: fs.ErrNotExist where there is none, an
	// *InvalidError where it can't be read.
	Config(folder string) (*wrangler.Config, error)
	// Has says why there is no script at a path: fs.ErrNotExist, ErrFolder and the like.
	Has(file string) error
	// Script bundles the script of a file; see script.Build.
	Script(file string, o script.Options) (*Script, error)
	// Repository is a folder as a path with slashes from the root of the repository that it is in,
	// which has .git in it; empty where that is the root, and where there is none.
	Repository(folder string) string
	// Line is a line of a file, counted from 1, to be shown; empty where it can't be read.
	Line(file string, n int) string
}

// ErrFolder is what Has says of a folder.
var ErrFolder = errors.New("it is a folder")

// InvalidError says that a configuration is there and can't be read.
type InvalidError struct {
	File string
	Err  error
}

// Error is what is wrong with it.
func (e *InvalidError) Error() string { return e.Err.Error() }

// Unwrap is what is wrong with it.
func (e *InvalidError) Unwrap() error { return e.Err }
