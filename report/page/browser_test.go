package page

import (
	"bytes"
	"context"
	"iter"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"kvbench/internal/answer"
	"kvbench/internal/runfile"
	"kvbench/report/chart"
)

// The tests in this file open report.html in Chromium. Where it is absent they
// are skipped, but not where CI=true says that it has to be there.
//
//	KVBENCH_RUN          the run that is shown; otherwise the committed baseline
//	KVBENCH_AXE          axe.min.js of axe-core, which checks accessibility
//	KVBENCH_SCREENSHOTS  a folder that screenshots are written to

// missing skips a test for lack of something, or fails it where it has to be
// there.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// browser is a tab of Chromium.
type browser struct {
	*testing.T
	ctx     context.Context
	console iter.Seq2[chromedp.ConsoleMessage, error]
}

// openBrowser starts Chromium.
func openBrowser(t *testing.T) browser {
	t.Helper()
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
	b := browser{T: t, ctx: ctx}
	b.do(chromedp.EmulateViewport(1440, 900))
	b.console = chromedp.Console(ctx)
	return b
}

// quiet fails if the page has said anything on its console, a breach of its
// policy or an error of its script.
func (b browser) quiet() {
	b.Helper()
	const end = "that was all"
	eval[chromedp.Void](b, "console.log('"+end+"')")
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

func (b browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// eval is the value of a JavaScript expression on the page.
func eval[T any](b browser, expression string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return v
}

// holds fails unless a JavaScript condition comes true on the page.
func (b browser) holds(what, condition string) {
	b.Helper()
	// Not chromedp.Poll, which makes functions from text: the page's policy forbids that.
	if !eval[bool](b, `(async () => {
		for (let i = 0; i < 250; i++) {
			if (`+condition+`) return true;
			await new Promise(then => setTimeout(then, 20));
		}
		return false;
	})()`) {
		b.Errorf("%s: this does not come true: %s", what, condition)
	}
}

// screenshot keeps what is seen, where KVBENCH_SCREENSHOTS says so.
func (b browser) screenshot(name string) {
	b.Helper()
	dir := os.Getenv("KVBENCH_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
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

// scheme makes the page light or dark.
func (b browser) scheme(value string) {
	b.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
		})
		return err
	}))
}

// shippedPage is the page of the shipped scenarios, which takes a while to draw. The
// committed baseline holds no intervals, so that each of its variants is given 40 that are
// like its whole: the page is as large as that of a run.
var shippedPage = sync.OnceValues(func() ([]byte, error) {
	path := os.Getenv("KVBENCH_RUN")
	if path == "" {
		path = "../../results/baseline"
	}
	run, err := runfile.Open(path)
	if err != nil {
		return nil, err
	}
	defer run.Close()
	for _, v := range run.Variants {
		if len(v.Intervals) > 0 {
			continue
		}
		const n = 40
		for i := range n {
			part := v.Total
			part.From, part.To = time.Duration(i)*v.Total.To/n, time.Duration(i+1)*v.Total.To/n
			v.Intervals = append(v.Intervals, part)
		}
	}
	return render(run)
})

// render is the page of a run.
func render(run *runfile.Run) ([]byte, error) {
	a, err := answer.Of(run)
	if err != nil {
		return nil, err
	}
	drawn, err := chart.Draw(context.Background(), a.Set, true, false, nil)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = Write(&out, a, drawn)
	return out.Bytes(), err
}

// serve puts a page where the browser finds it, and returns its URL.
func (b browser) serve(page []byte, err error) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "report.html")
	if err == nil {
		err = os.WriteFile(path, page, 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
