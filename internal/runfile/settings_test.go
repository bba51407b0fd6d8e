package runfile_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kvbench/internal/load"
	"kvbench/internal/quantile"
	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
)

// Every kind of setting is written under a name that says what it is, and read back the
// same.
func TestSettings(t *testing.T) {
	type params struct {
		TTL    time.Duration `yaml:"ttl"`
		Update float64       `yaml:"update"`
		Fields int           `yaml:"fields" min:"1"`
		Tries  uint64        `yaml:"tries"`
		Strict bool          `yaml:"strict"`
		Mode   string        `yaml:"mode"`
		Origin struct {
			Latency quantile.Dist `yaml:"latency"`
			Changes time.Duration `yaml:"changes"`
		} `yaml:"origin"`
		Size    load.Size         `yaml:"size"`
		Rate    load.Rate         `yaml:"rate"`
		Touched load.Distribution `yaml:"touched"`
		None    quantile.Dist     `yaml:"none"`
		own     int
	}
	k := params{
		TTL: time.Minute, Update: 0.5, Fields: 3, Tries: 0, Strict: false, Mode: "bulk",
		Size: load.Size{Min: 1, Max: 2}, Rate: load.Rate{Count: 3, Per: time.Hour},
		Touched: load.Distribution{Kind: load.Hotspot, HotKeys: 0.2, HotShare: 0.8}, own: 1,
	}
	k.Origin.Latency, k.Origin.Changes = quantile.MustParse("p50:1ms,p100:2s"), time.Second
	got, err := runfile.SettingsOf(&k)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"name":"ttl","time_ns":60000000000}`, `{"name":"update","share":0.5}`, `{"name":"fields","count":3}`, `{"name":"tries","count":0}`,
		`{"name":"strict","flag":false}`, `{"name":"mode","text":"bulk"}`,
		`{"name":"origin.latency","distribution":[{"share_ppb":500000000,"time_ns":1000000},{"share_ppb":1000000000,"time_ns":2000000000}]}`,
		`{"name":"origin.changes","time_ns":1000000000}`, `{"name":"size","size":{"min":1,"max":2}}`,
		`{"name":"rate","rate":{"count":3,"per_ns":3600000000000}}`,
		`{"name":"touched","popularity":{"kind":"hotspot","hot_keys":0.2,"hot_share":0.8}}`, `{"name":"none","distribution":[]}`,
	}
	if diff := cmp.Diff("["+strings.Join(want, ",")+"]", string(text)); diff != "" {
		t.Error(diff)
	}
	var again []runfile.Setting
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Error(diff)
	}
	if _, err := runfile.SettingsOf(&struct {
		List []string `yaml:"list"`
	}{}); err == nil || !strings.Contains(err.Error(), "no kind of setting for list, a []string") {
		t.Errorf("got %v", err)
	}
}

func TestLoadOf(t *testing.T) {
	rate := load.Rate{Count: 10, Per: 3 * time.Second}
	for _, test := range []struct {
		load load.Load
		want string
	}{
		{
			load.Load{Shape: load.Open{Profile: rate, Arrivals: load.Poisson{}, MaxInFlight: 7}, Duration: time.Minute, WarmUp: time.Second},
			`{"rate":{"count":10,"per_ns":3000000000},"arrivals":"poisson","in_flight":7,"duration_ns":60000000000,"warm_up_ns":1000000000}`,
		},
		{load.Load{Shape: load.Open{Profile: rate, Arrivals: load.Constant{}}, Transactions: 5}, `{"rate":{"count":10,"per_ns":3000000000},"arrivals":"constant","transactions":5}`},
		{
			load.Load{Shape: load.Open{Profile: load.Stages{
				{Name: "ramp", For: time.Second, Curve: load.Ramp{To: rate}},
				{For: time.Minute, Curve: load.Sine{Mean: rate, Amplitude: rate, Period: time.Second}},
			}, Arrivals: load.Poisson{}}, Duration: 61 * time.Second},
			`{"stages":[{"name":"ramp","from_ns":0,"to_ns":1000000000,"rate":{"count":0,"per_ns":0},"end_rate":{"count":10,"per_ns":3000000000}},` +
				`{"from_ns":1000000000,"to_ns":61000000000,"rate":{"count":10,"per_ns":3000000000},"end_rate":{"count":10,"per_ns":3000000000},` +
				`"amplitude":{"count":10,"per_ns":3000000000},"period_ns":1000000000}],"arrivals":"poisson","duration_ns":61000000000}`,
		},
		{
			load.Load{Shape: load.Open{Profile: rate, Arrivals: load.Constant{}}, Duration: time.Minute, Until: &load.Stable{Tolerance: 0.05}},
			`{"rate":{"count":10,"per_ns":3000000000},"arrivals":"constant","duration_ns":60000000000,"until_stable_within":0.05}`,
		},
		{load.Load{Shape: load.Closed{Workers: 4, Think: time.Second}, Duration: time.Minute}, `{"workers":4,"think_ns":1000000000,"duration_ns":60000000000}`},
	} {
		text, err := json.Marshal(runfile.LoadOf(test.load))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, string(text)); diff != "" {
			t.Error(diff)
		}
	}
}
