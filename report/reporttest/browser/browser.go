// Package browser opens pages in Chromium, for tests.
//
// Where Chromium is absent the tests are skipped, but not where CI=true says that it has to
// be there.
//
//	KVBENCH_AXE          axe.min.js of axe-core, which checks accessibility
//	KVBENCH_SCREENSHOTS  a folder that screenshots are written to
package browser

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// missing skips a test for lack of something, or fails it where it has to be
// there.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// Browser is a tab of Chromium.
type Browser struct {
	*testing.T
	Context context.Context // of the tab
	console iter.Seq2[chromedp.ConsoleMessage, error]
}

// Open starts Chromium. With -short the test is skipped.
func Open(t *testing.T) Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("it drives a browser")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		missing(t, "Chromium is not installed")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.DisableGPU)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // as root Chromium has none
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := Browser{T: t, Context: ctx}
	b.Do(chromedp.EmulateViewport(1440, 900))
	b.console = chromedp.Console(ctx)
	return b
}

// Quiet fails if the page has said anything on its console, a breach of its
// policy or an error of its script.
func (b Browser) Quiet() {
	b.Helper()
	const end = "that was all"
	Eval[chromedp.Void](b, "console.log('"+end+"')")
	for m, err := range b.console {
		if err != nil {
			b.Fatal(err)
		}
		if m.Text == end {
			return
		}
		b.Errorf("console, %s: %s", m.Type, m.Text)
	}
}

// Do does what Chromium is told.
func (b Browser) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.Context, steps...); err != nil {
		b.Fatal(err)
	}
}

// Eval is the value of a JavaScript expression on the page.
func Eval[T any](b Browser, expression string) T {
	b.Helper()
	v, err := chromedp.Run(b.Context, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Holds fails unless a JavaScript condition comes true on the page.
func (b Browser) Holds(what, condition string) {
	b.Helper()
	// Not chromedp.Poll, which makes functions from text: the page's policy forbids that.
	if !Eval[bool](b, `(async () => {
		for (let i = 0; i < 250; i++) {
			if (`+condition+`) return true;
			await new Promise(then => setTimeout(then, 20));
		}
		return false;
	})()`) {
		b.Errorf("%s: this does not come true: %s", what, condition)
	}
}

// Screenshot keeps what is seen, where KVBENCH_SCREENSHOTS says so.
func (b Browser) Screenshot(name string) {
	b.Helper()
	dir := os.Getenv("KVBENCH_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.Context, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		b.Error(err)
	}
}

// Scheme makes the page light or dark.
func (b Browser) Scheme(value string) {
	b.Helper()
	b.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
		})
		return err
	}))
}

// Serve puts a page where the browser finds it, and returns its URL.
func (b Browser) Serve(page []byte, err error) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "page.html")
	if err == nil {
		err = os.WriteFile(path, page, 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// Accessible fails where axe-core finds something serious on a page that is shown so: light
// or dark, so many pixels wide, after a script.
func (b Browser) Accessible(page, name, scheme string, width int64, before string) {
	b.Helper()
	path := os.Getenv("KVBENCH_AXE")
	if path == "" {
		missing(b.T, "KVBENCH_AXE does not name axe.min.js")
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Scheme(scheme)
	b.Do(chromedp.EmulateViewport(width, 900), chromedp.Navigate("about:blank"), chromedp.Navigate(page))
	Eval[chromedp.Void](b, string(axe)+"\n;0")
	Eval[chromedp.Void](b, before+";0")
	found := Eval[[]byte](b, `axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => ({
		id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary)})))`)
	var violations []struct {
		ID, Impact, Help string
		Nodes            []string
	}
	if err := json.Unmarshal(found, &violations); err != nil {
		b.Fatal(err)
	}
	for _, v := range violations {
		if v.Impact == "serious" || v.Impact == "critical" {
			b.Errorf("%s, %s, %d wide: %s: %s: %q", name, scheme, width, v.ID, v.Help, v.Nodes)
		} else {
			b.Logf("%s, %s, %d wide: %s %s: %s", name, scheme, width, v.Impact, v.ID, v.Help)
		}
	}
}
