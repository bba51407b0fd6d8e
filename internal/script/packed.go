package script

import (
	"encoding/json"

	"github.com/go-sourcemap/sourcemap"
)

// Packed is a Bundle as text, to be sent to where its sources are not.
type Packed struct {
	Name     string `json:"name"`
	Code     []byte `json:"code"`
	Map      []byte `json:"map"` // its source map, as JSON, without the sources
	Modules  bool   `json:"modules,omitempty"`
	Supplied bool   `json:"supplied,omitempty"`
}

// Pack is the bundle as text.
func (b *Bundle) Pack() Packed {
	return Packed{b.Name, []byte(b.Code), b.mapping, b.Modules, b.Supplied}
}

// Bundle is the bundle that was packed.
func (p *Packed) Bundle() *Bundle {
	b := &Bundle{Name: p.Name, Code: string(p.Code), Modules: p.Modules, Supplied: p.Supplied}
	b.mapped(p.Map)
	return b
}

// mapped gives the bundle its source map.
func (b *Bundle) mapped(text []byte) {
	b.mapping = text
	b.sources, _ = sourcemap.Parse("", text) // nil where nothing is left of the sources
}

// Files are the files that the bundle was made of, relative to the project, but for those that the
// bundler has made.
func (b *Bundle) Files() (out []string) {
	var of struct {
		Sources []string `json:"sources"`
	}
	if json.Unmarshal(b.mapping, &of) != nil {
		return nil // as in mapped
	}
	for _, file := range of.Sources {
		if !made(file) {
			out = append(out, file)
		}
	}
	return out
}
