package load

// Share is the part of a load that one of several processes runs: its shard. The zero value
// is all of it.
type Share struct {
	Index int // counted from 0
	Of    int // so many processes share the load; 0 and 1 are one
}

// All reports whether nobody shares the load.
func (s Share) All() bool { return s.Of < 2 }

// Owns reports whether number n, of a key or a worker, belongs to the share: to exactly one of
// all shares it does.
func (s Share) Owns(n uint64) bool { return s.All() || n%uint64(s.Of) == uint64(s.Index) }

// Part is how many of n things that are dealt out are the share's: what all shares have adds
// up to n.
func (s Share) Part(n int) int {
	if s.All() {
		return n
	}
	part := n / s.Of
	if s.Index < n%s.Of {
		part++
	}
	return part
}

// ShareSeed is the seed of what is random in a store that a share opens, where transactions
// have the seed: what stores draw in one share has nothing to do with what they draw in
// another. The first share's is the seed itself.
func ShareSeed(seed uint64, s Share) uint64 {
	if s.Index == 0 {
		return seed
	}
	return Mix(seed ^ Mix(uint64(s.Index)+shareSalt))
}
