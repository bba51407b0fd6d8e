package fault

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"kvbench/drivers/option"
	"kvbench/internal/units"
)

const (
	longest   = 365 * 24 * time.Hour // that an option can say
	maxFactor = 1000
)

// FromURL takes the options of faults out of a driver's URL. It returns the URL
// without them, and the profile that they describe: the zero Profile where there
// is none.
//
//	fault=NAME             one of Profiles
//	fault-share=1%         or 0.01: the share of what can be hit that is hit
//	fault-from=60s         when the window opens, counted from when measuring begins
//	fault-for=30s          how long it stays open; 0s: until the load ends
//	fault-ops=get+put      what can be hit: get, put, delete, list, bulk-get, bulk-put
//	fault-delay=5ms        the least time of a call that is hit
//	fault-factor=10        of brownout
//	fault-retry-after=1s   of throttle
func FromURL(u *url.URL) (*url.URL, Profile, error) {
	var ours, others []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		switch {
		case !strings.HasPrefix(pair, "fault"):
			others = append(others, pair)
		case strings.HasSuffix(pair, "%"): // 90%, which an escape can't end with
			ours = append(ours, pair+"25")
		default:
			ours = append(ours, pair)
		}
	}
	if ours == nil {
		return u, Profile{}, nil
	}
	rest := *u
	rest.RawQuery = strings.Join(others, "&")
	p, err := read(&url.URL{RawQuery: strings.Join(ours, "&")})
	return &rest, p, err
}

// read reads a URL that has options of faults only.
func read(u *url.URL) (p Profile, err error) {
	named, unknown := false, false
	set := func(f func(value string) error) func(string) error {
		return func(value string) error {
			if !named || unknown { // which is an error of its own
				return nil
			}
			return f(value)
		}
	}
	duration := func(to *time.Duration) func(string) error {
		return set(func(value string) error {
			d, err := option.Duration(value)
			if *to = d; err == nil && d > longest {
				err = fmt.Errorf("want at most %v", longest)
			}
			return err
		})
	}
	// only refuses an option that plays no part in the profile.
	only := func(ok func() bool, f func(string) error) func(string) error {
		return set(func(value string) error {
			if !ok() {
				return fmt.Errorf("it plays no part in fault=%s", p.Name)
			}
			return f(value)
		})
	}
	err = option.Read(u, []option.Option{
		{Name: "fault", Set: func(value string) (err error) {
			p, err = Named(value)
			named, unknown = true, err != nil
			return err
		}},
		{Name: "fault-share", Set: set(func(value string) (err error) {
			p.Share, err = share(value)
			return err
		})},
		{Name: "fault-from", Set: duration(&p.From)},
		{Name: "fault-for", Set: duration(&p.For)},
		{Name: "fault-ops", Set: set(func(value string) error {
			ops, err := ParseOps(value)
			if extra := ops &^ p.Ops; err == nil && extra != 0 {
				err = fmt.Errorf("fault=%s cannot hit %v: want %v", p.Name, extra, p.Ops)
			}
			p.Ops = ops
			return err
		})},
		{Name: "fault-delay", Set: only(func() bool { return p.Delay > 0 }, duration(&p.Delay))},
		{Name: "fault-factor", Set: only(func() bool { return p.Factor > 0 }, func(value string) (err error) {
			if p.Factor, err = units.ParseNumber(value); err != nil || p.Factor < 1 || p.Factor > maxFactor {
				err = fmt.Errorf("want a number from 1 to %d", maxFactor)
			}
			return err
		})},
		{Name: "fault-retry-after", Set: only(func() bool { return p.RetryAfter > 0 }, func(value string) error {
			if err := duration(&p.RetryAfter)(value); err != nil || p.RetryAfter == 0 {
				return cmp.Or(err, errors.New("want a duration above 0, such as 1s"))
			}
			return nil
		})},
	})
	if err == nil && !named {
		err = fmt.Errorf("option %s needs a fault: want fault=blips or another", strings.Split(u.RawQuery, "=")[0])
	}
	return p, err
}

// share reads a share in percent, 1%, or as a fraction, 0.01.
func share(value string) (float64, error) {
	parse := units.ParseNumber
	if strings.HasSuffix(value, "%") {
		parse = units.ParseShare
	}
	s, err := parse(value)
	if err != nil || s > 1 {
		return 0, errors.New("want a share from 0 to 1, such as 1% or 0.01")
	}
	return s, nil
}
