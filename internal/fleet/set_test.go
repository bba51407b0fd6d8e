package fleet

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// pieces are those of an attempt that sends these texts.
func pieces(part int, attempt string, texts ...string) (out []*Piece) {
	sum := sha256.New()
	for i, text := range texts {
		sum.Write([]byte(text))
		out = append(out, &Piece{Part: part, Attempt: attempt, Number: i, Kind: Text, Text: []byte(text)})
	}
	return append(out, &Piece{Part: part, Attempt: attempt, Number: len(texts), Kind: Whole, Text: []byte(Sum(sum))})
}

// However attempts of parts are doubled and mixed, each piece of the attempt that counts is taken
// once, in order, and no other attempt is whole.
func TestSetTakesOneWholeAttempt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var streams [][]*Piece
		for part := range rapid.IntRange(1, 3).Draw(t, "parts") {
			for attempt := range rapid.IntRange(1, 3).Draw(t, "attempts") {
				all := pieces(part, fmt.Sprint("a", attempt), strings.Split(rapid.StringMatching(`[a-c]{1,6}`).Draw(t, "text"), "")...)
				if rapid.Bool().Draw(t, "cut") {
					all = all[:len(all)-1]
				}
				streams = append(streams, all)
			}
		}
		set := NewSet()
		got, whole, sent := map[string]string{}, map[int]string{}, map[string]string{}
		next := make([]int, len(streams))
		for step := 0; step < 200; step++ {
			i := rapid.IntRange(0, len(streams)-1).Draw(t, "which")
			at := next[i]
			if at > 0 && rapid.Bool().Draw(t, "again") {
				at = rapid.IntRange(0, at-1).Draw(t, "doubled")
			}
			if at == len(streams[i]) {
				continue
			}
			p := streams[i][at]
			key := fmt.Sprint(p.Part, p.Attempt)
			counts, err := set.Add(p)
			if err != nil {
				t.Fatal(err)
			}
			first := at == next[i]
			if first {
				next[i]++
			}
			by, decided := whole[p.Part]
			if counts != (first && (!decided || by == p.Attempt)) {
				t.Fatalf("piece %d of %s counts: %v", at, key, counts)
			}
			if !counts {
				continue
			}
			if p.Kind == Whole {
				whole[p.Part] = p.Attempt
				for _, x := range streams[i][:at] {
					sent[key] += string(x.Text)
				}
				if got[key] != sent[key] || !set.Has(p.Part) {
					t.Fatalf("%s: took %q of %q", key, got[key], sent[key])
				}
				continue
			}
			got[key] += string(p.Text)
		}
	})
}

func TestSetRefuses(t *testing.T) {
	all := pieces(0, "a", "x", "y", "z")
	other := pieces(0, "a", "x", "y", "Z")
	for name, sent := range map[string][]*Piece{
		"a piece that is missing": {all[0], all[2], all[3]}, "the end that is another's": {all[0], all[1], all[2], other[3]},
	} {
		set, failed := NewSet(), 0
		for _, p := range sent {
			if _, err := set.Add(p); err != nil {
				failed++
			}
		}
		if failed != 1 || set.Has(0) {
			t.Errorf("%s: %d errors, whole: %v", name, failed, set.Has(0))
		}
	}
	set := NewSet()
	for _, p := range slices.Concat(all, pieces(0, "b", "x")) {
		if _, err := set.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	if set.Late != 2 {
		t.Errorf("%d pieces came late, want those of the other attempt", set.Late)
	}
	set.Drop(0)
	if set.Has(0) {
		t.Error("what was dropped counts")
	}
}
