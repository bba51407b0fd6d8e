package command

// scaling is by how much a trial of fewer keys than planned is to be multiplied: its seeding
// by keys, and what one transaction uses by the others, which are 1 unless it grows with
// the number of keys.
type scaling struct {
	keys         float64 // planned, for one that was tried
	seeding      float64 // seconds of this machine that those take which were not tried
	ops, usd     float64
	service, put float64 // its time, the bytes of a put
}

func unscaled() scaling { return scaling{keys: 1, ops: 1, usd: 1, service: 1, put: 1} }

// growing is the least ratio, of twice as many keys, at which something counts as growing
// with them: half-way between what does not and what does so in a straight line.
const growing = 1.5

// slowest is the longest that seeding a key takes of this machine, in seconds, but for the
// bytes of its value at a nanosecond each: what is more is not the seeding's.
const slowest = 20e-6

// scaleOf compares a trial of so many keys with one of half of them, to scale it to those
// planned: in a straight line.
func scaleOf(half, whole *trial, tried, planned, size int) scaling {
	keys := float64(planned) / float64(tried)
	times := func(of func(*trial) float64) float64 {
		a, b := of(half), of(whole)
		if a <= 0 || b < growing*a {
			return 1
		}
		return 1 + (keys-1)*2*(b-a)/b
	}
	each := max(0, whole.watch.seeding-half.watch.seeding).Seconds() / float64(max(tried-tried/2, 1))
	return scaling{
		keys:    keys,
		seeding: float64(planned-tried) * min(each, slowest+1e-9*float64(size)),
		ops:     times((*trial).opsPerTransaction),
		usd:     times(func(t *trial) float64 { return t.per((t.ended.Spent - t.seeded.Spent).USD()) }),
		service: times(func(t *trial) float64 { return float64(t.service) }),
		put:     times((*trial).putBytes),
	}
}

// putBytes is the mean size of what the load puts; 0 where it puts nothing.
func (t *trial) putBytes() float64 { return t.scale.put * float64(t.written) / float64(max(1, t.puts)) }

// serviceTime is the mean time of a transaction in seconds.
func (t *trial) serviceTime() float64 { return t.scale.service * t.service.Seconds() }

// work is what a transaction takes of this machine on average, in seconds: the second half
// of those that were tried, when caches are warm and buffers have grown. It
// grows as its calls do.
func (t *trial) work() float64 {
	n := t.n() - t.watch.middle
	if n <= 0 || t.watch.middle == 0 {
		return 0
	}
	return t.scale.ops * t.watch.late.Seconds() / float64(n)
}

// machineTime is what seeding and then so many transactions take of this machine, in
// seconds.
func (t *trial) machineTime(n float64) float64 {
	return t.watch.seeding.Seconds() + t.scale.seeding + n*t.work()
}
