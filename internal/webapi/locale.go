package webapi

import (
	"strconv"
	"strings"

	"github.com/dop251/goja"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// hostRound is round(n, max, min, group, percent): a number that is not negative in
// English, with at least min and at most max digits of fraction. Like ICU it rounds the
// shortest decimal that stands for the number, halves away from zero.
func (a *API) hostRound() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		s := decimal(c.Argument(0).ToFloat(), int(c.Argument(1).ToInteger()), int(c.Argument(2).ToInteger()), c.Argument(4).ToBoolean())
		if c.Argument(3).ToBoolean() {
			s = grouped(s)
		}
		return a.vm.ToValue(s)
	}
}

func decimal(n float64, maxDigits, minDigits int, percent bool) string {
	whole, frac, _ := strings.Cut(strconv.FormatFloat(n, 'f', -1, 64), ".")
	if percent {
		frac += strings.Repeat("0", max(0, 2-len(frac)))
		whole, frac = whole+frac[:2], frac[2:]
	}
	if len(frac) > maxDigits {
		up := frac[maxDigits] >= '5'
		digits := []byte("0" + whole + frac[:maxDigits])
		for i := len(digits) - 1; up && i >= 0; i-- {
			if up = digits[i] == '9'; up {
				digits[i] = '0'
			} else {
				digits[i]++
			}
		}
		whole, frac = string(digits[:len(digits)-maxDigits]), string(digits[len(digits)-maxDigits:])
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	for len(frac) > minDigits && frac[len(frac)-1] == '0' {
		frac = frac[:len(frac)-1]
	}
	frac += strings.Repeat("0", max(0, minDigits-len(frac)))
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}

// grouped puts a comma before each three digits of the whole part.
func grouped(s string) string {
	whole, frac, has := strings.Cut(s, ".")
	var out strings.Builder
	for i, c := range []byte(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out.WriteByte(',')
		}
		out.WriteByte(c)
	}
	if has {
		out.WriteByte('.')
		out.WriteString(frac)
	}
	return out.String()
}

// hostCollate is collate(a, b, numeric, sensitivity): -1, 0 or 1 in English.
func (a *API) hostCollate() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		key := c.Argument(3).String()
		var options []collate.Option
		switch key {
		case "base":
			options = append(options, collate.IgnoreCase, collate.IgnoreDiacritics)
		case "accent":
			options = append(options, collate.IgnoreCase)
		case "case":
			options = append(options, collate.IgnoreDiacritics)
		}
		if c.Argument(2).ToBoolean() {
			options = append(options, collate.Numeric)
			key += " numeric"
		}
		col, ok := a.collators[key]
		if !ok {
			col = collate.New(language.English, options...)
			if a.collators == nil {
				a.collators = map[string]*collate.Collator{}
			}
			a.collators[key] = col
		}
		return a.vm.ToValue(col.CompareString(c.Argument(0).String(), c.Argument(1).String()))
	}
}
