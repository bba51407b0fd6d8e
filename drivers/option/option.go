// Package option reads the query options of a driver's URL. It refuses what it
// does not know, and says what would have been right.
package option

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kvbench/internal/setting"
	"kvbench/internal/suggest"
)

// Option is one query option that a driver knows: what it means, and how it is read.
type Option struct {
	setting.Setting
	// Set takes the option's value. Its error says what would be right: "want
	// a whole number from 1 to 64".
	Set func(value string) error
}

// Settings are what the options mean, without how they are read.
func Settings(options []Option) []setting.Setting {
	all := make([]setting.Setting, len(options))
	for i, o := range options {
		all[i] = o.Setting
	}
	return all
}

// Whole is an option of a whole number in a range.
func Whole(s setting.Setting, to *int) Option {
	s.Kind = setting.Whole
	return Option{s, func(value string) (err error) {
		if *to, err = strconv.Atoi(value); err != nil || *to < must(strconv.Atoi(s.Min)) || *to > must(strconv.Atoi(s.Max)) {
			return fmt.Errorf("want a whole number from %s to %s", s.Min, s.Max)
		}
		return nil
	}}
}

// Time is an option of a duration that is at most its Max.
func Time(s setting.Setting, to *time.Duration) Option {
	s.Kind, s.Min = setting.Duration, cmp.Or(s.Min, "0s")
	return Option{s, func(value string) (err error) {
		if *to, err = Duration(value); err != nil {
			return err
		}
		switch {
		case *to > must(time.ParseDuration(s.Max)):
			return errors.New("want at most " + s.Max)
		case *to < must(time.ParseDuration(s.Min)):
			return errors.New("want at least " + s.Min)
		}
		return nil
	}}
}

// Word is an option of one of its choices.
func Word(s setting.Setting, set func(word string) error) Option {
	s.Kind = setting.Choice
	return Option{s, set}
}

// must is for the bounds of a table of options, which a program gets right.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
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

// TakeUnknown takes the options out of a driver's URL that have none of the known names,
// and returns the URL without them, and what is wrong with them. A query that can't be read
// it leaves as it is, to who reads the rest.
func TakeUnknown(u *url.URL, known []string) (*url.URL, error) {
	// A % that ends a value stands for itself: fault-share=90%.
	if _, err := url.ParseQuery(strings.ReplaceAll(u.RawQuery+"&", "%&", "%25&")); err != nil {
		return u, nil
	}
	var left []string
	var errs []error
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if pair == "" || err != nil || slices.Contains(known, plain) {
			left = append(left, pair)
			continue
		}
		errs = append(errs, Unknown("option", plain, known))
	}
	if errs == nil {
		return u, nil
	}
	rest := *u
	rest.RawQuery = strings.Join(left, "&")
	return &rest, errors.Join(errs...)
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
