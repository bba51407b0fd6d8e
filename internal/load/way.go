package load

import (
	"math"
	"math/big"
	"sort"
	"time"
)

// way is the course of stages: the warm-up, if there is one, and then each stage.
type way struct {
	parts    []part
	measured uint64 // the first transaction that is due when it is measured
}

// part is a stage, or the warm-up, on the way. Positions are integrals of the rate from
// the beginning of the load.
type part struct {
	curve    Curve
	from, to time.Duration
	// first is the first transaction that is due in it, at more than where it begins:
	// more is from 0 to 1. end is the first that is due later.
	first, end   uint64
	more         float64
	begins, ends float64 // positions
}

func (s Stages) course(warmUp time.Duration) course {
	w := &way{}
	var at time.Duration
	position := new(big.Rat)
	add := func(c Curve, d time.Duration) {
		p := part{curve: c, from: at, to: at + d}
		p.first, p.more = ceiling(position)
		p.begins, _ = position.Float64()
		position.Add(position, c.total(d))
		p.end, _ = ceiling(position)
		p.ends, _ = position.Float64()
		at = p.to
		w.parts = append(w.parts, p)
	}
	if warmUp > 0 {
		add(Hold{s[0].Curve.Start()}, warmUp)
		w.measured = w.parts[0].end
	}
	for i := range s {
		add(s[i].Curve, s[i].For)
	}
	return w
}

// ceiling is a position rounded up to a whole number, and by how much.
func ceiling(position *big.Rat) (whole uint64, by float64) {
	up := new(big.Int).Add(position.Num(), new(big.Int).Sub(position.Denom(), big.NewInt(1)))
	up.Div(up, position.Denom())
	by, _ = new(big.Rat).Sub(new(big.Rat).SetInt(up), position).Float64()
	return up.Uint64(), by
}

func (w *way) when(i uint64) time.Duration {
	n := sort.Search(len(w.parts), func(n int) bool { return i < w.parts[n].end })
	if n == len(w.parts) {
		return math.MaxInt64
	}
	p := &w.parts[n]
	return p.when(i-p.first, p.more)
}

// when is the time of a position counted from where the part begins.
func (p *part) when(k uint64, more float64) time.Duration {
	d := p.to - p.from
	return p.from + min(max(p.curve.when(k, more, d), 0), d-1)
}

func (w *way) unit() float64 { return 1 }

func (w *way) at(sum float64) float64 {
	n := sort.Search(len(w.parts), func(n int) bool { return sum < w.parts[n].ends })
	if n == len(w.parts) {
		return math.Inf(1)
	}
	p := &w.parts[n]
	k, more := math.Modf(max(sum-p.begins, 0))
	return float64(p.when(uint64(k), more))
}
