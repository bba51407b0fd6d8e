package report

import "kvbench/internal/runfile"

// stored is what the store held at the end, the mean of a variant's repeats; nil
// unless all of them tell.
func stored(run *runfile.Run, scenario, variant int) *int64 {
	var sum, repeats int64
	for _, r := range run.Variants {
		if r.Scenario != scenario || r.Variant != variant {
			continue
		}
		if r.Stored == nil {
			return nil
		}
		sum, repeats = sum+*r.Stored, repeats+1
	}
	if repeats == 0 {
		return nil
	}
	mean := sum / repeats
	return &mean
}

// storageWords say what of a month's price is for storage.
func storageWords(v *Variant) string {
	if v.MonthBill.Storage == nil {
		return "without storage: the store does not tell what it holds"
	}
	return dollars(*v.MonthBill.Storage) + " of it for " + value(float64(*v.Stored), "bytes")
}
