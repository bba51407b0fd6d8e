package ledger

import "time"

// Trail is the History of one key that can forget. The zero value is a key that has not
// been written. It is not for concurrent use.
type Trail struct {
	writes []write
}

// Acked is as History.Acked.
func (t *Trail) Acked(version uint64, start, acked time.Duration) {
	if n := len(t.writes); n > 0 {
		acked = max(acked, t.writes[n-1].acked)
	}
	t.writes = append(t.writes, write{version: version, start: start, acked: acked})
}

// StaleFor is as History.StaleFor.
func (t *Trail) StaleFor(version uint64, sent, at time.Duration) time.Duration {
	return staleFor(t.writes, version, sent, at)
}

// Last is the write that was acknowledged last of those before a time, 0 where there is none,
// and since when it had been. sure is false when one was sent before it was acknowledged
// that is later by the order of acknowledgement, or may be.
func (t *Trail) Last(at time.Duration) (version uint64, acked time.Duration, sure bool) {
	n := len(t.writes)
	for n > 0 && t.writes[n-1].acked >= at {
		n--
	}
	if n == 0 {
		return 0, 0, true
	}
	last := t.writes[n-1]
	return last.version, last.acked, n == 1 || last.start >= t.writes[n-2].acked
}

// Forget leaves out the writes that were replaced before a time.
func (t *Trail) Forget(before time.Duration) {
	n := 0
	for n+1 < len(t.writes) && t.writes[n+1].acked < before {
		n++
	}
	if n > 0 {
		t.writes = append(t.writes[:0], t.writes[n:]...)
	}
}
