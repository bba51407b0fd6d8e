package load

// Constant spreads transactions evenly: in any time as many are due as the integral of
// the rate over it, within one.
type Constant struct{}

// Name implements Arrivals.
func (Constant) Name() string { return "constant" }

func (Constant) String() string { return "constant" }

func (Constant) exact() bool { return true }

func (Constant) schedule(c course, _ uint64) Schedule {
	return c.when
}
