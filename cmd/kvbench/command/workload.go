package command

import (
	"kvbench/internal/bench"
	"kvbench/internal/runfile"
)

// workload is what a scenario sets, as the run file's header has it, but for the
// pattern's own settings; see recordSettings.
func workload(s *bench.Scenario) *runfile.Workload {
	w := &runfile.Workload{
		Load: runfile.LoadOf(s.Load),
		Keys: runfile.Keys{
			Count: s.Params.Keys, Popularity: runfile.PopularityOf(s.Params.Distribution),
			Size: runfile.Size{Min: s.Params.Size.Min, Max: s.Params.Size.Max},
		},
		Isolates: s.Params.Isolates, Plan: "paid", Settings: []runfile.Setting{},
	}
	if s.Free {
		w.Plan = "free"
	}
	return w
}

// recordSettings makes a setup record the settings that its pattern decodes, defaults
// and all: every variant of a pattern has the same.
func recordSettings(setup bench.Setup, w *runfile.Workload) bench.Setup {
	decode := setup.Decode
	setup.Decode = func(into any) error {
		if err := decode(into); err != nil {
			return err
		}
		settings, err := runfile.SettingsOf(into)
		if err == nil && settings != nil {
			w.Settings = settings
		}
		return err
	}
	return setup
}
