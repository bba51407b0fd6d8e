package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kvbench": func() { os.Exit(kvbench()) }})
}

// Every verb, good and bad input: testdata/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error { // a run file as kvbench wrote it before there was another format
			data, err := os.ReadFile("../../internal/runfile/testdata/format1.jsonl")
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "format1.jsonl"), data, 0o644)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"waitfor": waitFor, "deltas": deltas},
	})
}

// waitFor waits until a file holds a text so often: waitfor FILE TEXT COUNT.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: waitfor FILE TEXT COUNT")
	}
	count, err := strconv.Atoi(args[2])
	ts.Check(err)
	file := ts.MkAbs(args[0])
	for range 3000 {
		data, err := os.ReadFile(file)
		if err == nil && bytes.Count(data, []byte(args[1])) >= count {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s never held %q %d times", args[0], args[1], count)
}
