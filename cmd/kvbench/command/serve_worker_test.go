package command

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"kvbench/internal/script"

	"github.com/rogpeppe/go-internal/testscript"
)

// serveWorker serves the Worker of worker://HOST until the script's end, in front of workerd's
// own KV, and sets WORKER to its address: serveworker SECRET.
func serveWorker(executable string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: serveworker SECRET")
		}
		source, err := os.ReadFile(filepath.Join(deployFolder, "worker.ts"))
		ts.Check(err)
		code, err := script.Module("worker.ts", string(source))
		ts.Check(err)
		config, err := json.Marshal(map[string]any{
			"name": "kvbench", "main": "worker.js", "no_bundle": true, "compatibility_date": "2026-04-01",
			"kv_namespaces": []map[string]string{{"binding": "KV", "id": "test"}},
			"vars":          map[string]string{"KVBENCH_WORKER_SECRET": args[0]},
		})
		ts.Check(err)
		folder := filepath.Join(ts.MkAbs("."), "deployed")
		ts.Check(os.Mkdir(folder, 0o700))
		ts.Check(os.WriteFile(filepath.Join(folder, "worker.js"), []byte(code), 0o600))
		ts.Check(os.WriteFile(filepath.Join(folder, "wrangler.jsonc"), config, 0o600))
		c := exec.Command(executable, "serve", "wrangler.jsonc", "--experimental", "--socket-addr=http=127.0.0.1:0", "--control-fd=1")
		c.Dir, c.Stderr = folder, os.Stderr
		out, err := c.StdoutPipe()
		ts.Check(err)
		ts.Check(c.Start())
		ts.Defer(func() {
			_ = c.Process.Kill()
			_ = c.Wait()
		})
		line, err := bufio.NewReader(out).ReadBytes('\n')
		ts.Check(err)
		var listening struct{ Port int }
		ts.Check(json.Unmarshal(line, &listening))
		ts.Setenv("WORKER", fmt.Sprint("127.0.0.1:", listening.Port))
	}
}

// waitKeys waits until the Worker's namespace holds a run's keys: waitkeys SECRET.
func waitKeys(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitkeys SECRET")
	}
	req, err := http.NewRequest(http.MethodGet, "http://"+ts.Getenv("WORKER")+"/list?prefix=kvbench/", nil)
	ts.Check(err)
	req.Header.Set("Kvbench-Secret", args[0])
	for range 3000 {
		res, err := http.DefaultClient.Do(req)
		ts.Check(err)
		page, err := io.ReadAll(res.Body)
		ts.Check(errors.Join(err, res.Body.Close()))
		if bytes.Contains(page, []byte(`"name":`)) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("there never was a key")
}

const deployFolder = "../../../drivers/worker/deploy"
