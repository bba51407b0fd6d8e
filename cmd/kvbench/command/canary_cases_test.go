package command

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/rest"
)

// canaryRuns are kinds of runs and failures, each with what is secret in it.
func canaryRuns() map[string]canaryRun {
	const asks = "question: ${KVBENCH_TEXT}" // replaces that of scenarioYAML
	asking := strings.Replace(scenarioYAML("embedded://"), "question: What does it do?", asks+" # "+canaryToken, 1)
	named := strings.Replace(scenarioYAML("embedded://"), "name: s", "name: ${KVBENCH_NAME}", 1)
	account := "rest://${KVBENCH_ACCOUNT}/" + canarySpace
	refusing := serve(reads(saying(ways["as-it-is"])))
	failing := []string{"run FILE --out DIR/run --format json"}
	// shows are commands that say and write what they know of a file.
	shows := []string{
		"run FILE --out DIR/run --format " + strings.Join([]string{"html,svg,png,md,csv,json,benchfmt,junit,hlog"}, ","),
		"run FILE --out DIR/json --json --format md", "check FILE", "list FILE", "list FILE --json",
		"report DIR/run", "report DIR/run --json", "compare DIR/run DIR/json --format html,md,json", "compare DIR/run DIR/json --json",
		"baseline update DIR/run --out DIR/baseline --reason wordSPACETOKEN", "report --history DIR --json",
	}
	wrong := func(driver string, more ...string) canaryRun {
		return canaryRun{file: scenarioYAML(driver, more...), commands: []string{"run FILE --out DIR/run", "check FILE", "list FILE"}, status: exitUsage}
	}
	given := func(driver string) canaryRun {
		return canaryRun{file: scenarioYAML("embedded://"), commands: []string{
			"run FILE --out DIR/run --driver " + driver, "check FILE --driver=" + driver, "clean --all --driver " + driver,
			"compare --run FILE --driver embedded:// --driver " + driver + " --out DIR/both",
		}, status: exitUsage}
	}
	own := func(c canaryRun) canaryRun { // told of in words of kvbench's own
		c.unshown = true
		return c
	}
	return map[string]canaryRun{
		"a question":      {file: asking, commands: shows},
		"a name":          {file: named, commands: shows},
		"a driver":        {file: scenarioYAML("embedded://?locations=2&profile=none${KVBENCH_NOTHING:-}"), commands: shows[:3], unshown: true},
		"an account":      {server: serve(func(http.ResponseWriter, *http.Request, string) bool { return false }), file: scenarioYAML(account + "?base=BASE"), commands: append(shows, "clean DIR/run"), unshown: true},
		"names alike":     {file: named + strings.ReplaceAll(named[strings.Index(named, "  - name"):], "${KVBENCH_NAME}", canaryNameAgain), commands: failing, status: exitUsage},
		"a refusal":       {server: refusing, file: scenarioYAML(account + "?base=BASE"), commands: append(failing, "clean DIR/run", "clean --all --driver rest://account/"+canarySpace+"?base=BASE"), status: exitFailed},
		"side by side":    {server: refusing, file: scenarioYAML(account + "?base=BASE"), commands: []string{"compare --run FILE --driver rest://account/" + canarySpace + "?base=BASE --driver cloudflare://account/" + canarySpace + "?base=BASE --repeat 2 --out DIR/both --json --format html,md,json"}, status: exitUsage},
		"in turns":        {file: asking, commands: []string{"compare --run FILE --driver embedded:// --driver embedded://?locations=2 --out DIR/both --json --format html,md,json"}},
		"a title":         {server: serve(listings("namespaces", 0, saying(ways["in-json"]))), file: scenarioYAML("rest://account/${KVBENCH_ACCOUNT}?base=BASE"), commands: failing, status: exitUsage},
		"no such title":   {server: serve(func(http.ResponseWriter, *http.Request, string) bool { return false }), file: scenarioYAML("rest://account/${KVBENCH_ACCOUNT}?base=BASE"), commands: failing, status: exitUsage},
		"nobody listens":  {file: scenarioYAML(account + "?base=BASE"), commands: append(failing, "check FILE"), status: exitUsage},
		"too dear":        {file: scenarioYAML("cloudflare://${KVBENCH_ACCOUNT}/"+canarySpace, asks), commands: []string{"run FILE --budget 0.0000001 --out DIR/run"}, status: exitUsage, unshown: true},
		"no driver":       wrong("${KVBENCH_ACCOUNT}://"),
		"an option":       wrong("embedded://?${KVBENCH_ACCOUNT}=1"),
		"an option again": wrong("embedded://?locations=${KVBENCH_ACCOUNT}"),
		"an expectation":  wrong("embedded://", "expect: ['seed.${KVBENCH_ACCOUNT}.p99 < 1s']"),
		"a number":        wrong("embedded://", "repeat: "+canaryToken),
		"a field":         wrong("embedded://", canaryToken+": 1"),
		"no YAML":         wrong("embedded://", "expect: ["+canaryToken+", }"),
		"a long line":     wrong("embedded://", "expect: [x] #"+canaryToken+strings.Repeat("x", 200)),
		"a user":          own(given("rest://USER@account/namespace")),
		"a password":      own(given("rest://me:USER@account/namespace")),
		"a bad URL":       own(given("rest://me:p4/USER@account/namespace%zz")),
		"no slashes":      given("rest:USER@account/namespace"),
		"a base's user":   given("cloudflare://account/namespace?base=http://USER@127.0.0.1:8787"),
		"a base's word":   given("cloudflare://account/namespace?base=http://me:USER@127.0.0.1:8787"),
		"no base":         given("rest://account/namespace?base=USER@127.0.0.1"),
		"an escaped base": given("rest://account/namespace?base=http%3A%2F%2Fme%3AUSER%40127.0.0.1"),
		"a file's user":   own(wrong("rest://" + canaryUser + "@account/namespace")),
		"a file's word":   wrong("rest://me:" + canaryUser + "@account/namespace"),
		"a file's base":   wrong("rest://account/namespace?base=http://me:${KVBENCH_USER}@127.0.0.1"),
		"a command":       {commands: []string{"TOKEN"}, status: exitUsage},
		"a glob":          {file: asking, commands: []string{"run FILE --only TOKEN", "check FILE --only TOKEN"}, status: exitUsage},
		"a format":        {file: asking, commands: []string{"run FILE --format TOKEN", "report DIR --format TOKEN", "compare DIR DIR --format TOKEN"}, status: exitUsage},
		"no folder":       {commands: []string{"report DIR/TOKEN", "compare DIR/TOKEN DIR", "clean DIR/TOKEN", "baseline update DIR/TOKEN --reason x", "report --history DIR/TOKEN"}, status: exitUsage},
		"no run file":     {file: `{"header":{"` + canaryToken + `":"` + canaryToken + `"}}` + "\n" + canaryToken, commands: []string{"report FILE", "clean FILE", "compare FILE DIR/TOKEN"}, status: exitUsage, unshown: true},
		"an emulator":     {commands: []string{"emulate TOKEN", "emulate --listen TOKEN", "emulate --fault TOKEN", "emulate --state DIR/TOKEN/none/x"}, status: exitUsage},
	}
}

