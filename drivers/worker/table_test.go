//go:build unix

package worker_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"kvbench/drivers/drivertest"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/kv-conformance.md anew")

const tablePage = "../../docs/kv-conformance.md"

// cell is what a store does in a row; the zero cell is that it does as is documented.
type cell struct {
	none bool   // the row is not about it
	came string // what came in place of what is documented
}

// TestTable asks four stores the same: the emulator, the emulator through workerd's binding,
// workerd's own KV, and Miniflare's. Where one of them does not do what Cloudflare documents
// is told in differences, and nowhere else.
func TestTable(t *testing.T) {
	if testing.Short() {
		t.Skip("keys have to expire on the wall clock")
	}
	if os.Getenv("KVBENCH_MINIFLARE") == "" {
		t.Skip("KVBENCH_MINIFLARE names no folder with Miniflare: the nightly does; it takes two minutes")
	}
	all := columns(t)
	small, rules := table{}, table{}
	var wg sync.WaitGroup
	for _, c := range all {
		wg.Go(func() {
			waiting := checkAll(t, c, rules, true)
			askAll(t, c, small)
			checkAll(t, c, rules, false)()
			waiting()
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	explained := map[string]bool{}
	for _, in := range []table{small, rules} {
		in.explain(t, all, explained)
	}
	for _, d := range differences {
		for _, store := range d.stores {
			if !explained[d.row+"\n"+store] && installed(all, store) {
				t.Errorf("%s: %s differs no more", store, d.row)
			}
		}
	}
	if t.Failed() {
		return
	}
	if len(all) < stores {
		t.Logf("%s is held where all %d stores are installed", tablePage, stores)
		return
	}
	page := tableDocument(all, small, rules)
	if *update {
		writeDocument(t, page)
	}
	was, err := os.ReadFile(tablePage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(was), page); diff != "" {
		t.Errorf("%s is out of step; run make conformance\n%s", tablePage, diff)
	}
}

// stores is how many there are when all are installed.
const stores = 4

func installed(all []column, name string) bool {
	for _, c := range all {
		if c.name == name {
			return true
		}
	}
	return false
}

func writeDocument(t *testing.T, page string) {
	t.Helper()
	if err := os.WriteFile(tablePage, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
}

// table is cells by row and store.
type table map[string]map[string]cell

var writing sync.Mutex

func (t table) set(row, store string, c cell) {
	writing.Lock()
	defer writing.Unlock()
	if t[row] == nil {
		t[row] = map[string]cell{}
	}
	t[row][store] = c
}

// explain fails the test where a difference is in no list, and marks those that are.
func (in table) explain(t *testing.T, all []column, explained map[string]bool) {
	t.Helper()
	for row, cells := range in {
		for store, c := range cells {
			if c.came == "" {
				continue
			}
			d, there := differenceOf(row, store)
			switch {
			case !there:
				t.Errorf("%s: %s: it differs, and nothing says why: %s", store, row, c.came)
			case !strings.Contains(c.came, d.came):
				t.Errorf("%s: %s: came %q, and what is explained is %q", store, row, c.came, d.came)
			}
			explained[row+"\n"+store] = true
		}
	}
}

// askAll asks a store the small questions, one after the other.
func askAll(t *testing.T, c column, into table) {
	t.Helper()
	h := c.open(t)
	err := h.Clock.Run(t.Context(), func(ctx context.Context) {
		for i, q := range questions() {
			a := &asked{ctx: ctx, store: h.Store, clock: h.Clock, prefix: fmt.Sprintf("q%d/", i)}
			switch got := q.ask(a); got {
			case q.want:
				into.set(q.name, c.name, cell{})
			default:
				into.set(q.name, c.name, cell{came: shortened(got)})
			}
		}
	})
	if err != nil {
		t.Errorf("%s: %v", c.name, err)
	}
	if err := h.Store.Close(); err != nil {
		t.Errorf("%s: %v", c.name, err)
	}
}

// checkAll checks a store by the rules of drivertest, each with a store of its own: those that
// wait for a key to expire on the wall clock, all for the same minute, or the others, one after
// the other. What it returns waits for the last.
func checkAll(t *testing.T, c column, into table, waiting bool) (wait func()) {
	t.Helper()
	first := c.open(t)
	if err := first.Store.Close(); err != nil {
		t.Error(err)
	}
	var wg sync.WaitGroup
	for _, row := range drivertest.Rows() {
		if waits := c.waits && row.Waits != nil && row.Waits(first.Store.Capabilities()) > time.Minute; waits != waiting {
			continue
		}
		h := c.open(t)
		if reason := row.Skip(h); reason != "" {
			if !strings.HasPrefix(reason, "not applicable") {
				t.Errorf("%s: %s: %s", c.name, row.Name, reason)
			}
			into.set(row.Name, c.name, cell{none: true})
			if err := h.Store.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		try := func() {
			err := row.Try(t.Context(), h)
			for n := 1; waiting && err != nil && n < tries; n++ {
				again := c.open(t)
				again.Prefix = fmt.Sprintf("%sagain%d/", again.Prefix, n)
				err = row.Try(t.Context(), again)
			}
			got := cell{}
			if err != nil {
				got.came = shortened(err.Error())
			}
			into.set(row.Name, c.name, got)
		}
		if waiting {
			wg.Go(try)
		} else {
			try()
		}
	}
	return wg.Wait
}

// tries is how often a rule that waits is checked where it does not hold: it looks at keys two
// seconds before they expire, which a busy machine may be too late for. What a store does wrong
// it does each time.
const tries = 3

func shortened(text string) string {
	if text == "" {
		return "nothing"
	}
	return fmt.Sprintf("%.300s", text)
}
