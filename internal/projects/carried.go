package projects

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"

	"kvbench/internal/detect"
	"kvbench/internal/script"
	"kvbench/internal/wrangler"
)

// Carried is all that a run takes of projects whose files are on another machine. Paths are those of
// that machine. As a Source it has what was recorded, and nothing else.
type Carried struct {
	Dir          string                      `json:"dir"`               // of the scenario file
	Configs      map[string]*wrangler.Config `json:"configs,omitempty"` // by the folder that it is nearest to; nil: there is none
	Scripts      map[string]CarriedScript    `json:"scripts,omitempty"` // by file
	Repositories map[string]string           `json:"repositories,omitempty"`
}

// CarriedScript is a script of Carried.
type CarriedScript struct {
	script.Packed
	// Suppressed are the findings that comments in its sources suppress, by file and line.
	Suppressed map[string]map[int][]string `json:"suppressed,omitempty"`
}

// bytes is about how large it is.
func (s CarriedScript) bytes() int { return len(s.Code) + len(s.Map) }

// notCarried says that something was asked for that no recorder was asked for.
func notCarried(what, path string) error {
	return fmt.Errorf("%s of %s did not travel with the plan", what, path)
}

// Folder implements Source.
func (c *Carried) Folder(string) string { return c.Dir }

// Config implements Source.
func (c *Carried) Config(folder string) (*wrangler.Config, error) {
	config, is := c.Configs[folder]
	switch {
	case !is:
		return nil, notCarried("the configuration", folder)
	case config == nil:
		return nil, fs.ErrNotExist
	}
	return config, nil
}

// Has implements Source.
func (c *Carried) Has(file string) error {
	if _, is := c.Scripts[file]; !is {
		return notCarried("the script", file)
	}
	return nil
}

// Script implements Source.
func (c *Carried) Script(file string, o script.Options) (*Script, error) {
	packed, is := c.Scripts[file]
	if !is || o.Module {
		return nil, notCarried("the script", file)
	}
	s := &Script{Bundle: packed.Bundle()}
	for name, lines := range packed.Suppressed {
		all := comments{}
		for n, ids := range lines {
			for _, id := range ids {
				kind, ok := detect.KindOf(id)
				if !ok {
					return nil, fmt.Errorf("%s:%d: %.60q is no kind of finding", name, n, id)
				}
				all[n] = append(all[n], kind)
			}
		}
		s.known.Store(name, all)
	}
	return s, nil
}

// Repository implements Source.
func (c *Carried) Repository(folder string) string { return c.Repositories[folder] }

// Line implements Source: no line is here.
func (c *Carried) Line(string, int) string { return "" }

// Bytes is about how large it is as JSON.
func (c *Carried) Bytes() (n int) {
	for _, s := range c.Scripts {
		n += s.bytes()
	}
	return n
}

// Files are the files of the scripts, the largest first.
func (c *Carried) Files() (out []string) {
	for file := range c.Scripts {
		out = append(out, file)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(c.Scripts[b].bytes()-c.Scripts[a].bytes(), cmp.Compare(a, b)) })
	return out
}

// Recorder is Disk, and notes all that it was asked for.
type Recorder struct {
	Disk
	// Carried is that.
	Carried Carried
}

// NewRecorder returns a recorder that has noted nothing.
func NewRecorder() *Recorder {
	return &Recorder{Carried: Carried{Configs: map[string]*wrangler.Config{}, Scripts: map[string]CarriedScript{}, Repositories: map[string]string{}}}
}

// Folder implements Source.
func (r *Recorder) Folder(scenarios string) string {
	r.Carried.Dir = r.Disk.Folder(scenarios)
	return r.Carried.Dir
}

// Config implements Source.
func (r *Recorder) Config(folder string) (*wrangler.Config, error) {
	c, err := r.Disk.Config(folder)
	r.Carried.Configs[folder] = c
	return c, err
}

// Script implements Source.
func (r *Recorder) Script(file string, o script.Options) (*Script, error) {
	s, err := r.Disk.Script(file, o)
	if err != nil || o.Module {
		return s, err
	}
	packed := CarriedScript{Packed: s.Pack(), Suppressed: map[string]map[int][]string{}}
	for _, name := range s.Files() {
		for n, kinds := range s.comments(name) {
			if packed.Suppressed[name] == nil {
				packed.Suppressed[name] = map[int][]string{}
			}
			for _, k := range kinds {
				packed.Suppressed[name][n] = append(packed.Suppressed[name][n], k.String())
			}
		}
	}
	r.Carried.Scripts[file] = packed
	return s, nil
}

// Repository implements Source.
func (r *Recorder) Repository(folder string) string {
	within := r.Disk.Repository(folder)
	r.Carried.Repositories[folder] = within
	return within
}