// canaryNameAgain is another secret that is as good a name.
const canaryNameAgain = "${KVBENCH_OTHER_NAME}"

func TestCanary(t *testing.T) {
	canaryEnv(t)
	t.Setenv("KVBENCH_OTHER_NAME", "fedcba9876543210"+strings.ToLower(canary))
	for name, c := range canaryRuns() {
		t.Run(name, c.run)
	}
}

// A run that is interrupted, or that panics, keeps its secrets too.
func TestCanaryInterrupted(t *testing.T) {
	canaryEnv(t)
	ctx, stop := context.WithCancel(t.Context())
	base := echoServer(t, reads(func(w http.ResponseWriter, r *http.Request, auth string) bool {
		defer time.AfterFunc(50*time.Millisecond, stop)
		return saying(ways["as-it-is"])(w, r, auth)
	}))
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "s.yaml")
	yaml := strings.ReplaceAll(scenarioYAML("rest://${KVBENCH_ACCOUNT}/"+canarySpace+"?base="+base), "transactions: 20", "duration: 1m")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if status := execute(ctx, []string{"run", file, "--out", dir, "--format", "html,json"}, &out, &errs); status != exitInterrupted {
		t.Errorf("exit status %d\n%s", status, errs.String())
	}
	noCanary(t, true, dir, map[string][]byte{"stdout": out.Bytes(), "stderr": errs.Bytes()})
}

