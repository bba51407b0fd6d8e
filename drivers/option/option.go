// Package option reads the query options of a driver's URL. It refuses what it
// does not know, and says what would have been right.
package option

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"kvbench/internal/suggest"
)

// Option is one query option that a driver knows.
type Option struct {
	Name string
	// Set takes the option's value. Its error says what would be right: "want
	// a whole number from 1 to 64".
	Set func(value string) error
}

// Read gives every option of u's query to its Set, in the order of known. It
// refuses an unknown name, a name given twice and a value that Set refuses, and
// reports all of them.
func Read(u *url.URL, known []Option) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return fmt.Errorf("options of %s: %w", u.Redacted(), err)
	}
	names := make([]string, len(known))
	var errs []error
	for i, o := range known {
		names[i] = o.Name
		switch values := query[o.Name]; len(values) {
		case 0:
		case 1:
			if err := o.Set(values[0]); err != nil {
				errs = append(errs, fmt.Errorf("option %s=%s: %w", o.Name, values[0], err))
			}
		default:
			errs = append(errs, fmt.Errorf("option %s is given %d times: want it once", o.Name, len(values)))
		}
		delete(query, o.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		errs = append(errs, Unknown("option", name, names))
	}
	return errors.Join(errs...)
}

// OneOf returns word's index in known, or the error of Unknown.
func OneOf(kind, word string, known []string) (int, error) {
	if i := slices.Index(known, word); i >= 0 {
		return i, nil
	}
	return 0, Unknown(kind, word, known)
}

// Duration reads a duration that is not negative, such as 60s.
func Duration(value string) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 {
		return 0, errors.New("want a duration that is not negative, such as 60s or 250ms")
	}
	return d, nil
}

// Unknown is the error of a word that is none of the known ones: it lists them,
// and suggests the nearest.
func Unknown(kind, word string, known []string) error {
	hint := ""
	if near := suggest.Nearest(word, known); near != "" {
		hint = fmt.Sprintf(" (did you mean %q?)", near)
	}
	if len(known) == 0 {
		return fmt.Errorf("unknown %s %q: there is none", kind, word)
	}
	return fmt.Errorf("unknown %s %q%s: want %s", kind, word, hint, strings.Join(known, ", "))
}
