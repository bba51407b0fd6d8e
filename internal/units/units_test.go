package units

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	duration := func(s string) (float64, error) { d, err := ParseDuration(s); return float64(d), err }
	size := func(s string) (float64, error) { n, err := ParseSize(s); return float64(n), err }
	rate := func(s string) (float64, error) {
		count, per, err := ParseRate(s)
		if count == 0 {
			return 0, err
		}
		return float64(count) / per.Seconds(), err
	}
	for _, c := range []struct {
		parse func(string) (float64, error)
		text  string
		want  float64
		err   string
	}{
		{duration, "1h30m", float64(90 * time.Minute), ""},
		{duration, "0", 0, ""},
		{duration, "10", 0, `"10" is not a duration: it has no unit; write it like 250ms, 10s, 1m30s or 2h`},
		{duration, "-1s", 0, `"-1s" is not a duration: it is negative; write it like 250ms, 10s, 1m30s or 2h`},
		{duration, "2d", 0, `"2d" is not a duration: the largest unit is the hour; write it like 250ms, 10s, 1m30s or 2h`},
		{duration, "soon", 0, `"soon" is not a duration; write it like 250ms, 10s, 1m30s or 2h`},
		{size, "512B", 512, ""},
		{size, "1.5KiB", 1536, ""},
		{size, "2MB", 2_000_000, ""},
		{size, "1_000kB", 1_000_000, ""},
		{size, "0.5B", 0, `"0.5B" is not a size: it is not a whole number of bytes; write it like 512B, 10KiB or 1MB`},
		{size, "1KB", 0, `"1KB" is not a size: there is no unit "KB"; did you mean "kB"?`},
		{size, "1", 0, `"1" is not a size: it has no unit; write it like 512B, 10KiB or 1MB`},
		{size, "9999999999GiB", 0, `"9999999999GiB" is not a size: it is too large; write it like 512B, 10KiB or 1MB`},
		{rate, "200/s", 200, ""},
		{rate, "60/min", 1, ""},
		{rate, "1.5/s", 1.5, ""},
		{rate, "3600/h", 1, ""},
		{rate, "0.001/h", 0.001 / 3600, ""},
		{rate, "1.00000000001/h", 0, `"1.00000000001/h" is not a rate: it has too many digits; write it like 200/s, 30/min or 5/h`},
		{rate, "0/s", 0, `"0/s" is not a rate: it must be above 0; write it like 200/s, 30/min or 5/h`},
		{rate, "200", 0, `"200" is not a rate: it has no unit; write it like 200/s, 30/min or 5/h`},
		{rate, "fast", 0, `"fast" is not a rate; write it like 200/s, 30/min or 5/h`},
		{ParseShare, "1%", 0.01, ""},
		{ParseShare, "0.5", 0, `"0.5" is not a share: it has no unit; write it like 1% or 0.05%`},
		{rate, "1/m", 0, `"1/m" is not a rate: there is no unit "/m"; did you mean "1/min"?`},
		{rate, "5/second", 0, `"5/second" is not a rate: there is no unit "/second"; did you mean "5/s"?`},
		{ParseFraction, "10%", 0.1, ""},
		{ParseFraction, "0.1", 0.1, ""},
		{ParseFraction, "10", 10, ""},
		{ParseFraction, "10p", 0, `"10p" is not a share: there is no unit "p"; write it like 10% or 0.1`},
		{ParseFraction, "%", 0, `"%" is not a share; write it like 10% or 0.1`},
		{ParseNumber, "1_000.25", 1000.25, ""},
		{ParseNumber, "1__0", 0, `"1__0" is not a number; write it like 10, 1_000 or 0.25`},
		{ParseNumber, "1.2.3", 0, `"1.2.3" is not a number; write it like 10, 1_000 or 0.25`},
		{ParseNumber, "-1", 0, `"-1" is not a number; write it like 10, 1_000 or 0.25`},
		{ParseNumber, "NaN", 0, `"NaN" is not a number; write it like 10, 1_000 or 0.25`},
		{ParseNumber, "٣", 0, `"٣" is not a number; write it like 10, 1_000 or 0.25`},
		{ParseNumber, "", 0, `"" is not a number; write it like 10, 1_000 or 0.25`},
	} {
		got, err := c.parse(c.text)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if got != c.want || message != c.err {
			t.Errorf("%q: got %v, %s\nwant %v, %s", c.text, got, message, c.want, c.err)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{FormatNumber(1.23456), "1.23"},
		{FormatNumber(1234567.8), "1234568"},
		{FormatNumber(999), "999"},
		{FormatNumber(0.00001234), "1.23e-05"},
		{FormatDuration(999), "999ns"},
		{FormatDuration(1_234_567), "1.23ms"},
		{FormatDuration(12_345_678_901), "12.3s"},
		{FormatDuration(float64(90 * time.Minute)), "1h30m0s"},
		{FormatDuration(0), "0s"},
		{FormatSize(512), "512B"},
		{FormatSize(1536), "1.5KiB"},
		{FormatSize(25 << 20), "25MiB"},
		{FormatShare(0.01), "1%"},
		{FormatShare(0.000123), "0.0123%"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

// A size of fewer than a thousand of a unit is read back as it was.
func TestSizesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 999).Draw(t, "n") << rapid.SampledFrom([]int{0, 10, 20}).Draw(t, "shift")
		text := FormatSize(float64(n))
		if back, err := ParseSize(text); err != nil || back != n {
			t.Errorf("%d is written %s and read %d, %v", n, text, back, err)
		}
	})
}

