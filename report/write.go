package report

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"kvbench/internal/printable"
	"kvbench/internal/runfile"

	"golang.org/x/sync/errgroup"
)

// document is a format that is one file.
type document struct {
	format, file string
	render       func(*Summary, *runfile.Run, []figure) ([]byte, error)
}

// documents are the formats of one file, in the order in which they are
// written.
func documents() []document {
	return []document{
		{"html", "report.html", asHTML},
		{"md", "report.md", func(s *Summary, run *runfile.Run, _ []figure) ([]byte, error) { return s.asMarkdown(&run.Header), nil }},
		{"csv", "report.csv", func(s *Summary, _ *runfile.Run, _ []figure) ([]byte, error) { return s.asCSV() }},
		{"benchfmt", "report.bench.txt", func(_ *Summary, run *runfile.Run, _ []figure) ([]byte, error) { return asBenchfmt(run) }},
		{"junit", "junit.xml", func(s *Summary, _ *runfile.Run, _ []figure) ([]byte, error) { return s.asJUnit() }},
		{"hlog", "report.hlog", func(_ *Summary, run *runfile.Run, _ []figure) ([]byte, error) { return asHLog(run) }},
		{"json", "report.json", func(s *Summary, _ *runfile.Run, _ []figure) ([]byte, error) { return s.asJSON() }},
	}
}

// Formats are the formats that Write knows: the documents, and the charts as
// files of their own.
func Formats() []string {
	out := []string{"html", "svg", "png"}
	for _, d := range documents()[1:] {
		out = append(out, d.format)
	}
	return out
}

// asJSON writes the summary; docs/schema/summary.json is its schema.
func (s *Summary) asJSON() ([]byte, error) {
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

// DefaultFormats are the formats of a report that nobody asked for.
func DefaultFormats() []string { return []string{"html", "svg", "png"} }

// chartsDir is the folder of the charts within that of the report.
const chartsDir = "charts"

// Write writes a run's report to a folder, which must exist: the documents, and
// charts/<scenario>-<chart>.svg and .png, as the formats say. The summary is the
// run's. It returns the paths of the files it wrote. Each appears under its name
// only when it is whole. drawn, unless it is nil, is told how many of the scenarios
// have been drawn, by one goroutine at a time. When ctx is done it writes nothing and
// returns the error of ctx at once; what is being drawn goes on to the end of its chart.
func Write(ctx context.Context, dir string, summary *Summary, run *runfile.Run, formats []string, drawn func(done, scenarios int)) ([]string, error) {
	for _, f := range formats {
		if !slices.Contains(Formats(), f) {
			return nil, fmt.Errorf("report format %q is not known; the formats are %s", f, strings.Join(Formats(), ", "))
		}
	}
	type result struct {
		files []file
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		figures, err := drawAll(ctx, summary, formats, drawn)
		if r.err = err; err == nil {
			r.files, r.err = render(ctx, summary, run, formats, figures)
		}
		done <- r
	}()
	var files []file
	select {
	case r := <-done:
		if r.err != nil {
			return nil, r.err
		}
		files = r.files
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if slices.ContainsFunc(files, func(f file) bool { return filepath.Dir(f.name) == chartsDir }) {
		if err := os.MkdirAll(filepath.Join(dir, chartsDir), 0o755); err != nil {
			return nil, err
		}
	}
	var written []string
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := writeFile(path, f.data); err != nil {
			return written, err
		}
		written = append(written, path)
	}
	return written, nil
}

// file is a file that is to be written.
type file struct {
	name string // within the folder
	data []byte
}

// figure is a chart that has been drawn in the formats that are wanted.
type figure struct {
	Chart
	scenario int // index into the summary's scenarios
	svg, png []byte
	values   []byte // JSON of the SVG's plot
}

// drawAll draws all charts, on all cores.
func drawAll(ctx context.Context, s *Summary, formats []string, tell func(done, scenarios int)) ([]figure, error) {
	svg := slices.Contains(formats, "svg") || slices.Contains(formats, "html")
	png := slices.Contains(formats, "png")
	if !svg && !png {
		return nil, nil
	}
	// Scenario by scenario: what its charts are drawn from is let go with them.
	drawn := make([][]figure, len(s.Scenarios))
	grown := families(s)
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	done := 0
	for i := range drawn {
		g.Go(func() error {
			charts := Charts(&s.Scenarios[i])
			for _, family := range grown { // with its smallest member
				if family[0].Scenario == &s.Scenarios[i] {
					charts = append(charts, growthChart(family))
				}
			}
			for _, c := range charts {
				f := figure{Chart: c, scenario: i}
				var err error
				if err = ctx.Err(); err != nil {
					return err
				}
				if svg {
					var plot Plot
					if f.svg, plot, err = c.drawn(); err != nil {
						return err
					}
					if f.values, err = json.Marshal(plot); err != nil {
						return err
					}
				}
				if err = ctx.Err(); err != nil {
					return err
				}
				if png {
					if f.png, err = c.PNG(); err != nil {
						return err
					}
				}
				f.body = nil
				drawn[i] = append(drawn[i], f)
			}
			if tell != nil {
				mu.Lock()
				defer mu.Unlock()
				done++
				tell(done, len(drawn))
			}
			return nil
		})
	}
	err := g.Wait()
	return slices.Concat(drawn...), err
}

// render makes the files: the documents, then the charts.
func render(ctx context.Context, s *Summary, run *runfile.Run, formats []string, figures []figure) ([]file, error) {
	var files []file
	for _, d := range documents() {
		if !slices.Contains(formats, d.format) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		data, err := d.render(s, run, figures)
		if err != nil {
			return nil, err
		}
		files = append(files, file{d.file, printed(d.format, data)})
	}
	ids := s.ids()
	for _, f := range figures {
		name := filepath.Join(chartsDir, ids[f.scenario]+"-"+f.Name)
		if slices.Contains(formats, "svg") {
			files = append(files, file{name + ".svg", f.svg})
		}
		if slices.Contains(formats, "png") {
			files = append(files, file{name + ".png", f.png})
		}
	}
	return files, nil
}

// printed is a document as it is written: what it quotes from outside can be shown,
// whatever the run file holds.
func printed(format string, data []byte) []byte {
	if format == "json" {
		return printable.JSON(data)
	}
	return []byte(printable.Text(string(data)))
}

// ids names the scenarios for a file or a link: by their names, which hold only
// small letters, digits and hyphens unless the run file was made by hand.
func (s *Summary) ids() []string {
	seen := map[string]bool{}
	out := make([]string, len(s.Scenarios))
	for i := range s.Scenarios {
		id := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
				return r
			}
			return '-'
		}, strings.ToLower(s.Scenarios[i].Name))
		for seen[id] || strings.Trim(id, "-") == "" {
			id = fmt.Sprintf("%s-%d", id, i+1)
		}
		seen[id], out[i] = true, id
	}
	return out
}

// writeFile writes a file under a temporary name and then renames it.
func writeFile(path string, data []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name()) // what went wrong before says more than what goes wrong here
		}
	}()
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if closed := tmp.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
