// Package suggest finds the word that was probably meant.
package suggest

import "strings"

// Nearest returns the known word that is nearest to a word nobody knows, or ""
// when none is near: at most one edit for every three letters of the longer
// word, or the unknown word being the start of exactly one known word. An edit inserts,
// deletes or replaces a letter or swaps two neighbours; case does not count.
func Nearest(word string, known []string) string {
	w := []rune(strings.ToLower(word))
	if len(w) == 0 {
		return ""
	}
	best, bestDistance := "", -1
	starts, started := 0, ""
	for _, k := range known {
		r := []rune(strings.ToLower(k))
		if strings.HasPrefix(string(r), string(w)) {
			starts, started = starts+1, k
		}
		if near := max(len(w), len(r)) / 3; abs(len(w)-len(r)) <= max(near, 1) {
			d := distance(w, r)
			if d <= max(near, 1) && d < min(len(w), len(r)) && (bestDistance < 0 || d < bestDistance) {
				best, bestDistance = k, d
			}
		}
	}
	if best == "" && starts == 1 && len(w) > 1 {
		return started
	}
	return best
}

// Mean returns `did you mean "x"?` for the nearest known word, or, when none
// is near, a list of the known words after the label.
func Mean(word, label string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return `did you mean "` + near + `"?`
	}
	return label + ": " + strings.Join(known, ", ")
}

// distance is the optimal string alignment distance of a and b.
func distance(a, b []rune) int {
	before, above := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			row[j+1] = min(above[j+1]+1, row[j]+1)
			if a[i] == b[j] {
				row[j+1] = min(row[j+1], above[j])
			} else {
				row[j+1] = min(row[j+1], above[j]+1)
			}
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above = above, row
	}
	return above[len(b)]
}

func abs(n int) int { return max(n, -n) }
