// Package wrangler reads the configuration of a Worker's project, as the command line tool
// wrangler has it.
package wrangler

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kvbench/internal/bounded"
)

// names are the files that hold a configuration, the first that is there counts.
var names = [...]string{"wrangler.jsonc", "wrangler.json", "wrangler.toml"}

// maxBytes bounds a configuration.
const maxBytes = 1 << 20

// Config is what of a configuration matters to a run.
type Config struct {
	File string // as it was found
	// Name is the Worker's; Main its script, relative to the file's folder. Empty where the
	// file has none.
	Name, Main string
	Namespaces []Namespace
	Vars       []Var    // by name
	Crons      []string // triggers.crons
	// Define replaces identifiers in the script with JavaScript expressions.
	Define map[string]string
	Date   string   // compatibility_date
	Flags  []string // compatibility_flags
	// Others are bindings of kinds that a run has not.
	Others []Other
	// Environments are the names of the sections of env, which are not read.
	Environments []string
}

// Namespace is a binding of Workers KV.
type Namespace struct{ Binding, ID string }

// Var is a value of env.
type Var struct {
	Name  string
	Value json.RawMessage
}

// Other is a binding of another kind than KV.
type Other struct {
	Binding string
	Kind    string // in words: "a D1 database"
}

// Error is what is wrong in a configuration, lines and columns counted from 1; 0 is none.
type Error struct {
	File         string
	Line, Column int
	Message      string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Find returns the configuration that is nearest to a folder: in it, or above. It is
// fs.ErrNotExist where there is none.
func Find(dir string) (file string, err error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for near := dir; ; at, near = filepath.Dir(at), filepath.Join(near, "..") {
		for _, name := range names {
			if info, err := os.Stat(filepath.Join(at, name)); err == nil && !info.IsDir() {
				return filepath.Join(near, name), nil
			}
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("no wrangler.jsonc, wrangler.json or wrangler.toml is in %s or above it: %w", dir, fs.ErrNotExist)
		}
	}
}

// Read reads a configuration. What is wrong in it is an *Error.
func Read(file string) (*Config, error) {
	data, err := bounded.ReadFile(file, maxBytes)
	var large *bounded.LargeError
	switch {
	case errors.As(err, &large):
		return nil, &Error{File: file, Message: fmt.Sprintf("the file is larger than %d MiB", maxBytes>>20)}
	case err != nil:
		return nil, err
	}
	var r raw
	parse := fromJSON
	if filepath.Ext(file) == ".toml" {
		parse = fromTOML
	}
	all, err := parse(data, &r)
	if err != nil {
		if bad, ok := errors.AsType[*Error](err); ok {
			bad.File = file
		}
		return nil, err
	}
	return r.config(file, all)
}

// config is what matters of what was read; all has every field.
func (r *raw) config(file string, all map[string]any) (*Config, error) {
	c := &Config{
		File: file, Name: r.Name, Main: r.Main, Crons: r.Triggers.Crons, Define: r.Define,
		Date: r.Date, Flags: r.Flags, Others: others(all),
	}
	for _, n := range r.Namespaces {
		if n.Binding == "" {
			return nil, &Error{File: file, Message: "a namespace of kv_namespaces has no binding"}
		}
		if slices.ContainsFunc(c.Namespaces, func(o Namespace) bool { return o.Binding == n.Binding }) {
			return nil, &Error{File: file, Message: fmt.Sprintf("kv_namespaces has the binding %s twice", n.Binding)}
		}
		c.Namespaces = append(c.Namespaces, Namespace(n))
	}
	for name, value := range r.Vars {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, &Error{File: file, Message: fmt.Sprintf("vars.%s can't be JSON: %v", name, err)}
		}
		c.Vars = append(c.Vars, Var{name, text})
	}
	slices.SortFunc(c.Vars, func(a, b Var) int { return strings.Compare(a.Name, b.Name) })
	for name := range r.Env {
		c.Environments = append(c.Environments, name)
	}
	slices.Sort(c.Environments)
	return c, nil
}
