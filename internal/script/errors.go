package script

import (
	"fmt"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// mostProblems is how many of a bundle's problems are told.
const mostProblems = 20

// Error is all that is wrong with a Worker's source.
type Error struct{ Problems []Problem }

// Problem is one thing that is wrong, and where.
type Problem struct {
	Place  Place // zero where no place can be told
	Text   string
	Source string   // the line of source; empty where there is none
	Notes  []string // what more there is to say
}

func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i := range e.Problems {
		lines[i] = e.Problems[i].String()
	}
	return strings.Join(lines, "\n")
}

// String is "file:line:column: text", with the notes after it.
func (p *Problem) String() string {
	text := p.Text
	for _, note := range p.Notes {
		text += "\n    " + note
	}
	if p.Place == (Place{}) {
		return text
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.Place.File, p.Place.Line, p.Place.Column, text)
}

// awaits are the places of awaits outside of functions: what is wrong in a script and
// not in a module.
func awaits(o api.BuildOptions, found []api.Message) map[api.Location]bool {
	o.Format, o.GlobalName = api.FormatESModule, ""
	o.Supported["top-level-await"] = true
	o.Outfile, o.Sourcemap = "", api.SourceMapNone
	module := map[api.Location]bool{}
	for _, m := range api.Build(o).Errors {
		if m.Location != nil {
			module[*m.Location] = true
		}
	}
	awaits := map[api.Location]bool{}
	for _, m := range found {
		if m.Location != nil && !module[*m.Location] {
			awaits[*m.Location] = true
		}
	}
	return awaits
}

func problems(found []api.Message, awaits map[api.Location]bool) []Problem {
	told := make([]Problem, 0, len(found))
	for _, m := range found {
		p := Problem{Text: m.Text}
		if l := m.Location; l != nil {
			p.Place = Place{File: l.File, Line: l.Line, Column: l.Column + 1}
			p.Source = l.LineText
			if awaits[*l] {
				p.Text = "top-level await is not here; the real runtime has it: await inside of a function"
			}
		}
		for _, n := range m.Notes {
			p.Notes = append(p.Notes, n.Text)
		}
		told = append(told, p)
	}
	return told
}
