package fleet

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
)

// Set is what a leader knows of the pieces that have come: which are new, and which attempt of
// a part counts. JetStream's own memory of what was doubled is of the last two minutes.
type Set struct {
	attempts map[attemptOf]*attempt
	whole    map[int]string // by part, the attempt that counts
	Doubled  int            // pieces that came again
	Late     int            // pieces of a part of which another attempt is whole
}

type attemptOf struct {
	part int
	id   string
}

type attempt struct {
	next  int // the number of the piece that comes next
	sum   hash.Hash
	ended bool
	bad   error
}

// NewSet returns a set of nothing.
func NewSet() *Set {
	return &Set{attempts: map[attemptOf]*attempt{}, whole: map[int]string{}}
}

// Add reports whether a piece is new and counts. An error says that the attempt can't be
// made use of, as a piece is missing or the sum is another; it is said once.
func (s *Set) Add(p *Piece) (counts bool, err error) {
	if by, is := s.whole[p.Part]; is && by != p.Attempt {
		s.Late++
		return false, nil
	}
	key := attemptOf{p.Part, p.Attempt}
	a := s.attempts[key]
	if a == nil {
		a = &attempt{sum: sha256.New()}
		s.attempts[key] = a
	}
	switch {
	case p.Number < a.next:
		s.Doubled++
		return false, nil
	case a.bad != nil || a.ended:
		return false, nil
	case p.Number > a.next:
		a.bad = fmt.Errorf("piece %d came after piece %d: those between are missing", p.Number, a.next-1)
		return false, a.bad
	}
	a.next++
	switch p.Kind {
	case Text:
		a.sum.Write(p.Text)
	case Whole:
		a.ended = true
		if have := Sum(a.sum); have != string(p.Text) {
			a.bad = fmt.Errorf("what came has the sum %.12s, what was sent %.12q", have, p.Text)
			return false, a.bad
		}
		s.whole[p.Part] = p.Attempt
	default:
		a.ended = true
	}
	return true, nil
}

// Drop says that what a whole attempt sent is no good after all, so that another may count.
func (s *Set) Drop(part int) { delete(s.whole, part) }

// Has reports whether an attempt of a part is whole.
func (s *Set) Has(part int) bool {
	_, is := s.whole[part]
	return is
}

// Take says that a part is whole by an attempt of which the pieces are not looked at again.
func (s *Set) Take(part int) { s.whole[part] = "" }

// Sum is the sum of what was written to a hash.
func Sum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
