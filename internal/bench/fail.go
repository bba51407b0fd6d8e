package bench

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"
)

// mostErrorBytes bounds the text of the first error that a run keeps.
const mostErrorBytes = 300

// ownCode is the code of a transaction, or of a task that it left to run, that failed
// though no call of the store did: none that a call can have, so that failed calls
// are a share of calls.
func ownCode(err error) string {
	if errors.Is(err, kv.ErrInvocationLimit) {
		return record.InvocationLimit
	}
	if s, ok := errors.AsType[*ScriptError](err); ok {
		return s.Code
	}
	return record.TransactionFailed
}

// ScriptError is how the code of a Worker failed.
type ScriptError struct {
	Code string // record.Exception, record.Hung or record.NoOrigin
	Text string
	Err  error // why; may be nil
}

func (e *ScriptError) Error() string { return e.Text }

// Unwrap returns why.
func (e *ScriptError) Unwrap() error { return e.Err }

// note keeps the text of the first error that a measured transaction ended in: in
// one line, of printable characters.
func (r *run) note(err error) {
	if r.firstError.Load() != nil {
		return
	}
	text := strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(err.Error(), "?"))
	if len(text) > mostErrorBytes {
		text = strings.ToValidUTF8(text[:mostErrorBytes-len("...")], "") + "..."
	}
	r.firstError.CompareAndSwap(nil, &text)
}

// TooManyErrors is why a variant has failed that ran: of its transactions a larger
// share ended in an error than the scenario allows. nil when that is not so.
func (s *Scenario) TooManyErrors(v *runfile.Variant) error {
	return runfile.TooManyErrors(v.Total.Outcomes, s.MaxErrors, v.FirstError)
}

// ErrNothingMeasured is the error of a run in whose measured time no transaction ended.
var ErrNothingMeasured = errors.New("nothing was measured")

// measuredAny refuses a run that measured nothing: it looks like one in which
// nothing went wrong.
func (r *run) measuredAny() error {
	if !r.Share.All() { // all may be others'
		return nil
	}
	for _, n := range r.recorder.Total().Outcomes {
		if n > 0 {
			return nil
		}
	}
	if r.Load.Duration == 0 {
		return fmt.Errorf("%w: no transaction ended", ErrNothingMeasured)
	}
	return fmt.Errorf("%w: no transaction was due within %v of measuring", ErrNothingMeasured, r.Load.Duration.Round(time.Millisecond))
}
