package load

import "math/rand/v2"

// RepeatSeed is the seed of a repeat, counted from 0. The first runs the seed
// itself; the others run seeds that are mixed from both, so that runs of
// neighbouring seeds have no repeat in common.
func RepeatSeed(seed uint64, repeat int) uint64 {
	if repeat == 0 {
		return seed
	}
	return Mix(Mix(seed) ^ Mix(uint64(repeat)+repeatSalt))
}

// StoreSeed is the seed of what is random in an emulated store, in the repeat of a
// variant that runs a seed: another one, so that what a store draws has nothing to
// do with what transactions draw.
func StoreSeed(seed uint64) uint64 { return Mix(seed ^ storeSalt) }

// The salts keep seeds apart that serve different ends: the first 16 hexadecimal
// digits of the fractions of the square roots of 2, 3 and 5.
const (
	repeatSalt = 0x6a09e667f3bcc908
	storeSalt  = 0xbb67ae8584caa73b
	shareSalt  = 0x3c6ef372fe94f82b
)

// Seed seeds a source for transaction i of a run, so that neighbouring
// transactions have nothing in common.
func Seed(source *rand.PCG, seed, i uint64) {
	source.Seed(Mix(seed^Mix(i)), Mix(i+0x9e3779b97f4a7c15))
}

// Mix scatters the bits of x: the finaliser of SplitMix64 (Steele, Lea and
// Flood 2014). It is a bijection.
func Mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
