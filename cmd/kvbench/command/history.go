package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"kvbench/internal/history"
	"kvbench/internal/printable"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/report"
	reporthistory "kvbench/report/history"
)

// reportHistory reports on the last runs in a folder, in the order of their
// names, and writes history.html to out, or into the folder.
func reportHistory(ctx context.Context, dir, out string, last int, asJSON bool, stdout, stderr io.Writer) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return usage(err)
	}
	var paths []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if _, err := os.Stat(filepath.Join(path, runfile.FileName)); err == nil {
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return usage(fmt.Errorf("%s holds no runs: want folders with a %s, as kvbench run makes them", dir, runfile.FileName))
	}
	var h history.History
	for _, path := range paths[max(0, len(paths)-last):] {
		night, err := openAs(ctx, path, result.Of)
		if err != nil {
			return err
		}
		if night.Run.Header.Baseline == "" { // not kept for others to be compared with
			h.Add(night)
		}
		if err := night.Run.Close(); err != nil {
			return err
		}
	}
	h.FindChanges()
	if out == "" {
		out = dir
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return usage(err)
	}
	var page bytes.Buffer
	if err := reporthistory.HTML(&page, &h); err != nil {
		return err
	}
	file := filepath.Join(out, "history.html")
	if err := report.WriteFile(file, page.Bytes()); err != nil {
		return err
	}
	fmt.Fprintln(stderr, printable.Line(file))
	if asJSON {
		return writeJSON(stdout, h)
	}
	return reporthistory.Text(stdout, &h)
}
