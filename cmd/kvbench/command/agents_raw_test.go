package command

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/rest"
	"kvbench/internal/clock"
	"kvbench/internal/emulator"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// arrivalsLog is an emulator that keeps when each key was read.
type arrivalsLog struct {
	http.Handler
	mu sync.Mutex
	at map[string][]time.Time // by the last part of the URL
}

func (a *arrivalsLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	if _, key, is := strings.Cut(r.URL.Path, "/values/"); is && r.Method == http.MethodGet {
		a.mu.Lock()
		a.at[key] = append(a.at[key], now)
		a.mu.Unlock()
	}
	a.Handler.ServeHTTP(w, r)
}

// emulatorHere serves an emulator in this process, in which each namespace is of the test.
func emulatorHere(t *testing.T, token string) (*arrivalsLog, string) {
	t.Helper()
	clk := clock.NewWall()
	server, err := emulator.New(emulator.Config{
		Account: testAccount, Token: token, Clock: clk,
		Open: func(string) (kv.Store, error) {
			return drivers.Open("embedded://?propagation=0", drivers.Env{Clock: clk, Seed: 1})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	a := &arrivalsLog{Handler: server, at: map[string][]time.Time{}}
	at := httptest.NewServer(a)
	t.Cleanup(func() {
		at.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, title := range []string{"constant", "poisson"} {
		if err := server.Ensure(title, ""); err != nil {
			t.Fatal(err)
		}
	}
	return a, at.URL
}

// raw are the samples of all agents: histograms of them by series, and when the transactions were due.
type raw struct {
	histograms map[int]*record.Histogram
	due        []time.Time
}

// readRaw reads what agents have kept in a folder.
func readRaw(t *testing.T, dir string) (out raw, files int) {
	t.Helper()
	out.histograms = map[int]*record.Histogram{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			var series int
			var value, due int64
			if _, err := fmt.Sscan(lines.Text(), &series, &value, &due); err != nil {
				return fmt.Errorf("%s: %q: %w", name, lines.Text(), err)
			}
			h := out.histograms[series]
			if h == nil {
				h = record.NewTotal()
				out.histograms[series] = h
			}
			h.Record(value, 1)
			if series == record.Response {
				out.due = append(out.due, time.Unix(0, due))
			}
		}
		return lines.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(out.due, time.Time.Compare)
	return out, files
}

// Four agents load one emulator: what is merged are the histograms of all their samples, bucket for bucket; what is due
// of all of them is the one process of arrivals that was asked for; and at the emulator every request arrives, none
// before it is due.
func TestAgentsLoadOneEmulator(t *testing.T) {
	const agents, rate, keys, seconds = 4, 150, 40, 3
	const token = "the-token-of-the-test"
	t.Setenv(rest.TokenVariable, token)
	emulated, base := emulatorHere(t, token)
	for _, arrivals := range load.AllArrivals() {
		t.Run(arrivals.Name(), func(t *testing.T) {
			dir, samples := t.TempDir(), t.TempDir()
			t.Setenv(rawVariable, samples)
			file, out := filepath.Join(dir, "s.yaml"), filepath.Join(dir, "led")
			yaml := fmt.Sprintf(`driver: rest://%s/%s?base=%s
scenarios:
  - name: one
    question: Q?
    pattern: coalesce
    variants: [seed]
    load: {rate: %d/s, arrivals: %s, duration: %ds}
    keys: {count: %d, size: 256B}
    with: {fields: 2, update: 0, update-fields: 1}
    expect: [errors == 0]
`, testAccount, arrivals.Name(), base, rate, arrivals.Name(), seconds, keys)
			if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			emulated.at = map[string][]time.Time{}
			leader := start(t, "run", file, "--agents", fmt.Sprint(agents), "--seed", "3", "--start-in", "3s", "--out", out, "--format", "json")
			url := leader.saw(t, fleetURL)
			for range agents {
				start(t, "agent", "--nats", url, "--once")
			}
			leader.ends(t, exitOK)
			merged, err := runfile.Open(out)
			if err != nil {
				t.Fatal(err)
			}
			defer merged.Close()
			measured, files := readRaw(t, samples)
			if files != agents || !merged.Header.Whole() {
				t.Fatalf("%d agents have kept samples", files)
			}
			sameHistograms(t, merged, measured)

			l := load.Load{Shape: load.Open{Profile: load.PerSecond(rate), Arrivals: arrivals}, Duration: seconds * time.Second}
			if got, want := uint64(len(measured.due)), due(l, 3); got != want {
				t.Fatalf("%d transactions were due, want %d", got, want)
			}
			begin, err := time.Parse(time.RFC3339Nano, merged.Header.Started)
			if err != nil {
				t.Fatal(err)
			}
			asAskedFor(t, arrivals, measured.due, begin, rate)
			arriveWhenDue(t, l, emulated.at, measured.due, keys)
		})
	}
}

// sameHistograms holds the histograms of a run against those of the samples.
func sameHistograms(t *testing.T, merged *runfile.Run, want raw) {
	t.Helper()
	seen := 0
	for i, series := range merged.Header.Scenarios[0].Series {
		got, err := merged.Variants[0].Total.Sparse(i)
		if err != nil {
			t.Fatal(err)
		}
		h := want.histograms[i]
		if h == nil {
			h = record.NewTotal()
		}
		s := h.Sparse()
		if !reflect.DeepEqual(got.Buckets(), s.Buckets()) || got.Min() != s.Min() || got.Max() != s.Max() {
			t.Errorf("%s: %d values from %d to %d are merged in %d buckets, and %d were measured from %d to %d in %d", series.Name,
				got.Count(), got.Min(), got.Max(), len(got.Buckets()), s.Count(), s.Min(), s.Max(), len(s.Buckets()))
		}
		if s.Count() > 0 {
			seen++
		}
	}
	if seen < 4 { // service, response, wait and lateness of every transaction
		t.Errorf("%d series were measured", seen)
	}
}

// asAskedFor holds arrivals against the process that they are to be of.
func asAskedFor(t *testing.T, arrivals load.Arrivals, due []time.Time, begin time.Time, rate float64) {
	t.Helper()
	var gaps []float64
	for i, at := range due {
		if i > 0 {
			begin = due[i-1]
		}
		gaps = append(gaps, at.Sub(begin).Seconds())
	}
	if arrivals == (load.Constant{}) { // the first is due at once
		for _, gap := range gaps[1:] {
			if math.Abs(gap-1/rate) > 1e-9 {
				t.Fatalf("a gap of %v s, want %v", gap, 1/rate)
			}
		}
		return
	}
	// Kolmogorov and Smirnov: of n gaps the greatest distance is above 1.95/√n once in a thousand.
	slices.Sort(gaps)
	n, most := float64(len(gaps)), 0.0
	for i, gap := range gaps {
		p := 1 - math.Exp(-rate*gap)
		most = max(most, p-float64(i)/n, float64(i+1)/n-p)
	}
	if limit := 1.95 / math.Sqrt(n); most > limit {
		t.Errorf("the gaps are at a distance of %.4f from exponential ones, want at most %.4f", most, limit)
	}
}

// arriveWhenDue holds what an emulator was asked for against when it was due: transaction n asks for one key, which
// follows from its number.
func arriveWhenDue(t *testing.T, l load.Load, at map[string][]time.Time, due []time.Time, keys int) {
	t.Helper()
	var source rand.PCG
	random := rand.New(&source)
	chooser := load.Distribution{}.Chooser(keys)
	byKey := map[string][]time.Time{}
	for n, when := range due {
		load.Seed(&source, 3, uint64(n))
		key := fmt.Sprintf("user:%06d:profile", chooser.Key(random))
		byKey[key] = append(byKey[key], when)
	}
	if len(at) != len(byKey) {
		t.Errorf("%d keys were asked for, want %d", len(at), len(byKey))
	}
	for path, arrived := range at {
		want := byKey[path[strings.LastIndexByte(path, '/')+1:]]
		if len(arrived) != len(want) {
			t.Errorf("%s: %d requests arrived, and %d were due", path, len(arrived), len(want))
			continue
		}
		slices.SortFunc(arrived, time.Time.Compare)
		for i, now := range arrived {
			if now.Before(want[i]) {
				t.Errorf("%s: request %d arrived %v before it was due", path, i, want[i].Sub(now))
			}
		}
	}
}

// Samples that can't be kept are told of.
func TestRawSamplesNeedAFolder(t *testing.T) {
	t.Setenv(rawVariable, filepath.Join(t.TempDir(), "none"))
	if said := run(t, exitFailed, "run", "testdata/agents.yaml", "--only", "swept", "--quiet", "--out", filepath.Join(t.TempDir(), "out")); !strings.Contains(said, rawVariable) {
		t.Errorf("it says %s", said)
	}
	if f, err := keepRaw("", time.Time{}); f != nil || errors.Join(err, f.close()) != nil {
		t.Error("samples are kept that nobody asked for")
	}
}
