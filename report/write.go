// Package report writes what a run says: as a page, charts and tables for people, and in
// the formats of other programs.
package report

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kvbench/internal/answer"
	"kvbench/internal/printable"
	"kvbench/report/chart"
	"kvbench/report/export"
	"kvbench/report/page"
)

// document is a format that is one file.
type document struct {
	format, file string
	render       func(*answer.Answer, []chart.Drawn) ([]byte, error)
}

// documents are the formats of one file, in the order in which they are written.
func documents() []document {
	of := func(render func(*answer.Answer) ([]byte, error)) func(*answer.Answer, []chart.Drawn) ([]byte, error) {
		return func(a *answer.Answer, _ []chart.Drawn) ([]byte, error) { return render(a) }
	}
	return []document{
		{"html", "report.html", func(a *answer.Answer, drawn []chart.Drawn) ([]byte, error) {
			var out bytes.Buffer
			err := page.Write(&out, a, drawn)
			return out.Bytes(), err
		}},
		{"md", "report.md", of(func(a *answer.Answer) ([]byte, error) { return markdown(a), nil })},
		{"csv", "report.csv", of(export.CSV)},
		{"benchfmt", "report.bench.txt", of(func(a *answer.Answer) ([]byte, error) { return export.Benchfmt(a.Set.Run) })},
		{"junit", "junit.xml", of(export.JUnit)},
		{"hlog", "report.hlog", of(func(a *answer.Answer) ([]byte, error) { return export.HLog(a.Set.Run) })},
		{"json", "report.json", of(export.JSON)},
		{"sarif", "report.sarif", of(export.SARIF)},
	}
}

// Formats are the formats that Write knows: the documents, and the charts as files of
// their own.
func Formats() []string {
	out := []string{"html", "svg", "png"}
	for _, d := range documents()[1:] {
		out = append(out, d.format)
	}
	return out
}

// DefaultFormats are the formats of a report that nobody asked for.
func DefaultFormats() []string { return []string{"html", "svg", "png"} }

// chartsDir is the folder of the charts within that of the report.
const chartsDir = "charts"

// Write writes the report of a run to a folder, which must exist: the documents, and
// charts/<scenario>-<chart>.svg and .png, as the formats say. It returns the paths of the
// files it wrote. Each appears under its name only when it is whole. drawn, unless it is
// nil, is told how many of the scenarios have been drawn, by one goroutine at a time. When
// ctx is done it writes nothing and returns the error of ctx at once; what is being drawn
// goes on to the end of its chart.
func Write(ctx context.Context, dir string, a *answer.Answer, formats []string, drawn func(done, scenarios int)) ([]string, error) {
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
		svg := slices.Contains(formats, "svg") || slices.Contains(formats, "html")
		charts, err := chart.Draw(ctx, a.Set, svg, slices.Contains(formats, "png"), drawn)
		r := result{err: err}
		if err == nil {
			r.files, r.err = render(ctx, a, formats, charts)
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
		if err := WriteFile(path, f.data); err != nil {
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

// render makes the files: the documents, then the charts.
func render(ctx context.Context, a *answer.Answer, formats []string, charts []chart.Drawn) ([]file, error) {
	var files []file
	for _, d := range documents() {
		if !slices.Contains(formats, d.format) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		data, err := d.render(a, charts)
		if err != nil {
			return nil, err
		}
		files = append(files, file{d.file, printed(d.format, data)})
	}
	ids := a.IDs()
	for _, c := range charts {
		name := filepath.Join(chartsDir, ids[c.Of]+"-"+c.Name)
		if slices.Contains(formats, "svg") {
			files = append(files, file{name + ".svg", c.SVG})
		}
		if slices.Contains(formats, "png") {
			files = append(files, file{name + ".png", c.PNG})
		}
	}
	return files, nil
}

// printed is a document as it is written: what it quotes from outside can be shown,
// whatever the run file holds.
func printed(format string, data []byte) []byte {
	if format == "json" || format == "sarif" {
		return printable.JSON(data)
	}
	return []byte(printable.Text(string(data)))
}

// WriteFile writes a file under a temporary name and then renames it: it appears whole, or
// what was there stays.
func WriteFile(path string, data []byte) (err error) {
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
