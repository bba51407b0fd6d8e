package projects

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvbench/internal/detect"
	"kvbench/internal/script"

	"github.com/google/go-cmp/cmp"
)

// What a recorder has noted stands for the files when they are gone, to the place of every line.
func TestCarried(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "src")
	for name, text := range map[string]string{
		"wrangler.jsonc": `{"main": "src/w.ts", "vars": {"A": [1, {"b": null}]}, "define": {"D": "1"}, "compatibility_date": "2026-01-01"}`,
		"src/w.ts":       "import { g } from './lib/g'\n\nexport default { fetch(): Response { return new Response(g(D)) } }\n",
		"src/lib/g.ts":   "// kvbench-ignore stale-get missed-key: so it is\nexport const g = (n: number): string => {\n\tthrow new Error(String(n))\n}\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	main, o := filepath.Join(folder, "w.ts"), script.Options{Root: dir, Define: map[string]string{"D": "1"}}
	type all struct {
		Folder, Repository, Code string
		Config                   any
		Place                    script.Place
		Suppressed               []bool
	}
	read := func(s Source) (out all) {
		t.Helper()
		out.Folder, out.Repository = s.Folder(filepath.Join(dir, "s.yaml")), s.Repository(dir)
		config, err := s.Config(folder)
		if err := errors.Join(err, s.Has(main)); err != nil {
			t.Fatal(err)
		}
		made, err := s.Script(main, o)
		if err != nil {
			t.Fatal(err)
		}
		before, _, _ := strings.Cut(made.Code, "new Error")
		line := strings.Count(before, "\n") + 1
		out.Place, _ = made.Site(line, len(before)-strings.LastIndexByte(before, '\n'))
		out.Config, out.Code = config, made.Code
		for _, line := range []int{1, 2, 3} {
			for _, kind := range []detect.Kind{detect.StaleGet, detect.MissedKey, detect.ClobberedWrite} {
				out.Suppressed = append(out.Suppressed, made.Suppressed(kind, detect.Site{File: out.Place.File, Line: line}))
			}
		}
		return out
	}
	want := read(Disk{})
	if want.Place.File != "src/lib/g.ts" || want.Place.Line != 3 || !want.Suppressed[0] || !want.Suppressed[4] || want.Suppressed[2] || want.Suppressed[6] {
		t.Fatalf("from the files: %+v", want)
	}
	r := NewRecorder()
	if diff := cmp.Diff(want, read(r)); diff != "" {
		t.Errorf("while it is recorded:\n%s", diff)
	}
	text, err := json.Marshal(r.Carried)
	if err != nil {
		t.Fatal(err)
	}
	var carried Carried
	if err := errors.Join(json.Unmarshal(text, &carried), os.RemoveAll(dir)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, read(&carried)); diff != "" {
		t.Errorf("where the files are not:\n%s", diff)
	}
	_, config := carried.Config(dir)
	_, other := carried.Script(filepath.Join(folder, "other.ts"), o)
	_, module := carried.Script(main, script.Options{Module: true})
	for what, err := range map[string]error{"a configuration": config, "a script": other, "a module": module, "a file": carried.Has(filepath.Join(folder, "other.ts"))} {
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s that did not travel: %v", what, err)
		}
	}
}

// That there is no configuration travels too: one of the other machine is none of the project's.
func TestNoConfigIsCarried(t *testing.T) {
	dir := t.TempDir()
	r := NewRecorder()
	_, err := r.Config(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Skip("there is one above the folder of temporary files")
	}
	if _, err := r.Carried.Config(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
