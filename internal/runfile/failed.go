package runfile

import (
	"fmt"

	"kvbench/internal/units"
)

// TooManyErrors is why a variant has failed that ran: of its transactions a larger share than
// most ended in the last of its outcomes, that of an error, the first of which has a text. nil
// when that is not so.
func TooManyErrors(outcomes []uint64, most float64, first string) error {
	var all, failed uint64
	for _, n := range outcomes {
		all, failed = all+n, n
	}
	if failed == 0 || float64(failed) <= most*float64(all) {
		return nil
	}
	return fmt.Errorf("%d of %d transactions ended in an error, %s, more than the %s that the scenario allows; the first: %s",
		failed, all, units.FormatShare(float64(failed)/float64(all)), units.FormatShare(most), first)
}
