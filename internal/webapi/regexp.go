package webapi

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/dop251/goja"
)

// hostRegexp is regexp(source): the source with its property escapes put as ranges, and
// what is wrong with it or "".
func (a *API) hostRegexp() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		out, err := a.properties(c.Argument(0).String())
		if err != nil {
			return a.vm.NewArray("", err.Error())
		}
		return a.vm.NewArray(out, "")
	}
}

// properties puts each \p{…} and \P{…} of a regular expression of the flag u as the ranges
// of characters that it stands for.
func (a *API) properties(source string) (string, error) {
	var out strings.Builder
	class := false
	for i := 0; i < len(source); i++ {
		c := source[i]
		switch {
		case c == '\\' && i+1 < len(source) && (source[i+1] == 'p' || source[i+1] == 'P'):
			rest, ok := strings.CutPrefix(source[i+2:], "{")
			name, _, ok2 := strings.Cut(rest, "}")
			if !ok || !ok2 {
				//lint:ignore ST1005 in the words of engines
				return "", fmt.Errorf("Invalid regular expression: /%s/: Invalid property name", source)
			}
			set, err := a.property(name)
			if err != nil {
				return "", err
			}
			if source[i+1] == 'P' {
				set = complement(set)
			}
			if class {
				write(&out, set)
			} else {
				out.WriteByte('[')
				write(&out, set)
				out.WriteByte(']')
			}
			i += len(`p{}`) + len(name)
		case c == '\\' && i+1 < len(source):
			out.WriteString(source[i : i+2])
			i++
		default:
			if c == '[' {
				class = true
			} else if c == ']' {
				class = false
			}
			out.WriteByte(c)
		}
	}
	return out.String(), nil
}

type span struct{ lo, hi rune }

// scripts are the short names of scripts that one meets.
var scripts = map[string]string{
	"Arab": "Arabic", "Armn": "Armenian", "Beng": "Bengali", "Bopo": "Bopomofo", "Cyrl": "Cyrillic", "Deva": "Devanagari",
	"Geor": "Georgian", "Grek": "Greek", "Hang": "Hangul", "Hani": "Han", "Hebr": "Hebrew", "Hira": "Hiragana",
	"Kana": "Katakana", "Khmr": "Khmer", "Latn": "Latin", "Mong": "Mongolian", "Taml": "Tamil", "Thai": "Thai",
	"Tibt": "Tibetan", "Zinh": "Inherited", "Zyyy": "Common",
}

// aliases are the short names of binary properties.
var aliases = map[string]string{
	"Alpha": "Alphabetic", "Lower": "Lowercase", "Upper": "Uppercase", "space": "White_Space", "IDS": "ID_Start",
	"IDC": "ID_Continue", "AHex": "ASCII_Hex_Digit", "Hex": "Hex_Digit", "Dia": "Diacritic", "Ideo": "Ideographic",
	"RI": "Regional_Indicator", "EPres": "Emoji_Presentation", "EMod": "Emoji_Modifier", "EBase": "Emoji_Modifier_Base",
	"EComp": "Emoji_Component", "ExtPict": "Extended_Pictographic",
}

// plain are the binary properties of ECMAScript that package unicode has by their names.
var plain = []string{
	"ASCII_Hex_Digit", "Bidi_Control", "Dash", "Deprecated", "Diacritic", "Extender", "Hex_Digit", "IDS_Binary_Operator",
	"IDS_Trinary_Operator", "Ideographic", "Join_Control", "Logical_Order_Exception", "Noncharacter_Code_Point",
	"Pattern_Syntax", "Pattern_White_Space", "Quotation_Mark", "Radical", "Regional_Indicator", "Sentence_Terminal",
	"Soft_Dotted", "Terminal_Punctuation", "Unified_Ideograph", "Variation_Selector", "White_Space",
}

// property is the set of characters of a property's name or name=value.
func (a *API) property(name string) ([]span, error) {
	if s, ok := a.sets[name]; ok {
		return s, nil
	}
	s, err := property(name)
	if err == nil {
		if a.sets == nil || len(a.sets) > 64 {
			a.sets = map[string][]span{}
		}
		a.sets[name] = s
	}
	return s, err
}

func property(name string) ([]span, error) {
	//lint:ignore ST1005 a sentence that a script is told
	bad := fmt.Errorf("\\p{%s} of a regular expression is not here; the real Workers runtime may have it.", name)
	key, value, has := strings.Cut(name, "=")
	if has {
		switch key {
		case "General_Category", "gc":
			if s, ok := category(value); ok {
				return s, nil
			}
		case "Script", "sc":
			if long, ok := scripts[value]; ok {
				value = long
			}
			if t, ok := unicode.Scripts[value]; ok {
				return union(t), nil
			}
		}
		return nil, bad
	}
	if s, ok := category(name); ok {
		return s, nil
	}
	if long, ok := aliases[name]; ok {
		name = long
	}
	if t, ok := emoji[name]; ok {
		return union(t), nil
	}
	p := unicode.Properties
	lower, upper := union(unicode.Ll, p["Other_Lowercase"]), union(unicode.Lu, p["Other_Uppercase"])
	pattern := union(p["Pattern_Syntax"], p["Pattern_White_Space"])
	start := minus(union(unicode.L, unicode.Nl, p["Other_ID_Start"]), pattern)
	switch name {
	case "Any":
		return []span{{0, unicode.MaxRune}}, nil
	case "ASCII":
		return []span{{0, 0x7F}}, nil
	case "Assigned":
		return complement(union(unicode.Categories["Cn"])), nil
	case "Lowercase":
		return lower, nil
	case "Uppercase":
		return upper, nil
	case "Alphabetic":
		return merge(slices.Concat(lower, upper, union(unicode.Lt, unicode.Lm, unicode.Lo, unicode.Nl, p["Other_Alphabetic"]))), nil
	case "ID_Start":
		return start, nil
	case "ID_Continue":
		return minus(merge(slices.Concat(start, union(unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, p["Other_ID_Continue"]))), pattern), nil
	}
	if slices.Contains(plain, name) {
		return union(p[name]), nil
	}
	return nil, bad
}

func category(name string) ([]span, bool) {
	if short, ok := unicode.CategoryAliases[name]; ok {
		name = short
	}
	t, ok := unicode.Categories[name]
	if !ok {
		return nil, false
	}
	return union(t), true
}

func union(tables ...*unicode.RangeTable) []span {
	var all []span
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			all = append(all, span{lo, hi})
			return
		}
		for r := lo; r <= hi; r += stride {
			all = append(all, span{r, r})
		}
	}
	for _, t := range tables {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return merge(all)
}

func merge(all []span) []span {
	slices.SortFunc(all, func(x, y span) int { return int(x.lo - y.lo) })
	var out []span
	for _, s := range all {
		if n := len(out); n > 0 && s.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, s.hi)
			continue
		}
		out = append(out, s)
	}
	return out
}

func complement(set []span) []span {
	var out []span
	next := rune(0)
	for _, s := range set {
		if s.lo > next {
			out = append(out, span{next, s.lo - 1})
		}
		next = s.hi + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, span{next, unicode.MaxRune})
	}
	return out
}

func minus(set, without []span) []span {
	return complement(merge(slices.Concat(complement(set), without)))
}

func write(out *strings.Builder, set []span) {
	for _, s := range set {
		fmt.Fprintf(out, `\u{%x}`, s.lo)
		if s.hi > s.lo {
			fmt.Fprintf(out, `-\u{%x}`, s.hi)
		}
	}
}
