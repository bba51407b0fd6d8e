// Package metric is what figures are made of.
package metric

import (
	"encoding/json"
	"math"
	"strconv"
)

// None is how a text shows a figure that can't be had.
const None = "–"

// Quantity is a figure, or none where it can't be had, such as a share of nothing. A
// figure that there is is finite. The zero value is none.
//
// It has one form for each kind of reader: Text for people, null in JSON, an empty
// field in CSV. A format without such a form leaves it out.
type Quantity struct {
	value float64
	known bool
}

// Of is the quantity v; none where that is no finite number.
func Of(v float64) Quantity {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Quantity{}
	}
	return Quantity{v, true}
}

// Ratio is a part of a whole, which is none where the whole is 0 or where a float64
// can't hold it. All division of figures goes through it.
func Ratio(part, whole float64) Quantity {
	if whole == 0 {
		return Quantity{}
	}
	return Of(part / whole)
}

// Value returns the figure; ok is false where there is none.
func (q Quantity) Value() (v float64, ok bool) { return q.value, q.known }

// Or is the figure, or v where there is none: for where a figure is only put in
// order or drawn, and not shown.
func (q Quantity) Or(v float64) float64 {
	if !q.known {
		return v
	}
	return q.value
}

// Known reports whether there is a figure.
func (q Quantity) Known() bool { return q.known }

// Equal reports whether two are the same figure, or both none.
func (q Quantity) Equal(other Quantity) bool { return q == other }

// Text formats the figure; where there is none it is None.
func (q Quantity) Text(format func(float64) string) string {
	if !q.known {
		return None
	}
	return format(q.value)
}

// Field is the figure to six digits, as a field of CSV: empty where there is none.
func (q Quantity) Field() string {
	if !q.known {
		return ""
	}
	return strconv.FormatFloat(q.value, 'g', 6, 64)
}

// MarshalJSON implements json.Marshaler: none is null.
func (q Quantity) MarshalJSON() ([]byte, error) {
	if !q.known {
		return []byte("null"), nil
	}
	return json.Marshal(q.value)
}

// UnmarshalJSON implements json.Unmarshaler.
func (q *Quantity) UnmarshalJSON(text []byte) error {
	var v *float64
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*q = Quantity{}
	if v != nil {
		*q = Of(*v)
	}
	return nil
}
