package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSentences(t *testing.T) {
	const ms, s = int64(1e6), int64(1e9)
	seed := fixtureVariant{name: "seed", p99: 38 * ms, reads: 1000}
	with := func(v fixtureVariant, change func(*fixtureVariant)) fixtureVariant {
		change(&v)
		return v
	}
	like := func(name string, p99 int64, reads uint64) fixtureVariant {
		return fixtureVariant{name: name, p99: p99, reads: reads}
	}
	const quiet = "Seen with no variant: stale-read, lost-update."
	for _, test := range []struct {
		name     string
		measured bool
		variants []fixtureVariant
		want     []string
	}{
		{
			name:     "one of two is faster and cheaper, and wrong",
			variants: []fixtureVariant{with(like("seed", 12*ms, 590), func(v *fixtureVariant) { v.stale = sizes(240, 294*s) }), like("no-memory", 38*ms, 1000)},
			want: []string{
				"seed is 3.2× faster than no-memory at p99 (12 ms vs 38 ms, modelled) and costs 41 % less, " +
					"but has stale-read in 12 % of transactions (up to 4.9 min); no-memory has none.",
			},
		},
		{
			name:     "faster, and hardly ever wrong",
			variants: []fixtureVariant{with(like("seed", 12*ms, 1000), func(v *fixtureVariant) { v.stale = sizes(20, s) }), like("no-memory", 38*ms, 1000)},
			want: []string{
				"seed is 3.2× faster than no-memory at p99 (12 ms vs 38 ms, modelled) and costs the same.",
				"What went wrong: stale-read in 1 % of transactions with seed (up to 1 s; none with no-memory).",
			},
		},
		{
			name: "two that are nearly as wrong",
			variants: []fixtureVariant{
				with(like("seed", 12*ms, 1000), func(v *fixtureVariant) { v.stale = sizes(400, s) }),
				with(like("retry", 12*ms, 1000), func(v *fixtureVariant) { v.stale = sizes(396, s) }), like("fields", 38*ms, 1000),
			},
			want: []string{
				"seed is 3.2× faster than fields at p99 (12 ms vs 38 ms, modelled) and costs the same, " +
					"but has stale-read in 20 % of transactions (up to 1 s); fields has none.",
				"What went wrong: stale-read in 19.8 % to 20 % of transactions with seed and retry (up to 1 s; none with fields).",
			},
		},
		{
			name: "faster but dearer, measured", measured: true,
			variants: []fixtureVariant{seed, like("other", 30*ms, 1300)},
			want:     []string{"other is 21 % faster than seed at p99 (30 ms vs 38 ms) but costs 30 % more.", quiet},
		},
		{
			name:     "much dearer",
			variants: []fixtureVariant{seed, like("other", 30*ms, 2500)},
			want:     []string{"other is 21 % faster than seed at p99 (30 ms vs 38 ms, modelled) but costs 2.5× as much.", quiet},
		},
		{
			name:     "free beside billed, and the other way round",
			variants: []fixtureVariant{seed, like("other", 20*ms, 0)},
			want: []string{
				"other is 1.9× faster than seed at p99 (20 ms vs 38 ms, modelled) and costs nothing, against $0.50 per million transactions.", quiet,
			},
		},
		{
			name:     "billed beside free",
			variants: []fixtureVariant{with(seed, func(v *fixtureVariant) { v.reads = 0 }), like("other", 20*ms, 1000)},
			want: []string{
				"other is 1.9× faster than seed at p99 (20 ms vs 38 ms, modelled) but costs $0.50 per million transactions, against nothing.", quiet,
			},
		},
		{
			name:     "both free, and one in no time",
			variants: []fixtureVariant{like("memory", 0, 0), like("origin", 38*ms, 0)},
			want:     []string{"memory is faster than origin at p99 (0 ns vs 38 ms, modelled) and both cost nothing.", quiet},
		},
		{
			name:     "within 2 % is the same",
			variants: []fixtureVariant{seed, like("other", 38*ms+700_000, 1015)},
			want:     []string{"There is no difference at p99 (38 ms, modelled); all cost the same ($0.50 per million transactions).", quiet},
		},
		{
			name:     "the same at p99, not in price nor at p50",
			variants: []fixtureVariant{with(seed, func(v *fixtureVariant) { v.p50 = 20 * ms }), like("other", 38*ms, 500)},
			want:     []string{"There is no difference at p99 (38 ms, modelled); other costs least ($0.25; seed $0.50 per million transactions).", quiet},
		},
		{
			name: "many, and the fastest at p99 is not at p50",
			variants: []fixtureVariant{
				with(seed, func(v *fixtureVariant) { v.p50 = ms }), with(like("steady", 20*ms, 1000), func(v *fixtureVariant) { v.p50 = 20 * ms }),
				with(like("third", 100*ms, 500), func(v *fixtureVariant) { v.p50 = 50 * ms }),
			},
			want: []string{
				"steady is the fastest at p99, 1.9× faster than seed (20 ms vs 38 ms, modelled); at p50 seed is (1 ms vs 20 ms); " +
					"third costs least ($0.25; seed $0.50 per million transactions).", quiet,
			},
		},
		{
			name:     "several are fastest, and without a seed the next and the last are compared with",
			variants: []fixtureVariant{like("a", 10*ms, 100), like("b", 10*ms, 100), like("c", 20*ms, 200), like("d", 40*ms, 200)},
			want: []string{
				"a and b are the fastest at p99, 2× faster than c and 4× faster than d (10 ms vs 20 ms and 40 ms, modelled), and cost least ($0.05; c $0.10 per million transactions).", quiet,
			},
		},
		{
			name: "so many that they are counted",
			variants: []fixtureVariant{
				like("a", 10*ms, 1), like("b", 10*ms, 1), like("c", 10*ms, 1), like("d", 10*ms, 1), like("e", 20*ms, 1), like("f", 40*ms, 1), like("g", 50*ms, 1),
			},
			want: []string{
				"4 of 7 variants are the fastest at p99, 2× faster than e and 5× faster than g (10 ms vs 20 ms and 50 ms, modelled); all cost the same ($0.0005 per million transactions).", quiet,
			},
		},
		{
			name:     "all but one",
			variants: []fixtureVariant{like("a", 10*ms, 0), like("b", 10*ms, 0), like("c", 10*ms, 0), like("d", 10*ms, 0), like("slow", 40*ms, 0)},
			want: []string{
				"all but slow are the fastest at p99, 4× faster than slow (10 ms vs 40 ms, modelled); all cost nothing.", quiet,
			},
		},
		{
			name: "marks everywhere, and errors",
			variants: []fixtureVariant{
				with(seed, func(v *fixtureVariant) { v.stale, v.lost, v.errors = sizes(200, s), sizes(10, 2*s), 400 }),
				with(like("other", 38*ms, 1000), func(v *fixtureVariant) { v.stale, v.errors = sizes(200, s), 4 }),
			},
			want: []string{
				"There is no difference at p99 (38 ms, modelled, seed with 20 % errors); all cost the same ($0.50 per million transactions).",
				"What went wrong: error in 20 % of transactions with seed (0.2 % with other); " +
					"stale-read in 10 % of transactions with every variant (up to 1 s).",
				"Also seen: lost-update (up to 1 % of updated transactions).",
			},
		},
		{
			name:     "one alone, of few transactions",
			variants: []fixtureVariant{with(seed, func(v *fixtureVariant) { v.n, v.lost = 100, sizes(5, s) })},
			want: []string{
				"seed answers within 38 ms at p99 (modelled, of too few transactions) and costs $0.50 per million transactions.",
				"What went wrong: lost-update in 10 % of updated transactions (up to 1 s).",
			},
		},
		{
			name: "not all ran to the end",
			variants: []fixtureVariant{
				seed, with(like("half", 38*ms, 1000), func(v *fixtureVariant) { v.failed = "cut off" }),
				with(like("none", 0, 0), func(v *fixtureVariant) { v.n, v.failed = -1, "the store is gone." }),
				with(like("later", 0, 0), func(v *fixtureVariant) { v.missing = true }),
			},
			want: []string{
				"There is no difference at p99 (38 ms, modelled); all cost the same ($0.50 per million transactions).", quiet,
				"half ended early, after 2,000 transactions: cut off.", "none measured nothing: the store is gone.", "later did not run.",
			},
		},
		{
			name:     "nothing at all",
			variants: []fixtureVariant{with(seed, func(v *fixtureVariant) { v.missing = true })},
			want:     []string{"No answer: no variant measured a transaction.", "seed did not run."},
		},
		{name: "no variants", want: []string{"No answer: no variant measured a transaction."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := pageFixture{name: "x", measured: test.measured, variants: test.variants}
			got := f.scenario(t).sentences()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What a scenario expects is what its question is about.
func TestAnswerWhatIsAsked(t *testing.T) {
	const ms, s = int64(1e6), int64(1e9)
	seed := fixtureVariant{name: "seed", p99: 38 * ms, reads: 1000, stale: sizes(200, s), lost: sizes(10, 2*s), errors: 20}
	other := fixtureVariant{name: "other", p99: 38 * ms, reads: 1000, stale: sizes(20, s)}
	const (
		speed = "There is no difference at p99 (38 ms, modelled); all cost the same ($0.50 per million transactions)."
		stale = "stale-read in 10 % of transactions with seed (up to 1 s; 1 % with other)"
		lost  = "lost-update in 1 % of updated transactions with seed (up to 2 s; none with other)"
	)
	for _, test := range []struct {
		asks []string
		want []string
	}{
		{nil, []string{speed, "What went wrong: " + stale + "; " + lost + ".", "Also seen: error (up to 1 % of transactions)."}},
		{
			[]string{"seed.lost-update > 0", "*.stale-read.share < 20%"},
			[]string{"What went wrong: " + lost + "; " + stale + ".", speed, "Also seen: error (up to 1 % of transactions)."},
		},
		{
			[]string{"seed.ops == 1", "lost-update == 0"},
			[]string{speed, "What went wrong: " + lost + ".", "Also seen: stale-read (up to 10 % of transactions), error (up to 1 % of transactions)."},
		},
		{
			[]string{"outcome.read.share > 10%", "errors < 5"},
			[]string{
				"How it ended: read in 50 % of transactions with other (49 % with seed).",
				"What went wrong: error in 1 % of transactions with seed (none with other).", speed,
				"Also seen: stale-read (up to 10 % of transactions), lost-update (up to 1 % of updated transactions).",
			},
		},
		{[]string{"of a version to come"}, []string{speed}},
	} {
		f := pageFixture{name: "x", variants: []fixtureVariant{seed, other}, asks: test.asks}
		got := f.scenario(t).sentences()
		if diff := cmp.Diff(test.want, got[:min(len(got), len(test.want))]); diff != "" {
			t.Errorf("%q: %s", test.asks, diff)
		}
	}
}

func TestNames(t *testing.T) {
	var all []*Variant
	for _, name := range strings.Fields("a b c d e f g") {
		all = append(all, &Variant{Name: name})
	}
	for n, want := range []string{"", "a", "a and b", "a, b and c", "4 of 7 variants", "all but f and g", "all but g", "all variants"} {
		if got := names(all[:n], all); got != want {
			t.Errorf("%d of 7: %q, want %q", n, got, want)
		}
	}
}

// Where the fastest or the cheapest gets wrong what others do not, the answer begins
// with that choice and goes on to which of the others to take; where there is nothing
// to choose it says nothing of the kind.
func TestAnswerTradeOff(t *testing.T) {
	const ms, s = int64(1e6), int64(1e9)
	seed := fixtureVariant{name: "seed", p99: 10 * ms, reads: 1000, lost: sizes(100, s)}
	retry := fixtureVariant{name: "retry", p99: 20 * ms, reads: 1000, lost: sizes(50, s)}
	fields := fixtureVariant{name: "fields", p99: 40 * ms, reads: 2000}
	bulk := fixtureVariant{name: "bulk", p99: 30 * ms, reads: 2000}
	also := fixtureVariant{name: "also", p99: 40 * ms, reads: 2000}
	best := fixtureVariant{name: "best", p99: 5 * ms, reads: 500}
	cheap := fixtureVariant{name: "cheap", p99: 60 * ms, reads: 500, lost: sizes(100, s)}
	failing := fixtureVariant{name: "failing", p99: 40 * ms, reads: 2000, errors: 1500}
	stale := fixtureVariant{name: "stale", p99: 40 * ms, reads: 2000, stale: sizes(400, 3*s)}
	const (
		has   = "but has lost-update in 10 % of updated transactions (up to 1 s); "
		twice = "seed is 4× faster than fields at p99 (10 ms vs 40 ms, modelled) and costs 50 % less, " + has + "fields has none."
	)
	wrong := func(share string) string {
		return "What went wrong: lost-update in 10 % of updated transactions with seed (up to 1 s" + share + ")."
	}
	for name, test := range map[string]struct {
		variants []fixtureVariant
		asks     string
		want     []string
	}{
		"two of four": {[]fixtureVariant{seed, retry, fields, bulk}, "fields.lost-update == 0", []string{
			"seed is 3× faster than bulk at p99 (10 ms vs 30 ms, modelled) and costs 50 % less, " + has + "bulk has none.",
			"Without lost-update (fields and bulk): bulk is 25 % faster than fields at p99 (30 ms vs 40 ms, modelled) and costs the same.",
			wrong("; 5 % with retry; none with fields and bulk"),
		}},
		"one of two, where the sentence says all": {[]fixtureVariant{seed, fields}, "fields.lost-update == 0", []string{twice}},
		"no difference": {[]fixtureVariant{seed, fields, also}, "fields.lost-update == 0", []string{
			twice,
			"Without lost-update (fields and also): there is no difference at p99 (40 ms, modelled); all cost the same ($1.00 per million transactions).",
			wrong("; none with the others"),
		}},
		"the fastest is right, and the cheapest is not": {[]fixtureVariant{cheap, bulk}, "bulk.lost-update == 0", []string{
			"cheap is slower than bulk at p99 (60 ms vs 30 ms, modelled) and costs 75 % less, " + has + "bulk has none.",
		}},
		"dearer": {[]fixtureVariant{{name: "seed", p99: 10 * ms, reads: 4000, lost: sizes(100, s)}, bulk}, "bulk.lost-update == 0", []string{
			"seed is 3× faster than bulk at p99 (10 ms vs 30 ms, modelled) but costs 2× as much, " +
				"and has lost-update in 10 % of updated transactions (up to 1 s); bulk has none.",
		}},
		"the other gets something else wrong": {[]fixtureVariant{seed, stale}, "stale.lost-update == 0", []string{
			"seed is 4× faster than stale at p99 (10 ms vs 40 ms, modelled) and costs 50 % less, " + has +
				"stale has none, but has stale-read in 20 % of transactions (up to 3 s).",
		}},
		"nobody asked": {[]fixtureVariant{seed, fields}, "seed.stale-read == 0", []string{twice, "Seen with no variant: stale-read."}},
		"what fails is no alternative": {[]fixtureVariant{seed, failing}, "failing.lost-update == 0", []string{
			wrong("; none with failing")[:len(wrong("; none with failing"))-1] + "; error in 50 % of transactions with failing (none with seed).",
			"seed is 4× faster than failing at p99 (10 ms vs 40 ms, modelled, failing with 50 % errors) and costs 50 % less.",
		}},
		"the fastest and cheapest is right": {[]fixtureVariant{seed, best}, "best.lost-update == 0", []string{
			wrong("; none with best"), "best is 2× faster than seed at p99 (5 ms vs 10 ms, modelled) and costs 50 % less.",
		}},
	} {
		got := pageFixture{name: "x", variants: test.variants, asks: []string{test.asks}}.scenario(t).sentences()
		if diff := cmp.Diff(test.want, got[:min(len(got), len(test.want))]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// That a mark was seen with no variant is said of those alone that had anything to see
// it in: without an update none is lost.
func TestNothingToSeeItIn(t *testing.T) {
	const ms = int64(1e6)
	run := pageFixture{name: "x", variants: []fixtureVariant{{name: "seed", p99: 10 * ms}, {name: "other", p99: 20 * ms}}}.run(t)
	said := func() (seen []string) {
		s := Summarise(run, nil).Scenarios[0]
		for _, text := range s.sentences() {
			if strings.Contains(text, "stale-read") || strings.Contains(text, "lost-update") {
				seen = append(seen, text)
			}
		}
		return seen
	}
	none := func(variant int) {
		outcomes := run.Variants[variant].Total.Outcomes
		outcomes[0], outcomes[1] = outcomes[0]+outcomes[1], 0
	}
	none(0)
	if diff := cmp.Diff([]string{"Seen with no variant: stale-read, lost-update."}, said()); diff != "" {
		t.Errorf("one has updates: %s", diff)
	}
	none(1)
	want := []string{"Seen with no variant: stale-read.", "Nothing can be said of lost-update: there were no updated transactions."}
	if diff := cmp.Diff(want, said()); diff != "" {
		t.Errorf("none has an update: %s", diff)
	}
}
