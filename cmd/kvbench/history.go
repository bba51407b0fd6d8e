package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"kvbench/internal/printable"
	"kvbench/internal/runfile"
	"kvbench/report"
)

// addNight adds a run to a history, unless it was kept for others to be compared with.
func addNight(h *report.History, path string) error {
	run, err := runfile.Open(path)
	if err != nil {
		return usage(err)
	}
	if run.Header.Baseline == "" {
		h.Add(run)
	}
	return run.Close()
}

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
	var h report.History
	for _, path := range paths[max(0, len(paths)-last):] {
		if _, err := await(ctx, func() (struct{}, error) { return struct{}{}, addNight(&h, path) }); err != nil {
			return err // h is not read any more
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
	if err := report.HistoryHTML(&page, &h); err != nil {
		return err
	}
	file := filepath.Join(out, "history.html")
	if err := os.WriteFile(file, page.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Fprintln(stderr, printable.Line(file))
	if asJSON {
		return writeJSON(stdout, h)
	}
	return report.HistoryText(stdout, &h)
}
