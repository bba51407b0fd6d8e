package fault

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"kvbench/drivers/option"
	"kvbench/internal/setting"
	"kvbench/internal/units"
)

// longest is the longest duration that an option can say.
const longest = "8760h"

// FromURL takes the options of faults out of a driver's URL. It returns the URL
// without them, and the profile that they describe: the zero Profile where there
// is none. Options describes them.
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

// Options describes the options of FromURL.
func Options() []setting.Setting { return option.Settings(new(reading).table()) }

// reading is a profile that is being read.
type reading struct {
	Profile
	named, unknown bool // its option fault is there, and there is no such fault
}

// table are the options of FromURL, each of which sets what is given of it. The first says
// what the others may be.
func (r *reading) table() []option.Option {
	// with refuses an option that plays no part in the profile.
	with := func(part func() bool, o option.Option) option.Option {
		set := o.Set
		o.Default, o.Otherwise = "the fault's", true
		o.Set = func(value string) error {
			switch {
			case !r.named || r.unknown: // which is an error of its own
				return nil
			case part != nil && !part():
				return fmt.Errorf("it plays no part in fault=%s", r.Name)
			}
			return set(value)
		}
		return o
	}
	return []option.Option{
		option.Word(setting.Setting{
			Name: "fault", Choices: names(), Default: "none", Doc: "which way the store fails; the other options change the figures of it",
		}, func(word string) (err error) {
			r.Profile, err = Named(word)
			r.named, r.unknown = true, err != nil
			return err
		}),
		with(nil, option.Option{Setting: setting.Setting{
			Name: "fault-share", Kind: setting.Share, Min: "0%", Max: "100%", Doc: "share of what can be hit that is hit",
		}, Set: func(value string) (err error) {
			if r.Share, err = units.ParseFraction(value); err != nil || r.Share > 1 {
				err = errors.New("want a share from 0% to 100%, such as 1% or 0.01")
			}
			return err
		}}),
		with(nil, option.Time(setting.Setting{
			Name: "fault-from", Max: longest, Doc: "when the window opens, counted from when measuring begins",
		}, &r.From)),
		with(nil, option.Time(setting.Setting{
			Name: "fault-for", Max: longest, Doc: "how long the window stays open; 0s: until the load ends",
		}, &r.For)),
		with(nil, option.Option{Setting: setting.Setting{
			Name: "fault-ops", Kind: "operations", Doc: "what can be hit, such as get+put: " + strings.Join(opNames[:], ", "),
		}, Set: func(value string) error {
			ops, err := ParseOps(value)
			if extra := ops &^ r.Ops; err == nil && extra != 0 {
				err = fmt.Errorf("fault=%s cannot hit %v: want %v", r.Name, extra, r.Ops)
			}
			r.Ops = ops
			return err
		}}),
		with(func() bool { return r.Delay > 0 }, option.Time(setting.Setting{
			Name: "fault-delay", Max: longest, Doc: "the least time of a call that is hit",
		}, &r.Delay)),
		with(func() bool { return r.Factor > 0 }, option.Option{Setting: setting.Setting{
			Name: "fault-factor", Kind: setting.Number, Min: "1", Max: strconv.Itoa(maxFactor), Doc: "how many times as long a call takes, of brownout",
		}, Set: func(value string) (err error) {
			if r.Factor, err = units.ParseNumber(value); err != nil || r.Factor < 1 || r.Factor > maxFactor {
				err = fmt.Errorf("want a number from 1 to %d", maxFactor)
			}
			return err
		}}),
		with(func() bool { return r.RetryAfter > 0 }, option.Time(setting.Setting{
			Name: "fault-retry-after", Min: "1ns", Max: longest, Doc: "how long a key stays refused, of throttle",
		}, &r.RetryAfter)),
	}
}

// maxFactor is the largest fault-factor.
const maxFactor = 1000

// read reads a URL that has options of faults only.
func read(u *url.URL) (Profile, error) {
	var r reading
	err := option.Read(u, r.table())
	if err == nil && !r.named {
		err = fmt.Errorf("option %s needs a fault: want fault=blips or another", strings.Split(u.RawQuery, "=")[0])
	}
	return r.Profile, err
}
