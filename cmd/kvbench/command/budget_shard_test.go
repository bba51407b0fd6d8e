package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/budget"
	"kvbench/drivers/prefix"
	"kvbench/internal/load"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
	"kvbench/kv"
	"kvbench/scenarios"
)

// sharedYAML runs for long enough that each shard writes, on so many keys.
const sharedYAML = `
scenarios:
  - name: shared
    question: What does it cost?
    pattern: coalesce
    variants: [seed]
    load: {rate: 200/s, duration: 1s}
    keys: {count: %d, size: 100B}
    errors: 100%%
    with: {fields: 2, update: 0.5, update-fields: 1}
`

// shard is a plan on the account as a shard has it.
func (b *billed) shard(t *testing.T, yaml string, index, of int, start time.Time) *plan {
	t.Helper()
	file, err := scenariofile.Load("billed.yaml", []byte(yaml), scenarios.Patterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(file, settings{
		shard: &runfile.Shard{Index: index, Of: of, RunID: "bill"}, startAt: start,
		openURL: func(string, drivers.Env) (kv.Store, error) { return b, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// shards runs a plan on the account in so many shards at once, in this process, and returns the ledger of
// each and what each ended with.
func (b *billed) shards(t *testing.T, yaml string, of int, usd dollars) (ledgers []budget.State, ended []error) {
	t.Helper()
	dir := t.TempDir()
	start := time.Now().Add(2 * time.Second) // time enough to seed in
	ledgers, ended = make([]budget.State, of), make([]error, of)
	var all sync.WaitGroup
	for i := range of {
		p := b.shard(t, yaml, i, of, start)
		all.Go(func() {
			var told bytes.Buffer
			ctx, stop := p.allow(t.Context(), usd)
			defer stop()
			o := runOptions{out: filepath.Join(dir, fmt.Sprint(i)), quiet: true, budget: usd}
			ended[i] = p.carryOut(ctx, t.Context(), o, &told, &told)
			if ended[i] != nil {
				ended[i] = fmt.Errorf("%w\n%s", ended[i], told.String())
			}
			ledgers[i] = p.ledger.State()
		})
	}
	all.Wait()
	return ledgers, ended
}

// Shards pay together what the account charges; shard 0 for the seeding too.
func TestShardsPay(t *testing.T) {
	const of, keys = 3, 30
	b := newBilled(t)
	ledgers, ended := b.shards(t, fmt.Sprintf(sharedYAML, keys), of, 0.05)
	var spent, reserved budget.Amount
	for i, s := range ledgers {
		if ended[i] != nil {
			t.Fatalf("shard %d: %v", i, ended[i])
		}
		if s.Spent == 0 {
			t.Errorf("shard %d has paid nothing", i)
		}
		if seeds := i == 0; seeds != (s.Keys >= keys) {
			t.Errorf("shard %d has paid for %d keys, of which shard 0 has seeded %d", i, s.Keys, keys)
		}
		spent, reserved = spent+s.Spent, reserved+s.Reserved
	}
	charged := budget.Dollars(b.usd() + 1e-12/2)
	if spent != charged {
		t.Errorf("the shards have paid %v, and the account has charged %v", spent, charged)
	}
	before := b.usd()
	if n := b.left(t); n < keys {
		t.Errorf("%d keys are left: no shard is to clean up", n)
	}
	n, err := prefix.Clean(t.Context(), b, prefix.Of("bill"), nil)
	if err != nil || n < keys || b.left(t) > 0 {
		t.Errorf("%d keys deleted, %d left: %v", n, b.left(t), err)
	}
	if cleaning := budget.Dollars(b.usd() - before); cleaning > reserved {
		t.Errorf("cleaning cost %v, and %v was put by", cleaning, reserved)
	}
}

// However little it is, what N shards are charged together is never more than the budget of the run, with
// what deleting their keys costs; and the one that seeds is the first to be out of money.
func TestShardsKeepTheBudget(t *testing.T) {
	const of, keys = 7, 300 // to seed them costs more than a seventh
	const usd = 0.01
	b := newBilled(t)
	ledgers, ended := b.shards(t, fmt.Sprintf(sharedYAML, keys), of, usd)
	if ended[0] == nil || !strings.Contains(ended[0].Error(), "is used up") {
		t.Errorf("shard 0 has ended with %v", ended[0])
	}
	var most budget.Amount
	for i, s := range ledgers {
		share := budget.Dollars(usd).Share(i, of)
		if most += share; s.Spent+s.Reserved > share {
			t.Errorf("shard %d has spent %v and put by %v, of %v", i, s.Spent, s.Reserved, share)
		}
	}
	if most != budget.Dollars(usd) {
		t.Errorf("the shares are %v of %v", most, usd)
	}
	if _, err := prefix.Clean(t.Context(), b, prefix.Of("bill"), nil); err != nil || b.usd() > usd {
		t.Errorf("charged $%v of $%v: %v", b.usd(), usd, err)
	}
}

// A plan that is no shard, or one in virtual time, has all of the budget.
func TestBudgetOfOneProcess(t *testing.T) {
	for _, share := range []load.Share{{}, {Index: 0, Of: 1}} {
		p := &plan{share: share}
		_, stop := p.allow(t.Context(), 1)
		defer stop()
		if err := p.ledger.Wrap(newBilled(t), kv.Prices{Writes: 999_999}).Put(t.Context(), "k", nil, kv.PutOptions{}); err != nil {
			t.Errorf("%+v: %v", share, err)
		}
	}
}

// A budget of which shard 0 can't pay for the seeding is refused by every shard before anything is bought,
// however well it would do for the run of one process.
func TestShardsThatCannotSeed(t *testing.T) {
	const of = 7
	b := newBilled(t)
	yaml := fmt.Sprintf(sharedYAML, 300)
	for i := range of {
		p := b.shard(t, yaml, i, of, time.Now().Add(time.Hour))
		err := p.afford(t.Context(), 0.01, io.Discard)
		var status *statusError
		if !errors.As(err, &status) || status.status != exitUsage || !strings.Contains(err.Error(), "as it seeds the store too") {
			t.Errorf("shard %d: %v", i, err)
		}
		if err := p.afford(t.Context(), 0.1, io.Discard); err != nil {
			t.Errorf("shard %d: %v", i, err)
		}
	}
	if err := b.plan(t, yaml, "").afford(t.Context(), 0.01, io.Discard); err != nil {
		t.Errorf("one process: %v", err)
	}
	if b.usd() > 0 {
		t.Errorf("$%v were spent before", b.usd())
	}
}
