// Package find looks for the highest arrival rate at which a promise is kept, and says of a
// run that did what it found.
package find

import (
	"math"
	"slices"

	"kvbench/internal/load"
	"kvbench/internal/runfile"
)

// confirmations is how many rates are confirmed at most: one at which the promise is broken
// with other seeds counts as one that breaks it, and the search goes on below, twice as far as
// the time before.
const confirmations = 4

// Search tries rates until the highest that keeps the promise and the lowest that breaks it are
// as near to each other as f asks: it doubles the rate until the promise is broken, goes on
// between the two rates, at their geometric mean, and confirms the lower one. try says whether
// the promise was kept at a rate; to confirm, with other seeds than in the search. The first
// error of try ends it.
//
// That the promise is kept below a rate at which it is kept, and broken above one at which it is
// broken, is taken for granted.
func Search(f *runfile.Find, try func(rate load.Rate, confirm bool) (kept bool, err error)) error {
	s := search{find: f, try: try}
	if err := s.bracket(); err != nil {
		return err
	}
	for back := 2.0; back < 1<<(confirmations+1) && len(s.kept) > 0; back *= 2 {
		if err := s.bisect(); err != nil {
			return err
		}
		kept, err := try(s.last(), true)
		if kept || err != nil {
			return err
		}
		s.broken = s.last()
		most := s.broken.PerSecond() * math.Pow(1+f.Within, -back)
		s.kept = slices.DeleteFunc(s.kept, func(r load.Rate) bool { return r.PerSecond() > most })
	}
	return nil
}

type search struct {
	find   *runfile.Find
	try    func(load.Rate, bool) (bool, error)
	kept   []load.Rate // rising
	broken load.Rate   // the lowest; zero: none
}

func (s *search) last() load.Rate { return s.kept[len(s.kept)-1] }

// note tries a rate above all that keep the promise.
func (s *search) note(rate load.Rate) error {
	kept, err := s.try(rate, false)
	switch {
	case err != nil:
		return err
	case kept:
		s.kept = append(s.kept, rate)
	default:
		s.broken = rate
	}
	return nil
}

// bracket doubles the rate until the promise is broken.
func (s *search) bracket() error {
	for rate := s.find.From; ; {
		if err := s.note(rate); err != nil || !s.broken.IsZero() || rate.PerSecond() >= s.find.To.PerSecond() {
			return err
		}
		double := load.Rate{Count: 2 * rate.Count, Per: rate.Per}
		if rate = double; double.PerSecond() >= s.find.To.PerSecond() {
			rate = s.find.To
		}
	}
}

// bisect goes on between the highest rate that keeps the promise and the lowest that breaks it.
func (s *search) bisect() error {
	for !s.broken.IsZero() {
		low, high := s.last().PerSecond(), s.broken.PerSecond()
		middle := rateOf(math.Sqrt(low * high))
		if high <= low*(1+s.find.Within) || middle.PerSecond() <= low || middle.PerSecond() >= high {
			return nil
		}
		if err := s.note(middle); err != nil {
			return err
		}
	}
	return nil
}

// rateOf is a rate of so many transactions a second, to four digits.
func rateOf(perSecond float64) load.Rate {
	r := load.PerSecond(1)
	for perSecond < 1000 && r.Per < 1e15 {
		perSecond, r.Per = perSecond*10, r.Per*10
	}
	digits := math.Pow(10, math.Floor(math.Log10(perSecond))-3)
	r.Count = uint64(math.Round(perSecond/digits) * digits)
	return r
}

// Rates are those that a search may try while it doubles.
func Rates(f *runfile.Find) (out []load.Rate) {
	s := search{find: f, try: func(r load.Rate, _ bool) (bool, error) { out = append(out, r); return true, nil }}
	_ = s.bracket() // nothing fails
	return out
}

// Most is how many steps a search has at most, each confirmation counted as one.
func Most(f *runfile.Find) int {
	halvings := math.Ceil(math.Log2(math.Log(2) / math.Log1p(f.Within)))
	return len(Rates(f)) + confirmations*(max(int(halvings), 0)+1)
}