// Money never reads as nothing where there is some.
func TestFormatUSD(t *testing.T) {
	for usd, want := range map[float64]string{
		0: "$0", 1e-6: "$0.000001", 1.23e-7: "$0.00000012", 0.00066: "$0.00066", 0.0099: "$0.0099", 0.00999: "$0.01",
		0.01: "$0.01", 0.5: "$0.50", 1: "$1.00", 1234.567: "$1234.57", -0.001: "-$0.001",
	} {
		if got := FormatUSD(usd); got != want {
			t.Errorf("%v is %s, want %s", usd, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		usd := rapid.Float64Range(1e-12, 1e6).Draw(t, "usd")
		text := FormatUSD(usd)
		if got, err := ParseUSD(text); err != nil || got == 0 || math.Abs(got-usd) > max(0.00501, 0.05*usd) || usd < 0.009 && math.Abs(got-usd) > 0.06*usd {
			t.Errorf("%v is %s, which is %v, %v", usd, text, got, err)
		}
	})
}

// An amount is a number of dollars, and nothing that only a computer has.
func TestParseUSD(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "1": 1, "$10": 10, "0.000001": 1e-6, "1_000": 1000} {
		if got, err := ParseUSD(text); err != nil || got != want {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "NaN", "Inf", "+Inf", "-1", "-0", "1e400", "0x1p4", "1e6", "ten", "$", "$-1", "1 USD"} {
		if got, err := ParseUSD(text); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
}

// A level is a rate, or 0 of one; what is not 0 is what ParseRate takes.
func FuzzParseLevel(f *testing.F) {
	for _, s := range []string{"0/s", "200/s", "0.5/h", "1_000/min", "-1/s", "0", "0.0/h", "1e9/s", "/s", "00/s", "0.000000000000000000001/s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		count, per, err := ParseLevel(s)
		rate, ratePer, rateErr := ParseRate(s)
		switch {
		case err != nil && rateErr == nil, err == nil && (per <= 0 || (rateErr != nil) != (count == 0)):
			t.Errorf("%q is %d in %v, %v; as a rate %d in %v, %v", s, count, per, err, rate, ratePer, rateErr)
		case rateErr == nil && (rate != count || ratePer != per):
			t.Errorf("%q is %d in %v, and as a rate %d in %v", s, count, per, rate, ratePer)
		}
	})
}

// A rate may be 0 where a level is asked for, and nowhere else.
func TestParseLevel(t *testing.T) {
	for s, want := range map[string]bool{"0/s": true, "0/h": true, "0.0/min": true, "5/s": true, "0": false, "-1/s": false, "0/m": false} {
		count, _, err := ParseLevel(s)
		if (err == nil) != want || want && (count == 0) != (s[0] == '0') {
			t.Errorf("%q: %d, %v", s, count, err)
		}
		if _, _, err := ParseRate(s); (err == nil) != (s == "5/s") {
			t.Errorf("as a rate, %q: %v", s, err)
		}
	}
}
