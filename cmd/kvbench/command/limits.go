package command

import (
	"errors"
	"fmt"

	"kvbench/internal/bench"
	"kvbench/internal/units"
	"kvbench/kv"
)

// hold refuses a plan that the limits of its store can't let pass, before anything
// runs: each where the scenario is written. What only some of a pattern's keys and
// values are, such as its index, it does not know; what is refused here is so for
// every pattern.
func hold(s *bench.Scenario, t kv.Capabilities) error {
	var wrong []error
	refuse := func(field, hint, format string, args ...any) {
		wrong = append(wrong, s.At(field, fmt.Sprintf(format, args...), hint))
	}
	size := func(bytes int) string { return units.FormatSize(float64(bytes)) }
	keys, least := s.Params.Keys, s.Params.Size.Min
	if most := t.MaxValueBytes; most > 0 && s.Params.Size.Max > most {
		refuse("keys.size", "its values may have at most "+size(most), "a value of %s is too large for %s", size(s.Params.Size.Max), s.Driver)
	}
	if most := t.NamespaceKeys; most > 0 && keys > most {
		refuse("keys.count", fmt.Sprintf("it may hold at most %d", most), "%d keys are too many for a namespace of %s", keys, s.Driver)
	}
	if most := t.NamespaceBytes; most > 0 && least > 0 && keys > most/least {
		refuse("keys.size", fmt.Sprintf("it may hold at most %s: %d keys of at most %s", size(most), keys, size(most/keys)),
			"%d keys of at least %s are too much for a namespace of %s", keys, size(least), s.Driver)
	}
	return errors.Join(wrong...)
}
