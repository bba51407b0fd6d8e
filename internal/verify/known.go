package verify

import "path"

// Reason is why a figure is known to be apart.
type Reason struct {
	Variant string // SCENARIO/VARIANT, which may have asterisks as in a glob
	Figure  string // its ID, which may have them too
	Why     string // one sentence
}

// Reasons are why figures of the shipped set are known to be apart. Whoever adds one has
// looked for it.
func Reasons() []Reason { return nil }

// why is the first reason that is of a figure; empty where there is none.
func why(known []Reason, v *Variant, f *Figure) string {
	for _, r := range known {
		one, _ := path.Match(r.Variant, v.Title()) // they are ours, and a test matches them
		two, _ := path.Match(r.Figure, f.ID)
		if one && two {
			return r.Why
		}
	}
	return ""
}
