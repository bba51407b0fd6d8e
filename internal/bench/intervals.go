package bench

import "time"

// nice are the lengths that an interval can have.
var nice = [...]time.Duration{
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour,
}

// perRun is about how many intervals a run is cut into.
const perRun = 40

// intervals returns the length of interval n of a measured time. Where that is
// not known it is a second, and doubles after every perRun intervals.
func intervals(d time.Duration) func(n int) time.Duration {
	if d == 0 {
		return func(n int) time.Duration { return time.Second << min(n/perRun, 20) }
	}
	length := nice[len(nice)-1]
	for _, l := range nice {
		if l*perRun >= d {
			length = l
			break
		}
	}
	return func(int) time.Duration { return length }
}
