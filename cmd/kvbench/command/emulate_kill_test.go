package command

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kvbench/drivers/rest"
)

// emulated is a `kvbench emulate` in a process of its own, which can be killed.
type emulated struct {
	t      *testing.T
	cmd    *exec.Cmd
	url    string        // of its namespace
	stderr *bytes.Buffer // to be read when it has ended
}

func emulateProcess(t *testing.T, state string) *emulated {
	t.Helper()
	cmd := exec.Command("kvbench", "emulate", "--listen", "127.0.0.1:0", "--account", testAccount,
		"--namespace", "bench="+strings.Repeat("0", 32), "--state", state, "--state-every", "10ms")
	cmd.Env = append(os.Environ(), rest.TokenVariable+"=secret")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	e := &emulated{t: t, cmd: cmd, stderr: &stderr}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, after, found := strings.Cut(lines.Text(), "emulated, at "); found {
			e.url = after + "/accounts/" + testAccount + "/storage/kv/namespaces/" + strings.Repeat("0", 32)
		}
		if strings.HasPrefix(lines.Text(), "Ctrl-C") {
			return e
		}
	}
	_ = cmd.Wait()
	t.Fatalf("it does not start: %s", stderr.String())
	return nil
}

func (e *emulated) ask(method, path, body string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(e.t.Context(), method, e.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer secret")
	return http.DefaultClient.Do(r)
}

// writers is how many clients write at the same time, each its keys in their order.
const writers = 3

// write lets clients write keys with a prefix until the server is no more, and
// counts those that were acknowledged.
func (e *emulated) write(prefix string, acknowledged *[writers]atomic.Int64) *sync.WaitGroup {
	var all sync.WaitGroup
	for w := range acknowledged {
		all.Go(func() {
			for {
				i := acknowledged[w].Load()
				res, err := e.ask("PUT", fmt.Sprintf("/values/%s-%d-%d", prefix, w, i), fmt.Sprint(i))
				if err != nil {
					return
				}
				_, err = io.Copy(io.Discard, res.Body)
				res.Body.Close()
				if err != nil || res.StatusCode != http.StatusOK {
					return
				}
				acknowledged[w].Add(1)
			}
		})
	}
	return &all
}

// has checks that the first n keys of a prefix are there.
func (e *emulated) has(prefix string, n int64) {
	e.t.Helper()
	for from := int64(0); from < n; from += 100 {
		var keys []string
		for i := from; i < min(from+100, n); i++ {
			keys = append(keys, fmt.Sprintf("%s-%d", prefix, i))
		}
		body, err := json.Marshal(map[string]any{"keys": keys})
		if err != nil {
			e.t.Fatal(err)
		}
		res, err := e.ask("POST", "/bulk/get", string(body))
		if err != nil {
			e.t.Fatal(err)
		}
		var got struct {
			Result struct{ Values map[string]*string }
		}
		err = json.NewDecoder(res.Body).Decode(&got)
		res.Body.Close()
		if err != nil {
			e.t.Fatal(err)
		}
		for i, key := range keys {
			if v := got.Result.Values[key]; v == nil || *v != fmt.Sprint(from+int64(i)) {
				e.t.Errorf("%s was acknowledged and is lost", key)
			}
		}
	}
}

// count is how many of each writer's keys were acknowledged.
func count(acknowledged *[writers]atomic.Int64) (n [writers]int64) {
	for w := range n {
		n[w] = acknowledged[w].Load()
	}
	return n
}

// A server that is killed while it writes its state leaves a file that can be read,
// and in it all that was acknowledged before its last whole snapshot began. One that
// is asked to end keeps all.
func TestEmulateKilled(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	state := filepath.Join(t.TempDir(), "kv.state")
	kept := map[string]int64{} // by prefix: keys that must be there
	const rounds = 6
	for round := range rounds {
		e := emulateProcess(t, state)
		for prefix, n := range kept {
			e.has(prefix, n)
		}
		var acknowledged [writers]atomic.Int64
		prefix := fmt.Sprint("round", round)
		writing := e.write(prefix, &acknowledged)

		// What was acknowledged when the file was seen to change is in the file that
		// comes after the next: the one under way may have begun before.
		var seen [][writers]int64
		var before os.FileInfo
		for changes := 4 + random.IntN(6); changes > 0; {
			now, err := os.Stat(state)
			if err == nil && (before == nil || !os.SameFile(before, now) || !before.ModTime().Equal(now.ModTime())) {
				before = now
				seen = append(seen, count(&acknowledged))
				changes--
			}
			time.Sleep(time.Millisecond)
		}
		must := seen[len(seen)-3]
		if round < rounds-1 {
			time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond) // into the midst of the next one
			if err := e.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = e.cmd.Wait() // killed
			writing.Wait()
		} else {
			if err := e.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			writing.Wait()
			if err := e.cmd.Wait(); err != nil {
				t.Errorf("asked to end: %v", err)
			}
			must = count(&acknowledged)
		}
		for w, n := range must {
			kept[fmt.Sprintf("%s-%d", prefix, w)] = n
		}
		t.Logf("round %d: acknowledged %v, in the file at least %v", round, count(&acknowledged), must)
	}
	e := emulateProcess(t, state)
	for prefix, n := range kept {
		e.has(prefix, n)
	}
	if status := execute(t.Context(), []string{"emulate", "--state", state}, io.Discard, io.Discard); status != exitUsage {
		t.Errorf("a second server with the same state: exit status %d", status)
	}
	if err := e.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = e.cmd.Wait()
}

// A state that can never be written is refused before anything is served.
func TestEmulateStateFolder(t *testing.T) {
	var stdout, stderr bytes.Buffer
	status := execute(t.Context(), []string{"emulate", "--state", filepath.Join(t.TempDir(), "none", "kv.state")}, &stdout, &stderr)
	if status != exitUsage || stdout.Len() > 0 || !strings.Contains(stderr.String(), "no such file or directory") {
		t.Errorf("exit status %d\n%s%s", status, stdout.String(), stderr.String())
	}
}

// A state that can no longer be written is told, and is a failure at the end.
func TestEmulateStateLost(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	e := emulateProcess(t, filepath.Join(folder, "kv.state"))
	if err := os.Rename(folder, folder+".moved"); err != nil {
		t.Fatal(err)
	}
	if err := e.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = e.cmd.Wait()
	if status := e.cmd.ProcessState.ExitCode(); status != exitFailed || !strings.Contains(e.stderr.String(), "no such file or directory") {
		t.Errorf("exit status %d\n%s", status, e.stderr.String())
	}
}