func TestCanaryInPanic(t *testing.T) {
	canaryEnv(t)
	var out bytes.Buffer
	errs := knownSecrets(drivers.Table(), nil).Writer(&out)
	status := exitOK
	func() {
		defer caught(errs, &status)
		panic("no answer to " + canaryToken)
	}()
	errs.Flush()
	if status != exitFailed || !strings.Contains(out.String(), "canary_cases_test.go") {
		t.Errorf("status %d\n%s", status, out.String())
	}
	noCanary(t, true, t.TempDir(), map[string][]byte{"stderr": out.Bytes()})
}

// locked is a buffer that is written to while it is read.
type locked struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// whileEmulated runs `kvbench emulate` while use is called with its address, and returns what
// it said and its log.
func whileEmulated(t *testing.T, use func(base, said string), args ...string) (out, log string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var stdout, stderr locked
	ended := make(chan int)
	go func() {
		ended <- execute(ctx, append([]string{"emulate", "--listen", "127.0.0.1:0", "--log"}, args...), &stdout, &stderr)
	}()
	for range 3000 {
		if strings.Contains(stdout.String(), "Ctrl-C") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	found := regexp.MustCompile(`http://\S+`).FindString(stdout.String())
	if found == "" {
		t.Errorf("emulate did not start\n%s", stderr.String())
	} else {
		use(found, stdout.String())
	}
	stop()
	if status := <-ended; status != exitOK {
		t.Errorf("exit status %d\n%s", status, stderr.String())
	}
	return stdout.String(), stderr.String()
}

// call makes a call with a token, in whose path and query the token stands too.
func call(t *testing.T, base, token string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, base+"/accounts/x/storage/kv/namespaces/"+
		strings.NewReplacer("/", "%2F", "<", "%3c").Replace(token)+"?token="+strings.ReplaceAll(token, "&", "%26"), nil)
	if err != nil {
		t.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return
	}
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
}

// The emulator's own log has no token of a client in it, be it one that was given or
// one that was made, which is shown once.
func TestCanaryInEmulator(t *testing.T) {
	canaryEnv(t)
	dir := t.TempDir()
	token := strings.ReplaceAll(canaryToken, "=", "") // with which an identifier would follow a title
	t.Setenv(rest.TokenVariable, token)
	out, log := whileEmulated(t, func(base, _ string) { call(t, base, token) }, "--namespace", "title of "+token, "--state", filepath.Join(dir, "kv.state"))
	os.Remove(filepath.Join(dir, "kv.state")) // which holds what is stored, as it is: the title
	noCanary(t, true, dir, map[string][]byte{"stdout": []byte(out), "stderr": []byte(log)})
	if !strings.Contains(log, "token=[secret]") || !strings.Contains(log, "namespaces/[secret]") || !strings.Contains(out, "title of [secret]") {
		t.Errorf("%s\n%s", out, log)
	}

	t.Setenv(rest.TokenVariable, "")
	_, log = whileEmulated(t, func(base, said string) {
		token = regexp.MustCompile(`(?m)^token +(\S+)`).FindStringSubmatch(said)[1]
		call(t, base, token)
	})
	if strings.Contains(log, token) || !strings.Contains(log, "token=[secret]") {
		t.Errorf("the token is %s\n%s", token, log)
	}
}
