package load

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
// digits of the fractions of the square roots of 2 and 3.
const (
	repeatSalt = 0x6a09e667f3bcc908
	storeSalt  = 0xbb67ae8584caa73b
)
